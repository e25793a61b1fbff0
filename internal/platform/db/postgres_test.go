package db_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

func text(v any) string { return fmt.Sprint(v) }

// TestLostConnectionIsASlowUnit cuts the connection inside a unit of work.
func TestLostConnectionIsASlowUnit(t *testing.T) {
	d := dbtest.Postgres(t)
	runs := 0
	err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		runs++
		if _, err := tx.Exec(ctx, "INSERT INTO sequence (name, next) VALUES ('a', 1)"); err != nil {
			return err
		}
		if runs == 1 {
			_, err := tx.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		}
		return nil
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
	if n := count(t, d, "SELECT count(*) FROM sequence"); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// TestAllConnectionsLost cuts every idle connection, as a restart does.
func TestAllConnectionsLost(t *testing.T) {
	d, killer := dbtest.Postgres(t), dbtest.Postgres(t)
	if err := d.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := send(t, d, "INSERT INTO sequence (name, next) VALUES ('a', 1)"); err != nil {
		t.Fatal(err)
	}
	name, err := db.One(t.Context(), d.Read(), db.Value[string], "SELECT current_database()::text")
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, killer, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name); err != nil {
		t.Fatal(err)
	}
	err = d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO sequence (name, next) VALUES ('b', 1)")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if n := count(t, d, "SELECT count(*) FROM sequence"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

// TestDeadlockIsTriedAgain lets two units wait for each other.
func TestDeadlockIsTriedAgain(t *testing.T) {
	d := dbtest.Postgres(t)
	if err := send(t, d, "INSERT INTO sequence (name, next) VALUES ('a', 0), ('b', 0)"); err != nil {
		t.Fatal(err)
	}
	var runs atomic.Int64
	var both, wg sync.WaitGroup
	both.Add(2)
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		first := true
		wg.Go(func() {
			err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				runs.Add(1)
				for i, name := range order {
					if _, err := tx.Exec(ctx, "UPDATE sequence SET next = next + 1 WHERE name = $1", name); err != nil {
						return err
					}
					if i == 0 && first {
						first = false
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if runs.Load() != 3 || d.Stats().Retries != 1 {
		t.Errorf("%d runs, %+v", runs.Load(), d.Stats())
	}
	if n := count(t, d, "SELECT CAST(sum(next) AS BIGINT) FROM sequence"); n != 4 {
		t.Errorf("sum %d", n)
	}
}

func TestUnreachableServer(t *testing.T) {
	_, err := db.Open(t.Context(), "postgres://nobody@/nothing?host="+t.TempDir(), db.Options{})
	if !db.IsUnavailable(err) {
		t.Errorf("opened nothing: %v", err)
	}
}
