package worklist

import (
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// everything pages through a view to its end, and back to its beginning.
func everything(t *testing.T, s *Service, a access.Actor, v Tab, f Filter) []Row {
	t.Helper()
	var all []Row
	var last Page
	q := Query{Tab: v, Filter: f}
	for {
		p, err := s.List(t.Context(), a, q, noon)
		if err != nil {
			t.Fatal(err)
		}
		all, last = append(all, p.Rows...), p
		if p.Next == nil {
			break
		}
		q.From = *p.Next
	}
	back := len(last.Rows)
	for last.Prev != nil {
		q.From = *last.Prev
		p, err := s.List(t.Context(), a, q, noon)
		if err != nil {
			t.Fatal(err)
		}
		back, last = back+len(p.Rows), p
	}
	if back != len(all) {
		t.Errorf("%s: %d rows forwards, %d back", v, len(all), back)
	}
	return all
}

// TestListAgreesWithRule is the leak test: for every role and view, list and
// count give exactly the cases that the rule in memory lets through.
func TestListAgreesWithRule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cases := busy(t, d, 900)
		s := desk(d, cases)
		for _, a := range cast {
			counts, err := s.Counts(t.Context(), a, Filter{}, noon)
			if err != nil {
				t.Fatal(err)
			}
			scope := access.Visible(a)
			for _, v := range Tabs(a) {
				want := 0
				for _, c := range cases {
					if listed(scope, c, v) && inView(c, a, v) {
						want++
					}
				}
				rows := everything(t, s, a, v, Filter{})
				if len(rows) != want || counts[v].N != want || counts[v].More {
					t.Errorf("%s of unit %d (cleared %v), %s: rule %d, list %d, count %+v", a.Role, a.UnitID, a.Cleared, v, want, len(rows), counts[v])
				}
				for i, r := range rows {
					if !scope.Sees(cases[r.No].Facts()) {
						t.Fatalf("%s sees %s", a.Role, r.No)
					}
					if i > 0 && !ordered(rows[i-1], r, v) {
						t.Fatalf("%s: order broken at %d", v, i)
					}
				}
			}
		}
	})
}

// listed: the queue of a unit is what it leads; its register also holds what it
// took part in.
func listed(scope access.Scope, c casework.Case, v Tab) bool {
	facts := c.Facts()
	if v != Closed {
		facts.Parties = nil
	}
	return scope.Sees(facts)
}

func inView(c casework.Case, a access.Actor, v Tab) bool {
	if v == Closed {
		return !c.State.Open()
	}
	soon := c.NextDueAt.After(noon) && !c.NextWarnAt.After(noon)
	return c.State.Open() && (v == Open || v == Mine && c.OwnerUnitID == a.UnitID || v == Waiting && c.OwnerUnitID != a.UnitID ||
		v == Soon && soon || v == Overdue && !c.NextDueAt.After(noon))
}

func ordered(a, b Row, v Tab) bool {
	if v == Closed {
		return a.ID > b.ID
	}
	return a.DueAt.Before(b.DueAt) || a.DueAt.Equal(b.DueAt) && a.ID < b.ID
}

func TestFilters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cases := crowd(t, d, 600)
		s := desk(d, cases)
		for _, a := range cast[:16] {
			for name, f := range map[string]Filter{
				"major": {Category: "01"}, "category": {Category: "0102"}, "unit": {UnitID: 12}, "urgency": {Urgency: casework.Red},
				"channel": {Channel: casework.Visit}, "state": {State: casework.Accepted}, "late": {Late: true},
			} {
				counts, err := s.Counts(t.Context(), a, f, noon)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range Tabs(a) {
					rows := everything(t, s, a, v, f)
					if counts[v].N != len(rows) {
						t.Errorf("%s %s %s: list %d, count %d", a.Role, v, name, len(rows), counts[v].N)
					}
					for _, r := range rows {
						if f.UnitID != 0 && r.LeadUnitID != f.UnitID || f.Urgency != "" && r.Urgency != f.Urgency ||
							!strings.HasPrefix(r.Category, f.Category) || f.State != "" && r.State != f.State {
							t.Fatalf("%s lets %+v through", name, r)
						}
					}
				}
			}
		}
	})
}

// TestPlans proves that every list and count of the queue walks an index in
// its own order.
func TestPlans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := desk(d, busy(t, d, 3000))
		for _, a := range cast {
			see := s.sight(a, noon)
			if see.scope.Nothing {
				continue
			}
			if leads(see.scope) {
				for _, from := range []Key{{}, {ID: 7}, {ID: 7, Back: true}} {
					text, args := listQuery(see.joined(Filter{}), Query{Tab: Closed, From: from})
					plan(t, d, text, args)
				}
				text, args := countQuery([]Tab{Closed}, []where{see.joined(Filter{})})
				plan(t, d, text, args)
			}
			for _, v := range Tabs(a) {
				for _, f := range []Filter{{}, {UnitID: 12}} {
					w := see.where(v, f)
					for _, from := range []Key{{}, {Due: noon.UnixMicro(), ID: 7}, {Due: noon.UnixMicro(), ID: 7, Back: true}} {
						text, args := listQuery(w, Query{Tab: v, From: from})
						plan(t, d, text, args)
					}
					text, args := countQuery([]Tab{v}, []where{w})
					steps := plan(t, d, text, args)
					if f == (Filter{}) && d.Dialect().Name() == "sqlite" && !strings.Contains(steps, "COVERING INDEX") {
						t.Errorf("counting %s as %s reads the cases themselves:\n%s", v, a.Role, steps)
					}
				}
			}
		}
	})
}

func plan(t *testing.T, d *db.DB, text string, args []any) string {
	t.Helper()
	steps, err := d.Explain(t.Context(), text, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(steps, "\n") {
		whole := strings.HasPrefix(line, "SCAN case_file") && !strings.Contains(line, "INDEX")
		if whole || strings.Contains(line, "TEMP B-TREE") || strings.Contains(line, "Seq Scan on") {
			t.Errorf("%s: %s\n%s", line, text, steps)
		}
	}
	return steps
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cases := busy(t, d, 400)
		s := desk(d, cases)
		if n, err := s.Reindex(t.Context(), nil); err != nil || n != 400 {
			t.Fatal(n, err)
		}
		if n, err := s.Reindex(t.Context(), nil); err != nil || n != 400 {
			t.Fatal("again:", n, err)
		}
		for _, a := range cast {
			scope := access.Visible(a)
			for _, word := range []string{"电梯", "老人", "幸福路12号", "ｍｃ26"} {
				want := 0
				for _, c := range cases {
					if scope.Sees(c.Facts()) && (word != "电梯" || strings.Contains(c.Title, word)) {
						want++
					}
				}
				got, before := 0, int64(0)
				for {
					f, err := s.Search(t.Context(), a, word, before)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range f.Rows {
						if !scope.Sees(cases[r.No].Facts()) || before != 0 && r.ID >= before {
							t.Fatalf("%s finds %s", a.Role, r.No)
						}
					}
					got, before = got+len(f.Rows), f.Next
					if before == 0 {
						break
					}
				}
				if got != want {
					t.Errorf("%s of %d: %q finds %d of %d", a.Role, a.UnitID, word, got, want)
				}
			}
			for _, c := range cases {
				f, err := s.Search(t.Context(), a, " "+strings.ToLower(strings.ReplaceAll(c.No, "-", " ")), 0)
				if sees := scope.Sees(c.Facts()); err != nil || sees != (f.No == c.No) {
					t.Errorf("%s asks for %s: %q, %v", a.Role, c.No, f.No, err)
				}
				break
			}
		}
	})
}

func TestSavedFilters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := desk(d, nil)
		me, other := cast[0], cast[1]
		if err := s.Save(t.Context(), me, "红色紧急", Query{Tab: Open, Filter: Filter{Urgency: casework.Red}}, noon); err != nil {
			t.Fatal(err)
		}
		mine, err := s.Saved(t.Context(), me)
		if err != nil || len(mine) != 1 || mine[0].Query != "urgency=red&view=open" {
			t.Fatal(mine, err)
		}
		if err := s.Forget(t.Context(), other, mine[0].ID); err != nil {
			t.Fatal(err)
		}
		if mine, _ = s.Saved(t.Context(), me); len(mine) != 1 {
			t.Error("somebody else's filter could be dropped")
		}
		if err := s.Forget(t.Context(), me, mine[0].ID); err != nil {
			t.Fatal(err)
		}
		if mine, _ = s.Saved(t.Context(), me); len(mine) != 0 {
			t.Error("still there")
		}
	})
}
