package procedure

import (
	"context"
	"errors"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// relates finds the master that a relation names, as far as the actor may see
// it, and fills in what the relation takes over from it.
func (s *Service) relates(ctx context.Context, q db.Queryer, before casework.Case, a *casework.Action) error {
	if a.Verb != casework.Relate {
		return nil
	}
	d := &a.Data
	wrong := func(id string) error {
		return fault.New(fault.Invalid, "procedure.incomplete").Field("linked", id)
	}
	no, ok := casework.CheckNumber(d.LinkedNo)
	if !ok {
		return wrong("procedure.master_unknown")
	}
	master, err := s.load(ctx, q, no, "")
	if errors.Is(err, db.ErrNoRows) || err == nil && !access.Visible(a.Actor).Sees(master.Facts()) {
		return wrong("procedure.master_unknown")
	}
	if err != nil {
		return err
	}
	if id := fits(before, master, d.Relation); id != "" {
		return wrong(id)
	}
	d.LinkedID, d.LinkedNo = master.ID, master.No
	if d.Relation == casework.AsJoin {
		d.UnitID, d.Category, d.Nature = master.LeadUnitID, master.Category, master.Nature
	}
	return nil
}

// fits tells why a case cannot be the master; "" when it can. The confidential
// lane stays by itself: a relation would tell of it.
func fits(c, master casework.Case, kind casework.RelationKind) string {
	switch {
	case master.ID == c.ID:
		return "procedure.master_itself"
	case master.Lane == access.LaneConfidential:
		return "procedure.master_unknown"
	case master.Relation != nil && master.Relation.Kind != casework.AsRevisit || master.IsReview():
		return "procedure.master_follows"
	case kind == casework.AsRevisit && master.State.Open():
		return "procedure.master_open"
	case kind == casework.AsSupplement && !master.State.Open():
		return "procedure.master_closed"
	case kind == casework.AsJoin && !handledNow(master):
		return "casework.master_waits"
	}
	return ""
}

// handledNow tells whether a unit has accepted the case and not yet answered.
func handledNow(c casework.Case) bool {
	switch c.State {
	case casework.Accepted, casework.Drafted, casework.Approved, casework.Parked:
		return c.LeadUnitID != 0
	}
	return false
}
