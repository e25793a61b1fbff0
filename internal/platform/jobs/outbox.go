package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/db"
)

const (
	batchMax  = 500 // events in one delivery
	batchBusy = 100 // the same while others wait for the writer
	queueBusy = 16  // units of work that wait for the writer when it is busy

	pollEvery = 500 * time.Millisecond // for events of other processes, and after failures
	gather    = 10 * time.Millisecond  // from the first event to its delivery, to take more along
	breathe   = 5 * time.Millisecond   // between deliveries while the writer is busy
)

// Publish adds events to a batch. They are delivered when the batch's unit of
// work is on disk, and never when it fails.
func Publish(b *db.Batch, events ...Event) {
	if len(events) == 0 {
		return
	}
	var query strings.Builder
	query.WriteString("INSERT INTO outbox (id, kind, subject_id, at) VALUES ")
	args := make([]any, 0, 4*len(events))
	for i, e := range events {
		if i > 0 {
			query.WriteString(", ")
		}
		n := 4 * i
		fmt.Fprintf(&query, "($%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4)
		args = append(args, e.ID, e.Kind, e.Subject, db.At(e.At))
	}
	b.Add(query.String(), args...)
	b.Announce(topic)
}

// loop delivers whenever something was published here, and looks for events of
// other processes from time to time.
func (j *Jobs) loop(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.wake:
			sleep(ctx, gather)
		case <-tick.C:
			if waiting, err := j.anyWaiting(ctx); err != nil || !waiting {
				continue
			}
		}
		if err := j.deliverAll(ctx); err != nil && ctx.Err() == nil {
			j.log.Warn("events wait: the database did not take their delivery", "error", err)
			sleep(ctx, pollEvery)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// anyWaiting looks without troubling the writer.
func (j *Jobs) anyWaiting(ctx context.Context) (bool, error) {
	ids, err := db.List(ctx, j.db.Read(), db.Value[int64], "SELECT id FROM outbox LIMIT 1")
	return len(ids) > 0, err
}

func (j *Jobs) deliverAll(ctx context.Context) error {
	for ctx.Err() == nil {
		size := batchMax
		if j.db.Stats().Queue >= queueBusy {
			size = batchBusy
			sleep(ctx, breathe)
		}
		n, err := j.deliverOldest(ctx, size)
		if err != nil || n < size {
			return err
		}
	}
	return nil
}

// claim is one attempt to deliver: what it took, and who failed.
type claim struct {
	events []Event
	failed string // the subscriber, empty when the database failed
}

// failure is an error of a subscriber, not of the database.
type failure struct{ err error }

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

// deliverOldest delivers up to size events and tells how many it took.
func (j *Jobs) deliverOldest(ctx context.Context, size int) (int, error) {
	if _, err := j.open(); err != nil {
		return 0, err
	}
	j.dispatch.Lock()
	defer j.dispatch.Unlock()
	oldest := "SELECT id FROM outbox ORDER BY id LIMIT " + strconv.Itoa(size) + j.db.Dialect().SkipLocked()
	c, err := j.attempt(ctx, oldest, nil, nil)
	if err == nil || !errors.As(err, new(failure)) {
		return len(c.events), err
	}
	return len(c.events), j.narrow(ctx, c)
}

// narrow delivers a batch in which a subscriber failed: in halves, down to the
// event that it failed at. There the delivery to this subscriber becomes a job,
// and the others get the event.
func (j *Jobs) narrow(ctx context.Context, c claim) error {
	if len(c.events) == 1 {
		return j.deliverPast(ctx, c)
	}
	half := len(c.events) / 2
	for _, part := range [][]Event{c.events[:half], c.events[half:]} {
		list, args := inList(part)
		again, err := j.attempt(ctx, list, args, nil)
		if errors.As(err, new(failure)) {
			err = j.narrow(ctx, again)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deliverPast delivers one event, leaving to jobs those subscribers that fail.
func (j *Jobs) deliverPast(ctx context.Context, c claim) error {
	list, args := inList(c.events)
	var later []string
	for c.failed != "" {
		later = append(later, c.failed)
		again, err := j.attempt(ctx, list, args, later)
		if err == nil {
			return nil
		}
		if !errors.As(err, new(failure)) {
			return err
		}
		c = again
	}
	return nil
}

func inList(events []Event) (string, []any) {
	marks, args := make([]string, len(events)), make([]any, len(events))
	for i, e := range events {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), e.ID
	}
	return strings.Join(marks, ", "), args
}

// attempt takes the events whose ids the query gives and delivers them, all in
// one unit of work. Deliveries to the subscribers in later become jobs.
func (j *Jobs) attempt(ctx context.Context, ids string, args []any, later []string) (claim, error) {
	var c claim
	err := j.db.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		c = claim{}
		c.events, err = db.List(ctx, tx, scanEvent,
			"DELETE FROM outbox WHERE id IN ("+ids+") RETURNING id, kind, subject_id, at", args...)
		if err != nil || len(c.events) == 0 {
			return err
		}
		slices.SortFunc(c.events, func(a, b Event) int { return cmp.Compare(a.ID, b.ID) })
		for _, s := range j.subscribers {
			mine := slices.DeleteFunc(slices.Clone(c.events), func(e Event) bool { return !slices.Contains(s.Kinds, e.Kind) })
			if len(mine) == 0 {
				continue
			}
			if slices.Contains(later, s.Name) {
				err = j.queue.retryLater(ctx, tx, s.Name, mine)
			} else if err = j.handle(ctx, tx, s, mine); err != nil && !transient(err) {
				c.failed = s.Name
				err = failure{err}
			}
			if err != nil {
				return fmt.Errorf("deliver to %s: %w", s.Name, err)
			}
		}
		return nil
	})
	if c.failed != "" && err != nil {
		j.log.Warn("a subscriber failed", "subscriber", c.failed, "events", len(c.events), "error", err)
	}
	return c, err
}

// transient errors are the database's: the whole batch is tried again later.
func transient(err error) bool {
	return db.IsBusy(err) || db.IsUnavailable(err) || errors.Is(err, context.Canceled)
}

// handle calls a subscriber; its panic is its error.
func (j *Jobs) handle(ctx context.Context, tx db.Tx, s Subscriber, events []Event) (err error) {
	defer func() {
		if v := recover(); v != nil {
			j.log.Error("a subscriber panicked", "subscriber", s.Name, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return s.Handle(ctx, tx, events)
}

func scanEvent(r db.Rows) (e Event, err error) {
	var at db.Time
	err = r.Scan(&e.ID, &e.Kind, &e.Subject, &at)
	e.At = at.Std()
	return e, err
}
