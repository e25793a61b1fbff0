package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// sweepOnce is what a process of the sweep test does until it is killed.
func sweepOnce(ctx context.Context, c app.Config) error {
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Deadlines.Sweep(ctx)
}

// sizeOf reads a size from the environment: the numbers of the acceptance run
// are too large for every day.
func sizeOf(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return usual
}

// TestSweepKilled kills the sweep with SIGKILL at random instants: every
// overdue duty is raised once, whoever owns it, and nothing else is.
// XINQIAO_SWEEP_CASES=1000000 XINQIAO_SWEEP_LATE=100000 is the acceptance run.
func TestSweepKilled(t *testing.T) {
	all, late := sizeOf("XINQIAO_SWEEP_CASES", 6_000), sizeOf("XINQIAO_SWEEP_LATE", 2_000)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		config := killConfig(t.TempDir(), dbtest.URL(d))
		d.Close()
		now := time.Now()
		fillOverdue(t, config, all, late, now)
		a, err := app.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		kills := 0
		for i := range 5 {
			if killedAfter(t, a, config, int64(late*(i+1)/7)) {
				kills++
			}
		}
		before := count(t, a, `SELECT count(*) FROM case_event WHERE verb = 'lapse'`)
		start := time.Now()
		if err := a.Deadlines.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		took := time.Since(start)
		raised := count(t, a, `SELECT count(*) FROM case_event WHERE verb = 'lapse'`)
		each := count(t, a, `SELECT count(DISTINCT case_id) FROM case_event WHERE verb = 'lapse'`)
		marked := count(t, a, `SELECT count(*) FROM obligation WHERE lapsed_at <> 0`)
		if raised != int64(late) || each != int64(late) || marked != int64(late) {
			t.Errorf("%d overdue: %d raised, on %d cases, %d marked", late, raised, each, marked)
		}
		t.Logf("%d cases, %d overdue, %d kills; the last sweep raised %d in %v, %.0f a second",
			all, late, kills, raised-before, took.Round(time.Millisecond), float64(raised-before)/took.Seconds())
	})
}

// killedAfter lets a process sweep and kills it when so many are raised.
func killedAfter(t *testing.T, a *app.App, config app.Config, raised int64) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "sweep")
	cmd.Env = append(os.Environ(), "XINQIAO_DATA="+config.Data, "XINQIAO_DATABASE="+config.Database)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	for {
		select {
		case <-over:
			return false
		case <-time.After(rand.N(5 * time.Millisecond)):
			if count(t, a, `SELECT count(*) FROM case_event WHERE verb = 'lapse'`) >= raised {
				killed := cmd.Process.Kill() == nil
				<-over
				return killed
			}
		}
	}
}

func count(t *testing.T, a *app.App, query string) int64 {
	t.Helper()
	n, err := db.One(t.Context(), a.DB.Read(), db.Value[int64], query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fillOverdue registers cases of which some are past the bureau's fifteen days.
func fillOverdue(t *testing.T, config app.Config, all, late int, now time.Time) {
	t.Helper()
	a, err := app.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	const part = 500
	for from := 0; from < all; from += part {
		var b db.Batch
		for i := from; i < min(from+part, all); i++ {
			filed := now
			if i%(all/late) == 0 && i/(all/late) < late {
				filed = now.AddDate(0, 0, -30-i%300)
			}
			if _, err := a.Procedure.Register(t.Context(), &b, casework.Registration{
				Actor: access.Actor{Role: access.System}, Now: filed, Key: fmt.Sprint("sweep-", i),
				Data: casework.Data{Title: "路灯不亮", Channel: casework.Web, BureauID: int64(10 + i%50), Areas: [3]int64{1, 2, 3}},
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.DB.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
}
