package app

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"xinqiao/internal/app/bench"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// The bound: batches made beforehand, of the very rows that the platform
// writes, sent with nothing around them. Sent by the platform's own seam it
// shows what rules, JSON and HTTP cost; by the bare driver, one transaction
// each, what the seam costs or gains.

// boundBatches prepares at least n lives of five batches each.
func (s *benchStore) boundBatches(ctx context.Context, n int) ([][]*db.Batch, error) {
	lives := make([][]*db.Batch, n)
	now := s.Clock.Now()
	for i := range lives {
		f := filingOf(i)
		f.Who.IDNo = ""
		first := &db.Batch{}
		c, err := s.Intake.Prepare(ctx, first, f, now)
		if err != nil {
			return nil, err
		}
		lives[i] = []*db.Batch{first}
		u := i % len(s.place.Units)
		handler := access.Actor{ID: 2, Role: access.UnitHandler, UnitID: s.place.Units[u], AreaID: s.place.City, AreaDepth: 1}
		for _, a := range []casework.Action{
			{Verb: casework.Forward, Actor: s.place.Clerk, Data: s.place.ForwardData(u, i%len(s.place.Categories))},
			{Verb: casework.Accept, Actor: handler},
			{Verb: casework.Reply, Actor: handler, Data: bench.ReplyData(i)},
			{Verb: casework.Rate, Actor: access.Actor{Role: access.Petitioner, CaseID: c.ID}, Data: casework.Data{RatedUnit: casework.Satisfied, RatedResult: casework.VerySatisfied}},
		} {
			b := &db.Batch{}
			a.No, a.Now = c.No, now
			if c, err = s.Procedure.Prepare(b, c, a); err != nil {
				return nil, err
			}
			lives[i] = append(lives[i], b)
		}
	}
	return lives, nil
}

// feed hands out batches until they end.
type feed struct {
	lives [][]*db.Batch
	only  int // how many batches of each life
	next  atomic.Int64
}

func (f *feed) send(send func(*db.Batch) error) func(int) error {
	return func(int) error {
		i := int(f.next.Add(1)) - 1
		if i >= len(f.lives) {
			return errFed
		}
		for _, b := range f.lives[i][:f.only] {
			if err := send(b); err != nil {
				return err
			}
		}
		return nil
	}
}

// bound measures how fast the batches go. It ends when they are used up.
func (s *benchStore) bound(ctx context.Context, lives [][]*db.Batch, only, clients int, send func(*db.Batch) error) bench.Result {
	f := &feed{lives: lives, only: only}
	do := f.send(send)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begun := time.Now()
	r := bench.Load(ctx, clients, time.Hour, func(i int) error {
		err := do(i)
		if err == errFed {
			cancel()
			return nil
		}
		return err
	})
	r.Ops = len(lives)
	r.Rate = float64(len(lives)) / time.Since(begun).Seconds()
	return r
}

// plainDriver sends a batch with the bare driver: a transaction each, on one
// connection of SQLite or a pool of PostgreSQL.
func (s *benchStore) plainDriver(ctx context.Context, lives [][]*db.Batch) (send func(*db.Batch) error, end func(), err error) {
	to, err := s.Config.DatabaseURL()
	if err != nil {
		return nil, nil, err
	}
	if s.DB.Dialect().Name() == "postgres" {
		return plainPostgres(ctx, to)
	}
	return plainSQLite(ctx, to, lives)
}

func plainPostgres(ctx context.Context, to string) (func(*db.Batch) error, func(), error) {
	pool, err := pgxpool.New(ctx, to)
	if err != nil {
		return nil, nil, err
	}
	return func(b *db.Batch) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) (err error) {
			b.Each(func(q string, args []any) {
				if err == nil {
					_, err = tx.Exec(ctx, q, args...)
				}
			})
			return err
		})
	}, pool.Close, nil
}

func plainSQLite(ctx context.Context, to string, lives [][]*db.Batch) (func(*db.Batch) error, func(), error) {
	v := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "foreign_keys(1)", "synchronous(FULL)", "journal_mode(WAL)", "cache_size(-24000)"}}
	d, err := sql.Open("sqlite", "file:"+(&url.URL{Path: to}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, nil, err
	}
	d.SetMaxOpenConns(1)
	ready := map[string]*sql.Stmt{}
	for _, b := range slices.Concat(lives...) {
		b.Each(func(q string, _ []any) {
			if ready[q] == nil && err == nil {
				ready[q], err = d.PrepareContext(ctx, strings.ReplaceAll(q, "$", "?"))
			}
		})
	}
	return func(b *db.Batch) error {
		tx, err := d.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		b.Each(func(q string, args []any) {
			if err == nil {
				_, err = tx.StmtContext(ctx, ready[q]).ExecContext(ctx, args...)
			}
		})
		if err != nil {
			_ = tx.Rollback()
			return err
		}
		return tx.Commit()
	}, func() { _ = d.Close() }, err
}

var errFed = errors.New("all batches are sent")

// sender sends a batch through the platform's own seam.
func (s *benchStore) sender(ctx context.Context) func(*db.Batch) error {
	return func(b *db.Batch) error { return s.DB.Send(ctx, b) }
}
