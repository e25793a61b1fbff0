package app

import "context"

// demoLearns is from how many cases the city learns at once; the button of the
// models' page learns from all of them.
const demoLearns = 300

// demoLearning learns from what the city decided and groups what it wrote, so
// that suggestions, models and topics have something to show.
func (a *App) demoLearning(ctx context.Context) error {
	if err := a.Triage.LearnNewest(ctx, "", demoLearns); err != nil {
		return err
	}
	return a.Topics.Build(ctx)
}
