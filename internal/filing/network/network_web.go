package network

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages of the agents' app.
type Web struct {
	*Network
	need   Guard
	places func(context.Context) []ui.Option
}

// NewWeb makes the pages; places are what a filing can be about.
func NewWeb(s *Network, need Guard, places func(context.Context) []ui.Option) *Web {
	return &Web{s, need, places}
}

// Shells are the pages that a device keeps: they hold nobody's data.
var Shells = []string{"/agent/new", "/agent/note", "/agent/outbox"}

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	agent := h.need(access.Agent)
	rt.Handle("GET /agent", h.getHome, agent)
	rt.Handle("GET /agent/services/{id}", h.getService, agent)
	rt.Handle("GET /agent/notice/{id}", h.getNotice, agent)
	rt.Handle("GET "+Shells[0], shell(func(ctx context.Context) templ.Component { return newPage(h.places(ctx)) }))
	rt.Handle("GET "+Shells[1], shell(func(context.Context) templ.Component { return notePage() }))
	rt.Handle("GET "+Shells[2], shell(func(context.Context) templ.Component { return outboxPage() }))
}

// shell draws a page as for nobody, so that a device can keep it.
func shell(draw func(context.Context) templ.Component) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		view := *page.From(r.Context())
		view.Tray, view.Unread, view.Flash = false, 0, nil
		ctx := access.With(page.With(r.Context(), &view), access.Actor{})
		return web.Render(w, r.WithContext(ctx), http.StatusOK, draw(ctx))
	}
}

type homeView struct {
	Counts map[Mode]int
	Own    []Own
	Next   string
}

func (h *Web) getHome(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	var before int64
	if _, err := web.DecodeCursor(query.Get("before"), &before); err != nil {
		return err
	}
	a := access.From(r.Context())
	v := homeView{}
	if v.Counts, err = h.Counts(r.Context(), a); err != nil {
		return err
	}
	if v.Own, err = h.Mine(r.Context(), a, before); err != nil {
		return err
	}
	if len(v.Own) > pageSize {
		v.Own = v.Own[:pageSize]
		v.Next = "/agent?before=" + web.EncodeCursor(v.Own[pageSize-1].ID)
	}
	return web.Render(w, r, http.StatusOK, h.homePage(v))
}

func (h *Web) getService(w http.ResponseWriter, r *http.Request) error {
	own, notes, err := h.One(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, h.servicePage(own, notes))
}

func (h *Web) getNotice(w http.ResponseWriter, r *http.Request) error {
	own, _, err := h.One(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	service, ok := find(own.Service)
	if !ok || service.Agents {
		return ErrNotFound
	}
	return web.Render(w, r, http.StatusOK, noticePage(own, service))
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func serviceName(ctx context.Context, code string) string {
	s, _ := find(code)
	return s.Name(i18n.Lang(ctx))
}

// serviceOptions are the 22, and the four that agents must not take.
func serviceOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range Services() {
		group := "network.list.agent"
		if !s.Agents {
			group = "network.list.not"
		}
		out = append(out, ui.Option{Value: s.Code, Label: s.Code + " " + s.Name(i18n.Lang(ctx)), Group: i18n.T(ctx, group)})
	}
	return out
}

func wordOptions(ctx context.Context, prefix string, values []string) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: v, Label: i18n.T(ctx, prefix+v)}
	}
	return out
}

func modeOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, m := range []Mode{Direct, Help, Agency} {
		out = append(out, ui.Option{Value: string(m), Label: i18n.T(ctx, "network.mode."+string(m)), Help: i18n.T(ctx, "network.mode."+string(m)+".help")})
	}
	return out
}

func servicePath(id int64) string { return "/agent/services/" + strconv.FormatInt(id, 10) }
