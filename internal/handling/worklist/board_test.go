package worklist

import (
	"slices"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// board reads the whole board, page by page.
func board(t *testing.T, s *Service, a access.Actor, age Age) (rows []FirstRow, counts map[Age]Count) {
	t.Helper()
	for after := (Key{}); ; {
		p, err := s.First(t.Context(), a, age, after, noon)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, p.Rows...)
		if after = p.Next; after.ID == 0 {
			return rows, p.Counts
		}
	}
}

// TestFirstPetitions: the board holds exactly the open matters of the bureau
// that were not brought before, the oldest first, and counts what it lists.
func TestFirstPetitions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cases := crowd(t, d, 2000)
		var b db.Batch
		b.Add(`UPDATE case_file SET repeated = TRUE WHERE id % 5 = 0`)
		b.Add(`UPDATE case_file SET stage = 'review' WHERE id % 7 = 0`)
		b.Add(`UPDATE case_file SET registered_at = registered_at - $1 WHERE id % 3 = 0`, 70*24*time.Hour.Microseconds())
		if err := d.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		s := desk(d, cases)
		for _, a := range cast {
			rows, counts := board(t, s, a, AnyAge)
			want := 0
			for _, c := range cases {
				if boards(a) && c.State.Open() && c.ID%5 != 0 && c.ID%7 != 0 && c.BureauID == a.UnitID && access.Visible(a).Sees(c.Facts()) {
					want++
				}
			}
			if len(rows) != want || counts[AnyAge].N != want {
				t.Errorf("%s of %d: %d rows, count %d, want %d", a.Role, a.UnitID, len(rows), counts[AnyAge].N, want)
			}
			if !slices.IsSortedFunc(rows, func(a, b FirstRow) int { return a.RegisteredAt.Compare(b.RegisteredAt) }) {
				t.Errorf("%s: not by age", a.Role)
			}
			sum := 0
			for _, age := range Ages[1:] {
				part, _ := board(t, s, a, age)
				if len(part) != counts[age].N {
					t.Errorf("%s age %d: %d rows, count %d", a.Role, age, len(part), counts[age].N)
				}
				sum += len(part)
				if boards(a) {
					text, args := firstQuery(s.sight(a, noon).first(age), Key{Due: noon.UnixMicro(), ID: 7})
					plan(t, d, text, args)
				}
			}
			if sum != want {
				t.Errorf("%s: the ages hold %d of %d", a.Role, sum, want)
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
