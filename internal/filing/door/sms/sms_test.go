package sms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

const (
	secret = "an invented secret of the box"
	caller = "13900000042"
	code   = "7K3F-0A1B"
)

var (
	start0 = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	caseNo = casework.NewNumber("MC", 2026, 1)
)

// house is everything around the door.
type house struct {
	sink  *doortest.Sink
	lines []door.Setting
	down  error
	urged []string
}

func newHouse(sink *doortest.Sink) *house {
	return &house{sink: sink, lines: []door.Setting{{Code: "sms", Channel: casework.SMS, Values: map[string]string{"secret": secret}}}}
}

func (h *house) Active(context.Context, string) ([]door.Setting, error) { return h.lines, nil }

func (h *house) Standing(_ context.Context, p Proof, _ time.Time) (Standing, error) {
	return Standing{casework.Accepted, time.Date(2026, 3, 20, 16, 0, 0, 0, time.UTC)}, h.prove(p)
}

func (h *house) prove(p Proof) error {
	if p.Visitor != "sms:"+caller {
		return fault.New(fault.TooMany, "tracking.locked")
	}
	if p.No != caseNo || strings.ReplaceAll(p.Code, "-", "") != strings.ReplaceAll(code, "-", "") {
		return fault.New(fault.Invalid, "tracking.refused")
	}
	return nil
}

func (h *house) Urge(_ context.Context, p Proof, key string, _ time.Time) error {
	if err := h.prove(p); err != nil {
		return err
	}
	h.urged = append(h.urged, key)
	return nil
}

func catalogue() *i18n.Catalogue {
	return i18n.Must(i18n.Messages, web.Messages, ui.Messages, Messages)
}

func (h *house) service() *Service {
	return New(Needs{Doors: h, Sink: h.sink, Cases: h, Clock: clock.At(start0), Log: slog.New(slog.DiscardHandler), Text: catalogue().Text,
		Base: "https://xinfang.example", Ping: func(context.Context) error { return h.down }})
}

func (h *house) handler(t testing.TB) http.Handler {
	t.Helper()
	rt, err := web.New(web.Options{Catalogue: catalogue(), Now: clock.System.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	rt.Add(NewWeb(h.service()))
	return rt
}

// post sends what Kannel's post-url would.
func post(h http.Handler, key, id, from, text string) (int, string) {
	q := url.Values{"key": {key}, "id": {id}, "at": {"1772416000"}}
	r := httptest.NewRequest("POST", "/doors/sms/sms?"+q.Encode(), strings.NewReader(text))
	r.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	r.Header.Set("X-Kannel-From", from)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, _ := io.ReadAll(w.Body)
	return w.Code, string(b)
}

func TestConformance(t *testing.T) {
	h := newHouse(nil)
	var server http.Handler
	doortest.Exercise(t, doortest.Subject{
		Open: func(t *testing.T, sink door.Sink) door.Door {
			h.sink = sink.(*doortest.Sink)
			server = h.handler(t)
			g, err := h.service().open(h.lines[0])
			if err != nil {
				t.Fatal(err)
			}
			return g
		},
		Send: func(n int) error {
			if status, _ := post(server, secret, fmt.Sprint(n), caller, "路灯不亮"); status != http.StatusOK {
				return fmt.Errorf("status %d", status)
			}
			return nil
		},
		Acknowledged: true,
		Break:        func() { h.down = errors.New("no database") },
		Mend:         func() { h.down = nil },
		Private:      []string{caller, "路灯", secret},
	})
}

func TestWords(t *testing.T) {
	h := newHouse(&doortest.Sink{})
	server := h.handler(t)
	bare := strings.ReplaceAll(caseNo, "-", "")
	for text, want := range map[string]string{
		"查询 " + caseNo + " " + code:                 "2026-03-20",
		"查询" + bare + "，" + code:                    "2026-03-20",
		"ｃｘ　" + strings.ToLower(bare) + " 7k3f0a1b": "2026-03-20",
		"query " + caseNo + " " + code:              "Accepted",
		"查询 " + caseNo + " 0000-0000":               "编号或查询码不对",
		"帮助":                                        "查询码",
		"help":                                      "QUERY",
		"催办 " + caseNo + " " + code:                 "已为",
		"催办":                                        "已收到",
		"查询":                                        "已收到",
		"帮助我修路灯":                                    "已收到",
		"My street light is broken":                 "received",
	} {
		status, answer := post(server, secret, text, caller, text)
		if status != 200 || !strings.Contains(answer, want) && want != "Accepted" || strings.Contains(answer, "⟦") {
			t.Errorf("%q: %d %q, want %q", text, status, answer, want)
		}
	}
	if n := len(h.sink.All()); n != 4 {
		t.Errorf("%d arrivals", n)
	}
	if len(h.urged) != 1 {
		t.Errorf("urged %q", h.urged)
	}
	if _, answer := post(server, secret, "x", "13900000099", "查询 "+caseNo+" "+code); !strings.Contains(answer, "十五分钟") {
		t.Errorf("somebody who guesses: %q", answer)
	}
}

func TestRefused(t *testing.T) {
	h := newHouse(&doortest.Sink{})
	server := h.handler(t)
	if status, _ := post(server, "guessed", "1", caller, "路灯"); status != 403 {
		t.Errorf("a guessed key: %d", status)
	}
	r := httptest.NewRequest("POST", "/doors/sms/other?key="+url.QueryEscape(secret), strings.NewReader("x"))
	w := httptest.NewRecorder()
	if server.ServeHTTP(w, r); w.Code != 404 {
		t.Errorf("no such door: %d", w.Code)
	}
	for _, m := range [][2]string{{"", ""}, {caller, ""}, {caller, " \x00 "}} {
		if status, answer := post(server, secret, "1", m[0], m[1]); status != 200 || answer != "" {
			t.Errorf("what can never be received: %d %q", status, answer)
		}
	}
	if len(h.sink.All()) != 0 {
		t.Error("something was received")
	}
	h.sink.Refuse(1)
	if status, answer := post(server, secret, "1", caller, "路灯"); status != 503 || strings.Contains(answer, caller) {
		t.Errorf("the sink fails: %d %q", status, answer)
	}
	h.lines[0].Values["answer"] = "no"
	if status, answer := post(server, secret, "1", caller, "路灯"); status != 200 || answer != "" {
		t.Errorf("a silent door: %d %q", status, answer)
	}
}

// TestWithoutID: without Kannel's id the message names itself.
func TestWithoutID(t *testing.T) {
	h := newHouse(&doortest.Sink{})
	server := h.handler(t)
	for range 3 {
		post(server, secret, "", caller, "路灯不亮")
	}
	post(server, secret, "", caller, "路灯又不亮")
	if n := len(h.sink.All()); n != 2 {
		t.Errorf("%d arrivals", n)
	}
	if a := h.sink.All()[0]; a.Thread != h.sink.All()[1].Thread || a.Thread == "" {
		t.Error("one conversation is two")
	}
}

// TestWithoutNumber: what can be kept is kept.
func TestWithoutNumber(t *testing.T) {
	h := newHouse(&doortest.Sink{})
	server := h.handler(t)
	post(server, secret, "1", "", "路灯不亮")
	post(server, secret, "2", "CMCC", strings.Repeat("长", mostText+1))
	if all := h.sink.All(); len(all) != 2 || all[0].Thread != "" || all[1].From != "CMCC" || all[1].Draft.Person.Phone != "" {
		t.Errorf("%d arrivals", len(all))
	}
}

func FuzzPost(f *testing.F) {
	h := newHouse(&doortest.Sink{})
	server := h.handler(f)
	f.Add("id=1&from=%2B8613900000042&at=1", "text/plain; charset=UTF-16BE", "2", []byte{0x8d, 0xef, 0x70})
	f.Add("text=%E8%B7%AF&at=-9", "", "", []byte("x"))
	f.Fuzz(func(t *testing.T, query, kind, coding string, body []byte) {
		r := httptest.NewRequest("POST", "/doors/sms/sms", strings.NewReader(string(body)))
		r.URL.RawQuery = query + "&key=" + url.QueryEscape(secret)
		r.Header.Set("Content-Type", kind)
		r.Header.Set("X-Kannel-Coding", coding)
		r.Header.Set("X-Kannel-From", caller)
		w := httptest.NewRecorder()
		if server.ServeHTTP(w, r); w.Code >= 500 {
			t.Errorf("%d %s", w.Code, w.Body.String())
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("查询 MC26-0A1B-7K3F 7K3F0A1B")
	f.Fuzz(func(t *testing.T, text string) {
		if a := read(text); a.what == query || a.what == urge {
			if _, ok := casework.CheckNumber(a.no); !ok {
				t.Errorf("%q: %+v", text, a)
			}
		}
	})
}
