package procedure

import (
	"context"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

type dueDuty struct {
	caseID int64
	clock  casework.Clock
	ref    int
	due    time.Time
}

func dueDuties(ctx context.Context, q db.Queryer, now time.Time, limit int, lock string) ([]dueDuty, error) {
	return db.List(ctx, q, func(r db.Rows) (dueDuty, error) {
		var d dueDuty
		var due db.Time
		err := r.Scan(&d.caseID, &d.clock, &d.ref, &due)
		d.due = due.Std()
		return d, err
	}, `SELECT case_id, clock, ref, due_at FROM obligation
		WHERE next_at <> 0 AND next_at <= $1
		ORDER BY next_at, case_id, seq LIMIT $2`+lock, db.At(now), limit)
}

// loadMany reads the cases of several duties with all their obligations.
func (s *Service) loadMany(ctx context.Context, q db.Queryer, due []dueDuty) (map[int64]casework.Case, error) {
	cases := make(map[int64]casework.Case, len(due))
	var ids []any
	for _, d := range due {
		if _, ok := cases[d.caseID]; !ok {
			cases[d.caseID] = casework.Case{}
			ids = append(ids, d.caseID)
		}
	}
	in := marks(1, len(ids))
	rows, err := db.List(ctx, q, s.scanCase, `SELECT `+columns+` FROM case_file WHERE id IN (`+in+`)`, ids...)
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		cases[c.ID] = c
	}
	_, err = db.List(ctx, q, func(r db.Rows) (o casework.Obligation, err error) {
		var id int64
		o, err = scanObligation(prefixed{r, &id})
		c := cases[id]
		c.Obligations = append(c.Obligations, o)
		cases[id] = c
		return o, err
	}, `SELECT case_id, `+dutyColumns+` FROM obligation WHERE case_id IN (`+in+`) ORDER BY case_id, seq`, ids...)
	return cases, err
}

// prefixed scans one more column in front of what a scanner reads.
type prefixed struct {
	db.Rows
	first any
}

// Scan implements db.Rows.
func (p prefixed) Scan(dest ...any) error { return p.Rows.Scan(append([]any{p.first}, dest...)...) }

// archivable finds closed cases, the longest closed first.
func archivable(ctx context.Context, q db.Queryer, closedBefore time.Time, limit int, lock string) ([]dueDuty, error) {
	return db.List(ctx, q, func(r db.Rows) (dueDuty, error) {
		var d dueDuty
		return d, r.Scan(&d.caseID)
	}, `SELECT id FROM case_file
		WHERE NOT open AND state <> 'archived' AND closed_at < $1 ORDER BY closed_at, id LIMIT $2`+lock, db.At(closedBefore), limit)
}
