package dbtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/db"
)

// Exercise is the conformance suite: what the program relies on, and every
// trap where two databases (or two drivers) are known to differ in silence.
func Exercise(t *testing.T, d *db.DB) {
	mustExec(t, d, `CREATE TABLE exercise (id BIGINT NOT NULL PRIMARY KEY, k TEXT NOT NULL, n BIGINT, version BIGINT NOT NULL DEFAULT 0,
		flag BOOLEAN NOT NULL DEFAULT FALSE, data JSON, raw `+rawType(d)+`, f DOUBLE PRECISION, at BIGINT)`)
	mustExec(t, d, "CREATE UNIQUE INDEX exercise_k ON exercise (k)")
	mustExec(t, d, "CREATE UNIQUE INDEX exercise_two ON exercise (n, at)")
	mustExec(t, d, "CREATE TABLE child (id BIGINT NOT NULL PRIMARY KEY, parent_id BIGINT NOT NULL REFERENCES exercise (id), size BIGINT CHECK (size < 100))")
	for _, part := range []struct {
		name string
		test func(*testing.T, *db.DB)
	}{
		{"parameters", parameters}, {"values", values}, {"times", times}, {"arithmetic", arithmetic}, {"text", text},
		{"keyset", keyset}, {"upsert", upsert}, {"aggregates", aggregates}, {"json", jsonText},
		{"constraints", constraints}, {"atomic", atomicUnit}, {"stale", stale}, {"lost", lostUnit},
		{"isolation", isolation}, {"rows", openRows}, {"readonly", readOnly}, {"topics", topics},
		{"panics", panics}, {"cancelled", cancelled}, {"nested", nested}, {"where", where}, {"explain", explain},
		{"counter", counter},
	} {
		t.Run(part.name, func(t *testing.T) {
			mustExec(t, d, "DELETE FROM child")
			mustExec(t, d, "DELETE FROM exercise")
			part.test(t, d)
		})
	}
}

func rawType(d *db.DB) string {
	if d.Dialect().Name() == "postgres" {
		return "BYTEA"
	}
	return "BLOB"
}

func mustExec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	var b db.Batch
	b.Add(query, args...)
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func one[T comparable](t *testing.T, d *db.DB, want T, query string, args ...any) {
	t.Helper()
	got, err := db.One(t.Context(), d.Read(), db.Value[T], query, args...)
	if err != nil {
		t.Errorf("%s: %v", query, err)
	} else if got != want {
		t.Errorf("%s: got %v, want %v", query, got, want)
	}
}

func ids(t *testing.T, d *db.DB, want []int64, query string, args ...any) {
	t.Helper()
	got, err := db.List(t.Context(), d.Read(), db.Value[int64], query, args...)
	if err != nil {
		t.Errorf("%s: %v", query, err)
	} else if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", query, got, want)
	}
}

// parameters come in any order, repeat, and count past nine.
func parameters(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (k, id) VALUES ($2, $1)", 1, "a")
	one(t, d, 1, "SELECT id FROM exercise WHERE k = $2 AND id = $1", 1, "a")
	one(t, d, 1, "SELECT id FROM exercise WHERE (id = $1 OR id = $1) AND k = $2", 1, "a")
	one(t, d, 1, "SELECT id FROM exercise WHERE id IN ($11, $10, $9, $8, $7, $6, $5, $4, $3, $2, $1) AND k = $12",
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "a")
}

func values(t *testing.T, d *db.DB) {
	type named string
	mustExec(t, d, "INSERT INTO exercise (id, k, n, flag, raw, f) VALUES ($1, $2, $3, $4, $5, $6)",
		int32(1), named("字"), nil, true, []byte{0, 1, 255}, 1.5)
	var (
		k    named
		n    int64 = 7
		n2   *int64
		flag bool
		raw  []byte
		f    float64
	)
	_, err := db.One(t.Context(), d.Read(), func(r db.Rows) (bool, error) {
		return true, r.Scan(&k, db.Null(&n), &n2, &flag, &raw, &f)
	}, "SELECT k, n, n, flag, raw, f FROM exercise WHERE flag = TRUE")
	if err != nil || k != "字" || n != 0 || n2 != nil || !flag || string(raw) != "\x00\x01\xff" || f != 1.5 {
		t.Errorf("got %v %v %v %v %v %v, %v", k, n, n2, flag, raw, f, err)
	}
	if _, err := db.One(t.Context(), d.Read(), db.Value[int64], "SELECT n FROM exercise"); err == nil {
		t.Error("NULL was read as a number")
	}
	if _, err := db.One(t.Context(), d.Read(), db.Value[int64], "SELECT id FROM exercise WHERE id = 99"); !errors.Is(err, db.ErrNoRows) {
		t.Errorf("no rows: %v", err)
	}
	one(t, d, 1, "SELECT id FROM exercise WHERE flag")
	one(t, d, int64(-1)<<63, "SELECT CAST($1 AS BIGINT)", int64(-1)<<63)
}

// times compare as instants whatever zone they were given in.
func times(t *testing.T, d *db.DB) {
	beijing := time.Date(2026, 5, 1, 0, 30, 0, 123456789, time.FixedZone("CST", 8*3600))
	mustExec(t, d, "INSERT INTO exercise (id, k, at) VALUES (1, 'a', $1), (2, 'b', $2)", db.At(beijing), db.At(time.Time{}))
	one(t, d, 1, "SELECT id FROM exercise WHERE at = $1", db.At(beijing.UTC()))
	one(t, d, db.At(beijing), "SELECT max(at) FROM exercise")
	one(t, d, 0, "SELECT at FROM exercise WHERE id = 2")
	if back := db.At(beijing).Std(); !back.Equal(beijing.Truncate(time.Microsecond)) {
		t.Errorf("round trip: %v", back)
	}
	if !db.Time(0).Std().IsZero() {
		t.Error("zero is not the zero time")
	}
	var b db.Batch
	b.Add("UPDATE exercise SET at = $1", beijing)
	if err := d.Send(t.Context(), &b); err == nil {
		t.Error("a time.Time argument was taken")
	}
}

func arithmetic(t *testing.T, d *db.DB) {
	one(t, d, 3.3333333333333335, "SELECT 1.0 * CAST($1 AS DOUBLE PRECISION) / 3", 10)
	one(t, d, 3, "SELECT CAST($1 AS BIGINT) / 3", 10)
	one(t, d, int64(20574), "SELECT (CAST($1 AS BIGINT) + 28800000000) / 86400000000", int64(1777566600000000+28800000000))
}

// text is compared by bytes; fold case in the program, or with lower().
func text(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k) VALUES (1, 'Lift'), (2, 'lift'), (3, 'éa'), (4, 'z')")
	ids(t, d, []int64{1, 2}, "SELECT id FROM exercise WHERE lower(k) LIKE lower($1) ORDER BY id", "LI%")
	ids(t, d, []int64{1, 2, 4, 3}, "SELECT id FROM exercise ORDER BY k")
	one(t, d, 1, "SELECT id FROM exercise WHERE k = 'Lift'")
}

func keyset(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k, n) VALUES (1, 'a', 10), (2, 'b', 10), (3, 'c', 20), (4, 'd', NULL)")
	ids(t, d, []int64{2, 1}, "SELECT id FROM exercise WHERE (n, id) < ($1, $2) ORDER BY n DESC, id DESC LIMIT $3", 20, 3, 5)
	ids(t, d, []int64{1, 2, 3, 4}, "SELECT id FROM exercise ORDER BY n NULLS LAST, id")
	ids(t, d, []int64{1, 2, 3, 4}, "WITH RECURSIVE c (x) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT x + 1 FROM c WHERE x < 4) SELECT x FROM c")
	ids(t, d, []int64{4}, "SELECT id FROM exercise WHERE n IS NOT DISTINCT FROM $1", nil)
}

func upsert(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k, n) VALUES (1, 'a', 1)")
	mustExec(t, d, "INSERT INTO exercise (id, k, n) VALUES (2, 'a', 5) ON CONFLICT (k) DO UPDATE SET n = exercise.n + excluded.n")
	one(t, d, 6, "SELECT n FROM exercise WHERE id = 1")
	err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		n, err := tx.Exec(ctx, "INSERT INTO exercise (id, k) VALUES (3, 'a') ON CONFLICT (k) DO NOTHING")
		if err != nil || n != 0 {
			t.Errorf("conflict: %d rows, %v", n, err)
		}
		got, err := db.List(ctx, tx, db.Value[int64], "INSERT INTO exercise (id, k) VALUES (4, 'd'), (5, 'e') RETURNING id")
		if err != nil || !slices.Equal(got, []int64{4, 5}) {
			t.Errorf("RETURNING: %v, %v", got, err)
		}
		n, err = tx.Exec(ctx, "UPDATE exercise SET n = 0 WHERE id > 3")
		if err != nil || n != 2 {
			t.Errorf("affected: %d, %v", n, err)
		}
		n, err = tx.Exec(ctx, "UPDATE exercise SET n = 0 WHERE id > 300")
		if err != nil || n != 0 {
			t.Errorf("affected by nothing: %d, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func aggregates(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k, n, flag) VALUES (1, 'a', 10, TRUE), (2, 'b', 20, FALSE), (3, 'c', 30, TRUE)")
	one(t, d, 40, "SELECT CAST(sum(n) FILTER (WHERE flag) AS BIGINT) FROM exercise")
	one(t, d, 0, "SELECT count(*) FILTER (WHERE n > 99) FROM exercise")
	one(t, d, "c,b,a", "SELECT string_agg(k, ',' ORDER BY id DESC) FROM exercise")
	ids(t, d, []int64{3, 2, 1}, "SELECT row_number() OVER (ORDER BY n DESC) FROM exercise ORDER BY id")
}

// jsonText keeps the bytes, and is read with ->>.
func jsonText(t *testing.T, d *db.DB) {
	given := `{"b": 1,  "a": {"字": "x"}, "a2": null}`
	mustExec(t, d, "INSERT INTO exercise (id, k, data) VALUES (1, 'a', $1), (2, 'b', $2)", db.JSON(given), db.JSON(nil))
	got, err := db.List(t.Context(), d.Read(), db.Value[db.JSON], "SELECT data FROM exercise ORDER BY id")
	if err != nil || len(got) != 2 || string(got[0]) != given || got[1] != nil {
		t.Errorf("got %q, %v", got, err)
	}
	one(t, d, "x", "SELECT data -> 'a' ->> '字' FROM exercise WHERE id = 1")
	one(t, d, 1, "SELECT id FROM exercise WHERE CAST(data ->> 'b' AS BIGINT) = 1")
}

// counter is a lost update waiting to happen.
func counter(t *testing.T, d *db.DB) {
	mustExec(t, d, "INSERT INTO exercise (id, k, n) VALUES (1, 'a', 0)")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				n, err := db.One(ctx, tx, db.Value[int64], "SELECT n FROM exercise WHERE id = 1"+d.Dialect().ForUpdate())
				if err != nil {
					return err
				}
				_, err = tx.Exec(ctx, "UPDATE exercise SET n = $1 WHERE id = 1", n+1)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	one(t, d, 20, "SELECT n FROM exercise WHERE id = 1")
}
