package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

func send(t *testing.T, d *db.DB, query string, args ...any) error {
	t.Helper()
	var b db.Batch
	b.Add(query, args...)
	return d.Send(t.Context(), &b)
}

func count(t *testing.T, d *db.DB, query string) int64 {
	t.Helper()
	n, err := db.One(t.Context(), d.Read(), db.Value[int64], query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestWaitingUnitsShareACommit holds the writer until others queue up.
func TestWaitingUnitsShareACommit(t *testing.T) {
	d := dbtest.SQLite(t)
	inside, goOn := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = d.InTx(t.Context(), func(context.Context, db.Tx) error {
			close(inside)
			<-goOn
			return nil
		})
	})
	<-inside
	for i := range 40 {
		wg.Go(func() {
			if err := send(t, d, "INSERT INTO sequence (name, next) VALUES ($1, 0)", string(rune('一'+i))); err != nil {
				t.Error(err)
			}
		})
	}
	for d.Stats().Queue < 40 {
		time.Sleep(time.Millisecond)
	}
	close(goOn)
	wg.Wait()
	if s := d.Stats(); s.Groups != 2 || s.Largest != 40 || s.Queue != 0 {
		t.Errorf("stats %+v", s)
	}
	if n := count(t, d, "SELECT count(*) FROM sequence"); n != 40 {
		t.Errorf("%d rows", n)
	}
}

// TestFullDiskFailsTheGroupAndPasses: a full disk is reported as unavailable,
// loses nothing that was acknowledged, and heals.
func TestFullDiskFailsTheGroupAndPasses(t *testing.T) {
	d := dbtest.SQLite(t)
	_, writer := d.Handles()
	limit := func(pages int) {
		if _, err := writer.Exec("PRAGMA max_page_count = " + map[int]string{0: "1", 1: "1000000"}[pages]); err != nil {
			t.Fatal(err)
		}
	}
	if err := send(t, d, "INSERT INTO sequence (name, next) VALUES ('kept', 1)"); err != nil {
		t.Fatal(err)
	}
	limit(0)
	big := "INSERT INTO sequence (name, next) SELECT 'x' || value || hex(zeroblob(3000)), 1 FROM json_each('[1,2,3,4,5,6,7,8,9]')"
	if err := send(t, d, big); !db.IsUnavailable(err) || db.IsBusy(err) {
		t.Errorf("full: %v", err)
	}
	limit(1)
	if err := send(t, d, big); err != nil {
		t.Error(err)
	}
	if n := count(t, d, "SELECT count(*) FROM sequence"); n != 10 {
		t.Errorf("%d rows", n)
	}
}

// TestGoexitDoesNotStopTheWriter: a unit that ends its goroutine fails alone
// with its group.
func TestGoexitDoesNotStopTheWriter(t *testing.T) {
	d := dbtest.SQLite(t)
	err := d.InTx(t.Context(), func(context.Context, db.Tx) error {
		runtime.Goexit()
		return nil
	})
	if err == nil {
		t.Error("no error")
	}
	if err := send(t, d, "INSERT INTO sequence (name, next) VALUES ('a', 1)"); err != nil {
		t.Error(err)
	}
}

func TestAnotherProcessHoldsTheFile(t *testing.T) {
	d := dbtest.SQLite(t)
	other := dbtest.Again(t, d)
	held, release := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = other.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO sequence (name, next) VALUES ('theirs', 1)")
			close(held)
			<-release
			return err
		})
	})
	<-held
	_, writer := d.Handles()
	if _, err := writer.Exec("PRAGMA busy_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	if err := send(t, d, "INSERT INTO sequence (name, next) VALUES ('ours', 1)"); !db.IsBusy(err) {
		t.Errorf("held by another: %v", err)
	}
	close(release)
	wg.Wait()
	if err := send(t, d, "INSERT INTO sequence (name, next) VALUES ('ours', 1)"); err != nil {
		t.Error(err)
	}
}

func TestClosedAndUnusableFiles(t *testing.T) {
	d := dbtest.SQLite(t)
	d.Close()
	if err := send(t, d, "SELECT 1"); !errors.Is(err, db.ErrClosed) || !db.IsUnavailable(err) {
		t.Errorf("closed writer: %v", err)
	}
	if _, err := d.Read().Query(t.Context(), "SELECT 1"); !errors.Is(err, db.ErrClosed) {
		t.Errorf("closed reader: %v", err)
	}
	path := filepath.Join(t.TempDir(), "not ours?#%.db")
	if err := os.WriteFile(path, []byte("this is no database, but long enough to look like something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), path, db.Options{}); !db.IsUnavailable(err) {
		t.Errorf("opened something else: %v", err)
	}
	if _, err := db.Open(t.Context(), ":memory:", db.Options{}); err == nil {
		t.Error("opened memory")
	}
}

func TestEveryCommitIsSynced(t *testing.T) {
	d := dbtest.SQLite(t)
	err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
			got, err := db.One(ctx, tx, func(r db.Rows) (any, error) {
				var v any
				err := r.Scan(&v)
				return v, err
			}, "PRAGMA "+pragma)
			if s := text(got); err != nil || s != want {
				t.Errorf("%s = %s, %v", pragma, s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
