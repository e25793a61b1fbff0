package web

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
)

var statuses = map[fault.Kind]int{
	fault.Internal:    http.StatusInternalServerError,
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.NotFound:    http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.Denied:      http.StatusForbidden,
	fault.Unsigned:    http.StatusUnauthorized,
	fault.RuleBroken:  http.StatusConflict,
	fault.TooLarge:    http.StatusRequestEntityTooLarge,
	fault.TooMany:     http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// Status gives the HTTP status of any error.
func Status(err error) int {
	var tooBig *http.MaxBytesError
	switch {
	case errors.Is(err, errMethod):
		return http.StatusMethodNotAllowed
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge
	}
	if _, ok := fault.As(err); !ok && errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable
	}
	return statuses[fault.KindOf(err)]
}

// Describe turns an error into the words that a person may see. What is
// internal says nothing but the request id. The JSON API uses it too.
func Describe(ctx context.Context, err error) page.Failure {
	status := Status(err)
	kind := "failure." + strconv.Itoa(status)
	f := page.Failure{
		Status: status, RequestID: page.From(ctx).RequestID,
		Title: i18n.T(ctx, kind+".title"), Message: i18n.T(ctx, kind+".message"), Advice: i18n.T(ctx, kind+".advice"),
	}
	e, ok := fault.As(err)
	if !ok || status == http.StatusInternalServerError {
		return f
	}
	f.ID = e.ID
	if key := "fault." + e.ID; i18n.Has(ctx, key) {
		f.Message = i18n.T(ctx, key, e.Args...)
		if i18n.Has(ctx, key+".advice") {
			f.Advice = i18n.T(ctx, key+".advice", e.Args...)
		}
	}
	for _, p := range e.Fields {
		f.Fields = append(f.Fields, page.FieldFailure{Name: p.Name, Message: i18n.T(ctx, "fault."+p.ID, p.Args...)})
	}
	return f
}

// fail answers with an error in the form that the asker understands.
func (rt *Router) fail(w http.ResponseWriter, r *http.Request, err error) {
	ctx := r.Context()
	status := Status(err)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		w.WriteHeader(499) // nobody listens any more; for the log
		return
	}
	rt.logFailure(r, status, err)
	if rw, ok := w.(*response); ok && rw.started() {
		panic(http.ErrAbortHandler) // half a page is out: break it visibly
	}
	if status == http.StatusUnauthorized && rt.signIn(w, r) {
		return
	}
	if (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) && w.Header().Get("Retry-After") == "" {
		RetryAfter(w, 5*time.Second)
	}
	f := Describe(ctx, err)
	f.Retry, _ = strconv.Atoi(w.Header().Get("Retry-After"))
	if wantsJSON(r) {
		writeProblem(w, f)
		return
	}
	if IsFragment(r) {
		f.Fragment = true
		w.Header().Set("HX-Retarget", "#alerts")
		w.Header().Set("HX-Reswap", "innerHTML")
	}
	if err := Render(w, r, status, rt.o.ErrorPage(f)); err != nil {
		http.Error(w, f.Title, status)
	}
}

// logFailure keeps the cause of what is our fault; what is the asker's fault
// is in the access log by its id.
func (rt *Router) logFailure(r *http.Request, status int, err error) {
	if status < 500 {
		rt.o.Log.LogAttrs(r.Context(), slog.LevelDebug, "refused", slog.String("request", page.From(r.Context()).RequestID), slog.String("error", err.Error()))
		return
	}
	rt.o.Log.LogAttrs(r.Context(), slog.LevelError, "failed", slog.String("request", page.From(r.Context()).RequestID), slog.String("route", stateOf(r.Context()).route), slog.String("error", err.Error()))
}

// signIn sends a person to the sign-in page and back again.
func (rt *Router) signIn(w http.ResponseWriter, r *http.Request) bool {
	if rt.o.SignIn == "" || wantsJSON(r) || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		return false
	}
	to := rt.o.SignIn + "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	return Redirect(w, r, to) == nil
}

func (rt *Router) panicked(w *response, r *http.Request, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	rt.o.Log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("request", page.From(r.Context()).RequestID),
		slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
	w.forget()
	rt.fail(w, r, errPanic)
}

// wantsJSON tells a program from a person.
func wantsJSON(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return true
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// problem is RFC 9457.
type problem struct {
	Type      string              `json:"type"`
	Title     string              `json:"title"`
	Status    int                 `json:"status"`
	Detail    string              `json:"detail,omitempty"`
	Advice    string              `json:"advice,omitempty"`
	RequestID string              `json:"request_id,omitempty"`
	Errors    []page.FieldFailure `json:"errors,omitempty"`
}

func writeProblem(w http.ResponseWriter, f page.Failure) {
	kind := "about:blank"
	if f.ID != "" {
		kind = "urn:xinqiao:fault:" + f.ID
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(f.Status)
	json.NewEncoder(w).Encode(problem{kind, f.Title, f.Status, f.Message, f.Advice, f.RequestID, f.Fields})
}

// RetryAfter tells a program when to ask again.
func RetryAfter(w http.ResponseWriter, d time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(max(1, (d+time.Second-1)/time.Second))))
}

// plainError serves until app gives the designed page.
func plainError(f page.Failure) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<!doctype html><title>"+html.EscapeString(f.Title)+"</title><h1>"+
			html.EscapeString(f.Title)+"</h1><p>"+html.EscapeString(f.Message)+"</p><p>"+
			html.EscapeString(f.Advice)+"</p><p>"+html.EscapeString(f.RequestID)+"</p>")
		return err
	})
}
