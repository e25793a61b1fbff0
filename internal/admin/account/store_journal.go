package account

import (
	"context"
	"math"

	"xinqiao/internal/platform/db"
)

func (store) note(ctx context.Context, q db.Queryer, c Change) error {
	_, err := q.Exec(ctx, `
		INSERT INTO admin_log (id, at, staff_id, action, object, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, db.At(c.At), c.StaffID, c.Action, c.Object, c.Detail)
	return err
}

func (store) noteSignIn(ctx context.Context, q db.Queryer, e Entry) error {
	_, err := q.Exec(ctx, `
		INSERT INTO sign_in_log (id, at, staff_id, ip, result) VALUES ($1, $2, $3, $4, $5)`,
		e.ID, db.At(e.At), e.StaffID, e.IP, string(e.Result))
	return err
}

// ids grow with time, so that they also order the logs.

const (
	changesAll = `SELECT id, at, staff_id, action, object, detail FROM admin_log
		WHERE id < $1 ORDER BY id DESC LIMIT $2`
	changesBy = `SELECT id, at, staff_id, action, object, detail FROM admin_log
		WHERE staff_id = $3 AND id < $1 ORDER BY id DESC LIMIT $2`
	signInsAll = `SELECT id, at, staff_id, ip, result FROM sign_in_log
		WHERE id < $1 ORDER BY id DESC LIMIT $2`
	signInsBy = `SELECT id, at, staff_id, ip, result FROM sign_in_log
		WHERE staff_id = $3 AND id < $1 ORDER BY id DESC LIMIT $2`
)

func (store) changes(ctx context.Context, q db.Queryer, f LogFilter) ([]Change, error) {
	query, args := logQuery(f, changesAll, changesBy)
	return db.List(ctx, q, func(r db.Rows) (Change, error) {
		var c Change
		var at db.Time
		err := r.Scan(&c.ID, &at, &c.StaffID, &c.Action, &c.Object, &c.Detail)
		c.At = at.Std()
		return c, err
	}, query, args...)
}

func (store) signIns(ctx context.Context, q db.Queryer, f LogFilter) ([]Entry, error) {
	query, args := logQuery(f, signInsAll, signInsBy)
	return db.List(ctx, q, func(r db.Rows) (Entry, error) {
		var e Entry
		var at db.Time
		err := r.Scan(&e.ID, &at, &e.StaffID, &e.IP, &e.Result)
		e.At = at.Std()
		return e, err
	}, query, args...)
}

func logQuery(f LogFilter, all, by string) (string, []any) {
	if f.Before == 0 {
		f.Before = math.MaxInt64
	}
	if f.StaffID == 0 {
		return all, []any{f.Before, f.Limit}
	}
	return by, []any{f.Before, f.Limit, f.StaffID}
}
