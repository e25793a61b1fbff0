package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/netip"
	"os"
	"testing"
)

func TestRateLimit(t *testing.T) {
	rt := testRouter(t, Options{PerSecond: 1, Burst: 2, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, nil)
	get := func(from string) int {
		w := ask(rt, "GET", "/ok/1", nil, "X-Forwarded-For", from)
		if w.Code == 429 && w.Header().Get("Retry-After") != "1" {
			t.Error("Retry-After", w.Header().Get("Retry-After"))
		}
		return w.Code
	}
	if a, b, c := get("198.51.100.7"), get("198.51.100.7"), get("198.51.100.7"); a != 200 || b != 200 || c != 429 {
		t.Error(a, b, c)
	}
	if other := get("198.51.100.8"); other != 200 {
		t.Error("one client's haste hits another:", other)
	}
	if spoofed := get("203.0.113.9, 198.51.100.7"); spoofed != 429 {
		t.Error("a made-up first hop escapes the limit:", spoofed)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := NewLimiter(1, 1, 100)
	for i := range 1000 {
		l.Take(string(rune('一'+i)), noon)
	}
	if l.order.Len() != 100 || len(l.keys) != 100 {
		t.Error(l.order.Len(), len(l.keys))
	}
}

func TestOverload(t *testing.T) {
	rt := testRouter(t, Options{MaxInFlight: 1}, nil)
	inside, leave := make(chan bool), make(chan bool)
	rt.Handle("GET /slow", func(w http.ResponseWriter, r *http.Request) error {
		inside <- true
		<-leave
		return nil
	})
	go ask(rt, "GET", "/slow", nil)
	<-inside
	w := ask(rt, "GET", "/ok/1", nil)
	close(leave)
	if w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Error(w.Code)
	}
}

// A health check is answered however busy the house is.
func TestHealthPassesOverload(t *testing.T) {
	rt := testRouter(t, Options{MaxInFlight: 1, PerSecond: 0.001, Burst: 1}, nil)
	rt.Handle("GET /healthz", func(w http.ResponseWriter, r *http.Request) error { return Render(w, r, 200, say("ok")) })
	rt.slots <- struct{}{}
	for range 3 {
		if w := ask(rt, "GET", "/healthz", nil); w.Code != 200 {
			t.Error(w.Code)
		}
	}
}

// The temporary files of an upload are gone when the request is.
func TestUploadLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	rt := testRouter(t, Options{}, nil)
	var body bytes.Buffer
	mw := multipart.NewWriter(&body)
	part, _ := mw.CreateFormFile("f", "a.jpg")
	part.Write(make([]byte, 3<<20))
	mw.Close()
	var during int
	rt.Handle("POST /keep", func(w http.ResponseWriter, r *http.Request) error {
		_, err := Form(r)
		files, _ := os.ReadDir(os.TempDir())
		during = len(files)
		return err
	}, MaxBody(8<<20))
	ask(rt, "POST", "/keep", &body, "Content-Type", mw.FormDataContentType())
	if after, _ := os.ReadDir(os.TempDir()); during != 1 || len(after) != 0 {
		t.Error("files during and after:", during, len(after))
	}
}
