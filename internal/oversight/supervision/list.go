package supervision

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// View is one tab of the list of directives.
type View string

// The views.
const (
	ToAnswer View = "answer" // 待我单位反馈
	ToReview View = "review" // 待审核
	Running  View = "open"   // 在办
	Late     View = "late"   // 逾期
	Mine     View = "mine"   // 我的批示
	Done     View = "done"   // 已办结
)

// Views lists the tabs of an actor, the first being where the day starts.
func Views(a access.Actor) []View {
	switch {
	case a.Role == access.Leader:
		return []View{Mine, Running, ToReview, Late, Done}
	case a.Role == access.BureauHead:
		return []View{ToReview, Running, ToAnswer, Late, Done}
	case watches(a):
		return []View{ToReview, Running, Late, Done}
	}
	return []View{ToAnswer, Running, Late, Done}
}

// Key is the place of a row in the order of its view.
type Key struct{ Due, ID int64 }

// Query asks for a page of directives.
type Query struct {
	View    View
	Kind    Kind
	Variant string
	UnitID  int64
	After   Key
	Limit   int
}

const pageRows = 50

func pageOf(limit int) int {
	if limit < 1 || limit > pageRows {
		return pageRows
	}
	return limit
}

func (q Query) limit() int { return pageOf(q.Limit) }

// where builds the condition that list and count share.
func (q Query) where(a access.Actor, now time.Time) where {
	w := directiveSight(a)
	if q.View == Done {
		w.and("NOT x.open")
	} else if q.View != Mine {
		w.and("x.open")
	}
	switch q.View {
	case ToAnswer:
		w.and("x.unit_id = ?", a.UnitID)
		w.and("x.state IN ('served', 'returned')")
	case ToReview:
		w.and("x.state IN ('answered', 'accepted')")
		w.and("x.unit_id <> ?", a.UnitID)
	case Late:
		w.and("x.due_at <= ?", db.At(now))
	case Mine:
		w.and("x.open")
		w.and("x.leader_id = ?", a.ID)
	}
	if q.Kind != "" {
		w.and("x.kind = ?", string(q.Kind))
	}
	if q.Variant != "" {
		w.and("x.variant = ?", q.Variant)
	}
	if q.UnitID != 0 {
		w.and("x.unit_id = ?", q.UnitID)
	}
	return w
}

// List gives a page of a view; next is nil on the last.
func (s *Service) List(ctx context.Context, a access.Actor, q Query, now time.Time) (rows []Directive, next *Key, err error) {
	rows, err = s.store.list(ctx, s.DB.Read(), q.where(a, now), q)
	if n := q.limit(); len(rows) > n {
		rows = rows[:n]
		next = &Key{int64(db.At(rows[n-1].DueAt)), rows[n-1].ID}
	}
	return rows, next, err
}

// Counts tells how much each view of the actor holds, at most 1,000.
func (s *Service) Counts(ctx context.Context, a access.Actor, q Query, now time.Time) (map[View]int, error) {
	out := map[View]int{}
	for _, v := range Views(a) {
		q.View = v
		n, err := s.store.count(ctx, s.DB.Read(), q.where(a, now))
		if err != nil {
			return nil, err
		}
		out[v] = n
	}
	return out, nil
}

// OfCase lists the directives about a case that the actor may see.
func (s *Service) OfCase(ctx context.Context, a access.Actor, caseID int64) ([]Directive, error) {
	return s.store.ofCase(ctx, s.DB.Read(), a, caseID)
}

// Sides says what an actor does here, for menus and pages.
func Sides(a access.Actor) (watches, answers bool) {
	return a.Has(Watchers...), slices.Contains(answerers, a.Role)
}
