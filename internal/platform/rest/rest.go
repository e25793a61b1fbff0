// Package rest is the frame of the JSON API: one huma API on a mux of its own,
// failures as problem+json (RFC 9457) in the asker's language, and the things
// that many operations share: who may ask, the idempotency key, paging.
// Capabilities register typed operations in their *_api.go files.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"xinqiao/internal/platform/fault"
)

// Keyed is embedded in the input of every operation that changes something.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"100" example:"0196a3c2-71f4-7cc4-b2a5-3f6de0f4c8aa" doc:"Made by the client, the same for every try of one request: it is carried out once."`
}

// Who may use an operation, as the document tells it. Several entries are
// alternatives; the empty one is anybody.
var (
	Anybody     = []map[string][]string{{}, {"token": {}}, {"session": {}}}
	Staff       = []map[string][]string{{"token": {}}, {"session": {}}}
	StaffOrCode = []map[string][]string{{"token": {}}, {"session": {}}, {"code": {}}}
	CallCentre  = []map[string][]string{{"line": {}}}
)

// ErrUnsigned asks for a proof of who asks.
var ErrUnsigned = fault.New(fault.Unsigned, "rest.unsigned")

// New makes the API on its own mux; app mounts it under /api/v1/ beside the
// document at /openapi.json.
func New(title, version string) (huma.API, *http.ServeMux) {
	huma.NewErrorWithContext = asProblem
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return &Problem{Type: blank, Title: http.StatusText(status), Status: status}
	}
	mux := http.NewServeMux()
	c := huma.DefaultConfig(title, version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema links in bodies
	c.Formats = map[string]huma.Format{"application/json": format, "json": format}
	c.Info.Description = about
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.Servers = []*huma.Server{{URL: "/", Description: "This instance"}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "Staff: a token made at /account or by `xinqiao user token`."},
		"session": {Type: "apiKey", In: "cookie", Name: "session", Description: "Staff: the session of a browser that signed in at /signin."},
		"code":    {Type: "apiKey", In: "header", Name: "X-Query-Code", Description: "Petitioners: the query code of the receipt; it opens that case only."},
		"line":    {Type: "apiKey", In: "header", Name: "X-Xinqiao-Signature", Description: "Call centres: a signature under the secret of a line of the registry; see docs/hotline.md."},
	}
	c.Tags = []*huma.Tag{
		{Name: "filings", Description: "Bringing a matter in."},
		{Name: "agents", Description: "What agents do for people who cannot file alone, with mandate and notes."},
		{Name: "cases", Description: "Finding and reading cases, within what the asker may see."},
		{Name: "verbs", Description: "What can be done with a case; `permitted` of a case lists what the asker may do now."},
		{Name: "documents", Description: "Official documents of cases and units: drafted, approved, sealed, served, checked."},
		{Name: "rooms", Description: "Joint rooms for hard cases: who sits there, what was said, who is responsible."},
		{Name: "supervision", Description: "What is asked of units, and how they answer; within what the asker may see."},
		{Name: "co-signing", Description: "Petitions of several people: the join link, who signed, and what each thinks of the reply."},
		{Name: "reminders", Description: "Who is reminded of what, the tray, messages with their receipts."},
		{Name: "statistics", Description: "Counting, within what the asker may see."},
		{Name: "reference", Description: "What filings and verbs refer to: units, categories, and who one is."},
	}
	return humago.New(mux, c), mux
}

const about = `Every verb of the platform, with the same rules as its pages.
Failures are problem+json with a stable type, in the language of Accept-Language; they never repeat what was sent. Requests that change something take an Idempotency-Key: sent again, the same request changes nothing more. Lists page by key: send "next" back as "after" until it is absent.
Petitioners prove a case with its number and query code; staff send a bearer token. Times are RFC 3339 in UTC.`

// errNotUTF8 refuses what would otherwise be stored with its characters lost:
// the JSON decoder would silently replace them. errNUL refuses the one
// character that PostgreSQL keeps in no text.
var (
	errNotUTF8 = errors.New("not UTF-8")
	errNUL     = errors.New("holds NUL")
)

var format = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if !utf8.Valid(data) {
			return errNotUTF8
		}
		if holdsNUL(data) {
			return errNUL
		}
		return json.Unmarshal(data, v)
	},
}

// holdsNUL finds an escaped NUL: a backslash that no other one escapes, and
// u0000.
func holdsNUL(data []byte) bool {
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], []byte(`\u0000`))
		if i < 0 {
			return false
		}
		at += i
		before := len(data[:at]) - len(bytes.TrimRight(data[:at], `\`))
		if before%2 == 0 {
			return true
		}
	}
}

// Readable tells whether query and key of a request are text that every
// database keeps.
func Readable(r *http.Request) bool {
	query, err := url.QueryUnescape(r.URL.RawQuery)
	for _, text := range []string{query, r.Header.Get("Idempotency-Key")} {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return false
		}
	}
	return err == nil
}

type visitorKey struct{}

// visitor is who asks, as far as the network tells, and when.
type visitor struct {
	key string
	now time.Time
}

// WithVisitor notes who asks and when, so that guessing can be slowed down and
// a refusal can say how long it lasts.
func WithVisitor(ctx context.Context, key string, now time.Time) context.Context {
	return context.WithValue(ctx, visitorKey{}, visitor{key, now})
}

// Visitor names who asks.
func Visitor(ctx context.Context) string { return visitorOf(ctx).key }

func visitorOf(ctx context.Context) visitor {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v
}
