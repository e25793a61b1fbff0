package worklist

import (
	"context"
	"strconv"

	"xinqiao/internal/platform/db"
)

// first is the condition of the board of first petitions.
func (g sight) first(age Age) where {
	var w where
	w.scope(g.scope, true)
	w.and("bureau_id = ?", g.actor.UnitID)
	w.and("open AND NOT repeated AND stage = 'handling'")
	from, to := age.bounds(g.now)
	if !from.IsZero() {
		w.and("registered_at >= ?", db.At(from))
	}
	if !to.IsZero() {
		w.and("registered_at < ?", db.At(to))
	}
	return w
}

// firstQuery writes the statement of one page, one row more than it shows.
func firstQuery(w where, after Key) (string, []any) {
	if after.ID != 0 {
		w.and("(registered_at, id) > (?, ?)", after.Due, after.ID)
	}
	return "SELECT " + rowColumns + ", registered_at FROM case_file WHERE " + w.String() +
		" ORDER BY registered_at, id LIMIT " + strconv.Itoa(pageRows+1), w.args
}

// registered takes the moment of registration behind the columns of a row.
type registered struct {
	db.Rows
	at db.Time
}

// Scan implements db.Rows.
func (r *registered) Scan(dest ...any) error { return r.Rows.Scan(append(dest, &r.at)...) }

func firstRows(ctx context.Context, q db.Queryer, w where, after Key) ([]FirstRow, error) {
	text, args := firstQuery(w, after)
	return db.List(ctx, q, func(r db.Rows) (FirstRow, error) {
		wide := &registered{Rows: r}
		row, err := scanRow(wide)
		return FirstRow{row, wide.at.Std()}, err
	}, text, args...)
}

// firstCounts counts each age, to the bound of all counts.
func firstCounts(ctx context.Context, q db.Queryer, see sight) (map[Age]Count, error) {
	counts := map[Age]Count{}
	for _, age := range Ages {
		w := see.first(age)
		n, err := db.One(ctx, q, db.Value[int64], "SELECT count(*) FROM (SELECT 1 FROM case_file WHERE "+w.String()+
			" ORDER BY registered_at, id LIMIT "+strconv.Itoa(mostTold+1)+") AS v", w.args...)
		if err != nil {
			return nil, err
		}
		counts[age] = Count{min(int(n), mostTold), n > mostTold}
	}
	return counts, nil
}
