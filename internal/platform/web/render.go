package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render draws a component into memory and then sends it, so that a failure
// while drawing is still an error page and never half a page.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := c.Render(r.Context(), b); err != nil {
		return err
	}
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	h.Add("Vary", "HX-Request, Cookie, Accept-Language")
	if v := page.From(r.Context()); v.Flash != nil && !IsFragment(r) {
		SetCookie(w, &http.Cookie{Name: flashCookie, MaxAge: -1})
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(b.Bytes())
	return err
}

// IsFragment tells that htmx asks for a part of a page, not for a whole one.
func IsFragment(r *http.Request) bool {
	h := r.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Boosted") == "" && h.Get("HX-History-Restore-Request") == ""
}

// Redirect sends the reader on after a post: 303, or HX-Redirect for htmx. The
// target is a path of this site.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	to = LocalPath(to, "/")
	w.Header().Set("Cache-Control", "no-store")
	if IsFragment(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// LocalPath gives the path if it stays on this site, else the fallback.
func LocalPath(to, fallback string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t\x00") {
		return fallback
	}
	return to
}

// EncodeCursor writes the key of the last row of a page for the next link.
func EncodeCursor(key ...any) string {
	b, err := json.Marshal(key)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// DecodeCursor reads a key back into pointers. An empty text leaves them as
// they are and says false; a broken one is a fault.
func DecodeCursor(text string, into ...any) (bool, error) {
	if text == "" {
		return false, nil
	}
	broken := fault.New(fault.Invalid, "web.cursor")
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return false, broken.Because(err)
	}
	var parts []json.RawMessage
	if err = json.Unmarshal(b, &parts); err != nil || len(parts) != len(into) {
		return false, broken.Because(err)
	}
	for i, p := range parts {
		if err = json.Unmarshal(p, into[i]); err != nil {
			return false, broken.Because(err)
		}
	}
	return true, nil
}
