package web

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
)

// Faults that every form can meet.
var (
	ErrEncoding = fault.New(fault.Invalid, "web.encoding")
	ErrForm     = fault.New(fault.Invalid, "web.form")
	ErrTooLarge = fault.New(fault.TooLarge, "web.too_large")
)

// Form reads a posted form (urlencoded or multipart) within the route's body
// limit. Values are valid UTF-8, without control characters, trimmed.
func Form(r *http.Request) (*page.Form, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return nil, ErrForm.Because(err)
	}
	if cs := params["charset"]; cs != "" && !strings.EqualFold(cs, "utf-8") {
		return nil, ErrEncoding
	}
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(1 << 20)
		stateOf(r.Context()).parts = r.MultipartForm
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		if s := stateOf(r.Context()); s.body != nil && s.body.over {
			return nil, ErrTooLarge.Because(err)
		}
		return nil, ErrForm.Because(err)
	}
	return clean(r.PostForm)
}

// Query reads the query of a GET with the same care.
func Query(r *http.Request) (*page.Form, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, ErrForm.Because(err)
	}
	return clean(values)
}

func clean(values url.Values) (*page.Form, error) {
	for name, list := range values {
		if !utf8.ValidString(name) {
			return nil, ErrEncoding
		}
		for i, v := range list {
			if !utf8.ValidString(v) {
				return nil, ErrEncoding
			}
			list[i] = Clean(v)
		}
	}
	return page.NewForm(values), nil
}

// Clean drops control characters (but line ends and tabs) and the marks that
// turn the direction of text round, and trims.
func Clean(s string) string {
	plain := true
	for _, c := range s {
		if c < ' ' || c >= 0x7f && (c < 0xa0 || unwanted(c)) {
			plain = false
			break
		}
	}
	if !plain {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.Map(func(c rune) rune {
			switch {
			case c == '\r':
				return '\n'
			case c == '\n' || c == '\t':
				return c
			case unicode.IsControl(c) || unwanted(c):
				return -1
			}
			return c
		}, s)
	}
	return strings.TrimSpace(s)
}

// unwanted are direction marks and the byte order mark.
func unwanted(c rune) bool {
	return c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0xfeff
}

// MaxBody gives a route another body limit than the router's.
func MaxBody(bytes int64) Middleware {
	return func(next Handler) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if b := stateOf(r.Context()).body; b != nil {
				b.left, b.limit = bytes, bytes
			}
			return next(w, r)
		}
	}
}

// limitedBody stops reading at the limit.
type limitedBody struct {
	rc          io.ReadCloser
	left, limit int64
	over        bool
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.over {
		return 0, &http.MaxBytesError{Limit: b.limit}
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.rc.Read(p)
	if int64(n) <= b.left {
		b.left -= int64(n)
		return n, err
	}
	n, b.over = int(b.left), true
	b.left = 0
	return n, &http.MaxBytesError{Limit: b.limit}
}

func (b *limitedBody) Close() error { return b.rc.Close() }
