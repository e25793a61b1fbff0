package door_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/seal"
)

// counted is a door that tells how often it is open.
type counted struct {
	open   *atomic.Int32
	opened *atomic.Int32
	broken *atomic.Bool
}

func (c counted) Run(ctx context.Context, _ door.Sink) error {
	c.open.Add(1)
	c.opened.Add(1)
	defer c.open.Add(-1)
	<-ctx.Done()
	return ctx.Err()
}

func (c counted) Probe(context.Context) error {
	if c.broken.Load() {
		return errors.New("the counterpart does not answer")
	}
	return nil
}

// TestRunner: two processes, one door: it is open once, its health is noted,
// a change of its settings opens it anew, and who stops leaves it to the other.
func TestRunner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var open, opened atomic.Int32
		var broken atomic.Bool
		broken.Store(true)
		keys := seal.Random()
		kind := door.Kind{Name: "counted", Open: func(door.Setting) (door.Door, error) { return counted{&open, &opened, &broken}, nil }}
		start := func() (*fixture, func()) {
			f, err := assemble(d, clock.System, t.TempDir(), keys)
			if err != nil {
				t.Fatal(err)
			}
			f.Register(kind)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { defer close(ended); f.Run(ctx) }()
			return f, func() { stop(); <-ended }
		}
		until := func(what string, ok func() bool) {
			t.Helper()
			for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("waited in vain: %s", what)
				}
			}
		}
		one, stopOne := start()
		_, stopTwo := start()
		defer stopTwo()
		save := func(version int64, name string) {
			t.Helper()
			if err := one.Save(t.Context(), root, door.Entry{Code: "sms", Kind: "counted", Channel: casework.SMS, NameZH: name, Active: true, Version: version}, nil); err != nil {
				t.Fatal(err)
			}
		}
		entry := func() door.Entry {
			e, err := one.Entry(t.Context(), "sms")
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		save(0, "短信")
		until("a probe that fails is noted", func() bool { return entry().Error != "" })
		broken.Store(false)
		before := opened.Load()
		save(1, "短信平台")
		until("opened anew", func() bool { return opened.Load() > before })
		until("a probe that succeeds is noted", func() bool { e := entry(); return e.Error == "" && !e.OKAt.IsZero() })
		if open.Load() != 1 {
			t.Errorf("the door is open %d times", open.Load())
		}
		stopOne()
		until("somebody keeps it open", func() bool { return open.Load() == 1 })
		if open.Load() != 1 {
			t.Errorf("the door is open %d times", open.Load())
		}
	})
}
