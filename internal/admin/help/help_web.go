package help

import (
	"context"
	"net/http"
	"slices"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

var (
	errNone     = fault.New(fault.NotFound, "help.none")
	errUnsigned = fault.New(fault.Unsigned, "help.unsigned")
)

// longest is how many characters of a search are looked at.
const longest = 60

// Web is the pages of help.
type Web struct{ book *Book }

// NewWeb reads the texts and makes the pages.
func NewWeb() (*Web, error) {
	b, err := Load()
	return &Web{b}, err
}

// Routes implements web.Capability. The public's topics are for everybody.
func (w *Web) Routes(rt *web.Router) {
	rt.Handle("GET /help", w.getContents)
	rt.Handle("GET /help/{topic}", w.getTopic)
}

// section is a part of the table of contents.
type section struct {
	For    Audience
	Topics []Topic
}

type contents struct {
	Voice    ui.Voice
	Words    string // searched for
	Hits     []Hit
	Sections []section
}

// own is the audience that a role belongs to.
func own(a access.Actor) Audience {
	switch {
	case a.Has(access.UnitHandler, access.UnitHead):
		return Unit
	case a.Has(access.Supervisor, access.Inspector, access.Leader):
		return Oversight
	case a.Has(access.SystemAdmin, access.SecAdmin, access.AuditAdmin):
		return Admin
	case a.Signed():
		return Clerk
	}
	return Public
}

// readable are the audiences whose topics somebody may read, the own first.
func readable(a access.Actor) []Audience {
	mine := own(a)
	if mine == Public {
		return []Audience{Public}
	}
	out := []Audience{mine}
	for _, other := range Audiences {
		if other != mine && other != Public {
			out = append(out, other)
		}
	}
	return append(out, Public)
}

func voice(a access.Actor) ui.Voice {
	if a.Signed() {
		return ui.Desk
	}
	return ui.Public
}

func (w *Web) getContents(rw http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), access.From(r.Context())
	may, lang := readable(actor), i18n.Lang(ctx)
	words := []rune(form.Get("q"))
	v := contents{Voice: voice(actor), Words: string(words[:min(longest, len(words))])}
	v.Hits = w.book.Search(lang, v.Words, may, wordsOf(ctx))
	for _, a := range may {
		v.Sections = append(v.Sections, section{a, w.book.Topics(lang, a)})
	}
	return web.Render(rw, r, http.StatusOK, contentsPage(v))
}

func wordsOf(ctx context.Context) func(string) string {
	return func(key string) string { return i18n.T(ctx, key) }
}

func (w *Web) getTopic(rw http.ResponseWriter, r *http.Request) error {
	actor, lang := access.From(r.Context()), i18n.Lang(r.Context())
	t, ok := w.book.Find(lang, r.PathValue("topic"))
	if !ok {
		return errNone
	}
	if !slices.Contains(readable(actor), t.For) {
		return errUnsigned
	}
	return web.Render(rw, r, http.StatusOK, topicPage(voice(actor), t, w.book.Topics(lang, t.For)))
}
