package door_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/seal"
)

// TestMain lets this test binary be the process that TestKill kills: it takes
// arrivals and says which it has.
func TestMain(m *testing.M) {
	if len(os.Args) != 5 || os.Args[1] != "take" {
		os.Exit(m.Run())
	}
	if err := takeForEver(os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func takeForEver(url, dir, run string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		return err
	}
	f, err := assemble(d, clock.System, dir, masterOf(dir))
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		key := fmt.Sprintf("%s-%d", run, i)
		if _, err := f.Take(ctx, arrival(key, true)); err != nil {
			return err
		}
		fmt.Println(key)
	}
}

// masterOf stands for the key file that all processes of a house share.
func masterOf(dir string) *seal.Keyring {
	master, err := seal.MasterText("00112233445566778899aabbccddeeff")
	if err != nil {
		panic(err)
	}
	keys, err := seal.OpenOrCreate(context.Background(), dir+"/keys.json", master, time.Now())
	if err != nil {
		panic(err)
	}
	return keys
}

// TestKill kills the process at random instants. What was acknowledged is
// there, and everything that is there becomes a case, once.
func TestKill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		f := setUpIn(t, d, dir, masterOf(dir))
		said := map[string]bool{}
		for run := range 3 {
			cmd := exec.Command(os.Args[0], "take", dbtest.URL(d), dir, fmt.Sprint("run", run))
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			enough := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
			lines := bufio.NewScanner(out)
			for n := 0; lines.Scan(); n++ {
				said[lines.Text()] = true
				if n == 5+7*run {
					time.Sleep(time.Duration(run*3) * time.Millisecond)
					_ = cmd.Process.Kill()
				}
			}
			_ = cmd.Wait()
			enough.Stop()
		}
		f.clock.Set(time.Now().Add(time.Hour))
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		count := func(where string) (n int64) {
			n, err := db.One(t.Context(), d.Read(), db.Value[int64], `SELECT count(*) FROM arrival WHERE `+where)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		all := count(`1 = 1`)
		if all < int64(len(said)) || all > int64(len(said))+3 || count(`state = 'filed'`) != all || len(said) == 0 {
			t.Errorf("%d acknowledged, %d on disk, %d of them filed", len(said), all, count(`state = 'filed'`))
		}
		for key := range said {
			if got, err := f.Take(t.Context(), arrival(key, true)); err != nil || !got.Again || got.No == "" {
				t.Fatalf("%s was acknowledged and is %+v, %v", key, got, err)
			}
		}
		t.Logf("3 kills, %d acknowledged, %d on disk", len(said), all)
	})
}
