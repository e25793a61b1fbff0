package app

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/retention"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/document/disposal"
	"xinqiao/internal/handling/procedure/words"
)

// wireRetention makes the schedule and the disposal. Each keeper erases its
// own; letters go before the arrivals by which they find their case.
func (a *App) wireRetention() {
	papersGone := disposal.Keeper{DB: a.DB, Files: a.Documents.Blobs, Keys: a.Keys}
	a.Retention = retention.New(retention.Needs{
		DB: a.DB, IDs: a.IDs, Clock: a.Clock, Keys: a.Keys, Cases: a.Procedure, Signers: a.Cosign, Journal: a.Account,
		Keepers: []retention.Keeper{a.Attachment, papersGone, a.Letters, a.Hotline, a.Doors, a.Intake, words.Disposal{}, a.Cosign, a.Notify, a.Network, a.Likeness, a.Worklist},
		People:  []retention.Keeper{a.Sameness, a.Person},
	})
	a.retentionPages = retention.NewWeb(a.Retention, readers{a}, account.NewWeb(a.Account).Need)
	a.CasePage.Add(casepage.Panel{ID: "retention", TitleKey: "retention.panel", Icon: "archive", Order: 95, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
		return a.retentionPages.Panel(ctx, v.Actor, v.Case)
	}})
	a.Tracking.Tell(func(ctx context.Context, _ access.Actor, c casework.Case) (templ.Component, error) {
		return a.retentionPages.Told(ctx, c.ID)
	})
	a.Retention.Plan(a.Jobs)
	a.Tracking.Tell(a.tellOpened)
}

// DisposeSurvey tells what would be disposed of now, and disposes of nothing.
func DisposeSurvey(ctx context.Context, c Config) (s retention.Survey, err error) {
	err = accounts(ctx, c, func(ctx context.Context, a *App) error {
		s, err = a.Retention.Survey(ctx, access.Actor{Role: access.System}, time.Now())
		return err
	})
	return s, err
}
