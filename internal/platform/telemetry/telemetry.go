// Package telemetry counts what the program does: a Prometheus registry with
// the process's own figures and one histogram of requests by route pattern,
// and traces by OTLP when a collector is named. Labels are patterns, methods
// and classes of status, never paths, so that they stay few and hold no case
// number.
package telemetry

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Options say what to collect and where traces go.
type Options struct {
	Version  string
	Endpoint string  // OTLP over HTTP; "" = no traces
	Share    float64 // of requests that are traced
}

// Telemetry is the registry and, perhaps, the tracer of one process.
type Telemetry struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	running  prometheus.Gauge
	tracer   *trace.TracerProvider
}

// New makes the registry and starts the exporter if an endpoint is named.
func New(ctx context.Context, o Options) (*Telemetry, error) {
	t := &Telemetry{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "xinqiao_http_request_seconds",
			Help:    "Time to answer, by method, route pattern and class of status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route", "status"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "xinqiao_http_requests_running", Help: "Requests being answered now.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "xinqiao_build_info", Help: "Always 1; the version is a label.",
		ConstLabels: prometheus.Labels{"version": o.Version},
	})
	build.Set(1)
	t.registry.MustRegister(t.requests, t.running, build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if o.Endpoint == "" {
		return t, nil
	}
	if err := t.trace(ctx, o); err != nil {
		return nil, err
	}
	return t, nil
}

// trace starts the exporter and makes it the process's tracer.
func (t *Telemetry) trace(ctx context.Context, o Options) error {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.Endpoint))
	if err != nil {
		return fmt.Errorf("export traces: %w", err)
	}
	t.tracer = trace.NewTracerProvider(
		trace.WithBatcher(exporter),
		trace.WithSampler(trace.ParentBased(trace.TraceIDRatioBased(o.Share))),
		trace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "xinqiao"),
			attribute.String("service.version", o.Version),
		)),
	)
	otel.SetTracerProvider(t.tracer)
	return nil
}

// Register adds a capability's or the platform's own figures.
func (t *Telemetry) Register(c ...prometheus.Collector) { t.registry.MustRegister(c...) }

// Metrics answers /metrics in Prometheus' format.
func (t *Telemetry) Metrics() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{Registry: t.registry})
}

// Stop sends what is still to be sent.
func (t *Telemetry) Stop(ctx context.Context) error {
	if t.tracer == nil {
		return nil
	}
	return t.tracer.Shutdown(ctx)
}

// Middleware measures every request. It stands outside the mux, which writes
// the matched pattern into the request that it was handed.
func (t *Telemetry) Middleware(next http.Handler) http.Handler {
	measured := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.running.Inc()
		defer t.running.Dec()
		start := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			t.requests.WithLabelValues(method(r.Method), route(r), class(rec.status)).
				Observe(time.Since(start).Seconds())
		}()
		next.ServeHTTP(rec, r)
	})
	if t.tracer == nil {
		return measured
	}
	return otelhttp.NewHandler(measured, "http", otelhttp.WithTracerProvider(t.tracer),
		otelhttp.WithFilter(func(r *http.Request) bool { return !quiet(r.URL.Path) }))
}

// quiet are paths that a machine asks every few seconds.
func quiet(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics" || strings.HasPrefix(path, "/assets/")
}

// route is the pattern without its method; what matched nothing shares a name.
func route(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
	}
	if _, path, ok := strings.Cut(r.Pattern, " "); ok {
		return path
	}
	return r.Pattern
}

// method keeps invented methods from making labels.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// class turns 404 into 4xx.
func class(status int) string { return string(rune('0'+status/100)) + "xx" }

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader remembers the first final status.
func (r *recorder) WriteHeader(status int) {
	if !r.wrote && status >= http.StatusOK {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
