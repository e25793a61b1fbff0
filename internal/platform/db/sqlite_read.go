package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// liteReaders is a pool of read-only connections, opened when first needed.
type liteReaders struct {
	db   *sql.DB
	max  int
	free chan *liteReader // holds max entries; nil stands for one not yet opened
	once sync.Once
	done chan struct{}
}

type liteReader struct {
	*liteConn
	held *sql.Conn
}

func newLiteReaders(db *sql.DB, max int) *liteReaders {
	db.SetMaxOpenConns(max)
	r := &liteReaders{db: db, max: max, free: make(chan *liteReader, max), done: make(chan struct{})}
	for range max {
		r.free <- nil
	}
	return r
}

func (r *liteReaders) inUse() int { return r.max - len(r.free) }

// close waits for the reads in progress.
func (r *liteReaders) close() {
	r.once.Do(func() {
		close(r.done)
		for range r.max {
			if c := <-r.free; c != nil {
				c.liteConn.close()
				_ = c.held.Close()
			}
		}
	})
}

func (r *liteReaders) take(ctx context.Context) (*liteReader, error) {
	select {
	case <-r.done:
		return nil, ErrClosed
	default:
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.done:
		return nil, ErrClosed
	case c := <-r.free:
		if c != nil {
			return c, nil
		}
		c, err := r.open(ctx)
		if err != nil {
			r.free <- nil
		}
		return c, err
	}
}

func (r *liteReaders) open(ctx context.Context) (*liteReader, error) {
	held, err := r.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open reader: %w", err)
	}
	raw, err := rawConn(held)
	if err != nil {
		_ = held.Close()
		return nil, fmt.Errorf("open reader: %w", err)
	}
	return &liteReader{newLiteConn(raw), held}, nil
}

// Exec implements Queryer; the database itself refuses to write.
func (r *liteReaders) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	c, err := r.take(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { r.free <- c }()
	s, err := c.prepare(query)
	if err != nil {
		return 0, err
	}
	return c.exec(ctx, s, args)
}

// Query implements Queryer.
func (r *liteReaders) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	c, err := r.take(ctx)
	if err != nil {
		return nil, err
	}
	s, err := c.prepare(query)
	if err != nil {
		r.free <- c
		return nil, err
	}
	rows, err := c.query(ctx, s, args)
	if err != nil {
		r.free <- c
		return nil, err
	}
	rows.end = func(error) { r.free <- c }
	return rows, nil
}
