package worklist

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// condition is what the rows of a part must fulfil, beginning with the
// visibility rule: who takes part beside the lead sees the case as the lead
// does, but for the lane.
func (g sight) condition(p part) where {
	var w where
	if p.from.duty {
		w.args = append(w.args, g.actor.UnitID)
	}
	scope := g.scope
	if p.from.party {
		scope = beside(scope)
	}
	w.and(p.from.join)
	w.scope(scope, true)
	p.where(&w)
	return w
}

// boardQuery writes the statement of one page of a part, one row more than it
// shows.
func boardQuery(w where, from source, after [3]int64) (string, []any) {
	if after != [3]int64{} {
		args := []any{after[0], after[1], after[2]}[:len(from.order)]
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")
		w.and("("+strings.Join(from.order, ", ")+") > ("+marks+")", args...)
	}
	keys := append(append([]string{}, from.order...), "0", "0")[:3]
	return "SELECT " + strings.Replace(rowColumns, ownDue, from.due, 1) + ", registered_at, objections, ladder, " + from.ref + ", " + strings.Join(keys, ", ") +
		" FROM " + from.rows + " WHERE " + w.String() + " ORDER BY " + strings.Join(from.order, ", ") + " LIMIT " + strconv.Itoa(pageRows+1), w.args
}

// behind scans the columns that a board reads behind those of a row.
type behind struct {
	db.Rows
	more []any
}

// Scan implements db.Rows.
func (r behind) Scan(dest ...any) error { return r.Rows.Scan(append(dest, r.more...)...) }

func boardRows(ctx context.Context, q db.Queryer, see sight, p part, after [3]int64) ([]BoardRow, error) {
	text, args := boardQuery(see.condition(p), p.from, after)
	return db.List(ctx, q, func(r db.Rows) (b BoardRow, err error) {
		var registered db.Time
		b.Row, err = scanRow(behind{r, []any{&registered, &b.Objections, &b.Ladder, &b.ref, &b.key[0], &b.key[1], &b.key[2]}})
		b.RegisteredAt = registered.Std()
		return b, err
	}, text, args...)
}

// boardCountQuery writes one statement that counts every part, each to the
// bound.
func boardCountQuery(see sight, parts []part) (string, []any) {
	var b strings.Builder
	var args []any
	for i, p := range parts {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		w := see.condition(p)
		b.WriteString("SELECT " + strconv.Itoa(i) + ", count(*) FROM (" +
			shift("SELECT 1 FROM "+p.from.rows+" WHERE "+w.String()+" LIMIT "+strconv.Itoa(mostTold+1), len(args)) + ") AS part" + strconv.Itoa(i))
		args = append(args, w.args...)
	}
	return b.String(), args
}

func boardCounts(ctx context.Context, q db.Queryer, see sight, parts []part) (map[string]Count, error) {
	counts := make(map[string]Count, len(parts))
	text, args := boardCountQuery(see, parts)
	_, err := db.List(ctx, q, func(r db.Rows) (struct{}, error) {
		var i, n int
		err := r.Scan(&i, &n)
		if err == nil {
			counts[parts[i].ID] = Count{min(n, mostTold), n > mostTold}
		}
		return struct{}{}, err
	}, text, args...)
	return counts, err
}

// partsOf reads what only some cases have, for the rows of a page.
func (s *Service) partsOf(ctx context.Context, q db.Queryer, rows []BoardRow) (map[int64]casework.Parts, error) {
	ids := make([]any, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	out := make(map[int64]casework.Parts, len(rows))
	_, err := db.List(ctx, q, func(r db.Rows) (struct{}, error) {
		var id int64
		var text string
		if err := r.Scan(&id, &text); err != nil {
			return struct{}{}, err
		}
		p, err := s.cases.ReadParts(id, text)
		out[id] = p
		return struct{}{}, err
	}, "SELECT id, parts FROM case_file WHERE id IN ("+marks(len(ids))+")", ids...)
	return out, err
}

// sample is how many of the newest closings the first-dispatch figure reads.
const sample = 1000

// firstDispatch counts, among the newest closings of a bureau, those that were
// dispatched, and those that the first dispatch brought to the right unit. It
// is one figure for everybody, so the confidential lane is left out of it.
func (s *Service) firstDispatch(ctx context.Context, q db.Queryer, bureauID int64) (right, all int, err error) {
	_, err = db.List(ctx, q, func(r db.Rows) (struct{}, error) {
		var id int64
		var text string
		if err := r.Scan(&id, &text); err != nil {
			return struct{}{}, err
		}
		p, err := s.cases.ReadParts(id, text)
		if p.Dispatches > 0 {
			all++
		}
		if p.Dispatches == 1 {
			right++
		}
		return struct{}{}, err
	}, `SELECT id, parts FROM (SELECT id, bureau_id, round, stage, parts FROM case_file WHERE NOT open AND state <> 'archived' AND lane = 'open'
		ORDER BY closed_at DESC, id DESC LIMIT `+strconv.Itoa(sample)+`) AS newest WHERE bureau_id = $1 AND stage = 'handling' AND round = 1`, bureauID)
	return right, all, err
}
