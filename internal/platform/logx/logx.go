// Package logx makes the program's logger: structured, on one stream, and
// without personal data. Callers log numbers, codes and ids; should a name, a
// phone number or a secret slip in under a known key or in the shape of one,
// the handler masks it.
package logx

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// New makes a logger that writes to w in a format ("text" or "json") from a
// level ("debug", "info", "warn", "error") on. Unknown words mean text and info.
func New(w io.Writer, format, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l, ReplaceAttr: redact}
	var h slog.Handler = slog.NewTextHandler(w, o)
	if format == "json" {
		h = slog.NewJSONHandler(w, o)
	}
	return slog.New(handler{h})
}

// Quiet is a logger that says nothing, for tests.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// masked stands for what the log must not hold.
const masked = "[masked]"

// secret lists keys whose values are never written.
var secret = map[string]bool{
	"password": true, "secret": true, "token": true, "code": true, "totp": true, "cookie": true,
	"authorization": true, "key": true, "session": true,
	"name": true, "phone": true, "id_no": true, "address": true, "words": true, "wish": true,
	"email": true, "petitioner": true, "body": true, "form": true, "query": true,
}

// personal finds mainland phone numbers, identity numbers and passwords in URLs
// inside texts that came from somewhere else, such as an error's message.
var personal = regexp.MustCompile(`\b1[3-9]\d{9}\b|\b\d{17}[\dXx]\b|://[^/\s:@]+:[^/\s@]+@`)

// redact masks one attribute.
func redact(_ []string, a slog.Attr) slog.Attr {
	if secret[strings.ToLower(a.Key)] {
		return slog.String(a.Key, masked)
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Mask(v.String()))
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			return slog.String(a.Key, Mask(err.Error()))
		}
	}
	return a
}

// Mask hides what looks like a phone number, an identity number or a password
// in a URL.
func Mask(s string) string {
	return personal.ReplaceAllStringFunc(s, func(m string) string {
		if strings.HasPrefix(m, "://") {
			return "://" + masked + "@"
		}
		return masked
	})
}

// requestKey carries the request id.
type requestKey struct{}

// WithRequest puts a request id into the context; every line logged with that
// context carries it.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// Request gives the request id, "" outside a request.
func Request(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// handler adds the request id.
type handler struct{ slog.Handler }

// Handle writes one line.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if id := Request(ctx); id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the request id on derived loggers.
func (h handler) WithAttrs(a []slog.Attr) slog.Handler { return handler{h.Handler.WithAttrs(a)} }

// WithGroup keeps the request id on derived loggers.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
