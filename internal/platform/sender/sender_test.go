package sender

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/platform/clock"
)

func TestForms(t *testing.T) {
	f, err := ReadForms([]byte(`{"notice":{"id":"T1","fields":{"1":"number","2":"url"}},"*":{"id":"T2","fields":{"what":"title"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	m := Message{Template: "notice", Title: "Title", URL: "https://x.example", Fields: map[string]string{"number": "N"}}
	got, err := f.Fill(m)
	if err != nil || got.Template != "T1" || !reflect.DeepEqual(got.Fields, map[string]string{"1": "N", "2": "https://x.example"}) {
		t.Errorf("%+v %v", got, err)
	}
	m.Template = "other"
	if got, err = f.Fill(m); err != nil || got.Template != "T2" || got.Fields["what"] != "Title" {
		t.Errorf("%+v %v", got, err)
	}
	m.Title = ""
	if _, err = f.Fill(m); KindOf(err) != Permanent {
		t.Errorf("an empty blank: %v", err)
	}
	delete(f, "*")
	if _, err = f.Fill(m); KindOf(err) != Permanent {
		t.Errorf("no template: %v", err)
	}
	if got, err = Forms(nil).Fill(m); err != nil || got.Template != "other" {
		t.Errorf("no forms: %+v %v", got, err)
	}
	for _, bad := range []string{"", "[]", `{"a":{}}`} {
		if _, err := ReadForms([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestParts(t *testing.T) {
	for _, c := range []struct {
		text  string
		parts int
		ucs2  bool
	}{
		{strings.Repeat("a", 160), 1, false}, {strings.Repeat("a", 161), 2, false}, {strings.Repeat("a", 307), 3, false},
		{strings.Repeat("字", 70), 1, true}, {strings.Repeat("字", 71), 2, true}, {strings.Repeat("字", 135), 3, true},
		{strings.Repeat("𠀀", 35), 1, true}, {strings.Repeat("𠀀", 36), 2, true}, {"[x]", 1, true}, {"", 1, false},
	} {
		if n, u := Parts(c.text); n != c.parts || u != c.ucs2 {
			t.Errorf("%.8s… of %d: %d %v", c.text, len(c.text), n, u)
		}
	}
}

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		"550 5.1.1 <a@b.example> unknown": "550 5.1.1 … unknown",
		"no 13900000001, at all":          "no …, at all",
		"990000199001011234X":             "…X",
		"138 0000 0000 off":               "… off",
		"MK:0001 DELIVRD":                 "MK:0001 DELIVRD",
		"a\r\nb\x00c\xff":                 "a b c",
		strings.Repeat("长", 200):          strings.Repeat("长", 120),
	} {
		if got := Scrub(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestKeysAndNumbers(t *testing.T) {
	for k, want := range map[string]bool{"e1-sms-2": true, "": false, "a b": false, "a/b": false, "键": false, strings.Repeat("a", 65): false} {
		if ValidKey(k) != want {
			t.Errorf("key %q: %v", k, !want)
		}
	}
	for n, want := range map[string]bool{"13900000001": true, "+8613900000001": true, "12345": true, "": false, "1 2": false, "13900000001,13900000002": false, "+": false} {
		if ValidNumber(n) != want {
			t.Errorf("number %q: %v", n, !want)
		}
	}
	if Same("", "") || Same("a", "") || !Same("a", "a") {
		t.Error("Same")
	}
}

// TestCaller: whether something left decides between again and unknown.
func TestCaller(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	free := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		case "/hang":
			<-free
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
		case "/long":
			_, _ = w.Write(make([]byte, 3<<20))
		case "/later":
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer s.Close()
	defer close(free)
	c := NewCaller(Outgoing{Timeout: 300 * time.Millisecond})
	post := func(url string) (Answer, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"?number=13900000001", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.Do(req)
		if err == nil {
			err = c.Judge(a)
		}
		if err != nil && strings.Contains(err.Error(), "139") {
			t.Errorf("the error tells the address: %v", err)
		}
		return a, err
	}
	for path, want := range map[string]Kind{"/hang": Unknown, "/cut": Unknown, "/elsewhere": Retryable, "/later": Retryable} {
		if _, err := post(s.URL + path); err == nil || KindOf(err) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := post(s.URL + "/later"); RetryAfter(err) != 30*time.Second {
		t.Errorf("retry after %v", RetryAfter(err))
	}
	if a, err := post(s.URL + "/long"); err != nil || len(a.Body) != answerLimit {
		t.Errorf("%d bytes, %v", len(a.Body), err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	_ = l.Close()
	if _, err := post(closed); KindOf(err) != Retryable {
		t.Errorf("nobody there: %v", err)
	}
	// A listener that never speaks: the handshake ends, nothing left.
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = deaf.Close() }()
	if _, err := post("https://" + deaf.Addr().String()); KindOf(err) != Retryable {
		t.Errorf("no handshake: %v", err)
	}
}

func TestRetryAfterAsDate(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	c := NewCaller(Outgoing{Clock: clock.At(now)})
	err := c.Judge(Answer{Status: 429, Header: http.Header{"Retry-After": {now.Add(time.Minute).Format(http.TimeFormat)}}})
	if RetryAfter(err) != time.Minute {
		t.Errorf("%v", RetryAfter(err))
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("cause")
	e := Dead("43004", cause)
	if !errors.Is(e, cause) || !Gone(e) || KindOf(e) != Permanent || e.Error() != "permanent 43004: cause" {
		t.Error(e)
	}
	if KindOf(context.Canceled) != Unknown || RetryAfter(cause) != 0 {
		t.Error("what nobody classified is unknown")
	}
}
