package app

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/filing/sameness"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/likeness"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/jobs"
)

// wireLikeness makes what finds the same matter, and shows it on the page of a
// case.
func (a *App) wireLikeness() {
	a.Likeness = likeness.New(likeness.Needs{
		DB: a.DB, Cases: a.Procedure, Texts: compared{a.Intake, a.Procedure}, People: petitioners{a.Person, a.Sameness, a.Procedure, a.Clock},
		Words: similar{a.Worklist}, Names: names{a.Units, a.Settings}, Keys: a.Keys, IDs: a.IDs, Clock: a.Clock,
	})
	a.likenessWeb = likeness.NewWeb(a.Likeness, account.NewWeb(a.Account).Need)
	a.CasePage.Add(
		casepage.Panel{ID: "similar", TitleKey: "likeness.title", Icon: "files", Order: 60, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.likenessWeb.CandidatesPanel(ctx, likeness.Ask{Actor: v.Actor, CaseID: v.Case.ID, PersonID: v.Person.ID, Text: likeness.Text{
				Title: v.Case.Title, Words: v.Matter.Words, Wish: v.Matter.Wish, Place: v.Matter.Place,
			}}, v.Case, v.Verbs)
		}},
		casepage.Panel{ID: "group", TitleKey: "likeness.group", Icon: "link", Order: 205, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.likenessWeb.GroupPanel(ctx, v.Actor, v.Case)
		}},
	)
	a.Worklist.LookFirst(a.likenessWeb.Before)
	a.Intake.Hint(hints{a.likenessWeb, a.Clock})
	a.Likeness.Schedule(a.Jobs)
}

// compared reads what a case says.
type compared struct {
	*intake.Service
	cases *procedure.Service
}

// Text implements likeness.Texts.
func (c compared) Text(ctx context.Context, caseID int64) (likeness.Text, error) {
	m, err := c.Matter(ctx, caseID)
	if err != nil {
		return likeness.Text{}, err
	}
	title, err := c.cases.Title(ctx, caseID)
	return likeness.Text{Title: title, Words: m.Words, Wish: m.Wish, Place: m.Place}, err
}

// similar asks the word index.
type similar struct{ *worklist.Service }

// Similar implements likeness.Words.
func (s similar) Similar(ctx context.Context, a access.Actor, text string) ([]int64, error) {
	rows, err := s.Service.Similar(ctx, a, text)
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}

// petitioners find cases by who filed them.
type petitioners struct {
	*person.Service
	same  *sameness.Service
	cases *procedure.Service
	clock clock.Clock
}

// CasesOf implements likeness.People.
func (p petitioners) CasesOf(ctx context.Context, personID int64) ([]int64, error) {
	group, err := p.same.Group(ctx, personID)
	if err != nil {
		return nil, err
	}
	return p.of(ctx, group)
}

// CasesBy implements likeness.People.
func (p petitioners) CasesBy(ctx context.Context, phone, idNo string) ([]int64, error) {
	persons, err := p.ByPhoneIndex(ctx, phone)
	if err != nil {
		return nil, err
	}
	if number, err := identity.ParseDocument(identity.IDCard, idNo, p.clock.Now()); err == nil {
		holders, err := p.ByIDNo(ctx, identity.IDCard, number)
		if err != nil {
			return nil, err
		}
		persons = append(persons, holders...)
	}
	return p.of(ctx, persons)
}

func (p petitioners) of(ctx context.Context, persons []int64) ([]int64, error) {
	cases, err := p.cases.OfPersons(ctx, persons)
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	return ids, err
}

// hints are what who files is told before sending.
type hints struct {
	*likeness.Web
	clock clock.Clock
}

func textOf(f intake.Filing) likeness.Text {
	return likeness.Text{Title: f.Title, Words: f.Words, Wish: f.Wish, Place: f.Place}
}

// Offer implements intake.Hints.
func (h hints) Offer(ctx context.Context, f intake.Filing, again bool) (templ.Component, error) {
	return h.OffersPanel(ctx, textOf(f), again)
}

// Filed implements intake.Hints.
func (h hints) Filed(ctx context.Context, c casework.Case, f intake.Filing, chosen string) error {
	now := h.clock.Now()
	if err := h.Count(ctx, "public", likeness.Filed, now); err != nil || chosen == "" {
		return err
	}
	return h.Follow(ctx, c.ID, textOf(f), chosen, now)
}

// matterNews: the unit hears that one demand keeps coming back.
func (a *App) matterNews() notify.Source {
	return notify.Source{
		Kinds: []string{likeness.Repeated},
		Read: func(ctx context.Context, e jobs.Event) (notify.News, error) {
			found, err := a.Procedure.ByIDs(ctx, []int64{e.Subject})
			c, ok := found[e.Subject]
			if err != nil || !ok {
				return notify.News{}, err
			}
			n := notify.News{CaseID: c.ID, Path: "/desk/cases/" + c.No + "/matter"}
			for _, o := range c.Obligations {
				if o.Clock == casework.Callback && o.Open() {
					n.DueAt = o.DueAt // the call that was promised
				}
			}
			unit := c.LeadUnitID
			if unit == 0 {
				unit = c.BureauID
			}
			n.Posts = a.answering(unit)
			return n, nil
		},
		Sees: func(ctx context.Context, actor access.Actor, id int64) (bool, error) {
			found, err := a.Procedure.ByIDs(ctx, []int64{id})
			c, ok := found[id]
			return ok && access.Visible(actor).Sees(c.Facts()), err
		},
	}
}
