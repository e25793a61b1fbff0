package casework

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xinqiao/internal/core/access"
)

func same(a, b Case) bool { return reflect.DeepEqual(a, b) }

// TestWalk plays random histories with actors, moments and inputs of every
// kind, and holds the invariants after each step.
func TestWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := walk{now: monday}
		first := data(t)
		first.Title = "路灯不亮"
		w.do(t, Register, cast[access.Operator], first)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(t, "hours")) * time.Hour)
			a := cast[rapid.SampledFrom(access.Roles).Draw(t, "role")]
			verbs := Verbs()
			if rapid.IntRange(0, 9).Draw(t, "lawful") > 0 {
				verbs = append(Permitted(w.c, a, w.now, rules), Lapse, Warn, NoteReview, ShareReply)
			}
			w.do(t, rapid.SampledFrom(verbs).Draw(t, "verb"), a, data(t))
		}
	})
}

type walk struct {
	c   Case
	es  []Event
	now time.Time
}

// data draws inputs that are complete or lack something.
func data(t *rapid.T) Data {
	d := good()
	d.Nature = rapid.SampledFrom(append(Natures, Unclassified)).Draw(t, "nature")
	d.Procedure = rapid.SampledFrom([]Procedure{"", Ordinary, Simple}).Draw(t, "procedure")
	d.Upheld = rapid.Bool().Draw(t, "upheld")
	d.Days = rapid.IntRange(0, 40).Draw(t, "days")
	d.Outcome = rapid.SampledFrom(append(Conclusions, Undecided)).Draw(t, "outcome")
	d.UnitID = rapid.SampledFrom([]int64{0, theUnit, theUnit, theUnit, otherUnit}).Draw(t, "unit")
	d.Request, d.Task = rapid.IntRange(0, 3).Draw(t, "request"), rapid.IntRange(0, 3).Draw(t, "task")
	d.Ref = rapid.IntRange(0, 3).Draw(t, "ref")
	d.Kind = rapid.SampledFrom(Kinds).Draw(t, "kind")
	d.Stage = rapid.SampledFrom([]Stage{"", Review, Recheck}).Draw(t, "stage")
	d.Decision = rapid.SampledFrom(append(Decisions, Undecidedly)).Draw(t, "decision")
	d.RatedResult = rapid.SampledFrom(Grades).Draw(t, "grade")
	d.Ground = rapid.SampledFrom(Grounds).Draw(t, "ground")
	d.Relation = rapid.SampledFrom(append(RelationKinds, "")).Draw(t, "relation")
	d.FromAbove = rapid.Bool().Draw(t, "above")
	d.LapsedClock = rapid.SampledFrom(Clocks).Draw(t, "clock")
	if rapid.IntRange(0, 9).Draw(t, "lacking") == 0 {
		d.Reason, d.Text, d.Evidence = "", "", ""
	}
	return d
}

func (w *walk) do(t *rapid.T, v Verb, a access.Actor, d Data) {
	before := w.c
	events, err := Decide(w.c, Command{v, a, d}, w.now, rules)
	if !same(before, w.c) {
		t.Fatalf("deciding %s changed the case", v)
	}
	if err != nil {
		return
	}
	if len(events) == 0 {
		t.Fatalf("%s was allowed and left no event", v)
	}
	for _, e := range events {
		e.CaseID = theCase
		w.c = Apply(w.c, e, rules)
		w.es = append(w.es, e)
	}
	w.hold(t, before, events[0])
}

// hold checks what must be true of every case at every moment.
func (w *walk) hold(t *rapid.T, before Case, e Event) {
	c := w.c
	if c.Version != int64(len(w.es)) {
		t.Fatalf("version %d after %d events", c.Version, len(w.es))
	}
	if before.State == Archived && e.Verb != Finalise {
		t.Fatalf("%s moved an archived case", e.Verb)
	}
	if before.State != None && !before.State.Open() && c.State.Open() && c.Round != before.Round+1 && c.State != LookedBack && e.Verb != Unrelate {
		t.Fatalf("%s reopened a closed round", e.Verb)
	}
	if !before.State.Open() && before.State != None && c.Round == before.Round && c.Outcome != before.Outcome && e.Verb != Unrelate {
		t.Fatalf("%s changed the outcome of a closed round", e.Verb)
	}
	if c.State.Open() && (c.OwnerUnitID == 0 || c.NextDueAt.IsZero()) {
		t.Fatalf("open in %s without owner or due moment", c.State)
	}
	if !c.State.Open() && (!c.NextDueAt.IsZero() || c.OwnerUnitID != 0 || c.Outcome == Undecided || c.ClosedAt.IsZero()) {
		t.Fatalf("closed in %s and still owing: %+v", c.State, c)
	}
	if c.Extended > rules.Params.MaxExtension {
		t.Fatalf("extended by %d days", c.Extended)
	}
	if c.BarredUnitID != 0 && c.LeadUnitID == c.BarredUnitID {
		t.Fatal("an accusation went to whom it accuses")
	}
	for _, o := range c.Obligations {
		if o.Open() && !c.State.Open() && !o.Clock.Survives() {
			t.Fatalf("%s still runs on a closed case", o.Clock)
		}
		if o.DueAt.IsZero() || o.DueAt.Before(o.OpenedAt) {
			t.Fatalf("%s has no sensible due moment: %+v", o.Clock, o)
		}
		if c.State.Open() && o.Open() && o.Clock.Owed() && o.PausedAt.IsZero() && o.DueAt.Before(c.NextDueAt) {
			t.Fatalf("next due is not the earliest: %+v", c)
		}
	}
	if again := Replay(w.es, rules); !same(again, c) {
		t.Fatalf("replay differs\n%+v\n%+v", again, c)
	}
}

// TestPermittedAgreesWithDecide: a button shown is a verb that works when its
// form is filled in, and a hidden one does not.
func TestPermittedAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := walk{now: monday}
		w.do(t, Register, cast[access.Operator], good())
		for range rapid.IntRange(0, 25).Draw(t, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
			a := cast[rapid.SampledFrom(access.Roles).Draw(t, "role")]
			if vs := Permitted(w.c, a, w.now, rules); len(vs) > 0 {
				w.do(t, rapid.SampledFrom(vs).Draw(t, "verb"), a, good())
			}
		}
		for _, role := range access.Roles {
			permitted := map[Verb]bool{}
			for _, v := range Permitted(w.c, cast[role], w.now, rules) {
				permitted[v] = true
			}
			for _, v := range Verbs() {
				if ByProgram(v) {
					continue
				}
				_, err := Decide(w.c, Command{v, cast[role], good()}, w.now, rules)
				if no, ok := err.(*Refusal); ok && no.Field != "" {
					err = nil // the form lacks something, the verb is open
				}
				if (err == nil) != permitted[v] {
					t.Fatalf("%s by %s in %s: permitted %v, decided %v", v, role, w.c.State, permitted[v], err)
				}
			}
		}
	})
}

func TestNumbers(t *testing.T) {
	seen := map[string]bool{}
	for n := uint64(0); n < 200_000; n++ {
		no := NewNumber("MC", 2026, n)
		if seen[no] {
			t.Fatalf("%s twice", no)
		}
		seen[no] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		no := NewNumber("MC", rapid.IntRange(2000, 2099).Draw(t, "year"), rapid.Uint64().Draw(t, "n"))
		if got, ok := CheckNumber(no); !ok || got != no {
			t.Fatalf("%s read as %s %v", no, got, ok)
		}
		b := []byte(no)
		i := rapid.IntRange(2, len(b)-1).Draw(t, "at")
		wrong := alphabet[rapid.IntRange(0, 30).Draw(t, "symbol")]
		if b[i] == '-' || b[i] == wrong {
			return
		}
		b[i] = wrong
		if _, ok := CheckNumber(string(b)); ok {
			t.Fatalf("one wrong symbol passes: %s for %s", b, no)
		}
	})
	if got, ok := CheckNumber(" ｍc26 " + NewNumber("MC", 2026, 5)[5:]); !ok || got != NewNumber("MC", 2026, 5) {
		t.Errorf("as typed: %q %v", got, ok)
	}
}

func FuzzCheckNumber(f *testing.F) {
	f.Add("MC26-0A1B-7K3F")
	f.Fuzz(func(t *testing.T, s string) {
		if no, ok := CheckNumber(s); ok {
			if again, ok := CheckNumber(no); !ok || again != no {
				t.Fatalf("%q reads as %q, which reads as %q", s, no, again)
			}
		}
	})
}
