package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// liteConn talks to the driver below database/sql, whose locks and
// conversions would cost as much as a small statement. It keeps the statements
// of a connection prepared. It is for one goroutine at a time.
type liteConn struct {
	raw   driver.Conn
	stmts map[string]*liteStmt
}

type liteStmt struct {
	raw    driver.Stmt
	inUse  bool
	writes bool
	cached bool
}

// maxPrepared bounds the statements that a connection keeps.
const maxPrepared = 400

func rawConn(c *sql.Conn) (driver.Conn, error) {
	var raw driver.Conn
	err := c.Raw(func(dc any) error {
		raw = dc.(driver.Conn)
		return nil
	})
	return raw, err
}

func newLiteConn(raw driver.Conn) *liteConn {
	return &liteConn{raw: raw, stmts: map[string]*liteStmt{}}
}

func (c *liteConn) close() {
	for _, s := range c.stmts {
		_ = s.raw.Close()
	}
	clear(c.stmts)
}

func (c *liteConn) prepare(query string) (*liteStmt, error) {
	s := c.stmts[query]
	if s != nil && !s.inUse {
		return s, nil
	}
	text := liteText(query)
	raw, err := c.raw.(driver.ConnPrepareContext).PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	fresh := &liteStmt{raw: raw, writes: liteWrites(text)}
	if s == nil {
		if len(c.stmts) >= maxPrepared {
			c.forget()
		}
		fresh.cached = true
		c.stmts[query] = fresh
	}
	return fresh, nil
}

// forget drops all statements that are not being read.
func (c *liteConn) forget() {
	for q, s := range c.stmts {
		if !s.inUse {
			_ = s.raw.Close()
			delete(c.stmts, q)
		}
	}
}

func (s *liteStmt) release() {
	s.inUse = false
	if !s.cached {
		_ = s.raw.Close()
	}
}

func (c *liteConn) exec(ctx context.Context, s *liteStmt, args []any) (int64, error) {
	named, err := liteArgs(args)
	if err != nil {
		return 0, err
	}
	defer s.release()
	result, err := s.raw.(driver.StmtExecContext).ExecContext(ctx, named)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c *liteConn) query(ctx context.Context, s *liteStmt, args []any) (*liteRows, error) {
	named, err := liteArgs(args)
	if err != nil {
		return nil, err
	}
	rows, err := s.raw.(driver.StmtQueryContext).QueryContext(ctx, named)
	if err != nil {
		s.release()
		return nil, err
	}
	s.inUse = true
	return &liteRows{ctx: ctx, stmt: s, raw: rows, row: make([]driver.Value, len(rows.Columns()))}, nil
}

func liteArgs(args []any) ([]driver.NamedValue, error) {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		v, err := plainValue(a)
		if err != nil {
			return nil, fmt.Errorf("db: argument $%d: %w", i+1, err)
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return named, nil
}

// liteRows reads a result; end is called once, when it is closed.
type liteRows struct {
	ctx    context.Context
	stmt   *liteStmt
	raw    driver.Rows
	row    []driver.Value
	err    error
	end    func(error)
	closed bool
}

// Next implements Rows.
func (r *liteRows) Next() bool {
	if r.closed {
		return false
	}
	err := r.ctx.Err()
	if err == nil {
		err = r.raw.Next(r.row)
	}
	if err != nil {
		if !errors.Is(err, io.EOF) {
			r.err = err
		}
		r.Close()
		return false
	}
	return true
}

// Scan implements Rows.
func (r *liteRows) Scan(dest ...any) error {
	if r.closed {
		return errors.New("db: scan without a row")
	}
	if len(dest) != len(r.row) {
		return fmt.Errorf("db: %d columns into %d variables", len(r.row), len(dest))
	}
	for i, d := range dest {
		if err := assign(d, r.row[i]); err != nil {
			return fmt.Errorf("column %s: %w", r.raw.Columns()[i], err)
		}
	}
	return nil
}

// Err implements Rows.
func (r *liteRows) Err() error { return r.err }

// Close implements Rows.
func (r *liteRows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	if err := r.raw.Close(); err != nil && r.err == nil {
		r.err = err
	}
	r.stmt.release()
	if r.end != nil {
		r.end(r.err)
	}
}

var dollar = regexp.MustCompile(`\$(\d+)`)

// liteText rewrites $n to ?n: SQLite takes $n for a name, and drivers then
// count in the order of appearance. It is needed once a statement, whose
// prepared form is kept under the original text.
func liteText(query string) string { return dollar.ReplaceAllString(query, "?$1") }

var writing = regexp.MustCompile(`(?i)\b(insert|update|delete|replace|create|drop|alter|pragma)\b`)

// liteWrites tells whether a statement may write. To be on the safe side it
// may say so of one that does not.
func liteWrites(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) >= 6 && strings.EqualFold(text[:6], "select") {
		return false
	}
	return writing.MatchString(text)
}
