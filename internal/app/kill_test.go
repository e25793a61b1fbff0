package app_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"reflect"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/app/bench"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// TestMain lets this test binary be the server that the kill test kills.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		if err := app.Serve(ctx, killConfig(os.Getenv("XINQIAO_DATA"), os.Getenv("XINQIAO_DATABASE")), app.ServeOptions{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "sweep" {
		if err := sweepOnce(context.Background(), killConfig(os.Getenv("XINQIAO_DATA"), os.Getenv("XINQIAO_DATABASE"))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "reseal" {
		if err := resealOnce(context.Background(), killConfig(os.Getenv("XINQIAO_DATA"), os.Getenv("XINQIAO_DATABASE"))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func killConfig(data, database string) app.Config {
	c := app.Config{Version: "test", Out: io.Discard, Err: os.Stderr}
	c.Data, c.Database, c.Listen = data, database, "127.0.0.1:0"
	c.CityCode, c.CityNameZH, c.CityNameEN = "MC", "名川市", "Mingchuan"
	c.LogLevel, c.LogFormat, c.UploadLimit, c.ShutdownWait = "info", "json", 1<<20, time.Second
	return c
}

// TestKill kills the server at random instants while clients file and add to
// their cases. What was acknowledged is there, and what clients try again with
// the same key is there once. XINQIAO_KILLS says how often; 50 takes minutes.
func TestKill(t *testing.T) {
	kills, _ := strconv.Atoi(os.Getenv("XINQIAO_KILLS"))
	switch {
	case kills > 0:
	case testing.Short():
		kills = 2
	default:
		kills = 3
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		url := dbtest.URL(d)
		d.Close()
		h := &killing{t: t, config: killConfig(t.TempDir(), url), said: map[string]*said{}}
		if _, err := app.UserAdd(t.Context(), h.config, app.UserOptions{Login: "sysadmin", Name: "王试", Role: string(access.SystemAdmin)}); err != nil {
			t.Fatal(err)
		}
		for range kills {
			h.round()
		}
		h.settle()
		h.verify()
		t.Logf("%d kills, %d filings, %d of them in doubt once", kills, len(h.said), h.doubts)
	})
}

// said is what a client asked for with one key, and what it was told.
type said struct {
	no, code string // "" while in doubt
	more     []bool // supplements by number: acknowledged or in doubt
}

type killing struct {
	t      *testing.T
	config app.Config

	mu     sync.Mutex
	said   map[string]*said
	doubts int
}

func (h *killing) start() *bench.Server {
	h.t.Helper()
	s, err := bench.Start(context.WithoutCancel(h.t.Context()), nil,
		[]string{"XINQIAO_DATA=" + h.config.Data, "XINQIAO_DATABASE=" + h.config.Database})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// round lets clients work and kills the server under them.
func (h *killing) round() {
	h.t.Helper()
	s := h.start()
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() { h.client(s.Addr) })
	}
	time.Sleep(50*time.Millisecond + rand.N(600*time.Millisecond))
	s.Kill()
	clients.Wait()
}

// client asks until the server is gone: first for what was left in doubt.
func (h *killing) client(addr string) {
	c := bench.NewClient(addr)
	defer c.Close()
	for key := h.open(); ; key = h.open() {
		if key == "" {
			key = h.fresh()
		}
		if !h.carryOn(c, key) {
			return
		}
	}
}

// open takes a key whose answer never came, away from other clients.
func (h *killing) open() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, s := range h.said {
		if s.no == "" && s.more == nil {
			s.more = []bool{}
			return key
		}
	}
	return ""
}

func (h *killing) fresh() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := fmt.Sprintf("killed-filing-%08d", len(h.said))
	h.said[key] = &said{more: []bool{}}
	return key
}

// carryOn files with a key and adds to the case; false when the server is gone.
func (h *killing) carryOn(c *bench.Client, key string) bool {
	var r struct{ No, Code string }
	if err := c.JSON("/api/v1/filings", []string{"Idempotency-Key", key}, bench.Body(len(key)), &r); err != nil {
		h.doubt(key)
		return false
	}
	h.mu.Lock()
	s := h.said[key]
	s.no, s.code = r.No, r.Code
	h.mu.Unlock()
	for range rand.N(3) {
		s.more = append(s.more, false)
		if !h.add(c, key, s, len(s.more)-1) {
			return false
		}
	}
	return true
}

func (h *killing) doubt(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said[key].more = nil
	h.doubts++
}

// add supplements a case.
func (h *killing) add(c *bench.Client, key string, s *said, i int) bool {
	header := []string{"X-Query-Code", s.code, "Idempotency-Key", fmt.Sprintf("%s-more-%d", key, i)}
	err := c.JSON("/api/v1/cases/"+s.no+"/supplement", header, casework.Data{Text: "补充一张照片"}, nil)
	s.more[i] = err == nil
	return err == nil
}

// settle asks again for everything that is still in doubt, twice, as clients
// do that lost the answer.
func (h *killing) settle() {
	h.t.Helper()
	s := h.start()
	defer s.Stop()
	c := bench.NewClient(s.Addr)
	for range 2 {
		for key, s := range h.said {
			var r struct{ No, Code string }
			if err := c.JSON("/api/v1/filings", []string{"Idempotency-Key", key}, bench.Body(len(key)), &r); err != nil {
				h.t.Fatal(err)
			}
			if s.no != "" && s.no != r.No {
				h.t.Errorf("%s was acknowledged as %s and is %s after the retry", key, s.no, r.No)
			}
			s.no, s.code = r.No, r.Code
			for i := range s.more {
				if !h.add(c, key, s, i) {
					h.t.Fatalf("%s: supplement %d is refused", key, i)
				}
			}
		}
	}
}

// verify reads the store: a case for each key, an event for each thing said,
// and every row what its events give.
func (h *killing) verify() {
	h.t.Helper()
	a, err := app.Open(h.t.Context(), h.config)
	if err != nil {
		h.t.Fatal(err)
	}
	defer a.Close()
	ctx, program := h.t.Context(), access.Actor{Role: access.System}
	for _, table := range []string{"case_file", "matter", "person"} {
		n, err := db.One(ctx, a.DB.Read(), db.Value[int64], "SELECT count(*) FROM "+table)
		if err != nil || int(n) != len(h.said) {
			h.t.Errorf("%d keys made %d rows of %s (%v)", len(h.said), n, table, err)
		}
	}
	for key, s := range h.said {
		c, err := a.Procedure.Case(ctx, program, s.no)
		if err != nil {
			h.t.Fatalf("%s: %s: %v", key, s.no, err)
		}
		events, err := a.Procedure.History(ctx, c.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(events) != 1+len(s.more) {
			h.t.Errorf("%s has %d events, expected %d", s.no, len(events), 1+len(s.more))
		}
		if again := casework.Replay(events, a.Settings.Rules()); !reflect.DeepEqual(again, c) {
			h.t.Errorf("%s: the row is not what its events give:\n%+v\n%+v", s.no, c, again)
		}
	}
	if err := a.Jobs.Drain(ctx); err != nil {
		h.t.Error(err)
	}
}
