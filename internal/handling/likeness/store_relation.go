package likeness

import (
	"context"
	"strconv"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

func relate(b *db.Batch, caseID int64, r casework.Relation) {
	b.Add(`INSERT INTO likeness_relation (case_id, master_id, kind, related_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (case_id) DO UPDATE SET master_id = excluded.master_id, kind = excluded.kind, related_at = excluded.related_at`,
		caseID, r.ID, string(r.Kind), db.At(r.At))
}

func unrelate(b *db.Batch, caseID int64) {
	b.Add(`DELETE FROM likeness_relation WHERE case_id = $1`, caseID)
	b.Add(`DELETE FROM likeness_share WHERE case_id = $1`, caseID)
}

// owe notes that everybody who joined a case is to be answered.
func owe(b *db.Batch, masterID int64, now time.Time) {
	b.Add(`INSERT INTO likeness_share (case_id, master_id, since_at)
		SELECT case_id, master_id, CAST($1 AS BIGINT) FROM likeness_relation WHERE master_id = $2 AND kind = 'join'
		ON CONFLICT (case_id) DO NOTHING`, db.At(now), masterID)
}

func (s store) followers(ctx context.Context, q db.Queryer, masterID int64) ([]int64, error) {
	return db.List(ctx, q, db.Value[int64], `SELECT case_id FROM likeness_relation WHERE master_id = $1 ORDER BY case_id LIMIT `+strconv.Itoa(mostMembers), masterID)
}

// shares is a case to be answered with its master.
type share struct{ caseID, masterID int64 }

func (s store) owed(ctx context.Context, limit int) ([]share, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (x share, err error) {
		err = r.Scan(&x.caseID, &x.masterID)
		return x, err
	}, `SELECT case_id, master_id FROM likeness_share ORDER BY since_at, case_id LIMIT `+strconv.Itoa(limit))
}

func (s store) shared(ctx context.Context, caseID int64) error {
	var b db.Batch
	b.Add(`DELETE FROM likeness_share WHERE case_id = $1`, caseID)
	return s.db.Send(ctx, &b)
}

func (s store) wish(ctx context.Context, q db.Queryer, caseID int64) (int64, error) {
	return db.One(ctx, q, db.Value[int64], `SELECT master_id FROM likeness_wish WHERE case_id = $1`, caseID)
}

func (s store) putWish(ctx context.Context, caseID, masterID int64, now time.Time) error {
	var b db.Batch
	b.Add(`INSERT INTO likeness_wish (case_id, master_id, wished_at) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO NOTHING`, caseID, masterID, db.At(now))
	return s.db.Send(ctx, &b)
}
