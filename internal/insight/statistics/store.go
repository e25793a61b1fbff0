package statistics

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// flowConds is the visibility rule on stat_day, which holds no confidential
// case and only district and unit.
func flowConds(scope access.Scope) []db.Cond {
	var conds []db.Cond
	for _, t := range scope.Terms {
		switch t.Field {
		case access.FieldArea2, access.FieldArea3:
			conds = append(conds, db.Cond{Column: "area_id", Value: t.Value})
		case access.FieldLead:
			conds = append(conds, db.Cond{Column: "unit_id", Value: t.Value})
		}
	}
	return conds
}

// caseConds is the visibility rule on the live rows, open lane only.
func caseConds(scope access.Scope) []db.Cond {
	conds := []db.Cond{{Column: "lane", Value: string(access.LaneOpen)}}
	for _, t := range scope.Terms {
		if t.Field != access.FieldArea1 && t.Field != access.FieldLane {
			conds = append(conds, db.Cond{Column: string(t.Field), Not: t.Not, Value: t.Value})
		}
	}
	return conds
}

const sums = `coalesce(sum(filed), 0), coalesce(sum(dispatched), 0), coalesce(sum(closed), 0), coalesce(sum(closed_late), 0),
	coalesce(sum(days_sum), 0), coalesce(sum(rated), 0), coalesce(sum(satisfied), 0)`

func flowsByDay(ctx context.Context, q db.Queryer, scope access.Scope, from, to int64) (map[int64]Sum, error) {
	where, args := db.Where(flowConds(scope), 3)
	out := map[int64]Sum{}
	_, err := db.List(ctx, q, func(r db.Rows) (Sum, error) {
		var day int64
		var s Sum
		err := r.Scan(&day, &s.Filed, &s.Dispatched, &s.Closed, &s.ClosedLate, &s.Days, &s.Rated, &s.Satisfied)
		out[day] = s
		return s, err
	}, `SELECT day, `+sums+` FROM stat_day WHERE day >= $1 AND day <= $2 AND `+where+` GROUP BY day`, append([]any{from, to}, args...)...)
	return out, err
}

// openNow counts the open cases of the scope, each count bounded.
func openNow(ctx context.Context, q db.Queryer, scope access.Scope, now time.Time) (open, near, over int64, err error) {
	where, args := db.Where(caseConds(scope), 2)
	count := func(cond string, at db.Time) int64 {
		if err != nil {
			return 0
		}
		var n int64
		n, err = db.One(ctx, q, db.Value[int64], `SELECT count(*) FROM (SELECT 1 FROM case_file WHERE open AND `+cond+` AND `+
			where+` LIMIT `+strconv.Itoa(ceiling)+`) bounded`, append([]any{at}, args...)...)
		return n
	}
	return count("next_due_at > $1", 0), count("next_due_at > $1 AND next_warn_at <= $1", db.At(now)), count("next_due_at <= $1", db.At(now)), err
}

// openByUnit groups the most pressing open cases by the unit that must act.
func openByUnit(ctx context.Context, q db.Queryer, scope access.Scope, now time.Time) ([]Slice, error) {
	where, args := db.Where(caseConds(scope), 2)
	return db.List(ctx, q, func(r db.Rows) (Slice, error) {
		var s Slice
		return s, r.Scan(&s.UnitID, &s.Open, &s.Soon, &s.Overdue)
	}, `SELECT owner_unit_id, count(*), count(*) FILTER (WHERE next_due_at > $1 AND next_warn_at <= $1), count(*) FILTER (WHERE next_due_at <= $1)
		FROM (SELECT owner_unit_id, next_due_at, next_warn_at FROM case_file WHERE open AND `+where+` ORDER BY next_due_at, id LIMIT `+strconv.Itoa(ceiling)+`) pressing
		GROUP BY owner_unit_id ORDER BY 4 DESC, 3 DESC, 2 DESC, 1 LIMIT 12`, append([]any{db.At(now)}, args...)...)
}

func byCategory(ctx context.Context, q db.Queryer, scope access.Scope, from int64) ([]Slice, error) {
	where, args := db.Where(flowConds(scope), 2)
	return db.List(ctx, q, func(r db.Rows) (Slice, error) {
		var s Slice
		return s, r.Scan(&s.Category, &s.Open)
	}, `SELECT substr(category, 1, 2), sum(dispatched) FROM stat_day WHERE day >= $1 AND dispatched > 0 AND `+where+`
		GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 18`, append([]any{from}, args...)...)
}

// fact is what counting needs of a case.
type fact struct {
	id, area, lead, round int64
	category              string
	registered            time.Time
	open                  bool
}

// facts reads the cases of delivered events; confidential ones stay out.
func facts(ctx context.Context, q db.Queryer, ids []any) (map[int64]fact, error) {
	out := map[int64]fact{}
	_, err := db.List(ctx, q, func(r db.Rows) (f fact, err error) {
		var at db.Time
		err = r.Scan(&f.id, &f.area, &f.lead, &f.round, &f.category, &at, &f.open)
		f.registered = at.Std()
		out[f.id] = f
		return f, err
	}, `SELECT id, area2_id, lead_unit_id, round, category, registered_at, open FROM case_file WHERE lane = 'open' AND id IN (`+marks(len(ids))+`)`, ids...)
	return out, err
}

// lateOnes tells which of the cases missed an owed duty in their last round.
func lateOnes(ctx context.Context, q db.Queryer, ids []any) (map[int64]bool, error) {
	out := map[int64]bool{}
	_, err := db.List(ctx, q, func(r db.Rows) (id int64, err error) {
		err = r.Scan(&id)
		out[id] = true
		return id, err
	}, `SELECT DISTINCT o.case_id FROM obligation o JOIN case_file c ON c.id = o.case_id
		WHERE o.case_id IN (`+marks(len(ids))+`) AND o.owed AND o.round = c.round AND o.closed_at > o.due_at`, ids...)
	return out, err
}

// grade is one rating event's answer about the result.
type grade struct{ caseID, result int64 }

// grades reads the ratings by their events' ids.
func grades(ctx context.Context, q db.Queryer, eventIDs []any) ([]grade, error) {
	return db.List(ctx, q, func(r db.Rows) (g grade, err error) {
		return g, r.Scan(&g.caseID, &g.result)
	}, `SELECT e.case_id, c.rated_result FROM case_event e JOIN case_file c ON c.id = e.case_id WHERE e.id IN (`+marks(len(eventIDs))+`)`, eventIDs...)
}

// key is one row of stat_day.
type key struct {
	day, area, unit int64
	category        string
}

func addTo(b *db.Batch, k key, s Sum) {
	b.Add(`INSERT INTO stat_day (day, area_id, unit_id, category, filed, dispatched, closed, closed_late, days_sum, rated, satisfied)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (day, area_id, unit_id, category) DO UPDATE SET
		filed = stat_day.filed + excluded.filed, dispatched = stat_day.dispatched + excluded.dispatched,
		closed = stat_day.closed + excluded.closed, closed_late = stat_day.closed_late + excluded.closed_late,
		days_sum = stat_day.days_sum + excluded.days_sum, rated = stat_day.rated + excluded.rated, satisfied = stat_day.satisfied + excluded.satisfied`,
		k.day, k.area, k.unit, k.category, s.Filed, s.Dispatched, s.Closed, s.ClosedLate, s.Days, s.Rated, s.Satisfied)
}

func marks(n int) string {
	b := make([]byte, 0, 5*n)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(i+1), 10)
	}
	return string(b)
}

func compare(a, b key) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.area, b.area), cmp.Compare(a.unit, b.unit), cmp.Compare(a.category, b.category))
}
