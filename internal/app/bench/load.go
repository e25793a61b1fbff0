package bench

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Result is what one measurement gave.
type Result struct {
	Clients int           `json:"clients"`
	Ops     int           `json:"ops"`
	Failed  int           `json:"failed"`
	Rate    float64       `json:"rate"` // a second
	P50     time.Duration `json:"p50"`
	P99     time.Duration `json:"p99"`
	Err     string        `json:"error,omitempty"` // the first failure
	CPU     time.Duration `json:"cpu"`             // of the server for one

	calls int // warm-up and failures included
}

// Load runs do in clients goroutines for a while, after a short warm-up, and
// measures each call. do gets the number of its client.
func Load(ctx context.Context, clients int, length time.Duration, do func(client int) error) Result {
	r := Result{Clients: clients}
	var mu sync.Mutex
	var took []time.Duration
	begin := time.Now().Add(min(length/5, time.Second))
	end := begin.Add(length)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			mine := make([]time.Duration, 0, 4096)
			calls, failed, first := 0, 0, ""
			for ctx.Err() == nil {
				start := time.Now()
				if !start.Before(end) {
					break
				}
				err := do(i)
				calls++
				switch {
				case err != nil:
					failed++
					if first == "" {
						first = err.Error()
					}
				case !start.Before(begin):
					mine = append(mine, time.Since(start))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			r.Failed += failed
			r.calls += calls
			if r.Err == "" {
				r.Err = first
			}
		})
	}
	all.Wait()
	r.Ops = len(took)
	r.Rate = float64(r.Ops) / max(time.Since(begin).Seconds(), 1e-9)
	if len(took) > 0 {
		slices.Sort(took)
		r.P50, r.P99 = took[len(took)/2], took[len(took)*99/100]
	}
	return r
}

// Spent adds what processor time of the server one call took.
func (r Result) Spent(all time.Duration) Result {
	r.CPU = all / time.Duration(max(1, r.calls))
	return r
}
