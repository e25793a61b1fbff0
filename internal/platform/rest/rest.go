// Package rest is the frame of the JSON API: one huma API on a mux of its own,
// failures as problem+json (RFC 9457) in the asker's language, and the two
// things that every writing operation shares: the actor and the idempotency
// key. Capabilities register typed operations in their *_api.go files.
package rest

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// Problem is RFC 9457 with a stable id, advice, and the fields to correct. It
// never repeats what was sent.
type Problem struct {
	Type      string              `json:"type" example:"urn:xinqiao:fault:casework.wrong_state" doc:"Stable name of the failure; about:blank when the status says it all."`
	Title     string              `json:"title"`
	Status    int                 `json:"status"`
	Detail    string              `json:"detail,omitempty"`
	Advice    string              `json:"advice,omitempty" doc:"What to do about it."`
	RequestID string              `json:"request_id,omitempty" doc:"Quote it when asking for help."`
	Errors    []page.FieldFailure `json:"errors,omitempty" doc:"Inputs to correct."`
}

// Error implements error.
func (p *Problem) Error() string { return p.Type }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Fail turns an error into the problem that is sent, and logs what is ours.
func Fail(ctx context.Context, err error) error {
	f := web.Describe(ctx, err)
	if f.Status >= http.StatusInternalServerError {
		slog.ErrorContext(ctx, "failed", "request", f.RequestID, "error", err.Error())
	}
	return fromFailure(f)
}

func fromFailure(f page.Failure) *Problem {
	kind := "about:blank"
	if f.ID != "" {
		kind = "urn:xinqiao:fault:" + f.ID
	}
	return &Problem{kind, f.Title, f.Status, f.Message, f.Advice, f.RequestID, f.Fields}
}

// Keyed is embedded in the input of every operation that changes something.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"100" doc:"Made by the client, the same for every try of one request: it is carried out once."`
}

// New makes the API on its own mux; app mounts it under /api/v1/ beside the
// document at /openapi.json.
func New(title, version string) (huma.API, *http.ServeMux) {
	huma.NewErrorWithContext = asProblem
	mux := http.NewServeMux()
	c := huma.DefaultConfig(title, version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema links in bodies
	c.Info.Description = about
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token made at /account or by `xinqiao user token`."},
	}
	return humago.New(mux, c), mux
}

const about = `Every verb of the platform, with the same rules as its pages.
Failures are problem+json with a stable type. Requests that change something take an Idempotency-Key. Lists page by key: follow "next".
Petitioners prove a case with its number and query code; staff send a bearer token.`

// asProblem is how huma's own refusals (validation, unknown content) are told:
// where the fault lies, without echoing what was sent.
func asProblem(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	kind := fault.Invalid
	switch {
	case status == http.StatusRequestEntityTooLarge:
		kind = fault.TooLarge
	case status >= http.StatusInternalServerError:
		kind = fault.Internal
	}
	p := fromFailure(web.Describe(ctx.Context(), fault.New(kind, "rest.input")))
	p.Status, p.Detail = status, msg
	for _, err := range errs {
		if d, ok := err.(*huma.ErrorDetail); ok {
			p.Errors = append(p.Errors, page.FieldFailure{Name: d.Location, Message: d.Message})
		}
	}
	return p
}

type visitorKey struct{}

// WithVisitor notes who asks, as far as the network tells, so that guessing
// can be slowed down.
func WithVisitor(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, visitorKey{}, key)
}

// Visitor gives what WithVisitor noted.
func Visitor(ctx context.Context) string {
	key, _ := ctx.Value(visitorKey{}).(string)
	return key
}
