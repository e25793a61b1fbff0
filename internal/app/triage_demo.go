package app

import "context"

// demoLearning learns from what the city decided, so that suggestions and the
// page of the models have something to show.
func (a *App) demoLearning(ctx context.Context) error { return a.Triage.Learn(ctx, "") }
