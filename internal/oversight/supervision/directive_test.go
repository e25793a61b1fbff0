package supervision

import (
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/fault"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

const (
	city, bureau, housing, school = 1, 10, 20, 30
)

func day(n int) time.Time { return start.AddDate(0, 0, n) }

var (
	inspector = access.Actor{ID: 1, Role: access.Inspector, UnitID: bureau, AreaID: city, AreaDepth: 1}
	handler   = access.Actor{ID: 2, Role: access.UnitHandler, UnitID: housing, AreaID: city, AreaDepth: 1}
	lengths   = Lengths{Calendar: calendar.Embedded(), Review: 5, Most: 180, Default: map[Kind]int{}}
)

// TestLife walks the table: who may do what in which state.
func TestLife(t *testing.T) {
	d := Directive{ID: 1, Kind: Supervise, State: Served, Version: 1, UnitID: housing, DueAt: day(15), Days: 15}
	do := func(v Verb, a access.Actor, more Detail) error {
		after, _, err := decide(d, Act{v, a, "说明", more}, day(1), lengths)
		if err == nil {
			d = after
		}
		return err
	}
	refused := func(id string, err error) {
		t.Helper()
		if f, ok := fault.As(err); !ok || f.ID != id && (len(f.Fields) == 0 || f.Fields[0].ID != id) {
			t.Errorf("want %s, got %v", id, err)
		}
	}
	refused("supervision.not_yours", do(Answer, inspector, Detail{}))
	refused("supervision.wrong_state", do(Accept, inspector, Detail{}))
	if err := do(Answer, handler, Detail{}); err != nil || d.State != Answered {
		t.Fatal(err, d.State)
	}
	refused("supervision.not_yours", do(Accept, handler, Detail{}))
	refused("supervision.days", do(ReturnAnswer, inspector, Detail{}))
	if err := do(ReturnAnswer, inspector, Detail{Days: 3}); err != nil || d.State != Returned {
		t.Fatal(err)
	}
	for _, step := range []struct {
		v Verb
		a access.Actor
		d Detail
	}{{Answer, handler, Detail{}}, {Accept, inspector, Detail{}}, {Close, inspector, Detail{Result: "done"}}} {
		if err := do(step.v, step.a, step.d); err != nil {
			t.Fatal(step.v, err)
		}
	}
	if d.State != Closed || !d.DueAt.IsZero() || d.ClosedAt.IsZero() || d.Result != "done" {
		t.Errorf("%+v", d)
	}
	if got := Permitted(d, inspector, day(1)); len(got) != 0 {
		t.Errorf("after the end: %v", got)
	}
}

func TestNobodyJudgesTheOwnUnit(t *testing.T) {
	d := Directive{Kind: Supervise, State: Answered, UnitID: bureau, DueAt: day(5)}
	if _, _, err := decide(d, Act{Verb: Accept, Actor: inspector}, day(1), lengths); err == nil || err.Error() != "supervision.own_unit" {
		t.Error(err)
	}
}

func TestTheRightToReply(t *testing.T) {
	d := Directive{Kind: LookBack, State: Served, UnitID: housing, DueAt: day(10)}
	find := Act{Find, inspector, "认定", Detail{Result: "confirmed"}}
	if _, _, err := decide(d, find, day(3), lengths); err == nil {
		t.Error("found before the unit could reply")
	}
	after, _, err := decide(d, find, day(11), lengths)
	if err != nil || after.State != Accepted || after.Result != "confirmed" {
		t.Error(err, after.State)
	}
	d.State = Answered
	if _, _, err = decide(d, find, day(3), lengths); err != nil {
		t.Error("after the reply:", err)
	}
}

func TestAdoptionNeedsAnAnswer(t *testing.T) {
	d := Directive{Kind: Recommend, State: Served, UnitID: housing, DueAt: day(30)}
	if _, _, err := decide(d, Act{Verb: Answer, Actor: handler, Text: "x"}, day(1), lengths); err == nil {
		t.Error("no word on adoption")
	}
	after, _, err := decide(d, Act{Answer, handler, "经费所限", Detail{Adoption: "not_adopted"}}, day(1), lengths)
	if err != nil || after.Adoption != "not_adopted" {
		t.Error(err)
	}
}
