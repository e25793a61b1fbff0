package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/jobs"
)

// TestMain doubles as the process that is killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("XINQIAO_CRASH_URL"); url != "" {
		crashing(url)
	}
	os.Exit(m.Run())
}

// crashing delivers, reports the second event it handles, and hangs there.
func crashing(url string) {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	j := jobs.New(d, quiet())
	j.Subscribe(writer("w", func(e jobs.Event) error {
		if e.ID == 2 {
			fmt.Println("handling")
			time.Sleep(time.Minute)
		}
		return nil
	}))
	fmt.Println(j.Drain(ctx))
	os.Exit(1)
}

func TestKilledDispatcherLosesAndDoublesNothing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		publish(t, d, "case.urged", 1, 2, 3)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "XINQIAO_CRASH_URL="+dbtest.URL(d))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "handling\n" {
			t.Fatalf("the other process said %q, %v", line, err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if got := effects(t, d, "w"); len(got) != 0 {
			t.Errorf("half a delivery is visible: %v", got)
		}
		j := jobs.New(d, quiet())
		j.Subscribe(writer("w", nil))
		eventually(t, "the rest is delivered", func() bool {
			if err := j.Drain(t.Context()); err != nil && !db.IsBusy(err) {
				t.Fatal(err)
			}
			return slices.Equal(effects(t, d, "w"), []int64{1, 2, 3})
		})
	})
}
