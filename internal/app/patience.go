package app

import (
	"net/http"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door/client"
	"xinqiao/internal/platform/web"
)

const (
	// stepsPerFiling is how many requests a guided filing may take, going back
	// and forth and adding files.
	stepsPerFiling = 15
	mostVisitors   = 50_000
	// unproven is how many times slower a page is let in that did no work.
	unproven = 4
)

// keyed tells whether a program asks whose own quota was counted already.
func keyed(r *http.Request) bool {
	_, ok := client.From(r.Context())
	return ok
}

// patience slows down who files too often from one address, so that a flood
// fills neither the store nor the bureau's day. Staff register for others as
// fast as they can.
func (a *App) patience(rt *web.Router) web.Middleware {
	n := a.Config.FilingsPerMinute
	if n <= 0 {
		return func(next web.Handler) web.Handler { return next }
	}
	slow := rt.Limit(web.NewLimiter(float64(n)/60/unproven, max(1, n/unproven), mostVisitors), nil)
	filings := rt.Limit(web.NewLimiter(float64(n)/60, n, mostVisitors), nil)
	steps := rt.Limit(web.NewLimiter(stepsPerFiling*float64(n)/60, stepsPerFiling*n, mostVisitors), nil)
	return func(next web.Handler) web.Handler {
		filing, step := filings(next), steps(next)
		slowly := slow(filing)
		return func(w http.ResponseWriter, r *http.Request) error {
			switch {
			case r.Method != http.MethodPost || access.From(r.Context()).Signed() || keyed(r):
				return next(w, r)
			case r.URL.Path == "/file/send" && !a.Intake.Proven(r):
				return slowly(w, r)
			case r.URL.Path == "/file/send" || r.URL.Path == "/api/v1/filings":
				return filing(w, r)
			case strings.HasPrefix(r.URL.Path, "/file/"), r.URL.Path == "/api/v1/uploads":
				return step(w, r)
			}
			return next(w, r)
		}
	}
}
