package app

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/filing/sameness"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/platform/jobs"
)

// wireSameness makes what finds the same person, before what finds the same
// matter.
func (a *App) wireSameness(identities *gate) {
	a.Sameness = sameness.New(sameness.Needs{
		DB: a.DB, People: records{a.Person}, Cases: cases{a.Procedure, identities, a.Intake}, IDs: a.IDs, Clock: a.Clock,
	})
	a.samenessWeb = sameness.NewWeb(a.Sameness, account.NewWeb(a.Account).Need)
	a.CasePage.Add(casepage.Panel{ID: "person-history", TitleKey: "sameness.panel", Icon: "history", Order: 204, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
		if v.Person.ID == 0 {
			return nil, nil // nobody, or hidden from this reader
		}
		return a.samenessWeb.Panel(ctx, v.Actor, v.Case)
	}})
	a.Sameness.Schedule(a.Jobs)
}

// records are persons as they are compared.
type records struct{ *person.Service }

// Masks implements sameness.People.
func (r records) Masks(ctx context.Context, ids []int64) (map[int64]sameness.Mask, error) {
	list, err := r.Masked(ctx, ids)
	out := make(map[int64]sameness.Mask, len(list))
	for id, m := range list {
		out[id] = sameness.Mask{Name: m.Name, Phone: m.Phone, IDType: string(m.IDType), IDNo: m.IDNo, Address: m.Address, OrgName: m.OrgName}
	}
	return out, err
}

// Reveal implements sameness.People.
func (r records) Reveal(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) (sameness.Clear, error) {
	p, err := r.Service.Reveal(ctx, a, id, reason, now)
	return sameness.Clear{Name: p.Name, Phone: p.Phone, IDNo: p.IDNo, Address: p.Address, OrgName: p.OrgName}, err
}

// cases are what the identity of a petitioner leads to.
type cases struct {
	*procedure.Service
	gate   *gate
	intake *intake.Service
}

// CaseOfPerson implements sameness.Cases.
func (c cases) CaseOfPerson(ctx context.Context, a access.Actor, personID int64) (int64, error) {
	return c.gate.CaseOfPerson(ctx, a, personID)
}

// Secret implements sameness.Cases.
func (c cases) Secret(ctx context.Context, caseID int64) (bool, error) {
	m, err := c.intake.Matter(ctx, caseID)
	return m.Secret, err
}

// personNews: the bureau that registered a case hears that two records wait to
// be compared.
func (a *App) personNews() notify.Source {
	return notify.Source{
		Kinds: []string{sameness.TaskOpened},
		Read: func(ctx context.Context, e jobs.Event) (notify.News, error) {
			l, err := a.Sameness.Found(ctx, e.Subject)
			if err != nil {
				return notify.News{}, err
			}
			found, err := a.Procedure.ByIDs(ctx, []int64{l.CaseID})
			return notify.News{
				CaseID: l.CaseID, Path: "/desk/persons/" + decimal(l.ID), Posts: []notify.Post{{UnitID: found[l.CaseID].BureauID, Role: access.BureauClerk}},
			}, err
		},
		Sees: func(ctx context.Context, actor access.Actor, id int64) (bool, error) {
			_, _, err := a.Sameness.Link(ctx, actor, id)
			return opens(err)
		},
	}
}
