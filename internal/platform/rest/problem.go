package rest

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// Problem is RFC 9457 with a stable id, advice, and the fields to correct. It
// never repeats what was sent.
type Problem struct {
	Type      string              `json:"type" example:"urn:xinqiao:fault:casework.wrong_state" doc:"Stable name of the failure; about:blank when the status says it all."`
	Title     string              `json:"title" example:"That cannot be done now"`
	Status    int                 `json:"status" example:"409"`
	Detail    string              `json:"detail,omitempty" doc:"What is the matter, in the asker's language."`
	Advice    string              `json:"advice,omitempty" doc:"What to do about it."`
	RequestID string              `json:"request_id,omitempty" doc:"Quote it when asking for help."`
	Errors    []page.FieldFailure `json:"errors,omitempty" doc:"Inputs to correct."`
}

const blank = "about:blank"

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
		web.Log(ctx).ErrorContext(ctx, "failed", slog.String("request", f.RequestID), slog.String("error", err.Error()))
	}
	p := fromFailure(f)
	if f.Status != http.StatusTooManyRequests && f.Status != http.StatusServiceUnavailable {
		return p
	}
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {strconv.Itoa(patience(ctx, err))}})
}

// patience is how many seconds a refusal lasts: to the moment that the fault
// names, or a little.
func patience(ctx context.Context, err error) int {
	if e, ok := fault.As(err); ok {
		for _, a := range e.Args {
			if until, ok := a.(time.Time); ok {
				return max(1, int(until.Sub(visitorOf(ctx).now).Round(time.Second)/time.Second))
			}
		}
	}
	return 5
}

// Rename gives the fields of an Invalid fault the names that they have in the
// JSON of an operation.
func Rename(err error, names map[string]string) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = slices.Clone(e.Fields)
	for i, f := range c.Fields {
		if name, ok := names[f.Name]; ok {
			c.Fields[i].Name = name
		}
	}
	return &c
}

func fromFailure(f page.Failure) *Problem {
	kind := blank
	if f.ID != "" {
		kind = "urn:xinqiao:fault:" + f.ID
	}
	return &Problem{kind, f.Title, f.Status, f.Message, f.Advice, f.RequestID, f.Fields}
}

// asProblem is how huma's own refusals (validation, unknown content) are told:
// where the fault lies, without echoing what was sent.
func asProblem(hctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
	ctx := hctx.Context()
	kind := fault.Invalid
	switch {
	case status == http.StatusRequestEntityTooLarge:
		kind = fault.TooLarge
	case status >= http.StatusInternalServerError:
		kind = fault.Internal
	}
	p := fromFailure(web.Describe(ctx, fault.New(kind, "rest.input")))
	p.Status = status
	for _, err := range errs {
		if d, ok := err.(*huma.ErrorDetail); ok && status < http.StatusInternalServerError {
			p.Errors = append(p.Errors, page.FieldFailure{Name: place(d.Location), Message: correction(ctx, d.Message)})
		}
	}
	return p
}

// named are the places that a problem may name: what looks like a field. What
// does not may be anything that somebody sent.
var named = regexp.MustCompile(`^[A-Za-z0-9_.\[\]-]{1,80}$`)

// place is where a fault lies: a field of the body by its name, a parameter.
func place(location string) string {
	if !named.MatchString(location) {
		return "body"
	}
	for _, in := range []string{"body.", "query.", "header.", "path."} {
		location = strings.TrimPrefix(location, in)
	}
	return location
}

// corrections translate huma's messages: a pattern whose groups are arguments,
// and the message to tell.
var corrections = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^not UTF-8$`), "rest.not_utf8"},
	{regexp.MustCompile(`^holds NUL$`), "rest.nul"},
	{regexp.MustCompile(`^unexpected property`), "rest.unexpected"},
	{regexp.MustCompile(`^expected required property (\w+) to be present`), "rest.required"},
	{regexp.MustCompile(`^required \w+ parameter is missing`), "rest.missing"},
	{regexp.MustCompile(`^expected length >= (\d+)`), "rest.short"},
	{regexp.MustCompile(`^expected length <= (\d+)`), "rest.long"},
	{regexp.MustCompile(`^expected number >= (-?\d+)`), "rest.small"},
	{regexp.MustCompile(`^expected number <= (-?\d+)`), "rest.large"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"`), "rest.one_of"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date-time`), "rest.moment"},
	{regexp.MustCompile(`^expected (string|integer|number|boolean|array|object)$`), "rest.kind_other"},
	{regexp.MustCompile(`^invalid (integer|number|boolean|float)`), "rest.kind_other"},
	{regexp.MustCompile(`^(?:invalid character|unexpected end of JSON)`), "rest.no_json"},
}

// correction says in the asker's language what has to be corrected.
func correction(ctx context.Context, message string) string {
	for _, c := range corrections {
		if m := c.pattern.FindStringSubmatch(message); m != nil {
			args := make([]any, len(m)-1)
			for i, a := range m[1:] {
				args[i] = a
			}
			return i18n.T(ctx, c.key, args...)
		}
	}
	return i18n.T(ctx, "rest.unfit")
}
