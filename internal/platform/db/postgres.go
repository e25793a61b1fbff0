package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgres runs units of work on one pool and reads on another, whose
// sessions are read-only.
type postgres struct {
	writes *pgxpool.Pool
	reads  *pgxpool.Pool
	log    *slog.Logger
	units  atomic.Uint64
	again  atomic.Uint64
}

func openPostgres(ctx context.Context, url string, o Options) (*postgres, error) {
	writes, err := pgPool(ctx, url, cmp.Or(o.WriteConns, 16), "off")
	if err != nil {
		return nil, err
	}
	reads, err := pgPool(ctx, url, cmp.Or(o.ReadConns, 16), "on")
	if err != nil {
		writes.Close()
		return nil, err
	}
	p := &postgres{writes: writes, reads: reads, log: o.Logger}
	if err := writes.Ping(ctx); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func pgPool(ctx context.Context, url string, conns int, readOnly string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = int32(conns)
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = cmp.Or(params["application_name"], "xinqiao")
	params["default_transaction_read_only"] = readOnly
	params["timezone"] = "UTC"
	return pgxpool.NewWithConfig(ctx, cfg)
}

func (p *postgres) close() {
	p.reads.Close()
	p.writes.Close()
}

func (p *postgres) reader() Queryer { return pgReader{p} }

func (p *postgres) stats() Stats {
	w, r := p.writes.Stat(), p.reads.Stat()
	units := p.units.Load()
	return Stats{
		Queue: max(0, int(w.AcquiredConns())-int(w.MaxConns())+1), Units: units, Groups: units, Largest: min(1, units),
		Retries: p.again.Load(), Reads: int(r.AcquiredConns()), ReadsMax: int(r.MaxConns()),
	}
}

func (p *postgres) inTx(ctx context.Context, fn func(context.Context, Tx) error) (topics []string, err error) {
	defer p.units.Add(1)
	err = p.retrying(ctx, func() (early bool, err error) {
		topics, early, err = p.once(ctx, fn)
		return early, err
	})
	return topics, err
}

// once runs one attempt; early means that it failed before the commit was
// asked for, so that nothing can have been written.
func (p *postgres) once(ctx context.Context, fn func(context.Context, Tx) error) (topics []string, early bool, err error) {
	raw, err := p.writes.Begin(ctx)
	if err != nil {
		return nil, true, fmt.Errorf("begin unit of work: %w", err)
	}
	defer func() {
		// After a commit this does nothing; after a panic in fn it cleans up.
		_ = raw.Rollback(context.WithoutCancel(ctx))
	}()
	tx := &pgTx{raw: raw}
	if err := fn(context.WithValue(ctx, inUnit{}, true), tx); err != nil {
		return nil, true, err
	}
	if tx.lost != nil {
		return nil, true, fmt.Errorf("%w: %w", errLost, tx.lost)
	}
	if err := raw.Commit(ctx); err != nil {
		return nil, false, fmt.Errorf("commit unit of work: %w", err)
	}
	return tx.topics, false, nil
}

func (p *postgres) send(ctx context.Context, b *Batch) error {
	for _, s := range b.stmts {
		if s.want != anyCount {
			_, err := p.inTx(ctx, func(ctx context.Context, tx Tx) error { return tx.Send(ctx, b) })
			return err
		}
	}
	defer p.units.Add(1)
	// Without a count to check, the statements and the commit travel together.
	return p.retrying(ctx, func() (bool, error) { return false, pgSend(ctx, p.writes, b) })
}

const attempts = 6

// retrying runs a unit of work (or a read) again when it lost against others, or
// when the connection broke before anything can have been committed. It bridges
// a restart or a failover of about ten seconds.
func (p *postgres) retrying(ctx context.Context, unit func() (early bool, err error)) error {
	pause := 5 * time.Millisecond
	for attempt := 1; ; attempt++ {
		early, err := unit()
		if err == nil || attempt == attempts || ctx.Err() != nil {
			return err
		}
		switch {
		case isSerialization(err):
		case early && isConnection(err):
			pause = max(pause, 100*time.Millisecond)
			p.log.Warn("database connection lost, trying again", "attempt", attempt, "error", err)
		default:
			return err
		}
		p.again.Add(1)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause *= 3
	}
}

// pgSender is what a pool and a transaction have in common.
type pgSender interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

func pgSend(ctx context.Context, to pgSender, b *Batch) error {
	var batch pgx.Batch
	for _, s := range b.stmts {
		args, err := plain(s.args)
		if err != nil {
			return err
		}
		batch.Queue(s.query, args...)
	}
	results := to.SendBatch(ctx, &batch)
	for _, s := range b.stmts {
		tag, err := results.Exec()
		if err == nil && s.want != anyCount && tag.RowsAffected() != s.want {
			err = ErrStale
		}
		if err != nil {
			_ = results.Close()
			return err
		}
	}
	return results.Close()
}

// pgTx remembers the first failure, as PostgreSQL does.
type pgTx struct {
	raw    pgx.Tx
	lost   error
	open   *pgRows
	topics []string
}

func (t *pgTx) ready() error {
	if t.lost != nil {
		return fmt.Errorf("%w: %w", errLost, t.lost)
	}
	if t.open != nil {
		return errRowsOpen
	}
	return nil
}

func (t *pgTx) fail(err error) error {
	if err != nil && t.lost == nil {
		t.lost = err
	}
	return err
}

// Exec implements Queryer.
func (t *pgTx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.ready(); err != nil {
		return 0, err
	}
	args, err := plain(args)
	if err != nil {
		return 0, t.fail(err)
	}
	tag, err := t.raw.Exec(ctx, query, args...)
	return tag.RowsAffected(), t.fail(err)
}

// Query implements Queryer.
func (t *pgTx) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	args, err := plain(args)
	if err != nil {
		return nil, t.fail(err)
	}
	rows, err := t.raw.Query(ctx, query, args...)
	if err != nil {
		return nil, t.fail(err)
	}
	t.open = &pgRows{rows, t}
	return t.open, nil
}

// Send implements Tx.
func (t *pgTx) Send(ctx context.Context, b *Batch) error {
	if err := t.ready(); err != nil {
		return err
	}
	if len(b.stmts) > 0 {
		if err := pgSend(ctx, t.raw, b); err != nil {
			return t.fail(err)
		}
	}
	t.topics = append(t.topics, b.topics...)
	return nil
}

func (t *pgTx) native() (pgx.Tx, *sql.Tx) { return t.raw, nil }

// pgRows tells its unit of work when it is closed and whether it failed.
type pgRows struct {
	pgx.Rows
	tx *pgTx
}

// Next implements Rows.
func (r *pgRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.done()
	return false
}

// Close implements Rows.
func (r *pgRows) Close() {
	r.Rows.Close()
	r.done()
}

func (r *pgRows) done() {
	if r.tx.open == r {
		r.tx.open = nil
	}
	if err := r.Err(); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		_ = r.tx.fail(err)
	}
}
