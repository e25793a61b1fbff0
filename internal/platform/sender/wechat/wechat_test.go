package wechat

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/sendertest"
)

func message(key string) sender.Message {
	return sender.Message{Key: key, To: "o-reader-1", Template: template, URL: "https://xinfang.example/follow",
		Fields: map[string]string{"character_string1": "MC26-0A1B-7K3F", "phrase2": "已受理"}}
}

func TestExercise(t *testing.T) {
	for name, key := range map[string]string{"plain events": "", "encrypted events": aesKey} {
		t.Run(name, func(t *testing.T) {
			sendertest.Exercise(t, func(t *testing.T) *sendertest.Bench { return newPlatform(t).bench(key) })
		})
	}
}

func (p *platform) bench(key string) *sendertest.Bench {
	b := &sendertest.Bench{
		Sender:  p.sender(func(c *Config) { c.AESKey = key }),
		Message: message, Secrets: []string{appSecret, "token-1", token},
		Arrived: func(key string) int { p.mu.Lock(); defer p.mu.Unlock(); return p.count[key] },
		Down:    p.door.Down, Up: p.door.Up,
		Busy:    func(time.Duration) { p.mu.Lock(); p.next = 45009; p.mu.Unlock() },
		Refused: func(key string) sender.Message { m := message(key); m.To = "o-stranger"; return m },
		Hang:    func() { p.mu.Lock(); p.hang = true; p.mu.Unlock() },
		Misset:  func() sender.Sender { return p.sender(func(c *Config) { c.Secret = "another" }) },
		Callback: func(_ *testing.T, _ string, r sender.Receipt) *http.Request {
			return event(r.ID, "success", key, time.Now())
		},
		Forge: []func(*http.Request) *http.Request{
			func(r *http.Request) *http.Request { return edited(r, "signature", "") },
			func(r *http.Request) *http.Request { return edited(r, "nonce", "n-2") },
			func(*http.Request) *http.Request {
				return event("200000000", "success", key, time.Now().Add(-time.Hour))
			},
		},
	}
	if key != "" {
		b.Forge = append(b.Forge,
			func(r *http.Request) *http.Request { return edited(r, "msg_signature", "") },
			func(*http.Request) *http.Request { return event("200000000", "success", "", time.Now()) })
	}
	return b
}

func edited(r *http.Request, name, value string) *http.Request {
	q := r.URL.Query()
	q.Set(name, value)
	r.URL.RawQuery = q.Encode()
	return r
}

func TestWhatIsSent(t *testing.T) {
	p := newPlatform(t)
	r, err := p.sender(nil).Send(t.Context(), message("what-1"))
	if err != nil || r.ID != "200000000" {
		t.Fatal(r, err)
	}
	got := p.sent["what-1"]
	if got.URL != "https://xinfang.example/follow" || got.Data["phrase2"].Value != "已受理" || len(got.Data) != 2 {
		t.Errorf("%+v", got)
	}
}

// TestTokens: one is fetched for many messages, again before it ends, and again
// when WeChat no longer honours it.
func TestTokens(t *testing.T) {
	p := newPlatform(t)
	now := clock.At(time.Now())
	s := p.sender(func(c *Config) { c.Out.Clock = now })
	var together sync.WaitGroup
	for _, key := range []string{"t-1", "t-2", "t-3", "t-4"} {
		together.Go(func() {
			if _, err := s.Send(t.Context(), message(key)); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if p.fetched != 1 {
		t.Errorf("%d tokens for messages sent together", p.fetched)
	}
	now.Set(now.Now().Add(2*time.Hour - 5*time.Minute))
	send := func(key string) {
		t.Helper()
		if _, err := s.Send(t.Context(), message(key)); err != nil {
			t.Fatal(err)
		}
	}
	send("t-5")
	if p.fetched != 1 {
		t.Error("fetched while the token lasts")
	}
	now.Set(now.Now().Add(2 * time.Minute))
	send("t-6")
	if p.fetched != 2 || p.forced != 0 {
		t.Errorf("fetched %d, forced %d: want another before the end", p.fetched, p.forced)
	}
	p.make() // somebody else renewed it
	send("t-7")
	if p.fetched != 3 || p.forced != 0 {
		t.Errorf("fetched %d, forced %d after it was renewed elsewhere", p.fetched, p.forced)
	}
	p.valid = "none"
	send("t-8")
	if p.forced != 1 {
		t.Errorf("forced %d: the same token came back", p.forced)
	}
	if n := p.count["t-8"]; n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestCodes(t *testing.T) {
	noon := time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC) // 12:00 in China
	for n, want := range map[int]struct {
		kind  sender.Kind
		after time.Duration
		gone  bool
	}{
		-1: {sender.Retryable, time.Minute, false}, 45009: {sender.Retryable, 12*time.Hour + 5*time.Minute, false},
		40003: {sender.Permanent, 0, true}, 43004: {sender.Permanent, 0, true}, 43101: {sender.Permanent, 0, false},
		40037: {sender.Permanent, 0, false}, 47003: {sender.Permanent, 0, false}, 48001: {sender.Retryable, 15 * time.Minute, false},
	} {
		p := newPlatform(t)
		p.next = n
		_, err := p.sender(func(c *Config) { c.Out.Clock = clock.At(noon) }).Send(t.Context(), message("codes-1"))
		if sender.KindOf(err) != want.kind || sender.RetryAfter(err) != want.after || sender.Gone(err) != want.gone {
			t.Errorf("%d: %v after %v, gone %v", n, err, sender.RetryAfter(err), sender.Gone(err))
		}
	}
	p := newPlatform(t)
	p.next = 45065
	if r, err := p.sender(nil).Send(t.Context(), message("codes-2")); err != nil || r.Note != "known" {
		t.Errorf("a message that was taken before: %+v %v", r, err)
	}
}

func TestEvents(t *testing.T) {
	p := newPlatform(t)
	var got []sender.Report
	h := p.sender(nil).Reports(func(_ context.Context, r ...sender.Report) error { got = append(got, r...); return nil })
	call := func(r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	now := time.Now()
	if w := call(event("7", "failed:user block", aesKey, now)); w.Code != 200 || w.Body.String() != "success" ||
		len(got) != 1 || got[0].Status != sender.Failed || got[0].ID != "7" || got[0].Detail != "failed:user block" {
		t.Errorf("%d %s %+v", w.Code, w.Body, got)
	}
	other := event("7", "success", aesKey, now)
	other.Body = http.NoBody
	if w := call(other); w.Code != http.StatusForbidden {
		t.Errorf("an empty event: %d", w.Code)
	}
	// Configuring the address: WeChat wants its word back.
	hello := event("7", "", "", now)
	hello = edited(hello, "echostr", "4<b>2")
	hello.Method = http.MethodGet
	if w := call(hello); w.Body.String() != "4<b>2" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%q %v", w.Body, w.Header())
	}
}

// FuzzDecrypt: what cannot be decrypted is refused, never a crash.
func FuzzDecrypt(f *testing.F) {
	s, err := New(Config{AppID: appID, Secret: appSecret, Token: token, AESKey: aesKey})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encrypt("<xml/>", aesKey, appID))
	f.Add(encrypt("<xml/>", aesKey, "another"))
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if b, err := s.decrypt(text); err == nil && text != "" && len(b) > len(text) {
			t.Errorf("%d bytes out of %d", len(b), len(text))
		}
	})
}
