package supervision

import (
	"testing"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// given has the case's history hold the last thing that its timeline heard,
// and its clock run.
func (s *scene) given(seq int64) {
	last := s.w.done[len(s.w.done)-1]
	c := s.w.cases[caseNo]
	s.w.events[c.ID] = append(s.w.events[c.ID], casework.Event{CaseID: c.ID, Seq: seq, Verb: last.Verb, Data: last.Data})
	c.Obligations = append(c.Obligations[:1:1], casework.Obligation{Seq: 2, Clock: casework.Supervision, Ref: int(seq), UnitID: housing})
	s.w.cases[caseNo] = c
}

// TestWithdrawnStopsTheClock: a directive that is withdrawn ends the case's
// clock; one that is prolonged gets a new one; an answer names its own.
func TestWithdrawnStopsTheClock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		got := s.open(t, s.opening(Supervise))
		s.given(7)
		s.do(t, got.ID, supervisor, Prolong, Detail{Days: 5})
		if n := len(s.w.done); n != 3 || s.w.done[1].Verb != casework.DropDirective || s.w.done[1].Data.Ref != 7 ||
			s.w.done[2].Verb != casework.Supervise || s.w.done[2].Data.Days != 15 || s.w.done[2].Data.Ref != 0 {
			t.Fatalf("prolonged: %+v", s.w.done[1:])
		}
		s.given(9)
		s.do(t, got.ID, supervisor, Withdraw, Detail{})
		if last := s.w.done[len(s.w.done)-1]; len(s.w.done) != 4 || last.Verb != casework.DropDirective || last.Data.Ref != 9 || last.Data.Reason != "说明" {
			t.Fatalf("withdrawn: %+v", last)
		}
		if err := s.TellAll(t.Context()); err != nil || len(s.w.done) != 4 {
			t.Errorf("told again: %v, %d", err, len(s.w.done))
		}
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		got := s.open(t, s.opening(Supervise))
		s.given(7)
		s.do(t, got.ID, builder, Answer, Detail{})
		if last := s.w.done[1]; last.Verb != casework.GiveFeedback || last.Data.Ref != 7 {
			t.Fatalf("answered: %+v", last)
		}
		c := s.w.cases[caseNo]
		c.Obligations = c.Obligations[:1]
		s.w.cases[caseNo] = c
		s.do(t, got.ID, supervisor, Withdraw, Detail{})
		if err := s.TellAll(t.Context()); err != nil || len(s.w.done) != 2 {
			t.Errorf("a clock that was kept was dropped: %v, %+v", err, s.w.done)
		}
	})
}
