package db

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
)

// Options tune a database; the zero value suits production.
type Options struct {
	// ReadConns bounds the read-only pool (default 4 on SQLite, 16 on PostgreSQL).
	ReadConns int
	// WriteConns bounds the pool of units of work on PostgreSQL (default 16).
	WriteConns int
	// Logger gets what an operator should know (default slog.Default).
	Logger *slog.Logger
}

// Stats are counters since the start and gauges of now, for metrics.
type Stats struct {
	Queue    int    // units of work that wait for the writer (or a connection)
	Units    uint64 // units of work done, failed ones included
	Groups   uint64 // commits that they shared; equals Units on PostgreSQL
	Largest  uint64 // most units in one commit
	Retries  uint64 // units run again after losing against others
	Reads    int    // connections of the read-only pool in use
	ReadsMax int    // its bound
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  engine
	dialect Dialect
	path    string // the file, on SQLite

	mu        sync.RWMutex
	listeners map[string][]func()
}

// engine is what differs between the databases.
type engine interface {
	// inTx runs a unit of work and gives the topics that it announced.
	inTx(ctx context.Context, fn func(context.Context, Tx) error) (topics []string, err error)
	send(ctx context.Context, b *Batch) error
	reader() Queryer
	stats() Stats
	close()
}

// Open opens a database: a postgres:// URL, or the path of a SQLite file,
// which is created when missing.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	d := &DB{listeners: map[string][]func(){}}
	var err error
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		d.dialect.postgres = true
		d.engine, err = openPostgres(ctx, url, o)
	} else {
		d.path = strings.TrimPrefix(url, "sqlite://")
		d.engine, err = openLite(ctx, d.path, o)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return d, nil
}

// Close lets the running units of work end and closes all connections.
func (d *DB) Close() { d.engine.close() }

type inUnit struct{}

// InTx runs fn as one unit of work: all or nothing, on disk when InTx returns
// nil. fn may run more than once; see the package comment.
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	if ctx.Value(inUnit{}) != nil {
		return ErrNested
	}
	topics, err := d.engine.inTx(ctx, fn)
	if err != nil {
		return err
	}
	d.announce(topics)
	return nil
}

// Send runs a batch as one unit of work, in one round trip on PostgreSQL.
func (d *DB) Send(ctx context.Context, b *Batch) error {
	if ctx.Value(inUnit{}) != nil {
		return ErrNested
	}
	if len(b.stmts) == 0 {
		return nil
	}
	if err := d.engine.send(ctx, b); err != nil {
		return err
	}
	d.announce(b.topics)
	return nil
}

// Read gives the read-only pool. It sees what is committed, and refuses to
// write.
func (d *DB) Read() Queryer { return d.engine.reader() }

// Dialect gives the named differences between the databases.
func (d *DB) Dialect() Dialect { return d.dialect }

// Stats gives counters for metrics.
func (d *DB) Stats() Stats { return d.engine.stats() }

// OnCommit registers a function that runs, in the goroutine of the writer's
// caller, after a unit of work with this topic was committed. It must be quick.
func (d *DB) OnCommit(topic string, fn func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listeners[topic] = append(d.listeners[topic], fn)
}

func (d *DB) announce(topics []string) {
	if len(topics) == 0 {
		return
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, t := range topics {
		for _, fn := range d.listeners[t] {
			fn()
		}
	}
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	_, err := One(ctx, d.Read(), Value[int64], "SELECT CAST(1 AS BIGINT)")
	return err
}

// Size tells how many bytes the database occupies, the write-ahead log of
// SQLite included.
func (d *DB) Size(ctx context.Context) (int64, error) {
	if d.dialect.postgres {
		return One(ctx, d.Read(), Value[int64], "SELECT pg_database_size(current_database())")
	}
	var sum int64
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(d.path + suffix)
		if err == nil {
			sum += info.Size()
		} else if suffix == "" {
			return 0, fmt.Errorf("size of database: %w", err)
		}
	}
	return sum, nil
}

// Path is the SQLite file; empty on PostgreSQL.
func (d *DB) Path() string { return d.path }
