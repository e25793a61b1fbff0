package native

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"xinqiao/internal/platform/native/bundle"
	"xinqiao/internal/platform/native/wire"
	"xinqiao/internal/platform/ocr"
)

// Messages are this package's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Options say which helper to run and how far to trust it. Zero values are
// replaced by sensible ones.
type Options struct {
	Helper  string        // program; "" looks beside this one, then in PATH
	Models  string        // folder with manifest.json
	Workers int           // helpers at a time: 1
	Queue   int           // requests that may wait: 16
	Timeout time.Duration // of one request: 2 minutes
	Memory  int64         // of one helper, in bytes: 2 GiB
	Rest    time.Duration // before it is started again after a crash, doubling: 1 second
	Log     *slog.Logger

	env []string // of tests
}

// What callers compare with errors.Is.
var (
	ErrNotReady = errors.New("native: the helper or its models are not installed")
	ErrBusy     = errors.New("native: too many requests wait")
	ErrResting  = errors.New("native: the helper rests after a crash")
	ErrRefused  = errors.New("native: the helper cannot read this")
	ErrCrashed  = errors.New("native: the helper ended")
	ErrGarbled  = errors.New("native: the helper answered nonsense")
	ErrTooSlow  = errors.New("native: the helper took too long")
	ErrTooBig   = errors.New("native: the helper took too much memory")
)

// Page is what was read off an image.
type Page = ocr.Page

// Transcript is what was heard in a recording.
type Transcript struct {
	Text     string    `json:"text"`
	Seconds  float64   `json:"seconds"`
	Segments []Segment `json:"segments"`
}

// Segment is a stretch of speech.
type Segment struct {
	Start float64 `json:"start"` // seconds
	End   float64 `json:"end"`
	Text  string  `json:"text"`
}

// Engine runs helpers. Make it with New; close it.
type Engine struct {
	o       Options
	slots   chan *slot
	waiting atomic.Int64

	mu       sync.Mutex // guards what follows
	hello    *wire.Hello
	failures int
	resting  bool
	last     error
}

// slot is the place of one helper.
type slot struct{ child *child }

// New makes an engine. Nothing is started until somebody asks.
func New(o Options) *Engine {
	o.Workers, o.Queue = max(o.Workers, 1), orElse(o.Queue, 16)
	o.Timeout, o.Rest = orElse(o.Timeout, 2*time.Minute), orElse(o.Rest, time.Second)
	o.Memory = orElse(o.Memory, 2<<30)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{o: o, slots: make(chan *slot, o.Workers)}
	for range o.Workers {
		e.slots <- &slot{}
	}
	return e
}

func orElse[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}

// Close ends the helpers. It waits for requests that are under way.
func (e *Engine) Close() {
	for range e.o.Workers {
		s := <-e.slots
		if s.child != nil {
			s.child.end()
		}
	}
}

// Read reads the text of a page: PNG or JPEG.
func (e *Engine) Read(ctx context.Context, image []byte) (Page, error) {
	var page Page
	err := e.ask(ctx, wire.Read, image, &page)
	return page, err
}

// Transcribe writes down what is said in a WAV file.
func (e *Engine) Transcribe(ctx context.Context, wav []byte) (Transcript, error) {
	var t Transcript
	err := e.ask(ctx, wire.Transcribe, wav, &t)
	return t, err
}

// ask waits for a free helper and gives it one request.
func (e *Engine) ask(ctx context.Context, op string, body []byte, into any) error {
	if len(body) > wire.MostBody {
		return fmt.Errorf("%w: %d bytes", ErrRefused, len(body))
	}
	if s := e.Status(); !s.ready(op) {
		return fmt.Errorf("%w: %s", ErrNotReady, s.Detail)
	}
	if e.waiting.Add(1) > int64(e.o.Queue+e.o.Workers) {
		e.waiting.Add(-1)
		return ErrBusy
	}
	defer e.waiting.Add(-1)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case s := <-e.slots:
		defer func() { e.slots <- s }()
		return e.serve(ctx, s, wire.Request{Op: op}, body, into)
	}
}

// serve starts the helper of a slot if it has none, and asks it.
func (e *Engine) serve(ctx context.Context, s *slot, r wire.Request, body []byte, into any) error {
	if err := e.revive(ctx, s); err != nil {
		return err
	}
	if st := e.Status(); !st.ready(r.Op) {
		return fmt.Errorf("%w: %s", ErrNotReady, st.Detail)
	}
	reply, err := s.child.exchange(ctx, r, body)
	if err != nil {
		s.child.end()
		s.child = nil
		e.note(ctx, err)
		return err
	}
	if reply.Error != "" {
		e.note(ctx, nil)
		return fmt.Errorf("%w: %s", ErrRefused, reply.Error)
	}
	if err := json.Unmarshal(reply.Result, into); err != nil {
		s.child.end()
		s.child = nil
		e.note(ctx, ErrGarbled)
		return ErrGarbled
	}
	e.note(ctx, nil)
	return nil
}

// revive gives a slot a living helper.
func (e *Engine) revive(ctx context.Context, s *slot) error {
	if s.child != nil {
		return nil
	}
	e.mu.Lock()
	resting := e.resting
	e.mu.Unlock()
	if resting {
		return ErrResting
	}
	child, hello, err := e.start(ctx)
	if err != nil {
		e.note(ctx, err)
		return err
	}
	s.child = child
	e.mu.Lock()
	e.hello = &hello
	e.mu.Unlock()
	return nil
}

// note counts what goes wrong in a row and lets the helper rest the longer the
// more it was. Somebody who stops waiting is no failure.
func (e *Engine) note(ctx context.Context, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return
	}
	if e.last = err; err == nil {
		e.failures = 0
		return
	}
	rest := min(e.o.Rest<<min(e.failures, 6), time.Minute)
	e.failures++
	e.resting = true
	time.AfterFunc(rest, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.resting = false
	})
	e.o.Log.WarnContext(ctx, "the helper failed", "error", err, "in_a_row", e.failures, "rest", rest)
}

// Check starts a helper if none runs and tells what it can do.
func (e *Engine) Check(ctx context.Context) (Status, error) {
	if s := e.Status(); s.Reading != Ready && s.Speech != Ready {
		return s, nil
	}
	select {
	case <-ctx.Done():
		return e.Status(), ctx.Err()
	case s := <-e.slots:
		defer func() { e.slots <- s }()
		err := e.revive(ctx, s)
		return e.Status(), err
	}
}

// state is why files cannot be used.
func state(err error) State {
	switch {
	case err == nil:
		return Ready
	case errors.Is(err, bundle.ErrMismatch):
		return Mismatch
	}
	return ModelMissing
}
