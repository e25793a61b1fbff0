package app

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/oversight/caselead"
	"xinqiao/internal/oversight/inspection"
	"xinqiao/internal/oversight/supervision"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/web"
)

// oversight are the capabilities that press and look at how units work.
type oversight struct {
	Supervision *supervision.Service
	Inspection  *inspection.Service
	Leads       *caselead.Service

	supervisionWeb *supervision.Web
	inspectionWeb  *inspection.Web
	leadsWeb       *caselead.Web
}

// wireOversight makes them. One look at a case serves both: supervision finds
// the candidates, inspection records the missed duties.
func (a *App) wireOversight(late *sight) {
	staff := colleagues{a.Account}
	a.Inspection = inspection.New(inspection.Needs{
		DB: a.DB, Law: a.Settings, Units: a.Units, Staff: inspectors{staff}, IDs: a.IDs, Clock: a.Clock,
	})
	a.Supervision = supervision.New(supervision.Needs{
		DB: a.DB, Words: a.Procedure, Cases: a.Procedure, Timeline: a.Procedure, Units: a.Units, Staff: supervisors{staff},
		Files: answered{a.Attachment}, IDs: a.IDs, Clock: a.Clock, Log: a.Log, Record: a.Inspection.Record,
		Opened: read{a.Procedure, a.Clock, procedure.OpenedDirective}.note,
	})
	late.directives = a.Supervision
	a.Leads = caselead.New(caselead.Needs{
		DB: a.DB, Cases: a.Procedure, Units: a.Units, Categories: a.Settings, Leaders: leaders{staff}, IDs: a.IDs, Clock: a.Clock,
	})
	accounts := account.NewWeb(a.Account)
	a.supervisionWeb = supervision.NewWeb(a.Supervision, papers{a.Attachment, a.Clock}, accounts.Need)
	a.inspectionWeb = inspection.NewWeb(a.Inspection, accounts.Need)
	a.leadsWeb = caselead.NewWeb(a.Leads, accounts.Need)
	a.CasePage.Add(
		casepage.Panel{ID: "supervision", TitleKey: "supervision.panel", Order: 600, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.supervisionWeb.Panel(ctx, v.Actor, v.Case.ID, v.Case.No)
		}},
		casepage.Panel{ID: "lead", TitleKey: "caselead.panel", Order: 590, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.leadsWeb.Panel(ctx, v.Actor, v.Case)
		}},
		casepage.Panel{ID: "standards", TitleKey: "inspection.panel", Order: 610, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.inspectionWeb.Panel(ctx, v.Actor, v.Case, v.Events), nil
		}},
	)
	a.Supervision.Schedule(a.Jobs)
	a.Inspection.Schedule(a.Jobs)
	a.Leads.Schedule(a.Jobs)
}

func (a *App) oversightPages() []web.Capability {
	return []web.Capability{a.supervisionWeb, a.inspectionWeb, a.leadsWeb}
}

func (a *App) oversightAPIs() []apiCapability {
	return []apiCapability{supervision.NewAPI(a.Supervision), inspection.NewAPI(a.Inspection), caselead.NewAPI(a.Leads)}
}

// SeesFile implements attachment.Sight: a file belongs to an event of a case,
// or to an answer to a directive. Their ids come from one source.
func (s *sight) SeesFile(ctx context.Context, actor access.Actor, id, seq int64) (bool, error) {
	ok, err := s.Service.SeesFile(ctx, actor, id, seq)
	if ok && err == nil {
		return s.opened(ctx, actor, id)
	}
	if err != nil || s.directives == nil {
		return false, err
	}
	return s.directives.SeesFile(ctx, actor, id, seq)
}

// answered are the files that came with answers to directives.
type answered struct{ *attachment.Service }

// Claim implements supervision.Files.
func (f answered) Claim(b *db.Batch, ids []int64, directiveID, entrySeq int64) {
	f.Service.Claim(b, ids, directiveID, entrySeq)
}

// Of implements supervision.Files.
func (f answered) Of(ctx context.Context, directiveID int64) ([]supervision.File, error) {
	list, err := f.OfCase(ctx, directiveID)
	out := make([]supervision.File, len(list))
	for i, x := range list {
		out[i] = supervision.File{ID: x.ID, EntrySeq: x.EventSeq, Name: x.Name, Size: x.Size, Href: x.Href()}
	}
	return out, err
}

// colleagues read who watches and leads. The directory is read with the
// program's own right: it holds names and posts, nothing else.
type colleagues struct{ *account.Service }

// mostStaff bounds each role of the directory.
const mostStaff = 500

func (c colleagues) of(ctx context.Context, roles ...access.Role) ([]account.Staff, error) {
	ctx = access.With(ctx, access.Actor{Role: access.System})
	var out []account.Staff
	for _, role := range roles {
		list, err := c.ListStaff(ctx, account.StaffFilter{Role: role, Limit: mostStaff})
		if err != nil {
			return nil, err
		}
		for _, st := range list {
			if st.Active {
				out = append(out, st)
			}
		}
	}
	return out, nil
}

type supervisors struct{ colleagues }

// Colleagues implements supervision.Staff.
func (s supervisors) Colleagues(ctx context.Context) ([]supervision.Colleague, error) {
	list, err := s.of(ctx, access.Leader)
	out := make([]supervision.Colleague, len(list))
	for i, st := range list {
		out[i] = supervision.Colleague{ID: st.ID, Name: st.Name, Role: st.Role, UnitID: st.UnitID}
	}
	return out, err
}

type inspectors struct{ colleagues }

// Colleagues implements inspection.Staff.
func (s inspectors) Colleagues(ctx context.Context) ([]inspection.Colleague, error) {
	list, err := s.of(ctx, access.Inspector, access.Supervisor, access.BureauHead, access.BureauClerk)
	out := make([]inspection.Colleague, len(list))
	for i, st := range list {
		out[i] = inspection.Colleague{ID: st.ID, Name: st.Name, Role: st.Role, UnitID: st.UnitID}
	}
	return out, err
}

type leaders struct{ colleagues }

// Leaders implements caselead.Leaders.
func (l leaders) Leaders(ctx context.Context) ([]access.Actor, error) {
	list, err := l.of(ctx, access.Leader)
	out := make([]access.Actor, len(list))
	for i, st := range list {
		out[i] = l.Actor(st)
	}
	return out, err
}
