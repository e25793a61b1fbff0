//go:build linux

package kannel

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/sendertest"
)

const secret = "an invented secret of the reports"

func (r *rig) config() Config {
	return Config{URL: "http://127.0.0.1:" + r.http + "/cgi-bin/sendsms", User: "xinqiao", Password: "an-invented-password",
		From: "12345", ReportURL: r.reports.URL + "/hooks/kannel", Secret: secret, Out: sender.Outgoing{Timeout: 900 * time.Millisecond}}
}

func (r *rig) sender(change func(*Config)) *Sender {
	c := r.config()
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// message is three short messages long, so that every test sees it put together.
func message(key string) sender.Message {
	return sender.Message{Key: key, To: "13900000001", Lang: "zh",
		Text: "您的信访件已受理(" + key + ")。" + strings.Repeat("办理期限以告知书为准,请留意。", 11) + "㐀𠀀"}
}

func TestKannel(t *testing.T) {
	r := newRig(t)
	t.Run("exercise", func(t *testing.T) {
		sendertest.Exercise(t, func(t *testing.T) *sendertest.Bench { return r.bench(t) })
	})
	t.Run("lost from sight", func(t *testing.T) { lost(t, r) })
	t.Run("texts", func(t *testing.T) { texts(t, r) })
	t.Run("steps", func(t *testing.T) { steps(t, r) })
	t.Run("reports again", func(t *testing.T) { again(t, r) })
	t.Run("carrier away", func(t *testing.T) { carrierAway(t, r) })
}

func (r *rig) bench(t *testing.T) *sendertest.Bench {
	t.Cleanup(r.wake)
	return &sendertest.Bench{
		Sender: r.sender(nil), Message: message, Secrets: []string{"an-invented-password", secret},
		Arrived: func(key string) int { return len(r.with("(" + key + ")")) },
		Text: func(key string) string {
			return strings.Join(r.with("("+key+")"), "|")
		},
		Down: r.down, Up: r.up, Hang: r.hang,
		Refused: func(key string) sender.Message { m := message(key); m.To = "17800000001"; return m },
		Misset:  func() sender.Sender { return r.sender(func(c *Config) { c.Password = "another" }) },
		Callback: func(_ *testing.T, key string, _ sender.Receipt) *http.Request {
			return r.call(key, "1")
		},
		Forge: []func(*http.Request) *http.Request{
			func(q *http.Request) *http.Request { return edited(q, "sig", "") },
			func(q *http.Request) *http.Request { return edited(q, "key", "another-key") },
			func(q *http.Request) *http.Request { return edited(q, "sig", "AAAA") },
		},
	}
}

func edited(r *http.Request, name, value string) *http.Request {
	q := r.URL.Query()
	q.Set(name, value)
	return httptest.NewRequest(http.MethodGet, r.URL.Path+"?"+q.Encode(), nil)
}

// lost: a message that was sent while the gateway stood still arrives when it
// wakes, and the first report says so before anybody is tempted to send it again.
func lost(t *testing.T, r *rig) {
	s := r.sender(nil)
	r.hang()
	if _, err := s.Send(t.Context(), message("lost-1")); sender.KindOf(err) != sender.Unknown {
		t.Fatalf("%v", err)
	}
	r.wake()
	r.call("lost-1", "8")
	r.await("the message", func() bool { return len(r.with("(lost-1)")) == 1 })
}

// texts go through Kannel and arrive as they were written.
func texts(t *testing.T, r *rig) {
	s := r.sender(func(c *Config) { c.Prefix = "[Mingchuan] " })
	for _, text := range []string{"plain words (t1)", "您好 (t2)", "a `grave` [bracket] {t3} ~ ^ \\ €", "两行\n第二行 t4 + % & ="} {
		m := message("texts")
		m.Text, m.URL = text, "https://xinfang.example/follow"
		if _, err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		want := "[Mingchuan] " + text + " " + m.URL
		r.await("the text "+text, func() bool { return len(r.with(want)) == 1 })
	}
	list := message("texts")
	list.To = "13900000001 13900000002"
	if _, err := s.Send(t.Context(), list); !sender.Gone(err) {
		t.Errorf("a list of numbers: %v", err)
	}
	long := message("texts")
	long.Text = strings.Repeat("字", 500)
	if _, err := s.Send(t.Context(), long); sender.KindOf(err) != sender.Permanent {
		t.Errorf("a text that Kannel would cut: %v", err)
	}
}

// steps: Kannel first says that the carrier took it, then that it arrived.
func steps(t *testing.T, r *rig) {
	s := r.sender(nil)
	if _, err := s.Send(t.Context(), message("steps-1")); err != nil {
		t.Fatal(err)
	}
	for status, want := range map[string]sender.Status{"8": sender.Accepted, "1": sender.Delivered} {
		var got []sender.Report
		h := s.Reports(func(_ context.Context, r ...sender.Report) error { got = append(got, r...); return nil })
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.call("steps-1", status))
		if w.Code != 200 || len(got) != 1 || got[0].Status != want || got[0].Key != "steps-1" {
			t.Errorf("%d %+v", w.Code, got)
		}
	}
	w := httptest.NewRecorder()
	s.Reports(nil).ServeHTTP(w, edited(r.call("steps-1", "1"), "status", "99"))
	if w.Code != http.StatusBadRequest {
		t.Errorf("a status that Kannel does not have: %d", w.Code)
	}
}

// again: with http-request-retry Kannel repeats a report that was not kept.
func again(t *testing.T, r *rig) {
	r.mu.Lock()
	r.deaf = 2
	r.mu.Unlock()
	if _, err := r.sender(nil).Send(t.Context(), message("again-1")); err != nil {
		t.Fatal(err)
	}
	r.await("the second report", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		n := 0
		for _, c := range r.calls {
			if q := c.URL.Query(); q.Get("key") == "again-1" && q.Get("status") == "1" {
				n++
			}
		}
		return n == 2
	})
}

// carrierAway: Kannel keeps the message and delivers it once.
func carrierAway(t *testing.T, r *rig) {
	r.carrier.end()
	r.await("the carrier's end", func() bool { return !strings.Contains(r.status(), "(online") })
	receipt, err := r.sender(nil).Send(t.Context(), message("away-1"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.with("(away-1)")) != 0 {
		t.Fatal("delivered without a carrier")
	}
	t.Log(receipt.Note)
	r.startCarrier()
	r.await("the message", func() bool { return len(r.with("(away-1)")) == 1 })
	r.call("away-1", "1")
	if n := len(r.with("(away-1)")); n != 1 {
		t.Errorf("delivered %d times", n)
	}
}
