package worklist

import (
	"cmp"
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// onlineFirst puts the web-filed cases of a page first among those of one
// light (网上信访优先). What is red stays before what is amber, and each part
// keeps its order; which cases the page holds does not change.
func onlineFirst(rows []Row, now time.Time) {
	rank := func(r Row) int {
		n := map[casework.Light]int{casework.Late: 0, casework.Amber: 2, casework.Green: 4, casework.Off: 6}[casework.LightFor(r.DueAt, r.WarnAt, now)]
		if r.Channel != casework.Web {
			n++
		}
		return n
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(rank(a), rank(b)) })
}

// Age is how long a first petition has been open.
type Age int

// The ages, by the days since it was registered: up to three, up to the
// fifteen of the first notice, up to the sixty of handling, longer.
const (
	AnyAge  Age = iota
	Fresh       // 0–3 days
	Noticed     // 4–15 days
	Handled     // 16–60 days
	Old         // more
)

// Ages lists them in the order of the board.
var Ages = []Age{AnyAge, Old, Handled, Noticed, Fresh}

// bounds gives the days of an age: from inclusive, to exclusive.
func (g Age) bounds(now time.Time) (from, to time.Time) {
	back := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	switch g {
	case Fresh:
		return back(4), time.Time{}
	case Noticed:
		return back(16), back(4)
	case Handled:
		return back(61), back(16)
	case Old:
		return time.Time{}, back(61)
	}
	return time.Time{}, time.Time{}
}

// FirstRow is a first petition on the board.
type FirstRow struct {
	Row
	RegisteredAt time.Time
}

// FirstPage is one page of the board, the oldest first.
type FirstPage struct {
	Rows   []FirstRow
	Next   Key // its Due is the moment of registration; zero when it is the last
	Counts map[Age]Count
}

// boards tells who has a board of first petitions: those who answer for them.
func boards(a access.Actor) bool {
	return a.Has(access.BureauClerk, access.BureauHead)
}

// First gives a page of the board of first petitions (初信初访): open matters
// that were not brought before, which are best settled the first time.
func (s *Service) First(ctx context.Context, a access.Actor, age Age, after Key, now time.Time) (FirstPage, error) {
	see := s.sight(a, now)
	if see.scope.Nothing || !boards(a) {
		return FirstPage{Counts: map[Age]Count{}}, nil
	}
	q := s.db.Read()
	rows, err := firstRows(ctx, q, see.first(age), after)
	if err != nil {
		return FirstPage{}, err
	}
	p := FirstPage{Rows: rows}
	if len(rows) > pageRows {
		p.Rows = rows[:pageRows]
		last := p.Rows[pageRows-1]
		p.Next = Key{Due: last.RegisteredAt.UnixMicro(), ID: last.ID}
	}
	p.Counts, err = firstCounts(ctx, q, see)
	return p, err
}
