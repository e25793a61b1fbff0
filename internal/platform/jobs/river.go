package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"xinqiao/internal/platform/db"
)

// delivery is the job of one event that a subscriber failed at.
type delivery struct {
	Subscriber string `json:"subscriber"`
	Event      Event  `json:"event"`
}

// Kind implements river.JobArgs.
func (delivery) Kind() string { return "delivery" }

// round is one run of periodic work.
type round struct {
	Name string `json:"name"`
}

// Kind implements river.JobArgs.
func (round) Kind() string { return "periodic" }

// queue is the job library on either database.
type queue interface {
	start(ctx context.Context) error
	stop(ctx context.Context) error
	retryLater(ctx context.Context, tx db.Tx, subscriber string, events []Event) error
	failed(ctx context.Context, limit int) ([]*rivertype.JobRow, error)
	retryNow(ctx context.Context, id int64) error
}

// Migrate prepares the tables of the job library. Run it after db.Migrate.
func Migrate(ctx context.Context, d *db.DB) error {
	pool, writer := d.Handles()
	var err error
	if pool != nil {
		err = migrate(ctx, riverpgxv5.New(pool))
	} else {
		err = migrate(ctx, riversqlite.New(writer))
	}
	if err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}

func migrate[T any](ctx context.Context, driver riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(driver, nil)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// open makes the library's client, once, when all is registered.
func (j *Jobs) open() (queue, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.queue != nil {
		return j.queue, nil
	}
	pool, writer := j.db.Handles()
	var err error
	if pool != nil {
		j.queue, err = newClient(riverpgxv5.New(pool), j.config(), func(tx db.Tx) pgx.Tx {
			t, _ := db.Native(tx)
			return t
		})
	} else {
		j.queue, err = newClient(riversqlite.New(writer), j.config(), func(tx db.Tx) *sql.Tx {
			_, t := db.Native(tx)
			return t
		})
	}
	if err != nil {
		j.queue = nil
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return j.queue, nil
}

// config sets the library up to poll: it holds only retries and periodic work,
// which may wait a second, and so it works behind PgBouncer too.
func (j *Jobs) config() *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(j.workDelivery))
	river.AddWorker(workers, river.WorkFunc(j.workRound))
	config := &river.Config{
		Workers:                     workers,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 8}},
		PollOnly:                    true,
		Logger:                      j.log,
		JobTimeout:                  10 * time.Minute,
		RescueStuckJobsAfter:        15 * time.Minute,
		CompletedJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: 90 * 24 * time.Hour,
	}
	for _, p := range j.periodic {
		config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(
			river.PeriodicInterval(p.every),
			func() (river.JobArgs, *river.InsertOpts) {
				// Unique within its period, not for ever: a run that a crash
				// left behind must not keep the next one away.
				return round{p.name}, &river.InsertOpts{
					MaxAttempts: 1,
					UniqueOpts:  river.UniqueOpts{ByArgs: true, ByPeriod: p.every},
				}
			},
			&river.PeriodicJobOpts{ID: p.name, RunOnStart: true},
		))
	}
	return config
}

// workDelivery tries a failed delivery again.
func (j *Jobs) workDelivery(ctx context.Context, job *river.Job[delivery]) error {
	for _, s := range j.subscribers {
		if s.Name == job.Args.Subscriber {
			return j.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
				return j.handle(ctx, tx, s, []Event{job.Args.Event})
			})
		}
	}
	return river.JobCancel(fmt.Errorf("there is no subscriber %s any more", job.Args.Subscriber))
}

func (j *Jobs) workRound(ctx context.Context, job *river.Job[round]) error {
	for _, p := range j.periodic {
		if p.name == job.Args.Name {
			err := p.run(ctx)
			if err != nil && ctx.Err() == nil {
				j.log.Error("periodic work failed", "work", p.name, "error", err)
			}
			return err
		}
	}
	return river.JobCancel(fmt.Errorf("there is no periodic work %s any more", job.Args.Name))
}

// client is the library's client with the transaction type of its database.
type client[T any] struct {
	*river.Client[T]
	native func(db.Tx) T
}

func newClient[T any](driver riverdriver.Driver[T], config *river.Config, native func(db.Tx) T) (queue, error) {
	c, err := river.NewClient(driver, config)
	if err != nil {
		return nil, err
	}
	return &client[T]{c, native}, nil
}

func (c *client[T]) start(ctx context.Context) error { return c.Start(ctx) }

// stop waits for running jobs until ctx is done, then gives them up.
func (c *client[T]) stop(ctx context.Context) error {
	if err := c.Stop(ctx); err == nil {
		return nil
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return c.StopAndCancel(grace)
}

func (c *client[T]) retryLater(ctx context.Context, tx db.Tx, subscriber string, events []Event) error {
	params := make([]river.InsertManyParams, len(events))
	for i, e := range events {
		params[i] = river.InsertManyParams{Args: delivery{subscriber, e}}
	}
	_, err := c.InsertManyTx(ctx, c.native(tx), params)
	return err
}
