package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"xinqiao/internal/platform/db"
)

// Event tells that something happened to a subject (a case).
type Event struct {
	ID      int64     `json:"id"`
	Kind    string    `json:"kind"`    // "case.urged"
	Subject int64     `json:"subject"` // the case's id
	At      time.Time `json:"at"`
}

// Subscriber reacts to events. Handle writes through the given unit of work;
// events come oldest first. Name is stable: failed deliveries are kept under it.
type Subscriber struct {
	Name   string
	Kinds  []string
	Handle func(ctx context.Context, tx db.Tx, events []Event) error
}

// Jobs dispatches events and runs periodic work. Register everything before
// Start.
type Jobs struct {
	db  *db.DB
	log *slog.Logger

	subscribers []Subscriber
	periodic    []periodic

	wake     chan struct{}
	dispatch sync.Mutex // one dispatcher in a process

	mu     sync.Mutex // guards what follows
	queue  queue
	cancel context.CancelFunc
	ended  chan struct{}
}

type periodic struct {
	name  string
	every time.Duration
	run   func(context.Context) error
}

// topic wakes the dispatcher when a unit of work with events was committed.
const topic = "outbox"

// New makes the jobs of a database that Migrate has prepared.
func New(d *db.DB, log *slog.Logger) *Jobs {
	j := &Jobs{db: d, log: log.With("component", "jobs"), wake: make(chan struct{}, 1)}
	d.OnCommit(topic, func() {
		select {
		case j.wake <- struct{}{}:
		default: // it is awake already
		}
	})
	return j
}

// Subscribe registers a subscriber. A name that is taken is a mistake of the
// program, and panics.
func (j *Jobs) Subscribe(s Subscriber) {
	for _, other := range j.subscribers {
		if other.Name == s.Name {
			panic("jobs: two subscribers are called " + s.Name)
		}
	}
	j.subscribers = append(j.subscribers, s)
}

// Periodic registers work that one of the processes does again and again, the
// first time soon after the start. every is at least a second. A run that
// fails is logged; the next one comes anyway.
func (j *Jobs) Periodic(name string, every time.Duration, run func(ctx context.Context) error) {
	j.periodic = append(j.periodic, periodic{name, max(every, time.Second), run})
}

// Start begins to dispatch and to run periodic work, until Stop or until ctx
// is done.
func (j *Jobs) Start(ctx context.Context) error {
	q, err := j.open()
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.cancel != nil {
		return errors.New("jobs: started already")
	}
	ctx, j.cancel = context.WithCancel(ctx)
	if err := q.start(ctx); err != nil {
		j.cancel()
		j.cancel = nil
		return fmt.Errorf("start jobs: %w", err)
	}
	j.ended = make(chan struct{})
	go func() {
		defer close(j.ended)
		j.loop(ctx)
	}()
	return nil
}

// Stop lets running jobs and the batch in delivery end, or gives them up when
// ctx is done. What was not delivered waits for the next start.
func (j *Jobs) Stop(ctx context.Context) error {
	j.mu.Lock()
	cancel, ended, q := j.cancel, j.ended, j.queue
	j.cancel = nil
	j.mu.Unlock()
	if cancel == nil {
		return nil
	}
	err := q.stop(ctx)
	cancel()
	select {
	case <-ended:
		return err
	case <-ctx.Done():
		return errors.Join(err, ctx.Err())
	}
}

// Drain delivers every event that waits, now. It is for tests and for the end
// of imports.
func (j *Jobs) Drain(ctx context.Context) error {
	for {
		n, err := j.deliverOldest(ctx, batchMax)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Backlog is what waits to be delivered.
type Backlog struct {
	Events   int64     // in the outbox, counted up to 100,000
	Oldest   time.Time // when the oldest of them happened; zero when none waits
	Retrying int64     // failed deliveries that will be tried again
	Dead     int64     // deliveries that were given up
}

// Backlog counts what waits, for metrics and for the stuck list.
func (j *Jobs) Backlog(ctx context.Context) (Backlog, error) {
	b, err := db.One(ctx, j.db.Read(), func(r db.Rows) (b Backlog, err error) {
		var oldest db.Time
		err = r.Scan(&b.Events, &oldest, &b.Retrying, &b.Dead)
		b.Oldest = oldest.Std()
		return b, err
	}, `SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT 100000) AS waiting),
		(SELECT at FROM outbox ORDER BY id LIMIT 1),
		(SELECT count(*) FROM river_job WHERE state IN ('available', 'retryable') AND kind = $1),
		(SELECT count(*) FROM river_job WHERE state = 'discarded' AND kind = $1)`, delivery{}.Kind())
	if err != nil {
		return Backlog{}, fmt.Errorf("count the backlog: %w", err)
	}
	return b, nil
}
