package native

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xinqiao/internal/platform/native/wire"
)

// TestMain makes this test binary its own helper when it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("FAKE_HELPER") != "" {
		fake(os.Getenv("FAKE_HELPER"))
	}
	os.Exit(m.Run())
}

// fake answers well, and badly as the body of a request asks.
func fake(how string) {
	hello := wire.Hello{Version: wire.Version, Reading: string(Ready), Speech: string(ModelMissing), Detail: "speech.model"}
	switch how {
	case "old":
		hello.Version = 99
	case "mismatch":
		hello.Reading = string(Mismatch)
	case "dead":
		fmt.Fprintln(os.Stderr, "terminate called after throwing")
		os.Exit(3)
	}
	_ = wire.Send(os.Stdout, hello, nil)
	var hoard [][]byte
	for {
		var r wire.Request
		body, err := wire.Receive(os.Stdin, &r)
		if err != nil {
			os.Exit(0)
		}
		switch string(body) {
		case "crash":
			_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
			time.Sleep(time.Minute)
		case "hang":
			time.Sleep(time.Minute)
		case "garbage":
			fmt.Print("\x7f\xff\xff\xff and what a library prints")
			time.Sleep(time.Minute)
		case "hoard":
			for {
				b := make([]byte, 16<<20)
				for i := range b {
					b[i] = 1
				}
				hoard = append(hoard, b)
				time.Sleep(time.Millisecond)
			}
		case "refuse":
			_ = wire.Send(os.Stdout, wire.Reply{Error: "no image"}, nil)
		case "odd":
			_ = wire.Send(os.Stdout, wire.Reply{Result: json.RawMessage(`"no page"`)}, nil)
		default:
			page, _ := json.Marshal(Page{Width: os.Getpid(), Height: len(hoard)})
			_ = wire.Send(os.Stdout, wire.Reply{Result: page}, nil)
		}
	}
}

// engine runs the fake over a folder whose files look right.
func engine(t *testing.T, how string, change func(*Options)) *Engine {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for _, u := range []string{"runtime", "ocr.detect", "ocr.turned", "ocr.recognise", "ocr.keys"} {
		if err := os.WriteFile(filepath.Join(dir, u), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, fmt.Sprintf(`{"path": %q, "use": %q, "size": 1}`, u, u))
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"files":[`+strings.Join(files, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Helper: own, Models: dir, Timeout: 5 * time.Second, Rest: 20 * time.Millisecond, env: []string{"FAKE_HELPER=" + how}}
	if change != nil {
		change(&o)
	}
	e := New(o)
	t.Cleanup(e.Close)
	return e
}

// read asks and waits while the helper rests.
func read(t *testing.T, e *Engine, body string) (Page, error) {
	t.Helper()
	for range 200 {
		p, err := e.Read(t.Context(), []byte(body))
		if !errors.Is(err, ErrResting) {
			return p, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it rests for ever")
	return Page{}, nil
}

func TestWhatGoesWrong(t *testing.T) {
	for _, x := range []struct {
		body string
		want error
	}{{"crash", ErrCrashed}, {"hang", ErrTooSlow}, {"garbage", ErrGarbled}, {"hoard", ErrTooBig}, {"odd", ErrGarbled}, {"refuse", ErrRefused}} {
		t.Run(x.body, func(t *testing.T) {
			t.Parallel()
			e := engine(t, "well", func(o *Options) {
				o.Memory = 200 << 20
				if x.body == "hang" {
					o.Timeout = 300 * time.Millisecond
				}
			})
			before, err := read(t, e, "page")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := read(t, e, x.body); !errors.Is(err, x.want) {
				t.Fatalf("got %v, want %v", err, x.want)
			}
			after, err := read(t, e, "page")
			if err != nil {
				t.Fatal("it does not come back: ", err)
			}
			if same := before.Width == after.Width; same != (x.body == "refuse") {
				t.Errorf("the same process: %v", same)
			}
		})
	}
}

func TestOversize(t *testing.T) {
	e := engine(t, "well", nil)
	if _, err := e.Read(t.Context(), make([]byte, wire.MostBody+1)); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
}

func TestCancel(t *testing.T) {
	e := engine(t, "well", nil)
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	if _, err := e.Read(ctx, []byte("hang")); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, err := e.Read(t.Context(), []byte("page")); err != nil {
		t.Error("who stops waiting is no failure: ", err)
	}
}

func TestQueueIsBounded(t *testing.T) {
	e := engine(t, "well", func(o *Options) { o.Queue, o.Timeout = 2, time.Second })
	var wait sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		wait.Go(func() {
			_, err := e.Read(t.Context(), []byte("hang"))
			errs <- err
		})
	}
	wait.Wait()
	close(errs)
	busy := 0
	for err := range errs {
		if errors.Is(err, ErrBusy) {
			busy++
		}
	}
	if busy != 5 {
		t.Errorf("%d of 8 were sent away, want 5: one runs, two wait", busy)
	}
}

func TestStatus(t *testing.T) {
	if s := New(Options{Helper: "/nowhere/xinqiao-helper"}).Status(); s.Reading != NotInstalled {
		t.Error(s)
	}
	empty := engine(t, "well", func(o *Options) { o.Models = t.TempDir() })
	if s := empty.Status(); s.Reading != ModelMissing || !strings.Contains(s.Detail, "manifest.json") {
		t.Error(s)
	}
	if _, err := empty.Read(t.Context(), nil); !errors.Is(err, ErrNotReady) {
		t.Error(err)
	}
	wrong := engine(t, "mismatch", nil)
	if _, err := wrong.Read(t.Context(), nil); !errors.Is(err, ErrNotReady) || wrong.Status().Reading != Mismatch {
		t.Error(err, wrong.Status())
	}
	for how, want := range map[string]error{"dead": ErrCrashed, "old": ErrGarbled} {
		e := engine(t, how, func(o *Options) { o.Rest = time.Nanosecond })
		for range brokenAfter {
			if _, err := read(t, e, "page"); !errors.Is(err, want) {
				t.Errorf("%s: %v", how, err)
			}
		}
		if s := e.Status(); s.Reading != Broken {
			t.Error(how, s)
		}
	}
	good := engine(t, "well", nil)
	if s, err := good.Check(t.Context()); err != nil || s.Reading != Ready || s.Speech != ModelMissing {
		t.Error(s, err)
	}
	if _, err := good.Transcribe(t.Context(), nil); !errors.Is(err, ErrNotReady) {
		t.Error(err)
	}
}
