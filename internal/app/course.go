package app

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/course"
)

// wireCourse adds the panels on requests, units and chain to the case page.
func (a *App) wireCourse() {
	panels := course.New(a.Units, a.Procedure)
	page := func(v casepage.View) course.Page {
		return course.Page{Case: v.Case, Events: v.Events, Verbs: v.Verbs, Actor: v.Actor, Now: v.Now}
	}
	a.CasePage.Add(
		casepage.Panel{ID: "requests", TitleKey: "course.requests", Icon: "list-checks", Order: 20, Render: func(_ context.Context, v casepage.View) (templ.Component, error) {
			return panels.Requests(page(v)), nil
		}},
		casepage.Panel{ID: "at-work", TitleKey: "course.units", Icon: "handshake", Order: 30, Render: func(_ context.Context, v casepage.View) (templ.Component, error) {
			return panels.Units(page(v)), nil
		}},
		casepage.Panel{ID: "course", TitleKey: "course.chain", Icon: "route", Order: 40, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return panels.Chain(ctx, page(v))
		}},
	)
}
