package hook

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestInternalAddresses(t *testing.T) {
	c := New(Options{})
	for _, at := range []string{
		"https://127.0.0.1/x", "https://10.1.2.3/", "https://192.168.0.9/", "https://172.16.0.1/", "https://169.254.169.254/latest", "https://100.100.100.200/",
		"https://[::1]/", "https://[fd00::1]/", "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://0.0.0.0/", "http://8.8.8.8/",
		"https://user@example.org/", "ftp://example.org/", "http://example.org/", "", "https://",
	} {
		if err := c.Check(at); err == nil {
			t.Errorf("%s is called", at)
		}
	}
	for _, at := range []string{"https://example.org/hook", "https://8.8.8.8/hook"} {
		if err := c.Check(at); err != nil {
			t.Errorf("%s: %v", at, err)
		}
	}
	// A name that resolves to an internal address is found when it is dialled.
	if err := c.Post(t.Context(), "https://localhost:9/", Message{}); !errors.Is(err, ErrInternal) {
		t.Errorf("localhost: %v", err)
	}
}

func TestPost(t *testing.T) {
	secret, at := []byte("s3cret"), time.Unix(1_790_000_000, 0)
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(b)
		if r.Header.Get(HeaderSignature) != Sign(secret, at, b) || r.Header.Get(HeaderTime) != "1790000000" || r.Header.Get(HeaderEvent) != "7" {
			t.Error("the signature does not fit")
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "http://127.0.0.1:1/")
		}
		w.WriteHeader(status)
	}))
	defer s.Close()
	c := New(Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	m := Message{ID: "7", At: at, Body: []byte(`{"no":"x"}`), Secret: secret}
	if err := c.Post(t.Context(), s.URL, m); err != nil {
		t.Error(err)
	}
	for _, status = range []int{http.StatusFound, http.StatusBadRequest, http.StatusInternalServerError} {
		if err := c.Post(t.Context(), s.URL, m); err == nil || strings.Contains(err.Error(), "127.0") {
			t.Errorf("%d: %v", status, err)
		}
	}
	if Sign([]byte("other"), at, m.Body) == Sign(secret, at, m.Body) || Sign(secret, at.Add(time.Second), m.Body) == Sign(secret, at, m.Body) {
		t.Error("the signature covers neither secret nor time")
	}
}
