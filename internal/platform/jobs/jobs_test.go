package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/jobs"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// each prepares both databases with the job tables and a table of effects.
func each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := jobs.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		write(t, d, "CREATE TABLE effect (id BIGINT NOT NULL, who TEXT NOT NULL)")
		fn(t, d)
	})
}

func write(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	var b db.Batch
	b.Add(query, args...)
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
}

func publish(t *testing.T, d *db.DB, kind string, ids ...int64) {
	t.Helper()
	var b db.Batch
	for _, id := range ids {
		jobs.Publish(&b, jobs.Event{ID: id, Kind: kind, Subject: id * 10, At: noon})
	}
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
}

// writer is a subscriber that leaves one row for each event.
func writer(name string, fail func(jobs.Event) error) jobs.Subscriber {
	return jobs.Subscriber{Name: name, Kinds: []string{"case.urged"}, Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
		for _, e := range events {
			if _, err := tx.Exec(ctx, "INSERT INTO effect (id, who) VALUES ($1, $2)", e.ID, name); err != nil {
				return err
			}
			if fail != nil {
				if err := fail(e); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func effects(t *testing.T, d *db.DB, who string) []int64 {
	t.Helper()
	ids, err := db.List(t.Context(), d.Read(), db.Value[int64], "SELECT id FROM effect WHERE who = $1 ORDER BY id", who)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 300 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

func start(t *testing.T, j *jobs.Jobs) {
	t.Helper()
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestDeliversToThoseWhoSubscribed(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		j := jobs.New(d, quiet())
		var seen []jobs.Event
		j.Subscribe(jobs.Subscriber{Name: "seen", Kinds: []string{"case.urged", "case.rated"}, Handle: func(_ context.Context, _ db.Tx, events []jobs.Event) error {
			seen = append(seen, events...)
			return nil
		}})
		j.Subscribe(writer("urged", nil))
		publish(t, d, "case.urged", 2, 1)
		publish(t, d, "case.rated", 3)
		publish(t, d, "case.closed", 4)
		if err := j.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []jobs.Event{{1, "case.urged", 10, noon}, {2, "case.urged", 20, noon}, {3, "case.rated", 30, noon}}
		if !slices.Equal(seen, want) {
			t.Errorf("got %v", seen)
		}
		if got := effects(t, d, "urged"); !slices.Equal(got, []int64{1, 2}) {
			t.Errorf("got %v", got)
		}
		if b, err := j.Backlog(t.Context()); err != nil || b != (jobs.Backlog{}) {
			t.Errorf("backlog %+v, %v", b, err)
		}
	})
}

func TestRollbackDeliversNothing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		j := jobs.New(d, quiet())
		j.Subscribe(writer("w", nil))
		broken := errors.New("broken")
		err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			var b db.Batch
			jobs.Publish(&b, jobs.Event{ID: 1, Kind: "case.urged", At: noon})
			if err := tx.Send(ctx, &b); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if err := j.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := effects(t, d, "w"); len(got) != 0 {
			t.Errorf("delivered %v", got)
		}
	})
}

func TestFailingSubscriberIsRetriedAndBlocksNobody(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		j := jobs.New(d, quiet())
		broken, tries := atomic.Bool{}, atomic.Int64{}
		broken.Store(true)
		j.Subscribe(writer("good", nil))
		j.Subscribe(writer("bad", func(e jobs.Event) error {
			if e.ID == 13 && (broken.Load() || tries.Add(1) == 1) { // the job's first try fails too
				return errors.New("broken")
			}
			return nil
		}))
		j.Subscribe(writer("panicky", func(e jobs.Event) error {
			if e.ID == 13 && broken.Load() {
				panic("boom")
			}
			return nil
		}))
		var all []int64
		for id := int64(1); id <= 20; id++ {
			all = append(all, id)
		}
		publish(t, d, "case.urged", all...)
		if err := j.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		without := slices.DeleteFunc(slices.Clone(all), func(id int64) bool { return id == 13 })
		if got := effects(t, d, "good"); !slices.Equal(got, all) {
			t.Errorf("good got %v", got)
		}
		for _, who := range []string{"bad", "panicky"} {
			if got := effects(t, d, who); !slices.Equal(got, without) {
				t.Errorf("%s got %v", who, got)
			}
		}
		if b, err := j.Backlog(t.Context()); err != nil || b.Events != 0 || b.Retrying != 2 {
			t.Errorf("backlog %+v, %v", b, err)
		}
		stuck, err := j.Failures(t.Context(), 10)
		if err != nil || len(stuck) != 2 || stuck[0].Event.ID != 13 || stuck[0].Subscriber != "bad" {
			t.Errorf("stuck list %+v, %v", stuck, err)
		}
		if err := j.Retry(t.Context(), stuck[0].ID); err != nil {
			t.Error(err)
		}
		broken.Store(false)
		start(t, j)
		eventually(t, "the failed deliveries are made up for", func() bool {
			return slices.Equal(effects(t, d, "bad"), all) && slices.Equal(effects(t, d, "panicky"), all)
		})
	})
}

func TestDatabaseTroubleIsNotTheSubscribersFault(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		j := jobs.New(d, quiet())
		ok := false
		j.Subscribe(writer("w", func(jobs.Event) error {
			if !ok {
				return fmt.Errorf("write: %w", db.ErrClosed)
			}
			return nil
		}))
		publish(t, d, "case.urged", 1, 2)
		if err := j.Drain(t.Context()); !errors.Is(err, db.ErrClosed) {
			t.Fatal(err)
		}
		b, err := j.Backlog(t.Context())
		if err != nil || b.Events != 2 || b.Retrying != 0 || !b.Oldest.Equal(noon) {
			t.Errorf("backlog %+v, %v", b, err)
		}
		ok = true
		if err := j.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := effects(t, d, "w"); !slices.Equal(got, []int64{1, 2}) {
			t.Errorf("got %v", got)
		}
	})
}

// Several dispatchers on one database, many publishers, every event once.
func TestExactlyOnceAmongManyProcesses(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for i := range 3 {
			other := d
			if i > 0 && d.Dialect().Name() == "postgres" {
				other = dbtest.Again(t, d)
			} else if i > 0 {
				break // one process owns a SQLite file
			}
			j := jobs.New(other, quiet())
			j.Subscribe(writer("w", nil))
			start(t, j)
		}
		var wg sync.WaitGroup
		for p := range int64(8) {
			wg.Go(func() {
				for i := range int64(100) {
					publish(t, d, "case.urged", 1+p*100+i)
				}
			})
		}
		wg.Wait()
		eventually(t, "all events are delivered", func() bool { return len(effects(t, d, "w")) >= 800 })
		got := effects(t, d, "w")
		if len(slices.Compact(slices.Clone(got))) != 800 || len(got) != 800 {
			t.Errorf("%d deliveries", len(got))
		}
	})
}

func TestPeriodicWorkRunsAndStops(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		j := jobs.New(d, quiet())
		var runs atomic.Int64
		j.Periodic("sweep", time.Second, func(context.Context) error {
			if runs.Add(1) == 1 {
				return errors.New("the first run fails")
			}
			return nil
		})
		start(t, j)
		eventually(t, "two runs", func() bool { return runs.Load() >= 2 })
	})
}
