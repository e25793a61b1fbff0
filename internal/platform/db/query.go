package db

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
)

// Queryer runs statements: a unit of work or the read-only pool.
type Queryer interface {
	// Exec runs a statement and tells how many rows it touched.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query runs a statement that gives rows. Prefer One and List, which
	// cannot forget to close them.
	Query(ctx context.Context, query string, args ...any) (Rows, error)
}

// Rows is a result being read. Only one may be open in a unit of work.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Close()
	Err() error
}

// Tx is a unit of work in progress.
type Tx interface {
	Queryer
	// Send runs a batch inside this unit.
	Send(ctx context.Context, b *Batch) error
	native() (pgx.Tx, *sql.Tx)
}

// Native gives the driver's transaction behind a unit of work; one of the two
// is nil. It exists for platform/jobs, whose library inserts with it.
func Native(tx Tx) (pgx.Tx, *sql.Tx) { return tx.native() }

// Batch collects statements that are sent together. The zero value is empty
// and ready.
type Batch struct {
	stmts  []statement
	topics []string
}

type statement struct {
	query string
	args  []any
	want  int64 // affected rows, anyCount when it does not matter
}

const anyCount = -1

// Add appends a statement.
func (b *Batch) Add(query string, args ...any) {
	b.stmts = append(b.stmts, statement{query, args, anyCount})
}

// Expect appends a statement that must touch exactly n rows; otherwise the
// whole unit of work fails with ErrStale. It is how a version is compared and
// set.
func (b *Batch) Expect(n int64, query string, args ...any) {
	b.stmts = append(b.stmts, statement{query, args, n})
}

// Announce wakes those who registered for the topic with OnCommit, after the
// unit of work is on disk.
func (b *Batch) Announce(topic string) {
	for _, t := range b.topics {
		if t == topic {
			return
		}
	}
	b.topics = append(b.topics, topic)
}

// Each shows the statements in order, for benchmarks that run the same ones in
// another way.
func (b *Batch) Each(show func(query string, args []any)) {
	for _, s := range b.stmts {
		show(s.query, s.args)
	}
}

// Len tells how many statements the batch holds.
func (b *Batch) Len() int { return len(b.stmts) }

// One reads exactly the first row; ErrNoRows when there is none.
func One[T any](ctx context.Context, q Queryer, scan func(Rows) (T, error), query string, args ...any) (T, error) {
	var none T
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return none, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, err
		}
		return none, ErrNoRows
	}
	v, err := scan(rows)
	if err != nil {
		return none, err
	}
	rows.Close()
	return v, rows.Err()
}

// List reads all rows. Bound the query with LIMIT.
func List[T any](ctx context.Context, q Queryer, scan func(Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// Value scans a row of one column, for One and List: db.One(ctx, q,
// db.Value[int64], "SELECT count(*) FROM …").
func Value[T any](r Rows) (T, error) {
	var v T
	err := r.Scan(&v)
	return v, err
}
