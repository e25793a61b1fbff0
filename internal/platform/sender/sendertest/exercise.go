// Package sendertest holds every sender to the promises of package sender,
// against its counterpart: the real carrier where it runs on this machine,
// otherwise a double that checks what the real one would.
package sendertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/sender"
)

// Bench is a sender beside its counterpart. Functions that a way has no use for
// stay nil; their test is then skipped by name.
type Bench struct {
	Sender  sender.Sender
	Message func(key string) sender.Message // one that is delivered
	Secrets []string                        // what no error, receipt or report may hold, besides To and Text

	Arrived func(key string) int    // how often the counterpart has delivered it
	Text    func(key string) string // what it delivered, to be compared with the message's text

	Down, Up func()                          // the carrier cannot be reached, and can again
	Busy     func(wait time.Duration)        // the next message is answered with "later"
	Refused  func(key string) sender.Message // one that the carrier refuses for good
	Hang     func()                          // the next message is taken, or not, and never answered
	Misset   func() sender.Sender            // the same with wrong credentials

	// Callback makes the genuine call of the carrier that tells the message was
	// delivered, Forge spoils it so that it must not be believed.
	Callback func(t *testing.T, key string, r sender.Receipt) *http.Request
	Forge    []func(*http.Request) *http.Request
}

// Exercise runs the suite. The factory makes a fresh sender and counterpart.
func Exercise(t *testing.T, factory func(t *testing.T) *Bench) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, b *Bench)
	}{
		{"delivers", delivers},
		{"down, then delivered once", recovers},
		{"busy names the wait", busy},
		{"refused for good", refused},
		{"no answer is unknown", hangs},
		{"a context that ends", cancelled},
		{"checks", checks},
		{"wrong credentials keep the message", misset},
		{"reports", reports},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, factory(t)) })
	}
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func (b *Bench) send(t *testing.T, key string) sender.Receipt {
	t.Helper()
	r, err := b.Sender.Send(bounded(t), b.Message(key))
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return r
}

// arrives waits for the counterpart to have delivered the message so often and
// not more.
func (b *Bench) arrives(t *testing.T, key string, want int) {
	t.Helper()
	for end := clock.System.Now().Add(10 * time.Second); b.Arrived(key) < want && clock.System.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if got := b.Arrived(key); got != want {
		t.Fatalf("delivered %d times, want %d", got, want)
	}
}

// quiet fails when a text that may be logged tells whom or what.
func (b *Bench) quiet(t *testing.T, m sender.Message, text string) {
	t.Helper()
	for _, s := range append([]string{m.To, m.Text}, b.Secrets...) {
		if s != "" && strings.Contains(text, s) {
			t.Errorf("%q tells a secret: %q", text, s)
		}
	}
}

// fails sends and expects an error of the kind.
func (b *Bench) fails(t *testing.T, s sender.Sender, m sender.Message, kind sender.Kind) error {
	t.Helper()
	_, err := s.Send(bounded(t), m)
	if err == nil {
		t.Fatalf("was sent, want a %v error", kind)
	}
	if got := sender.KindOf(err); got != kind {
		t.Fatalf("%v error, want %v: %v", got, kind, err)
	}
	b.quiet(t, m, err.Error())
	return err
}

func delivers(t *testing.T, b *Bench) {
	if b.Sender.Name() == "" || b.Sender.Way() == "" {
		t.Error("a sender has a name and a way")
	}
	r := b.send(t, "delivers-1")
	b.arrives(t, "delivers-1", 1)
	if r.At.IsZero() {
		t.Error("the receipt has no time")
	}
	m := b.Message("delivers-1")
	b.quiet(t, m, r.Note)
	if b.Text != nil && b.Text("delivers-1") != m.Text {
		t.Errorf("arrived as %q, want %q", b.Text("delivers-1"), m.Text)
	}
}

func recovers(t *testing.T, b *Bench) {
	b.Down()
	b.fails(t, b.Sender, b.Message("down-1"), sender.Retryable)
	if err := b.Sender.Check(bounded(t)); err == nil {
		t.Error("the check passes while the carrier is down")
	}
	b.arrives(t, "down-1", 0)
	b.Up()
	b.send(t, "down-1")
	b.arrives(t, "down-1", 1)
}

func busy(t *testing.T, b *Bench) {
	if b.Busy == nil {
		t.Skip("the carrier has no such answer")
	}
	b.Busy(7 * time.Second)
	err := b.fails(t, b.Sender, b.Message("busy-1"), sender.Retryable)
	if d := sender.RetryAfter(err); d < 6*time.Second {
		t.Errorf("retry after %v, the carrier asked for 7s", d)
	}
	b.arrives(t, "busy-1", 0)
	b.send(t, "busy-1")
	b.arrives(t, "busy-1", 1)
}

func refused(t *testing.T, b *Bench) {
	m := b.Refused("refused-1")
	b.fails(t, b.Sender, m, sender.Permanent)
	b.arrives(t, "refused-1", 0)
}

// hangs is where messages are told twice, or never. The remedy that the sender
// names must lead to exactly one.
func hangs(t *testing.T, b *Bench) {
	b.Hang()
	b.fails(t, b.Sender, b.Message("hang-1"), sender.Unknown)
	switch sender.AfterUnknown(b.Sender) {
	case sender.Again:
		b.send(t, "hang-1")
		b.arrives(t, "hang-1", 1)
	case sender.Inquire:
		m := b.Message("hang-1")
		at := clock.System.Now().Add(-time.Hour) // long enough for the carrier's records to be complete
		report, err := b.Sender.(sender.Asker).Ask(bounded(t), sender.Sent{Key: m.Key, To: m.To, At: at})
		switch {
		case err == nil && report.Key != m.Key:
			t.Errorf("asked about %q, told about %q", m.Key, report.Key)
		case err == sender.ErrUnheard:
			b.send(t, "hang-1")
		case err != nil && err != sender.ErrUndecided:
			t.Fatalf("ask: %v", err)
		}
		b.arrives(t, "hang-1", 1)
	case sender.Wait:
		if n := b.Arrived("hang-1"); n > 1 {
			t.Errorf("delivered %d times", n)
		}
	}
}

func cancelled(t *testing.T, b *Bench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := b.Message("cancelled-1")
	_, err := b.Sender.Send(ctx, m)
	if err == nil || sender.KindOf(err) == sender.Permanent {
		t.Errorf("an ended context gives %v", err)
	}
	b.arrives(t, "cancelled-1", 0)
}

func checks(t *testing.T, b *Bench) {
	if err := b.Sender.Check(bounded(t)); err != nil {
		t.Errorf("check: %v", err)
	}
}

func misset(t *testing.T, b *Bench) {
	if b.Misset == nil {
		t.Skip("the carrier knows no credentials")
	}
	s := b.Misset()
	err := b.fails(t, s, b.Message("misset-1"), sender.Retryable)
	if sender.RetryAfter(err) < time.Minute {
		t.Errorf("retry after %v: somebody has to mend the settings first", sender.RetryAfter(err))
	}
	if err := s.Check(bounded(t)); err == nil {
		t.Error("the check passes with wrong credentials")
	}
	b.arrives(t, "misset-1", 0)
}

func reports(t *testing.T, b *Bench) {
	l, ok := b.Sender.(sender.Listener)
	if !ok {
		t.Skip("the carrier does not report")
	}
	var got []sender.Report
	var fail error
	h := l.Reports(func(_ context.Context, r ...sender.Report) error {
		if fail == nil {
			got = append(got, r...)
		}
		return fail
	})
	call := func(r *http.Request) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	receipt := b.send(t, "report-1")
	b.arrives(t, "report-1", 1)
	for i, forge := range b.Forge {
		if code := call(forge(b.Callback(t, "report-1", receipt))); code != http.StatusUnauthorized && code != http.StatusForbidden {
			t.Errorf("forgery %d answered %d", i, code)
		}
	}
	if len(b.Forge) == 0 || len(got) > 0 {
		t.Fatalf("%d forgeries, believed: %v", len(b.Forge), got)
	}
	fail = context.DeadlineExceeded
	if code := call(b.Callback(t, "report-1", receipt)); code < 500 {
		t.Errorf("a report that was not kept is answered %d", code)
	}
	fail = nil
	if code := call(b.Callback(t, "report-1", receipt)); code != http.StatusOK {
		t.Errorf("answered %d", code)
	}
	if len(got) != 1 {
		t.Fatalf("%d reports, want 1", len(got))
	}
	r := got[0]
	if r.Status != sender.Delivered || r.Way != b.Sender.Way() || r.At.IsZero() {
		t.Errorf("report %+v", r)
	}
	if r.Key != "report-1" && (r.ID == "" || r.ID != receipt.ID) {
		t.Errorf("the report %+v cannot be told to belong to %+v", r, receipt)
	}
	b.quiet(t, b.Message("report-1"), r.Detail)
}
