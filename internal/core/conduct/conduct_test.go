package conduct

import (
	"reflect"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
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
			if got := Triggers(owing(housing, tc.events), tc.events, day(100)); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestTheAccusedIsNeverNamed(t *testing.T) {
	events := tale(by(bureau, casework.Register, casework.Data{}), to(school), lapsed(casework.T4))
	c := owing(school, events)
	c.Lane, c.BarredUnitID = access.LaneConfidential, school
	if got := Triggers(c, events, day(100)); got != nil {
		t.Errorf("candidates: %+v", got)
	}
	if got := MissedDuties(c, events); len(got) != 0 {
		t.Errorf("record: %+v", got)
	}
}

func TestMissedDuties(t *testing.T) {
	events := tale(by(bureau, casework.Register, casework.Data{ReceivedAt: start.AddDate(0, 0, -20)}), to(housing), lapsed(casework.T2), lapsed(casework.Sign),
		by(housing, casework.Object, casework.Data{}), by(bureau, casework.Rule, casework.Data{}))
	var got []DutyKind
	for _, m := range MissedDuties(owing(housing, events), events) {
		got = append(got, m.Kind)
	}
	if want := []DutyKind{LateNotice, LateStep, NotRegistered, Shirked}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestUrgesUnanswered(t *testing.T) {
	urge := by(0, casework.Urge, casework.Data{})
	events := tale(by(bureau, casework.Register, casework.Data{}), to(housing), urge, by(housing, casework.Record, casework.Data{}), urge, urge)
	if got := silent(events, housing); !reflect.DeepEqual(got, []int64{5, 6}) {
		t.Errorf("%v", got)
	}
	if got := Against(owing(housing, events), events, housing); len(got) != 2 || got[0].Seq != 5 {
		t.Errorf("evidence: %+v", got)
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
