package supervision

import (
	"reflect"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

const (
	city, bureau, housing, school = 1, 10, 20, 30
)

func day(n int) time.Time { return start.AddDate(0, 0, n) }

// tale makes events out of a few words; seq and time follow from the order.
func tale(list ...casework.Event) []casework.Event {
	for i := range list {
		list[i].Seq, list[i].At = int64(i+1), day(i)
	}
	return list
}

func to(unit int64) casework.Event {
	return casework.Event{Verb: casework.Forward, Kind: "forwarded", ActorUnit: bureau, Data: casework.Data{UnitID: unit}}
}

func by(unit int64, v casework.Verb, d casework.Data) casework.Event {
	return casework.Event{Verb: v, Kind: casework.EventKind(v), ActorUnit: unit, Data: d}
}

func lapsed(k casework.Clock) casework.Event {
	return casework.Event{Verb: casework.Lapse, Kind: "lapsed", Data: casework.Data{LapsedClock: k}}
}

// owing gives a case whose obligations the lapse events of a tale marked.
func owing(unit int64, events []casework.Event) casework.Case {
	c := casework.Case{ID: 5, No: "X", Lane: access.LaneOpen, State: casework.Accepted, LeadUnitID: unit}
	for _, e := range events {
		if e.Verb == casework.Lapse {
			c.Obligations = append(c.Obligations, casework.Obligation{Clock: e.Data.LapsedClock, UnitID: unit, LapsedAt: e.At})
		}
	}
	return c
}

func TestCandidates(t *testing.T) {
	register := by(bureau, casework.Register, casework.Data{})
	upheld, overruled := casework.Data{Upheld: true}, casework.Data{}
	bad := casework.Data{RatedResult: casework.VeryDissatisfied}
	for _, tc := range []struct {
		name   string
		events []casework.Event
		want   []Trigger
	}{
		{"nothing happened", tale(register, to(housing)), nil},
		{"overdue", tale(register, to(housing), lapsed(casework.T4)), []Trigger{{Overdue, housing, []int64{3}}}},
		{"the desk's small clocks are none", tale(register, to(housing), lapsed(casework.Sign), lapsed(casework.Conclude)), nil},
		{"no report on an assignment", tale(register, to(housing), lapsed(casework.T9)), []Trigger{{NoFeedback, housing, []int64{3}}}},
		{"no notice in 15 days", tale(register, to(housing), lapsed(casework.T2)), []Trigger{{WrongProcedure, housing, []int64{3}}}},
		{"one objection is a right", tale(register, to(housing), by(housing, casework.Object, casework.Data{}), by(bureau, casework.Rule, upheld)), nil},
		{"an overruled objection", tale(register, to(housing), by(housing, casework.Object, casework.Data{}), by(bureau, casework.Rule, overruled)),
			[]Trigger{{Shirking, housing, []int64{4}}}},
		{"sent back twice", tale(register, to(housing), by(housing, casework.Object, casework.Data{}), by(bureau, casework.Rule, upheld), to(housing),
			by(housing, casework.Object, casework.Data{})), []Trigger{{Shirking, housing, []int64{3, 6}}}},
		{"not satisfied twice", tale(register, to(housing), by(0, casework.Rate, bad), by(0, casework.Contest, casework.Data{})),
			[]Trigger{{Repeated, housing, []int64{3, 4}}}},
		{"said to be solved, and it was not", tale(register, to(housing), by(housing, casework.ConcludeCase, casework.Data{Outcome: casework.Resolved}),
			by(0, casework.Contest, casework.Data{}), to(housing)), []Trigger{{NotExecuted, housing, []int64{3, 4, 5}}}},
		{"explained and contested is another matter", tale(register, to(housing), by(housing, casework.ConcludeCase, casework.Data{Outcome: casework.Explained}),
			by(0, casework.Contest, casework.Data{}), to(housing)), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := candidates(owing(housing, tc.events), tc.events, day(100)); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestTheAccusedIsNeverNamed(t *testing.T) {
	events := tale(by(bureau, casework.Register, casework.Data{}), to(school), lapsed(casework.T4))
	c := owing(school, events)
	c.Lane, c.BarredUnitID = access.LaneConfidential, school
	if got := candidates(c, events, day(100)); got != nil {
		t.Errorf("candidates: %+v", got)
	}
	if got := missed(c, events); len(got) != 0 {
		t.Errorf("record: %+v", got)
	}
}

func TestMissedDuties(t *testing.T) {
	events := tale(by(bureau, casework.Register, casework.Data{ReceivedAt: start.AddDate(0, 0, -20)}), to(housing), lapsed(casework.T2), lapsed(casework.Sign),
		by(housing, casework.Object, casework.Data{}), by(bureau, casework.Rule, casework.Data{}))
	var got []BreachKind
	for _, m := range missed(owing(housing, events), events) {
		got = append(got, m.Kind)
	}
	if want := []BreachKind{LateNotice, LateStep, NotRegistered, Shirked}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestUrgesUnanswered(t *testing.T) {
	urge := by(0, casework.Urge, casework.Data{})
	events := tale(by(bureau, casework.Register, casework.Data{}), to(housing), urge, by(housing, casework.Record, casework.Data{}), urge, urge)
	if got := silent(events, housing); !reflect.DeepEqual(got, []int64{5, 6}) {
		t.Errorf("%v", got)
	}
	if got := against(owing(housing, events), events, housing); len(got) != 2 || got[0].Seq != 5 {
		t.Errorf("evidence: %+v", got)
	}
}

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

func TestChecklist(t *testing.T) {
	events := tale(by(bureau, casework.Register, casework.Data{}), to(housing),
		by(housing, casework.Draft, casework.Data{Facts: "f", Basis: "b", Remedy: "r"}), by(housing, casework.Approve, casework.Data{}), lapsed(casework.T4))
	events[2].ActorID, events[3].ActorID = 7, 8
	c := owing(housing, events)
	c.Category, c.Nature = "0401", casework.R7
	got := map[string]Mark{}
	for _, p := range Checklist(c, events) {
		got[p.ID] = p.Mark
	}
	for id, want := range map[string]Mark{"registered": Met, "classified": Met, "in_time": Unmet, "opinion": Met, "approved": Met,
		"served": Pending, "extension": Exempt, "urges": Exempt, "overdue": Unmet, "invited": Pending} {
		if got[id] != want {
			t.Errorf("%s: %s, want %s", id, got[id], want)
		}
	}
	if a, b, h := Hands(events); a.UnitID != bureau || b.UnitID != bureau || !h.At.IsZero() {
		t.Error(a, b, h)
	}
}
