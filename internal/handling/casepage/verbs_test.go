package casepage

import (
	"slices"
	"testing"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/ui"
)

// TestEveryVerbHasAGroup: a new verb must find its place in the menu.
func TestEveryVerbHasAGroup(t *testing.T) {
	places := map[casework.Verb]int{}
	for _, g := range Groups {
		for _, v := range g.Verbs {
			places[v]++
		}
	}
	for _, v := range casework.Verbs() {
		want := 0
		if atDesk(v) {
			want = 1
		}
		if places[v] != want {
			t.Errorf("%s stands in %d groups, want %d", v, places[v], want)
		}
		if atDesk(v) && ui.VerbIcon(v) == "" {
			t.Errorf("%s has no icon", v)
		}
		delete(places, v)
	}
	if len(places) > 0 {
		t.Errorf("groups name unknown verbs: %v", places)
	}
}

// TestMenuHoldsEverything: buttons and menu together are what is permitted,
// each once; what the unit owes is among the buttons.
func TestMenuHoldsEverything(t *testing.T) {
	rules := shelf{}.Rules()
	for _, a := range cast {
		for _, state := range casework.States {
			v := View{Actor: a, Case: casework.Case{State: state, BureauID: a.UnitID, LeadUnitID: a.UnitID, OwnerUnitID: a.UnitID, Round: 1,
				Obligations: []casework.Obligation{{Seq: 1, Clock: casework.Supervision, UnitID: a.UnitID}}}}
			v.Verbs = slices.DeleteFunc(casework.Permitted(v.Case, a, noon, rules), func(v casework.Verb) bool { return !atDesk(v) })
			first := likely(v)
			all := slices.Clone(first)
			for _, g := range menu(v, first) {
				all = append(all, g.Verbs...)
			}
			slices.Sort(all)
			want := slices.Clone(v.Verbs)
			slices.Sort(want)
			if !slices.Equal(all, want) {
				t.Fatalf("%s, %s: shown %v, permitted %v", a.Role, state, all, want)
			}
			if len(first) > mostLikely || len(first) == 0 && len(want) > 0 {
				t.Errorf("%s, %s: %d buttons", a.Role, state, len(first))
			}
			if slices.Contains(want, casework.GiveFeedback) && !slices.Contains(first, casework.GiveFeedback) {
				t.Errorf("%s, %s: the answer that is owed is not a button: %v", a.Role, state, first)
			}
		}
	}
}

// TestRefusalsTogether: one reason is told once.
func TestRefusalsTogether(t *testing.T) {
	no := func(id string) *casework.Refusal { return &casework.Refusal{ID: id} }
	got := told([]Refused{{casework.Draft, no("casework.wrong_state")}, {casework.Serve, no("casework.wrong_state")}, {casework.Urge, no("casework.urge_too_soon")}},
		func(r *casework.Refusal) string { return r.ID })
	if len(got) != 2 || got[0].Text != "casework.urge_too_soon" || len(got[1].Verbs) != 2 {
		t.Error(got)
	}
}
