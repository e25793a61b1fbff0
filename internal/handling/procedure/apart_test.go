package procedure

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
)

// The tree of the accused: an authority, a school that belongs to it, and a
// unit of which neither knows.
const authorityID, schoolID, apartID = 40, 41, otherID

// lined is a unit tree in which the school belongs to the authority.
type lined struct{ units }

func (l lined) Unit(id int64) (access.Unit, bool) {
	u, ok := l.units.Unit(id)
	switch id {
	case schoolID:
		u.ParentID = authorityID
	case authorityID, bureauID, unitID, otherID:
		u.ParentID = 1
	case 1:
		u.Kind = access.Government
	}
	return u, ok
}

// TestNoVerbGivesToTheAccused walks random verbs over confidential cases and
// names, in every field of a form that takes a unit, the accused, what belongs
// to it or its line above, or somebody else. Nobody from whom the case must be
// kept ever holds a part of it (Art. 18, 30).
func TestNoVerbGivesToTheAccused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		s.units = lined{}
		tried := map[casework.Verb]bool{}
		rapid.Check(t, func(rt *rapid.T) {
			retaliation := rapid.Bool().Draw(rt, "retaliation")
			c := accuseOf(t, s, rapid.SampledFrom([]int64{authorityID, schoolID}).Draw(rt, "accused"), retaliation)
			now := monday
			for _, v := range rapid.SampledFrom([][]casework.Verb{{}, {casework.Forward}, {casework.Forward, casework.Convene}, {casework.Forward, casework.Object}}).Draw(rt, "before") {
				a := casework.Action{No: c.No, Verb: v, Actor: cleared(head), Data: full(), Now: now.Add(time.Hour)}
				if v == casework.Object {
					a.Actor = cleared(handler)
				}
				a.Data.Nature = casework.R1
				var err error
				if c, err = s.Do(t.Context(), a); err != nil {
					rt.Fatalf("%s: %v", v, err)
				}
				now = now.Add(time.Hour)
			}
			cast := []access.Actor{
				cleared(head), cleared(clerk), cleared(handler), cleared(chief), cleared(stranger), {Role: access.Petitioner, CaseID: c.ID},
			}
			for range rapid.IntRange(4, 16).Draw(rt, "steps") {
				now = now.Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "hours")) * time.Hour)
				who := rapid.SampledFrom(cast).Draw(rt, "who")
				verbs := casework.Permitted(c, who, now, s.Rules())
				if len(verbs) == 0 {
					continue
				}
				a := casework.Action{No: c.No, Verb: rapid.SampledFrom(verbs).Draw(rt, "verb"), Actor: who, Data: full(), Now: now}
				a.Data.Nature, a.Data.Method = casework.R1, "video"
				if a.Verb == casework.Record {
					a.Data.Method = "call"
				}
				if named := takesUnit(a.Verb); named != "" {
					id := rapid.SampledFrom([]int64{authorityID, schoolID, unitID, apartID}).Draw(rt, "unit")
					tried[a.Verb] = true
					if named == "suggest" {
						a.Data.SuggestID = id
					} else {
						a.Data.UnitID = id
					}
				}
				after, err := s.Do(t.Context(), a)
				if err != nil && fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.RuleBroken && fault.KindOf(err) != fault.NotFound {
					rt.Fatalf("%s by %s: %v", a.Verb, who.Role, err)
				}
				if err == nil {
					c = after
				}
				held := append(c.Parties(), c.LeadUnitID, c.OwnerUnitID)
				for _, id := range []int64{authorityID, schoolID} {
					if s.KeptFrom(c, id) && slices.Contains(held, id) {
						rt.Fatalf("after %s the unit %d, from which the case is to be kept, holds a part of it: %v", a.Verb, id, held)
					}
				}
			}
		})
		for v := range forms {
			if takesUnit(v) != "" && !tried[v] {
				t.Logf("%s was never permitted on the way", v)
			}
		}
		if len(tried) < 4 && !testing.Short() { // a short walk sees little
			t.Errorf("only %v were tried", tried)
		}
	})
}

// TestKeptFromIsAskedOfEveryVerb: the rule stands before the table, so that a
// verb that is new cannot pass it by.
func TestKeptFromIsAskedOfEveryVerb(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		s.units = lined{}
		c := accuseOf(t, s, authorityID, false)
		for v := range forms {
			named := takesUnit(v)
			if named == "" {
				continue
			}
			for _, id := range []int64{authorityID, schoolID} {
				a := casework.Action{No: c.No, Verb: v, Actor: cleared(head), Data: full(), Now: monday.Add(time.Hour)}
				a.Data.UnitID = unitID
				if named == "suggest" {
					a.Data.SuggestID = id
				} else {
					a.Data.UnitID = id
				}
				_, err := s.Do(t.Context(), a)
				f, ok := fault.As(err)
				if !ok || f.Kind != fault.Invalid || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == named }) {
					t.Errorf("%s naming %d: %v", v, id, err)
				}
			}
		}
	})
}

// takesUnit tells which field of a verb's form names a unit that is to act.
func takesUnit(v casework.Verb) string {
	for _, f := range forms[v] {
		if f.Input == Unit && f.Name != "barred" {
			return f.Name
		}
	}
	return ""
}

func cleared(a access.Actor) access.Actor { a.Cleared = true; return a }

// accuseOf registers an accusation, or a complaint of retaliation.
func accuseOf(t testing.TB, s *Service, accused int64, retaliation bool) casework.Case {
	t.Helper()
	var b db.Batch
	c, err := s.Register(t.Context(), &b, casework.Registration{Actor: cleared(operator), Now: monday, Data: casework.Data{
		Title: "检举", Channel: casework.Web, Areas: [3]int64{1, 2, 3}, BureauID: bureauID, Nature: casework.R1, Lane: access.LaneConfidential,
		BarredUnitID: accused, Retaliation: retaliation,
	}})
	if err == nil {
		err = s.db.Send(t.Context(), &b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if c.Lane != access.LaneConfidential || c.BarredUnitID != accused {
		t.Fatalf("%+v", c)
	}
	return c
}
