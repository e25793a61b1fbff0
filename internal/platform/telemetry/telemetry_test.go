package telemetry

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func serve(t *testing.T, h http.Handler, method, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return w.Body.String()
}

func TestLabelsArePatterns(t *testing.T) {
	tel, err := New(t.Context(), Options{Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /follow/{no}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("/plain", func(http.ResponseWriter, *http.Request) {})
	h := tel.Middleware(mux)
	serve(t, h, "GET", "/follow/MC26-0A1B-7K3F")
	serve(t, h, "GET", "/nowhere/13900000000")
	serve(t, h, "BREW", "/plain")
	page := serve(t, tel.Metrics(), "GET", "/metrics")
	for _, want := range []string{
		`xinqiao_http_request_seconds_count{method="GET",route="/follow/{no}",status="4xx"} 1`,
		`xinqiao_http_request_seconds_count{method="GET",route="none",status="4xx"} 1`,
		`xinqiao_http_request_seconds_count{method="other",route="/plain",status="2xx"} 1`,
		`xinqiao_build_info{version="v1"} 1`,
		"go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, bad := range []string{"MC26", "13900000000"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s is a label", bad)
		}
	}
	if err := tel.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTracesReachTheCollector(t *testing.T) {
	var got atomic.Int32
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/traces" {
			got.Add(1)
		}
	}))
	defer collector.Close()
	tel, err := New(t.Context(), Options{Version: "v1", Endpoint: collector.URL + "/v1/traces", Share: 1})
	if err != nil {
		t.Fatal(err)
	}
	h := tel.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	serve(t, h, "GET", "/")
	serve(t, h, "GET", "/healthz")
	if err := tel.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got.Load() == 0 {
		t.Error("the collector got nothing")
	}
}
