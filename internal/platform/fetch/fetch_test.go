package fetch

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAt(t *testing.T) {
	const origin = "https://pbx.example:8443/rec"
	for address, want := range map[string]bool{
		"https://pbx.example:8443/rec/1.wav":         true,
		"https://PBX.example:8443/rec/a/1.wav?t=1":   true,
		"https://pbx.example:8443/recent/1.wav":      false,
		"https://pbx.example:8443/rec/../admin":      false,
		"https://pbx.example:8443/rec/%2e%2e/admin":  false,
		"http://pbx.example:8443/rec/1.wav":          false,
		"https://pbx.example/rec/1.wav":              false,
		"https://pbx.example:8443@evil.example/rec/": false,
		"https://u@pbx.example:8443/rec/1.wav":       false,
		"//pbx.example:8443/rec/1.wav":               false,
		"file:///etc/passwd":                         false,
		"":                                           false,
	} {
		if At(origin, address) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
	if At("", "") || At("ftp://h/", "ftp://h/x") {
		t.Error("no origin, or none of the web")
	}
}

func FuzzAt(f *testing.F) {
	f.Add("https://pbx.example/rec/1.wav")
	f.Fuzz(func(t *testing.T, address string) {
		if At("https://pbx.example/rec/", address) && !strings.HasPrefix(strings.ToLower(address), "https://pbx.example/") {
			t.Errorf("%q lies elsewhere", address)
		}
	})
}

func TestFetch(t *testing.T) {
	var other *httptest.Server
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/rec/1.wav":
			_, _ = w.Write([]byte("0123456789"))
		case "/rec/away":
			http.Redirect(w, r, other.URL+"/rec/1.wav", http.StatusFound)
		case "/rec/empty":
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	other = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer other.Close()
	c := New(2 * time.Second)
	origin := s.URL + "/rec/"
	if b, err := c.Fetch(t.Context(), origin, origin+"1.wav", 10); err != nil || string(b) != "0123456789" {
		t.Errorf("%q %v", b, err)
	}
	for path, want := range map[string]error{
		origin + "1.wav": ErrTooLarge, origin + "away": ErrRefused, origin + "empty": ErrRefused,
		origin + "none": ErrRefused, other.URL + "/rec/1.wav": ErrElsewhere,
	} {
		if _, err := c.Fetch(t.Context(), origin, path, 9); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	s.Close()
	if _, err := c.Fetch(t.Context(), origin, origin+"1.wav", 10); !errors.Is(err, ErrAway) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("%v", err)
	}
}
