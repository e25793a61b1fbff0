package procedure

import (
	"context"
	"errors"
	"math"
	"slices"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// recountAt is how far a recount has come.
type recountAt struct {
	version string
	doneID  int64
}

const allDone = math.MaxInt64

func recountState(ctx context.Context, q db.Queryer, lock string) (recountAt, error) {
	at, err := db.One(ctx, q, func(r db.Rows) (at recountAt, err error) {
		return at, r.Scan(&at.version, &at.doneID)
	}, `SELECT version, done_id FROM case_rules WHERE name = 'due'`+lock)
	if errors.Is(err, db.ErrNoRows) {
		return recountAt{}, nil
	}
	return at, err
}

func saveRecount(b *db.Batch, at recountAt) {
	b.Add(`INSERT INTO case_rules (name, version, done_id) VALUES ('due', $1, $2)
		ON CONFLICT (name) DO UPDATE SET version = excluded.version, done_id = excluded.done_id`, at.version, at.doneID)
}

// openAfter reads open cases in the order of their ids, with their duties.
func (s *Service) openAfter(ctx context.Context, q db.Queryer, id int64, limit int, lock string) ([]casework.Case, error) {
	rows, err := db.List(ctx, q, s.scanCase, `SELECT `+columns+` FROM case_file WHERE id > $1 AND open ORDER BY id LIMIT $2`+lock, id, limit)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	due := make([]dueDuty, len(rows))
	for i, c := range rows {
		due[i].caseID = c.ID
	}
	full, err := s.loadMany(ctx, q, due)
	for i := range rows {
		rows[i] = full[rows[i].ID]
	}
	return rows, err
}

func dutiesDiffer(a, b casework.Case) bool { return !slices.Equal(a.Obligations, b.Obligations) }
