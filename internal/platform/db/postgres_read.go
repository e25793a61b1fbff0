package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// pgReader reads, and reads again when the connection was lost before the
// first row arrived.
type pgReader struct{ p *postgres }

// Exec implements Queryer; the database itself refuses to write.
func (q pgReader) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	args, err := plain(args)
	if err != nil {
		return 0, err
	}
	tag, err := q.p.reads.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

// Query implements Queryer.
func (q pgReader) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	args, err := plain(args)
	if err != nil {
		return nil, err
	}
	r := &peekedRows{}
	err = q.p.retrying(ctx, func() (bool, error) {
		if r.Rows, err = q.p.reads.Query(ctx, query, args...); err != nil {
			return true, err
		}
		// Most errors show only when the answer is read.
		r.peeked, r.first = true, r.Rows.Next()
		return true, r.Rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// peekedRows have been asked for their first row already.
type peekedRows struct {
	pgx.Rows
	peeked, first bool
}

// Next implements Rows.
func (r *peekedRows) Next() bool {
	if r.peeked {
		r.peeked = false
		return r.first
	}
	return r.Rows.Next()
}
