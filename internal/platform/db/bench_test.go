package db_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// unit is a filing: a case with two events, two clocks, a person and an outbox row.
func unit(id int64) *db.Batch {
	var b db.Batch
	text := strings.Repeat("电梯故障，无人维修。", 20)
	no := fmt.Sprintf("MC26-%08d", id)
	b.Add(`INSERT INTO b_case (id, no, state, title, unit_id, area_id, due_at, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, no, "registered", "电梯故障", id%50, id%7, id*1000, id*999)
	b.Add(`INSERT INTO b_event (case_id, seq, id, kind, at, data) VALUES ($1, $2, $3, $4, $5, $6)`, id, 1, id*2, "case.registered", id, db.JSON(`{"a":1}`))
	b.Add(`INSERT INTO b_event (case_id, seq, id, kind, at, data) VALUES ($1, $2, $3, $4, $5, $6)`, id, 2, id*2+1, "case.opened", id, db.JSON(`{"a":1}`))
	b.Add(`INSERT INTO b_clock (case_id, seq, due_at) VALUES ($1, $2, $3)`, id, 1, id*1000)
	b.Add(`INSERT INTO b_matter (case_id, words) VALUES ($1, $2)`, id, text)
	b.Add(`INSERT INTO b_person (id, name, phone_index) VALUES ($1, $2, $3)`, id, []byte("0123456789abcdef0123456789abcdef"), []byte(no))
	b.Add(`INSERT INTO outbox (id, kind, subject_id, at) VALUES ($1, $2, $3, $4)`, id, "case.registered", id, id)
	return &b
}

func benchSchema(b *testing.B, d *db.DB) {
	raw := map[string]string{"sqlite": "BLOB", "postgres": "BYTEA"}[d.Dialect().Name()]
	for _, q := range []string{
		`CREATE TABLE b_case (id BIGINT PRIMARY KEY, no TEXT NOT NULL UNIQUE, state TEXT, title TEXT, unit_id BIGINT, area_id BIGINT, due_at BIGINT, at BIGINT)`,
		`CREATE INDEX b_case_unit ON b_case (unit_id, due_at)`,
		`CREATE TABLE b_event (case_id BIGINT NOT NULL, seq BIGINT NOT NULL, id BIGINT NOT NULL, kind TEXT, at BIGINT, data JSON, PRIMARY KEY (case_id, seq))`,
		`CREATE TABLE b_clock (case_id BIGINT NOT NULL, seq BIGINT NOT NULL, due_at BIGINT, PRIMARY KEY (case_id, seq))`,
		`CREATE TABLE b_matter (case_id BIGINT PRIMARY KEY, words TEXT)`,
		`CREATE TABLE b_person (id BIGINT PRIMARY KEY, name ` + raw + `, phone_index ` + raw + `)`,
		`CREATE INDEX b_person_phone ON b_person (phone_index)`,
	} {
		q = strings.ReplaceAll(q, "BIGINT PRIMARY KEY", map[string]string{"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}[d.Dialect().Name()])
		var batch db.Batch
		batch.Add(q)
		if err := d.Send(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUnitOfWork: seven inserts, one durable unit, 64 clients.
func BenchmarkUnitOfWork(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			benchSchema(b, d)
			var next atomic.Int64
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := d.Send(b.Context(), unit(next.Add(1))); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "units/s")
			s := d.Stats()
			b.ReportMetric(float64(s.Units)/float64(max(1, s.Groups)), "units/commit")
		})
	}
}

// BenchmarkRead: a page of fifty rows.
func BenchmarkRead(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			benchSchema(b, d)
			for i := range int64(5000) {
				if err := d.Send(b.Context(), unit(i+1)); err != nil {
					b.Fatal(err)
				}
			}
			type row struct {
				id, unit, due int64
				no, state     string
			}
			b.ReportAllocs()
			b.SetParallelism(4)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					rows, err := db.List(b.Context(), d.Read(), func(r db.Rows) (v row, err error) {
						err = r.Scan(&v.id, &v.no, &v.state, &v.unit, &v.due)
						return v, err
					}, `SELECT id, no, state, unit_id, due_at FROM b_case WHERE unit_id = $1 AND due_at > $2 ORDER BY due_at LIMIT 50`, 7, 0)
					if err != nil || len(rows) != 50 {
						b.Error(len(rows), err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkVerb: load a row, compare and set its version, add an event, as a
// verb on a case does.
func BenchmarkVerb(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			benchSchema(b, d)
			for i := range int64(2000) {
				if err := d.Send(b.Context(), unit(i)); err != nil {
					b.Fatal(err)
				}
			}
			var next atomic.Int64
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := next.Add(1)
					err := d.InTx(b.Context(), func(ctx context.Context, tx db.Tx) error {
						at, err := db.One(ctx, tx, db.Value[int64], "SELECT at FROM b_case WHERE id = $1"+d.Dialect().ForUpdate(), n%2000)
						if err != nil {
							return err
						}
						var batch db.Batch
						batch.Expect(1, "UPDATE b_case SET at = at + 1, due_at = $1 WHERE id = $2 AND at = $3", n, n%2000, at)
						batch.Add("INSERT INTO b_event (case_id, seq, id, kind, at, data) VALUES ($1, $2, $3, $4, $5, $6)", n%2000, 10+n/2000, n, "case.urged", n, db.JSON("{}"))
						batch.Add("INSERT INTO outbox (id, kind, subject_id, at) VALUES ($1, $2, $3, $4)", 10_000_000+n, "case.urged", n, n)
						return tx.Send(ctx, &batch)
					})
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "units/s")
		})
	}
}
