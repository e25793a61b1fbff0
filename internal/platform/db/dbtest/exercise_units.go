package dbtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"xinqiao/internal/platform/db"
)

func constraints(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k, n, at) VALUES (1, 'a', 1, 1)")
	for query, is := range map[string]func(error) bool{
		"INSERT INTO exercise (id, k) VALUES (1, 'b')":                       func(err error) bool { return db.IsUnique(err) && db.IsUniqueOn(err, "exercise.id") },
		"INSERT INTO exercise (id, k) VALUES (2, 'a')":                       func(err error) bool { return db.IsUniqueOn(err, "exercise.k") && !db.IsUniqueOn(err, "exercise.id") },
		"INSERT INTO exercise (id, k, n, at) VALUES (2, 'b', 1, 1)":          func(err error) bool { return db.IsUniqueOn(err, "exercise.n,at") },
		"INSERT INTO child (id, parent_id) VALUES (1, 77)":                   db.IsForeign,
		"INSERT INTO child (id, parent_id, size) VALUES (1, 1, 100)":         db.IsCheck,
		"INSERT INTO exercise (id, k) VALUES (2, NULL)":                      db.IsCheck,
		"INSERT INTO exercise (id, k) SELECT id + 1, k FROM exercise":        db.IsUnique,
		"DELETE FROM exercise WHERE EXISTS (SELECT 1 FROM child)":            func(err error) bool { return err == nil },
		"UPDATE exercise SET version = version + 1 WHERE id = 1 AND k <> ''": func(err error) bool { return err == nil },
	} {
		var b db.Batch
		b.Add(query)
		if err := d.Send(t.Context(), &b); !is(err) {
			t.Errorf("%s: %v", query, err)
		}
	}
	if err := fmt.Errorf("other"); db.IsUnique(err) || db.IsForeign(err) || db.IsCheck(err) || db.IsBusy(err) || db.IsUnavailable(err) {
		t.Error("any error is classified")
	}
}

// atomicUnit: a unit that fails leaves nothing, however many share its commit.
func atomicUnit(t *testing.T, d *db.DB) {
	broken := errors.New("broken")
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				var b db.Batch
				b.Add("INSERT INTO exercise (id, k) VALUES ($1, $2)", 2*i, fmt.Sprint("x", i))
				b.Add("INSERT INTO exercise (id, k) VALUES ($1, $2)", 2*i+1, fmt.Sprint("y", i))
				if err := tx.Send(ctx, &b); err != nil {
					return err
				}
				if i%3 == 0 {
					return broken
				}
				if i%3 == 1 {
					_, err := tx.Exec(ctx, "INSERT INTO exercise (id, k) VALUES ($1, 'again')", 2*i)
					return err
				}
				return nil
			})
			if want := i%3 == 2; want != (err == nil) {
				t.Errorf("unit %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	one(t, d, 66, "SELECT count(*) FROM exercise")
	one(t, d, 66, "SELECT count(*) FROM exercise WHERE id / 2 % 3 = 2")
}

// stale: a missed expectation undoes the statements before it too.
func stale(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k, version) VALUES (1, 'a', 1)")
	save := func(version int64) error {
		var b db.Batch
		b.Add("INSERT INTO child (id, parent_id) VALUES ($1, 1)", version)
		b.Expect(1, "UPDATE exercise SET version = version + 1 WHERE id = 1 AND version = $1", version)
		b.Add("UPDATE exercise SET n = coalesce(n, 0) + 1 WHERE id = 1")
		return d.Send(t.Context(), &b)
	}
	if err := save(1); err != nil {
		t.Fatal(err)
	}
	one(t, d, 1, "SELECT n FROM exercise")
	if err := save(5); !errors.Is(err, db.ErrStale) {
		t.Errorf("stale: %v", err)
	}
	one(t, d, 1, "SELECT n FROM exercise")
	one(t, d, 1, "SELECT count(*) FROM child")
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			if err := save(2); err == nil {
				won.Add(1)
			} else if !errors.Is(err, db.ErrStale) && !db.IsUnique(err) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d writers won the same version", won.Load())
	}
}

// lostUnit: after a failed statement a unit cannot be saved, even when the
// function hides the error.
func lostUnit(t *testing.T, d *db.DB) {
	err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO exercise (id, k) VALUES (1, 'a')"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO exercise (id, k) VALUES (1, 'b')"); !db.IsUnique(err) {
			t.Errorf("duplicate: %v", err)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO exercise (id, k) VALUES (2, 'c')"); err == nil {
			t.Error("a lost unit went on")
		}
		return nil
	})
	if !db.IsUnique(err) {
		t.Errorf("a lost unit was committed: %v", err)
	}
	one(t, d, 0, "SELECT count(*) FROM exercise")
}

// isolation: readers see nothing before the commit.
func isolation(t *testing.T, d *db.DB) {
	err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO exercise (id, k) VALUES (1, 'a')"); err != nil {
			return err
		}
		one(t, d, 0, "SELECT count(*) FROM exercise")
		n, err := db.One(ctx, tx, db.Value[int64], "SELECT count(*) FROM exercise")
		if n != 1 {
			t.Errorf("a unit does not see its own rows: %d, %v", n, err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	one(t, d, 1, "SELECT count(*) FROM exercise")
}

// openRows: one result at a time in a unit; the read pool has no such limit.
func openRows(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k) VALUES (1, 'a'), (2, 'b')")
	_ = d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM exercise ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		rows.Next()
		if _, err := tx.Exec(ctx, "UPDATE exercise SET n = 1"); err == nil {
			t.Error("a statement ran while rows were open")
		}
		return nil // with rows open
	})
	outer, err := d.Read().Query(t.Context(), "SELECT id FROM exercise ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	for outer.Next() {
		one(t, d, 2, "SELECT count(*) FROM exercise")
	}
}

func readOnly(t *testing.T, d *db.DB) {
	for _, query := range []string{"INSERT INTO exercise (id, k) VALUES (1, 'a')", "DROP TABLE child", "CREATE TABLE other (id BIGINT)"} {
		if _, err := d.Read().Exec(t.Context(), query); err == nil {
			t.Errorf("the read pool ran %s", query)
		}
	}
	rows, err := d.Read().Query(t.Context(), "INSERT INTO exercise (id, k) VALUES (1, 'a') RETURNING id")
	if err == nil {
		for rows.Next() {
			t.Error("the read pool inserted")
		}
		rows.Close()
		err = rows.Err()
	}
	if err == nil {
		t.Error("the read pool inserted")
	}
}

// topics are announced after the commit, once, and not without one.
func topics(t *testing.T, d *db.DB) {
	var heard atomic.Int64
	d.OnCommit("exercise", func() { heard.Add(1) })
	var b db.Batch
	b.Announce("exercise")
	b.Announce("exercise")
	b.Add("INSERT INTO exercise (id, k) VALUES (1, 'a')")
	if err := d.Send(t.Context(), &b); err != nil || heard.Load() != 1 {
		t.Errorf("heard %d, %v", heard.Load(), err)
	}
	if err := d.Send(t.Context(), &b); err == nil || heard.Load() != 1 {
		t.Errorf("a failed unit was announced: %d, %v", heard.Load(), err)
	}
	err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		var b db.Batch
		b.Announce("exercise")
		return tx.Send(ctx, &b)
	})
	if err != nil || heard.Load() != 2 {
		t.Errorf("heard %d, %v", heard.Load(), err)
	}
}

// panics reach the caller, undo the unit, and hurt nobody else.
func panics(t *testing.T, d *db.DB) {
	func() {
		defer func() {
			if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "boom") {
				t.Errorf("recovered %v", v)
			}
		}()
		_ = d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, _ = tx.Exec(ctx, "INSERT INTO exercise (id, k) VALUES (1, 'a')")
			panic("boom")
		})
	}()
	mustExec(t, d, "INSERT INTO exercise (id, k) VALUES (2, 'a')")
	one(t, d, 2, "SELECT id FROM exercise")
}

func cancelled(t *testing.T, d *db.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	err := d.InTx(ctx, func(context.Context, db.Tx) error {
		ran = true
		return nil
	})
	if !errors.Is(err, context.Canceled) || ran {
		t.Errorf("ran %v, %v", ran, err)
	}
	if _, err := db.List(ctx, d.Read(), db.Value[int64], "SELECT id FROM exercise"); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
}

func nested(t *testing.T, d *db.DB) {
	err := d.InTx(t.Context(), func(ctx context.Context, _ db.Tx) error {
		return d.InTx(ctx, func(context.Context, db.Tx) error { return nil })
	})
	if !errors.Is(err, db.ErrNested) {
		t.Errorf("nested: %v", err)
	}
}

func where(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k, n) VALUES (1, 'a', 5), (2, 'b', 6), (3, 'c', NULL)")
	for _, c := range []struct {
		conds []db.Cond
		want  []int64
	}{
		{nil, []int64{1, 2, 3}},
		{[]db.Cond{{Column: "n", Value: 5}}, []int64{1}},
		{[]db.Cond{{Column: "n", Not: true, Value: 5}}, []int64{2, 3}},
		{[]db.Cond{{Column: "n", Value: nil}}, []int64{3}},
		{[]db.Cond{{Column: "n", Not: true, Value: nil}, {Column: "k", Not: true, Value: "b"}}, []int64{1}},
	} {
		sql, args := db.Where(c.conds, 2)
		ids(t, d, c.want, "SELECT id FROM exercise WHERE id < $1 AND "+sql+" ORDER BY id", append([]any{9}, args...)...)
	}
}

func explain(t *testing.T, d *db.DB) {
	Indexed(t, d, "SELECT id FROM exercise WHERE k = $1", "a")
	plan, err := d.Explain(t.Context(), "SELECT id FROM exercise WHERE version = $1", 1)
	if err != nil || !strings.Contains(strings.ToUpper(plan), "SCAN") {
		t.Errorf("plan %q, %v", plan, err)
	}
}
