package supervision

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
)

// Letter is what a letter about a directive says: the supervision letter
// (督办函, D21) and the written recommendation (三项建议书, D23). The document
// capability sets it.
type Letter struct {
	Kind      Kind
	Variant   string
	CaseNo    string
	From      access.Unit
	To        access.Unit
	Title     string
	Problem   string // what was found
	Basis     string
	Wanted    string // what is asked, and what the answer must contain
	Evidence  []conduct.Evidence
	Served    time.Time
	Due       time.Time
	Days      int
	PriorKind string    // how the case was last handed on: forwarded, assigned
	PriorAt   time.Time // and when
}

// Letter gives the data of a directive's letter to an actor who may see it.
func (s *Service) Letter(ctx context.Context, a access.Actor, id int64) (Letter, error) {
	d, err := s.Directive(ctx, a, id)
	if err != nil {
		return Letter{}, err
	}
	from, _ := s.Units.Unit(d.FromUnitID)
	to, _ := s.Units.Unit(d.UnitID)
	l := Letter{
		Kind: d.Kind, Variant: d.Variant, CaseNo: d.CaseNo, From: from, To: to, Title: d.Title, Problem: d.Facts,
		Basis: d.Basis, Wanted: d.Text, Evidence: d.Evidence, Served: d.OpenedAt, Due: d.DueAt, Days: d.Days,
	}
	if d.Wanted != "" {
		l.Wanted += "\n" + d.Wanted
	}
	if d.CaseID == 0 {
		return l, nil
	}
	events, err := s.Cases.History(ctx, d.CaseID)
	for _, e := range events {
		if (e.Verb == casework.Forward || e.Verb == casework.Assign) && e.Data.UnitID == d.UnitID {
			l.PriorKind, l.PriorAt = string(e.Kind), e.At
		}
	}
	return l, err
}
