package tracking

import (
	"math"
	"testing"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

func TestOwnCasesIsIndexed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		query, args := ownQuery([]int64{1, 2, 3}, math.MaxInt64, minePerPage)
		dbtest.Indexed(t, d, query, args...)
		dbtest.Indexed(t, d, `DELETE FROM attempt WHERE last_at < $1`, 1)
		dbtest.Indexed(t, d, `DELETE FROM phone_code WHERE expires_at < $1`, 1)
	})
}

func TestFailuresFade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := store{d}
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		fail := func(at time.Time) time.Time {
			var b db.Batch
			noteFailure(&b, "no:x", 3, pause, at)
			if err := d.Send(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			until, err := s.lockedUntil(t.Context(), "no:x", "no:y")
			if err != nil {
				t.Fatal(err)
			}
			return until
		}
		for i := range 2 {
			if until := fail(now.Add(time.Duration(i) * time.Minute)); !until.IsZero() {
				t.Fatalf("locked after %d failures", i+1)
			}
		}
		if until := fail(now.Add(time.Hour)); !until.IsZero() {
			t.Error("old failures count for ever")
		}
		fail(now.Add(time.Hour))
		if until := fail(now.Add(time.Hour)); !until.Equal(now.Add(time.Hour + pause)) {
			t.Errorf("locked until %v", until)
		}
	})
}
