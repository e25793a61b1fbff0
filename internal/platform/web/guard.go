package web

import (
	"container/list"
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; " +
	"connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Connect lets the script of one answer speak to one more place, such as a
// device of the machine that it runs on.
func Connect(w http.ResponseWriter, origin string) {
	w.Header().Set("Content-Security-Policy", strings.Replace(policy, "connect-src 'self'", "connect-src 'self' "+origin, 1))
}

// secure sets the headers that every answer carries.
func (rt *Router) secure(w http.ResponseWriter, s *state) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Request-Id", s.view.RequestID)
	if rt.o.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// log writes one line per request: the route, not the path, and no address, so
// that the log holds no personal data and no case number.
func (rt *Router) log(r *http.Request, s *state, w *response, took time.Duration) {
	route := s.route
	if route == "" {
		route = "none"
	}
	if rt.o.Observe != nil {
		rt.o.Observe(route, w.status, took)
	}
	rt.o.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("request", s.view.RequestID), slog.String("method", r.Method), slog.String("route", route),
		slog.Int("status", w.status), slog.Int64("bytes", w.sent), slog.Float64("ms", float64(took.Microseconds())/1000))
}

func newRequestID() string { return rand.Text()[:12] }

// ClientIP gives the address of the asker: the peer, or, behind a trusted
// proxy, the last address in X-Forwarded-For that no trusted proxy owns.
func (rt *Router) ClientIP(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	peer = peer.Unmap()
	if !rt.trusted(peer) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if peer = hop.Unmap(); !rt.trusted(peer) {
			break
		}
	}
	return peer
}

func (rt *Router) trusted(a netip.Addr) bool {
	for _, p := range rt.o.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// ClientKey names the asker for rate limits: an IPv4 address, or the /64 that
// an IPv6 customer owns.
func (rt *Router) ClientKey(r *http.Request) string {
	a := rt.ClientIP(r)
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Limit refuses a route to a key that asks too often: 429 with Retry-After.
// The key is the client's address when nil.
func (rt *Router) Limit(l *Limiter, key func(*http.Request) string) Middleware {
	if key == nil {
		key = rt.ClientKey
	}
	return func(next Handler) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if wait := l.Take(key(r), rt.o.Now()); wait > 0 {
				RetryAfter(w, wait)
				return errRate
			}
			return next(w, r)
		}
	}
}

// Timeout bounds the time that a route's handler may take.
func Timeout(d time.Duration) Middleware {
	return func(next Handler) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			ctx, cancel := context.WithTimeout(r.Context(), d)
			defer cancel()
			return next(w, r.WithContext(ctx))
		}
	}
}

// Limiter is a token bucket per key, for the keys used last.
type Limiter struct {
	mu    sync.Mutex
	every rate.Limit
	burst int
	size  int
	keys  map[string]*list.Element
	order *list.List // of *bucket, most recent first
}

type bucket struct {
	key string
	lim *rate.Limiter
}

// NewLimiter allows perSecond requests a second and a burst for each of at
// most size keys; beyond that the key that was silent longest is forgotten.
func NewLimiter(perSecond float64, burst, size int) *Limiter {
	return &Limiter{
		every: rate.Limit(perSecond), burst: max(1, burst), size: max(1, size),
		keys: map[string]*list.Element{}, order: list.New(),
	}
}

// Take uses one token of a key. It gives 0, or how long to wait.
func (l *Limiter) Take(key string, now time.Time) time.Duration {
	lim := l.bucket(key)
	res := lim.ReserveN(now, 1)
	if !res.OK() {
		return time.Second
	}
	wait := res.DelayFrom(now)
	if wait > 0 {
		res.CancelAt(now)
	}
	return wait
}

func (l *Limiter) bucket(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.keys[key]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*bucket).lim
	}
	b := &bucket{key, rate.NewLimiter(l.every, l.burst)}
	l.keys[key] = l.order.PushFront(b)
	if l.order.Len() > l.size {
		oldest := l.order.Back()
		l.order.Remove(oldest)
		delete(l.keys, oldest.Value.(*bucket).key)
	}
	return b.lim
}
