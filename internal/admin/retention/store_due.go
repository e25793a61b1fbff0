package retention

import (
	"context"
	"strconv"

	"xinqiao/internal/platform/db"
)

// bound are the ways in which a case belongs to another that is open.
const bound = `EXISTS (SELECT 1 FROM case_file o WHERE o.parent_id = c.id AND o.parent_id <> 0 AND o.open)
	OR EXISTS (SELECT 1 FROM case_file o WHERE o.root_id = c.id AND o.root_id <> 0 AND o.open)
	OR EXISTS (SELECT 1 FROM case_file o WHERE o.id = c.parent_id AND o.open)
	OR EXISTS (SELECT 1 FROM case_file o WHERE o.id = c.root_id AND o.open)
	OR EXISTS (SELECT 1 FROM case_file o WHERE o.root_id = c.root_id AND o.root_id <> 0 AND o.open)
	OR EXISTS (SELECT 1 FROM likeness_relation x JOIN case_file o ON o.id = x.case_id WHERE x.master_id = c.id AND o.open)
	OR EXISTS (SELECT 1 FROM likeness_relation x JOIN case_file o ON o.id = x.master_id WHERE x.case_id = c.id AND o.open)`

const candidateColumns = `c.id, c.kind, c.stage, c.lane, c.outcome, c.finalised, c.closed_at,
	EXISTS (SELECT 1 FROM retention_hold h WHERE h.case_id = c.id AND h.lifted_at = 0),
	EXISTS (SELECT 1 FROM obligation o WHERE o.case_id = c.id AND o.closed_at = 0 AND o.clock = 'help'),
	EXISTS (SELECT 1 FROM obligation o WHERE o.case_id = c.id AND o.closed_at = 0 AND o.clock <> 'help' AND o.owed), ` + bound

func scanCandidate(r db.Rows) (c candidate, err error) {
	return c, r.Scan(&c.id, &c.kind, &c.stage, &c.lane, &c.outcome, &c.finalised, &c.closedAt, &c.held, &c.help, &c.runs, &c.bound)
}

// place is how far a walk through what has ended is.
type place struct {
	at db.Time
	id int64
}

// candidates reads the next cases that ended before a moment and are still
// there, oldest first.
func candidates(ctx context.Context, q db.Queryer, after place, before db.Time, most int) ([]candidate, error) {
	return db.List(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM case_file c WHERE NOT c.open AND (c.closed_at, c.id) > ($1, $2) AND c.closed_at < $3
		AND NOT EXISTS (SELECT 1 FROM retention_disposed d WHERE d.case_id = c.id) ORDER BY c.closed_at, c.id LIMIT `+strconv.Itoa(most), after.at, after.id, before)
}

// still reads some candidates again, inside a unit of work.
func still(ctx context.Context, tx db.Tx, ids []int64) ([]candidate, error) {
	in, args := db.In(1, ids)
	return db.List(ctx, tx, scanCandidate, `SELECT `+candidateColumns+` FROM case_file c WHERE NOT c.open AND c.id IN (`+in+`)
		AND NOT EXISTS (SELECT 1 FROM retention_disposed d WHERE d.case_id = c.id) ORDER BY c.closed_at, c.id`, args...)
}

type counts struct{ open, young int }

// rest counts the cases that are open, and those that ended after a moment.
func rest(ctx context.Context, q db.Queryer, since db.Time) (counts, error) {
	return db.One(ctx, q, func(r db.Rows) (c counts, err error) { return c, r.Scan(&c.open, &c.young) },
		`SELECT (SELECT count(*) FROM case_file WHERE open), (SELECT count(*) FROM case_file WHERE NOT open AND closed_at >= $1)`, since)
}

// claim notes that some cases are about to go, and how far the run is.
func claim(b *db.Batch, r Run, list []candidate, last candidate, now db.Time) {
	for _, c := range list {
		b.Add(`INSERT INTO retention_disposed (case_id, run_id, class, state, at) VALUES ($1, $2, $3, 'claimed', $4)`, c.id, r.ID, c.class(), now)
	}
	b.Expect(1, `UPDATE retention_run SET after_at = $4, after_id = $5 WHERE id = $1 AND state = 'approved' AND after_at = $2 AND after_id = $3`,
		r.ID, r.afterAt, r.afterID, last.closedAt, last.id)
}

func claimed(ctx context.Context, q db.Queryer, most int) (ids []int64, runID int64, err error) {
	ids, err = db.List(ctx, q, func(r db.Rows) (id int64, err error) { return id, r.Scan(&id, &runID) },
		`SELECT case_id, run_id FROM retention_disposed WHERE state = 'claimed' AND run_id = (SELECT min(run_id) FROM retention_disposed WHERE state = 'claimed')
		ORDER BY case_id LIMIT `+strconv.Itoa(most))
	return ids, runID, err
}

// finish notes that claimed cases are gone; two that do the same at once
// cannot both.
func finish(b *db.Batch, runID int64, ids []int64, persons int, now db.Time) {
	in, args := db.In(2, ids)
	b.Expect(int64(len(ids)), `UPDATE retention_disposed SET state = 'done', at = $1 WHERE state = 'claimed' AND case_id IN (`+in+`)`, append([]any{now}, args...)...)
	b.Add(`UPDATE retention_run SET cases = cases + $2, persons = persons + $3 WHERE id = $1`, runID, len(ids), persons)
}

func endRun(b *db.Batch, r Run, now db.Time) {
	b.Expect(1, `UPDATE retention_run SET state = 'done', ended_at = $2, spared = CASE WHEN planned > cases THEN planned - cases ELSE 0 END WHERE id = $1 AND state = 'approved'`, r.ID, now)
}

func approvedRun(ctx context.Context, q db.Queryer) ([]Run, error) {
	return db.List(ctx, q, scanRun, `SELECT `+runColumns+` FROM retention_run WHERE state = 'approved'`)
}

// alone keeps of some persons those who have no case left but disposed ones.
func alone(ctx context.Context, tx db.Tx, persons []int64) ([]int64, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	in, args := db.In(1, persons)
	stay, err := db.List(ctx, tx, db.Value[int64], `SELECT DISTINCT c.petitioner_id FROM case_file c WHERE c.petitioner_id IN (`+in+`) AND c.petitioner_id <> 0
		AND NOT EXISTS (SELECT 1 FROM retention_disposed d WHERE d.case_id = c.id)`, args...)
	kept := map[int64]bool{}
	for _, id := range stay {
		kept[id] = true
	}
	var out []int64
	for _, id := range persons {
		if !kept[id] {
			kept[id] = true // once
			out = append(out, id)
		}
	}
	return out, err
}

func petitioners(ctx context.Context, tx db.Tx, caseIDs []int64) ([]int64, error) {
	in, args := db.In(1, caseIDs)
	return db.List(ctx, tx, db.Value[int64], `SELECT DISTINCT petitioner_id FROM case_file WHERE petitioner_id <> 0 AND id IN (`+in+`)`, args...)
}
