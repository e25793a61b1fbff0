package worklist

import (
	"context"
	"strconv"
	"time"

	"xinqiao/internal/platform/db"
)

func savedFilters(ctx context.Context, q db.Queryer, staffID int64) ([]Saved, error) {
	return db.List(ctx, q, func(r db.Rows) (Saved, error) {
		var s Saved
		err := r.Scan(&s.ID, &s.Name, &s.Query)
		return s, err
	}, "SELECT id, name, query FROM saved_filter WHERE staff_id = $1 ORDER BY created_at, id LIMIT "+strconv.Itoa(mostSaved), staffID)
}

func saveFilter(ctx context.Context, tx db.Tx, staffID int64, s Saved, now time.Time) error {
	_, err := tx.Exec(ctx, "INSERT INTO saved_filter (id, staff_id, name, query, created_at) VALUES ($1, $2, $3, $4, $5)",
		s.ID, staffID, s.Name, s.Query, db.At(now))
	return err
}

func forgetFilter(ctx context.Context, tx db.Tx, id, staffID int64) error {
	_, err := tx.Exec(ctx, "DELETE FROM saved_filter WHERE id = $1 AND staff_id = $2", id, staffID)
	return err
}
