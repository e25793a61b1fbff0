package app

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/triage"
	"xinqiao/internal/platform/clock"
)

// triaging is what suggests, and the page of its models.
type triaging struct {
	Triage      *triage.Service
	triagePages *triage.Web
}

// wireTriage makes what suggests, and shows it on the page of a case.
func (a *App) wireTriage(ctx context.Context) error {
	a.Triage = triage.New(triage.Needs{
		DB: a.DB, History: decisions{a.DB, a.Intake}, Taxonomy: a.Settings, Duties: a.Settings, Names: names{a.Units, a.Settings},
		Journal: a.Account, IDs: a.IDs, Clock: a.Clock, Log: a.Log,
	})
	a.triagePages = triage.NewWeb(a.Triage, account.NewWeb(a.Account).Need)
	a.CasePage.Add(
		casepage.Panel{ID: "triage", TitleKey: "triage.title", Icon: "sprout", Order: 50, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.Triage.Panel(ctx, v.Case, matterOf(v.Case, v.Matter.Words, v.Matter.Wish, v.Matter.Place), v.Verbs)
		}},
		casepage.Panel{ID: "gist", TitleKey: "triage.gist", Icon: "list-checks", Order: 110, Render: func(_ context.Context, v casepage.View) (templ.Component, error) {
			return a.Triage.GistPanel(v.Case, matterOf(v.Case, v.Matter.Words, v.Matter.Wish, v.Matter.Place), v.Verbs), nil
		}},
	)
	a.Triage.Schedule(a.Jobs)
	return a.Triage.Refresh(ctx)
}

func matterOf(c casework.Case, words, wish, place string) triage.Matter {
	return triage.Matter{Title: c.Title, Words: words, Wish: wish, Place: place, Areas: c.Areas}
}

// suggested opens cases for the API of the suggestions.
type suggested struct {
	*procedure.Service
	intake *intake.Service
	clock  clock.Clock
}

// Case implements triage.Cases.
func (s suggested) Case(ctx context.Context, a access.Actor, no string) (casework.Case, error) {
	return read{s.Service, s.clock, procedure.OpenedPage}.Case(ctx, a, no)
}

// Matter implements triage.Cases.
func (s suggested) Matter(ctx context.Context, c casework.Case) (triage.Matter, error) {
	m, err := s.intake.Matter(ctx, c.ID)
	return matterOf(c, m.Words, m.Wish, m.Place), err
}
