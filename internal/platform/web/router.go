package web

import (
	"context"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
)

// Handler serves one route. It renders, redirects, or returns a fault.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Middleware wraps a handler.
type Middleware func(Handler) Handler

// Capability is anything that registers its own routes.
type Capability interface{ Routes(rt *Router) }

// Options configure the router. The zero value of every field but Catalogue
// and Now is usable.
type Options struct {
	Catalogue *i18n.Catalogue
	Now       func() time.Time
	Log       *slog.Logger
	// ErrorPage draws a failure as a page or, when asked, as a fragment.
	ErrorPage func(page.Failure) templ.Component
	// Observe is told of every finished request, for metrics.
	Observe func(route string, status int, took time.Duration)

	SignIn         string         // where a page that needs a sign-in sends people
	Secure         bool           // served over TLS: Secure cookies and HSTS
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	TrustedOrigins []string       // other origins that may post to us

	MaxBody     int64   // bytes per request body, default 1 MiB
	MaxInFlight int     // requests served at once, default 512
	PerSecond   float64 // requests per client address, 0 = no limit
	Burst       int     // of PerSecond
}

// Router is an http.Handler made of routes.
type Router struct {
	o        Options
	mux      *http.ServeMux
	use      []Middleware
	inner    Handler
	origins  *http.CrossOriginProtection
	limiter  *Limiter
	slots    chan struct{}
	requests func() string
	patterns []string
}

// New makes a router.
func New(o Options) (*Router, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	if o.MaxInFlight == 0 {
		o.MaxInFlight = 512
	}
	if o.ErrorPage == nil {
		o.ErrorPage = plainError
	}
	rt := &Router{
		o: o, mux: http.NewServeMux(), origins: http.NewCrossOriginProtection(),
		slots: make(chan struct{}, o.MaxInFlight), requests: newRequestID,
	}
	for _, origin := range o.TrustedOrigins {
		if err := rt.origins.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	if o.PerSecond > 0 {
		rt.limiter = NewLimiter(o.PerSecond, o.Burst, 50_000)
	}
	rt.inner = rt.dispatch
	return rt, nil
}

// Use adds a middleware for every route, e.g. the session reader. The first
// added is the outermost. Call it before serving.
func (rt *Router) Use(mw Middleware) {
	rt.use = append(rt.use, mw)
	rt.inner = chain(rt.dispatch, rt.use)
}

// Handle registers a route, "METHOD /path/{name}".
func (rt *Router) Handle(pattern string, h Handler, mw ...Middleware) {
	h = chain(h, mw)
	rt.patterns = append(rt.patterns, pattern)
	rt.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		stateOf(r.Context()).route = pattern
		if err := h(w, r); err != nil {
			rt.fail(w, r, err)
		}
	})
}

// Patterns lists the routes in the order of their registration.
func (rt *Router) Patterns() []string { return slices.Clone(rt.patterns) }

// Mount registers a standard handler, such as the assets or the JSON API.
func (rt *Router) Mount(pattern string, h http.Handler, mw ...Middleware) {
	rt.Handle(pattern, func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}, mw...)
}

// Add registers the routes of capabilities.
func (rt *Router) Add(all ...Capability) {
	for _, c := range all {
		c.Routes(rt)
	}
}

func chain(h Handler, mw []Middleware) Handler {
	for i := len(mw) - 1; i >= 0; i-- {
		h = mw[i](h)
	}
	return h
}

func (rt *Router) dispatch(w http.ResponseWriter, r *http.Request) error {
	return Dispatch(rt.mux, w, r)
}

// Dispatch serves a route of a mux. What the mux would refuse in plain text
// becomes a designed page, or a problem.
func Dispatch(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) error {
	h, pattern := mux.Handler(r)
	if pattern != "" {
		mux.ServeHTTP(w, r)
		return nil
	}
	probe := &probe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		return errMethod
	}
	return errNoPage
}

// probe learns which status the mux would have sent.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
}

var (
	errMethod = fault.New(fault.NotFound, "web.method")
	errNoPage = fault.New(fault.NotFound, "web.no_page")
	errBusy   = fault.New(fault.TooMany, "web.busy")
	errRate   = fault.New(fault.TooMany, "web.too_many")
	errCross  = fault.New(fault.Denied, "web.cross_site")
	errPanic  = fault.New(fault.Internal, "web.panic")
)

// state is what the router knows about one request.
type state struct {
	view  page.View
	route string
	log   *slog.Logger
	body  *limitedBody
	parts *multipart.Form // of an upload; its temporary files go with the request
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	if s, ok := ctx.Value(stateKey{}).(*state); ok {
		return s
	}
	return &state{}
}

// Log is the log of the router that serves a request, for frames that render
// failures of their own.
func Log(ctx context.Context) *slog.Logger {
	if s := stateOf(ctx); s.log != nil {
		return s.log
	}
	return slog.New(slog.DiscardHandler)
}

// ServeHTTP takes a request through the whole chain.
func (rt *Router) ServeHTTP(hw http.ResponseWriter, r *http.Request) {
	start := rt.o.Now()
	w := newResponse(hw, r, rt.o.Secure)
	s := &state{log: rt.o.Log}
	s.view.RequestID = rt.requests()
	r = r.WithContext(context.WithValue(r.Context(), stateKey{}, s))
	r = rt.personalise(r, s)
	defer func() {
		if p := recover(); p != nil {
			rt.panicked(w, r, p)
		}
		w.finish()
		if s.parts != nil {
			_ = s.parts.RemoveAll()
		}
		rt.log(r, s, w, rt.o.Now().Sub(start))
	}()
	rt.secure(w, s)
	if err := rt.guarded(w, r, s, start); err != nil {
		rt.fail(w, r, err)
	}
}

// guarded admits the request or says why not.
func (rt *Router) guarded(w http.ResponseWriter, r *http.Request, s *state, now time.Time) error {
	if !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0) {
		return errNoPage
	}
	if rt.limiter != nil && !exempt(r.URL.Path) {
		if wait := rt.limiter.Take(rt.ClientKey(r), now); wait > 0 {
			RetryAfter(w, wait)
			return errRate
		}
	}
	if !exempt(r.URL.Path) {
		if !rt.enter(r.Context()) {
			RetryAfter(w, 2*time.Second)
			return errBusy
		}
		defer func() { <-rt.slots }()
	}
	if err := rt.origins.Check(r); err != nil {
		return errCross.Because(err)
	}
	if r.Body != nil && r.Body != http.NoBody {
		s.body = &limitedBody{rc: r.Body, left: rt.o.MaxBody, limit: rt.o.MaxBody}
		r.Body = s.body
	}
	return rt.inner(w, r)
}

// exempt routes answer machines that must not be refused.
func exempt(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics" || strings.HasPrefix(path, "/assets/")
}

// enter waits at most a second for a free slot, so that a burst is served late
// rather than never and an overload is refused rather than queued for ever.
func (rt *Router) enter(ctx context.Context) bool {
	select {
	case rt.slots <- struct{}{}:
		return true
	default:
	}
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case rt.slots <- struct{}{}:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}
