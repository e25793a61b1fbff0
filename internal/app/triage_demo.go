package app

import "context"

// demoLearning learns from what the city decided and groups what it wrote, so
// that suggestions, models and topics have something to show.
func (a *App) demoLearning(ctx context.Context) error {
	if err := a.Triage.Learn(ctx, ""); err != nil {
		return err
	}
	return a.Topics.Build(ctx)
}
