package procedure

import (
	"context"
	"math"
	"time"

	"xinqiao/internal/platform/db"
)

// insertReading writes a reading, unless the same stands there for this minute.
func insertReading(r Reading) *db.Batch {
	var b db.Batch
	b.Add(`INSERT INTO lane_access (id, case_id, staff_id, kind, minute, at, role, unit_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		r.ID, r.CaseID, r.StaffID, string(r.Kind), r.At.Unix()/int64(time.Minute/time.Second), db.At(r.At), string(r.Role), r.UnitID)
	return &b
}

func readings(ctx context.Context, q db.Queryer, before int64, limit int) ([]Reading, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return db.List(ctx, q, func(r db.Rows) (Reading, error) {
		var x Reading
		var at db.Time
		err := r.Scan(&x.ID, &x.CaseID, &at, &x.Kind, &x.StaffID, &x.Role, &x.UnitID)
		x.At = at.Std()
		return x, err
	}, `SELECT id, case_id, at, kind, staff_id, role, unit_id FROM lane_access WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
}
