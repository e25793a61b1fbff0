package casework

import (
	"reflect"
	"testing"
	"time"

	"xinqiao/internal/core/access"
)

// TestRelationUndone: undone, a relation leaves the case as it stood, with the
// clocks where they began; only the trail is longer.
func TestRelationUndone(t *testing.T) {
	for _, kind := range RelationKinds {
		for _, classed := range []bool{false, true} {
			way := []step{}
			if classed {
				way = append(way, step{Triage, access.BureauClerk, nil})
			}
			before, _, now := live(t, way...)
			c := before
			for i, v := range []Verb{Relate, Unrelate} {
				d := good()
				d.Relation = kind
				events, err := Decide(c, Command{v, cast[access.BureauClerk], d}, now.Add(time.Duration(i)*time.Hour), rules)
				if err != nil {
					t.Fatalf("%s %s: %v", kind, v, err)
				}
				c = Apply(c, events[0], rules)
				if v == Relate && (c.Relation == nil || c.Relation.ID != 77) {
					t.Fatalf("%s: %+v", kind, c.Relation)
				}
			}
			if len(c.Obligations) > len(before.Obligations) {
				for _, o := range c.Obligations[len(before.Obligations):] {
					if o.Open() || o.Kept {
						t.Errorf("%s: a clock of the relation runs on: %+v", kind, o)
					}
				}
				c.Obligations = c.Obligations[:len(before.Obligations)]
			}
			c.Version, c.LastEvent, c.LastEventAt = before.Version, before.LastEvent, before.LastEventAt
			if !reflect.DeepEqual(c, before) {
				t.Errorf("%s undone differs\n%+v\n%+v", kind, c, before)
			}
		}
	}
}

// TestJoin: who joins keeps a clock, gets the master's reply as its own, and
// may rate and contest it.
func TestJoin(t *testing.T) {
	as := func(k RelationKind) func(*Data) { return func(d *Data) { d.Relation = k } }
	c, _, now := live(t, step{Relate, access.BureauClerk, as(AsJoin)})
	if c.State != Accepted || c.LeadUnitID != theUnit || c.NextClock != T4 || !c.RegisteredAt.Before(now) {
		t.Fatalf("joined: %+v", c)
	}
	if _, err := Decide(c, Command{ShareReply, cast[access.BureauHead], good()}, now, rules); err == nil {
		t.Error("a person shared the reply")
	}
	c, _, now = live(t, step{Relate, access.BureauClerk, as(AsJoin)}, step{ShareReply, access.System, nil})
	verbs := Permitted(c, cast[access.Petitioner], now, rules)
	if c.State != Concluded || c.Outcome != Resolved || !has(verbs, Rate) || !has(verbs, Contest) || !has(verbs, RequestReview) {
		t.Errorf("%s %s, the petitioner may %v", c.State, c.Outcome, verbs)
	}
	if has(verbs, Unrelate) {
		t.Error("what was answered can be undone")
	}
	c, _, _ = live(t, step{Relate, access.BureauClerk, as(AsSupplement)})
	if c.State != Concluded || c.Outcome != Attached || !c.NextDueAt.IsZero() {
		t.Errorf("a supplement owes: %+v", c)
	}
}

func has(vs []Verb, v Verb) bool {
	for _, x := range vs {
		if x == v {
			return true
		}
	}
	return false
}
