package ids_test

import (
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/ids"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestIdsGrowWhateverTheClockDoes(t *testing.T) {
	c := &clock{now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	s := ids.NewSource(1023, c)
	last := int64(0)
	for i := range 50_000 {
		switch {
		case i == 10_000:
			c.add(-time.Hour)
		case i%5_000 == 4_999:
			c.add(time.Millisecond)
		}
		id := s.Next()
		if id <= last {
			t.Fatalf("id %d after %d", id, last)
		}
		last = id
	}
	if ahead := ids.TimeOf(last).Sub(c.Now()); ahead < 0 || ahead > time.Hour+time.Second {
		t.Errorf("the source is %v ahead of the clock", ahead)
	}
}

func TestTimeOf(t *testing.T) {
	now := time.Date(2094, 1, 2, 3, 4, 5, 6_000_000, time.UTC)
	id := ids.NewSource(5, &clock{now: now}).Next()
	if got := ids.TimeOf(id); id < 0 || !got.Equal(now) {
		t.Errorf("id %d of %v", id, got)
	}
}

func TestConcurrentIdsDiffer(t *testing.T) {
	c := &clock{now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seen := sync.Map{}
		var wg sync.WaitGroup
		for range 4 {
			s, err := ids.Claim(t.Context(), d, c)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				wg.Go(func() {
					for range 5_000 {
						if _, double := seen.LoadOrStore(s.Next(), true); double {
							t.Error("an id came twice")
							return
						}
					}
				})
			}
		}
		wg.Wait()
	})
}

func TestBlocks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		one, other := ids.NewBlocks(d, "case:2026", 16), ids.NewBlocks(dbtest.Again(t, d), "case:2026", 16)
		var seen sync.Map
		var wg sync.WaitGroup
		for _, blocks := range []*ids.Blocks{one, other, one} {
			wg.Go(func() {
				for range 100 {
					n, err := blocks.Next(t.Context())
					if err != nil || n == 0 {
						t.Errorf("number %d, %v", n, err)
						return
					}
					if _, double := seen.LoadOrStore(n, true); double {
						t.Errorf("number %d came twice", n)
					}
				}
			})
		}
		wg.Wait()
		if n, err := ids.NewBlocks(d, "case:2027", 16).Next(t.Context()); n != 1 || err != nil {
			t.Errorf("first number %d, %v", n, err)
		}
	})
}
