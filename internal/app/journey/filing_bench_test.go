package journey_test

import (
	"context"
	"crypto/rand"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// BenchmarkFile is one filing, whole and durable, with 64 clients.
func BenchmarkFile(b *testing.B) {
	for name, d := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			h := open(b, d(b))
			b.SetParallelism(32) // of two processors
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := h.intake.File(context.Background(), filing(rand.Text()), monday); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "filings/s")
		})
	}
}

// BenchmarkFileMany is an import of history.
func BenchmarkFileMany(b *testing.B) {
	for name, d := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			h := open(b, d(b))
			list := make([]intake.Filing, b.N)
			for i := range list {
				list[i] = filing(rand.Text())
				list[i].Channel, list[i].Actor = casework.Imported, access.Actor{Role: access.System}
			}
			b.ResetTimer()
			if _, err := h.intake.FileMany(context.Background(), list, monday); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
		})
	}
}
