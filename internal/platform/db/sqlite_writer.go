package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// groupMax bounds the units of work that share a commit, and so how long one
// waits for the others.
const groupMax = 64

// liteWriter is the one goroutine that writes. It joins the units of work that
// wait into one commit (group commit), because the sync of a commit costs more
// than the statements of several units.
type liteWriter struct {
	db    *sql.DB
	log   *slog.Logger
	queue chan *unit
	done  chan struct{} // closed when the goroutine has ended

	mu     sync.RWMutex // guards closing the queue against sends
	closed bool

	conn *liteConn // statements of the connection, kept between groups

	waiting                atomic.Int64
	units, groups, largest atomic.Uint64
}

// unit is one caller's unit of work on its way through the writer.
type unit struct {
	ctx    context.Context
	fn     func(context.Context, Tx) error
	topics []string
	err    error
	panic  *panicked
	done   chan struct{}
}

// panicked carries a panic from the writer to the caller, where it belongs.
type panicked struct {
	value any
	stack []byte
}

func newLiteWriter(db *sql.DB, log *slog.Logger) *liteWriter {
	w := &liteWriter{db: db, log: log, queue: make(chan *unit, 4*groupMax), done: make(chan struct{})}
	go w.loop()
	return w
}

func (w *liteWriter) stats() Stats {
	return Stats{
		Queue: int(w.waiting.Load()), Units: w.units.Load(), Groups: w.groups.Load(), Largest: w.largest.Load(),
	}
}

// close runs what is queued and ends the goroutine.
func (w *liteWriter) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
}

// run queues a unit of work and waits until its group is on disk.
func (w *liteWriter) run(ctx context.Context, fn func(context.Context, Tx) error) ([]string, error) {
	u := &unit{ctx: ctx, fn: fn, done: make(chan struct{})}
	if err := w.enqueue(u); err != nil {
		return nil, err
	}
	<-u.done
	if u.panic != nil {
		panic(fmt.Sprintf("%v\n\nin the unit of work:\n%s", u.panic.value, u.panic.stack))
	}
	return u.topics, u.err
}

func (w *liteWriter) enqueue(u *unit) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	w.waiting.Add(1)
	select {
	case w.queue <- u:
		return nil
	case <-u.ctx.Done():
		w.waiting.Add(-1)
		return u.ctx.Err()
	}
}

func (w *liteWriter) loop() {
	normal := false
	defer func() {
		if normal {
			close(w.done)
			return
		}
		// A unit of work ended its goroutine, this one (runtime.Goexit, as
		// t.FailNow does). Go on in another.
		go w.loop()
	}()
	group := make([]*unit, 0, groupMax)
	for first := range w.queue {
		group = w.gather(append(group[:0], first))
		w.commit(group)
	}
	if w.conn != nil {
		w.conn.close()
	}
	normal = true
}

// gather adds the units that wait already, never waiting for more.
func (w *liteWriter) gather(group []*unit) []*unit {
	for len(group) < groupMax {
		select {
		case u, ok := <-w.queue:
			if !ok {
				return group
			}
			group = append(group, u)
		default:
			return group
		}
	}
	return group
}

var errGoexit = errors.New("db: the unit of work ended its goroutine")

// commit runs a group and answers all its callers.
func (w *liteWriter) commit(group []*unit) {
	w.waiting.Add(-int64(len(group)))
	w.units.Add(uint64(len(group)))
	w.groups.Add(1)
	w.largest.Store(max(w.largest.Load(), uint64(len(group))))
	failed := errGoexit
	defer func() {
		for _, u := range group {
			if failed != nil && u.err == nil {
				u.err = failed
			}
			close(u.done)
		}
	}()
	failed = w.commitGroup(group)
}

func (w *liteWriter) commitGroup(group []*unit) error {
	ctx := context.Background()
	held, err := w.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("take the writing connection: %w", err)
	}
	defer func() { _ = held.Close() }()
	raw, err := rawConn(held)
	if err != nil {
		return fmt.Errorf("take the writing connection: %w", err)
	}
	if w.conn == nil || w.conn.raw != raw {
		w.conn = newLiteConn(raw)
	}
	tx, err := held.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin unit of work: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	for _, u := range group {
		if err := w.runUnit(u, tx, len(group) == 1); err != nil {
			return err
		}
	}
	if len(group) == 1 && (group[0].err != nil || group[0].panic != nil) {
		return nil // rolled back
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit unit of work: %w", err)
	}
	return nil
}

// runUnit runs one unit inside the group. Its own failure stays in the unit;
// the error it returns is the group's.
func (w *liteWriter) runUnit(u *unit, tx *sql.Tx, alone bool) error {
	if u.err = u.ctx.Err(); u.err != nil {
		return nil
	}
	t := &liteTx{conn: w.conn, tx: tx, alone: alone}
	u.err = t.call(u)
	u.topics = t.topics
	if t.open != nil {
		t.open.Close()
	}
	if u.err == nil && u.panic == nil && t.lost != nil {
		u.err = fmt.Errorf("%w: %w", errLost, t.lost)
	}
	if !t.saved {
		return nil
	}
	if u.err != nil || u.panic != nil {
		if err := t.control("ROLLBACK TO unit"); err != nil {
			return fmt.Errorf("roll back unit of work: %w", err)
		}
	}
	if err := t.control("RELEASE unit"); err != nil {
		return fmt.Errorf("release unit of work: %w", err)
	}
	return nil
}

// call runs the caller's function. A unit that has begun runs to its end:
// interrupting a statement would roll back the whole group.
func (t *liteTx) call(u *unit) (err error) {
	defer func() {
		if v := recover(); v != nil {
			u.panic = &panicked{v, debug.Stack()}
		}
	}()
	ctx := context.WithValue(context.WithoutCancel(u.ctx), inUnit{}, true)
	return u.fn(ctx, t)
}
