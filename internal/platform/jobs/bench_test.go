package jobs_test

import (
	"context"
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/jobs"
)

// BenchmarkDispatch delivers events to a subscriber that writes a row for each.
func BenchmarkDispatch(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			if err := jobs.Migrate(b.Context(), d); err != nil {
				b.Fatal(err)
			}
			j := jobs.New(d, quiet())
			j.Subscribe(jobs.Subscriber{Name: "w", Kinds: []string{"case.urged"}, Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
				var batch db.Batch
				for _, e := range events {
					batch.Add("INSERT INTO sequence (name, next) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET next = excluded.next", "e", e.ID)
				}
				return tx.Send(ctx, &batch)
			}})
			for i := 0; i < b.N; i += 100 {
				var batch db.Batch
				for k := range 100 {
					jobs.Publish(&batch, jobs.Event{ID: int64(i + k), Kind: "case.urged", At: noon})
				}
				if err := d.Send(b.Context(), &batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ResetTimer()
			if err := j.Drain(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
