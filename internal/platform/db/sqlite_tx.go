package db

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// liteTx is one unit of work inside a group. Its savepoint is set before the
// first statement that may write; a unit alone in its group needs none.
type liteTx struct {
	conn   *liteConn
	tx     *sql.Tx
	alone  bool
	saved  bool
	lost   error
	open   *liteRows
	topics []string
}

// background is for statements of a unit: see call.
var background = context.Background()

func (t *liteTx) control(query string) error {
	s, err := t.conn.prepare(query)
	if err != nil {
		return err
	}
	_, err = t.conn.exec(background, s, nil)
	return err
}

func (t *liteTx) ready(query string) (*liteStmt, error) {
	if t.lost != nil {
		return nil, fmt.Errorf("%w: %w", errLost, t.lost)
	}
	if t.open != nil {
		return nil, errRowsOpen
	}
	s, err := t.conn.prepare(query)
	if err != nil {
		return nil, t.fail(err)
	}
	if s.writes {
		if err := t.save(); err != nil {
			return nil, t.fail(err)
		}
	}
	return s, nil
}

func (t *liteTx) save() error {
	if t.saved || t.alone {
		return nil
	}
	t.saved = true
	return t.control("SAVEPOINT unit")
}

func (t *liteTx) fail(err error) error {
	if err != nil && t.lost == nil {
		t.lost = err
	}
	return err
}

// Exec implements Queryer.
func (t *liteTx) Exec(_ context.Context, query string, args ...any) (int64, error) {
	s, err := t.ready(query)
	if err != nil {
		return 0, err
	}
	n, err := t.conn.exec(background, s, args)
	return n, t.fail(err)
}

// Query implements Queryer.
func (t *liteTx) Query(_ context.Context, query string, args ...any) (Rows, error) {
	s, err := t.ready(query)
	if err != nil {
		return nil, err
	}
	rows, err := t.conn.query(background, s, args)
	if err != nil {
		return nil, t.fail(err)
	}
	t.open = rows
	rows.end = func(err error) {
		t.open = nil
		_ = t.fail(err)
	}
	return rows, nil
}

// Send implements Tx.
func (t *liteTx) Send(ctx context.Context, b *Batch) error {
	for _, s := range b.stmts {
		n, err := t.Exec(ctx, s.query, s.args...)
		if err != nil {
			return err
		}
		if s.want != anyCount && n != s.want {
			return t.fail(ErrStale)
		}
	}
	t.topics = append(t.topics, b.topics...)
	return nil
}

// native hands out the group's transaction, after a savepoint, because it may
// write.
func (t *liteTx) native() (pgx.Tx, *sql.Tx) {
	if err := t.save(); err != nil {
		_ = t.fail(err)
	}
	return nil, t.tx
}
