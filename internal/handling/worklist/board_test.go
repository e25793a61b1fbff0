package worklist

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// busy makes a crowd meet everything that boards are about: disputes, tasks,
// rooms, the ladder, reviews. Which case meets what follows from its number.
func busy(t *testing.T, d *db.DB, n int) map[string]casework.Case {
	t.Helper()
	cases := crowd(t, d, n)
	next := map[int64]int64{11: 12, 12: 13, 13: 11}
	var b db.Batch
	for no, c := range cases {
		c.Repeat, c.Objections, c.Kind, c.Stage = c.ID%5 == 0, int(c.ID%4), casework.Petition, casework.Handling
		if c.ID%7 == 0 {
			c.Stage = []casework.Stage{casework.Review, casework.Recheck}[c.ID%2]
		}
		if c.State == casework.LookedBack {
			c.Ladder = []int{1, 3, 4}[c.ID%3]
			c.OwnerUnitID = c.BureauID
			if c.Ladder == 4 {
				c.OwnerUnitID = 10
			}
		}
		if c.State.Open() && c.LeadUnitID != 0 && c.ID%6 == 0 {
			c.Tasks = []casework.Task{{Seq: 1, UnitID: next[c.LeadUnitID], Ask: "请提供图纸", Status: casework.TaskOpen}}
			c.Obligations = append(c.Obligations, casework.Obligation{Seq: 1, Clock: casework.Assist, Ref: 1, UnitID: next[c.LeadUnitID], DueAt: c.NextDueAt, WarnAt: c.NextWarnAt})
		}
		if c.LeadUnitID != 0 && c.ID%10 == 0 {
			c.Invited = []int64{next[next[c.LeadUnitID]]}
		}
		if c.State == casework.Objected || c.State == casework.Accepted && c.ID%3 == 0 {
			c.Obligations = append(c.Obligations, casework.Obligation{Seq: 2, Clock: casework.Ruling, UnitID: c.BureauID, DueAt: c.NextDueAt, WarnAt: c.NextWarnAt})
		}
		cases[no] = c
		parts, err := json.Marshal(c.Parts)
		if err != nil {
			t.Fatal(err)
		}
		b.Add(`UPDATE case_file SET repeated = $2, objections = $3, stage = $4, ladder = $5, owner_unit_id = $6, parts = $7 WHERE id = $1`,
			c.ID, c.Repeat, c.Objections, string(c.Stage), c.Ladder, c.OwnerUnitID, string(parts))
		for _, u := range c.Parties() {
			b.Add(`INSERT INTO case_party (unit_id, case_id) VALUES ($1, $2)`, u, c.ID)
		}
		for _, o := range c.Obligations {
			b.Add(`INSERT INTO obligation (case_id, seq, clock, owed, ref, round, unit_id, opened_at, due_at, warn_at, days, extended, closed_at, kept, lapsed_at)
				VALUES ($1, $2, $3, TRUE, $4, 1, $5, 1, $6, $7, 3, 0, 0, FALSE, 0)`, c.ID, o.Seq, string(o.Clock), o.Ref, o.UnitID, db.At(o.DueAt), db.At(o.WarnAt))
		}
		if b.Len() > 900 {
			if err := d.Send(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			b = db.Batch{}
		}
	}
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return cases
}

// belongs says in memory what each board holds.
func belongs(board string, c casework.Case, a access.Actor) bool {
	if !c.State.Open() {
		return false
	}
	own := c.BureauID
	if a.Has(access.UnitHandler, access.UnitHead) {
		own = c.LeadUnitID
	}
	switch board {
	case "rulings":
		_, disputed := c.Running(casework.Ruling)
		return disputed && c.BureauID == a.UnitID
	case "first":
		return c.BureauID == a.UnitID && !c.Repeat && c.Stage == casework.Handling
	case "assist":
		return slices.Contains(c.Parties(), a.UnitID)
	case "dissatisfied":
		return c.State == casework.LookedBack && (c.OwnerUnitID == a.UnitID || c.BureauID == a.UnitID)
	case "reviews":
		return own == a.UnitID && c.Stage != casework.Handling
	}
	return own == a.UnitID && c.State == casework.Parked
}

// TestBoards: every board lists and counts exactly what it is about, as far as
// the rule lets the reader see it, part after part, each in its own order.
func TestBoards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cases := busy(t, d, 1500)
		s := desk(d, cases)
		found := map[string]int{}
		for _, a := range cast {
			for _, b := range boardsOf(a) {
				var rows []BoardRow
				counted := 0
				for from := (BoardKey{}); ; {
					p, err := s.Board(t.Context(), a, b, from, noon)
					if err != nil {
						t.Fatal(err)
					}
					rows = append(rows, p.Rows...)
					if counted = 0; p.Counts != nil {
						for _, c := range p.Counts {
							counted += c.N
						}
					}
					if p.Next == nil {
						break
					}
					from = *p.Next
				}
				want := 0
				for _, c := range cases {
					if belongs(b.ID, c, a) && access.Visible(a).Sees(c.Facts()) {
						want++
					}
				}
				if len(rows) != want || counted != want {
					t.Errorf("%s of %d, %s: %d rows, counted %d, want %d", a.Role, a.UnitID, b.ID, len(rows), counted, want)
				}
				inOrder(t, b, rows)
				found[b.ID] += want
			}
		}
		for _, b := range Boards {
			if found[b.ID] < 5 {
				t.Errorf("the crowd tells little about %s: %d rows in all", b.ID, found[b.ID])
			}
		}
	})
}

// inOrder holds each row against the one before it in its part, and finds no
// case twice.
func inOrder(t *testing.T, b Board, rows []BoardRow) {
	t.Helper()
	seen := map[int64]bool{}
	for i, r := range rows {
		if seen[r.ID] {
			t.Fatalf("%s lists %s twice", b.ID, r.No)
		}
		seen[r.ID] = true
		if i > 0 && r.Part == rows[i-1].Part && slices.Compare(rows[i-1].key[:], r.key[:]) >= 0 {
			t.Fatalf("%s: order broken at %d", b.ID, i)
		}
	}
}

// TestBoardPlans proves that no part of a board reads or sorts more than it
// shows.
func TestBoardPlans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := desk(d, busy(t, d, 3000))
		for _, a := range cast {
			for _, b := range boardsOf(a) {
				see := s.sight(a, noon)
				for _, p := range b.parts(see) {
					for _, after := range [][3]int64{{}, {noon.UnixMicro(), 7, 1}} {
						text, args := boardQuery(see.condition(p), p.from, after)
						steps := plan(t, d, text, args)
						if strings.Contains(steps, "SCAN obligation") || strings.Contains(steps, "SCAN case_party") {
							t.Errorf("%s %s: %s", b.ID, p.ID, steps)
						}
					}
				}
				text, args := boardCountQuery(see, b.parts(see))
				plan(t, d, text, args)
			}
		}
	})
}

type prefers bool

func (p prefers) Bool(name string) bool { return bool(p) && name == OnlineFirst }

// TestOnlineFirst: with the policy the web-filed cases of a page come first
// among equal lights, and the page holds the same cases.
func TestOnlineFirst(t *testing.T) {
	d := dbtest.SQLite(t)
	cases := crowd(t, d, 600)
	plain, policy := desk(d, cases), desk(d, cases)
	policy.policy = prefers(true)
	a := access.Actor{ID: 1, Role: access.BureauHead, UnitID: 10, AreaID: 1, AreaDepth: 1, Cleared: true}
	for _, tab := range []Tab{Open, Soon, Overdue} {
		want, got := everything(t, plain, a, tab, Filter{}), everything(t, policy, a, tab, Filter{})
		if len(want) != len(got) || len(got) < pageRows {
			t.Fatalf("%s: %d rows, %d without the policy", tab, len(got), len(want))
		}
		page := got[:pageRows]
		for i := 1; i < len(page); i++ {
			before, after := casework.LightFor(page[i-1].DueAt, page[i-1].WarnAt, noon), casework.LightFor(page[i].DueAt, page[i].WarnAt, noon)
			if before == after && page[i-1].Channel != casework.Web && page[i].Channel == casework.Web {
				t.Fatalf("%s: row %d was filed online and comes after one that was not", tab, i)
			}
		}
		key := func(r Row) int64 { return r.ID }
		if !sameSet(want[:pageRows], page, key) {
			t.Errorf("%s: the first page holds other cases", tab)
		}
	}
}

func sameSet(a, b []Row, key func(Row) int64) bool {
	ids := func(rows []Row) []int64 {
		out := make([]int64, len(rows))
		for i, r := range rows {
			out[i] = key(r)
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(ids(a), ids(b))
}
