package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Header carries the key of a client.
const Header = "X-Client-Key"

// Web is the pages and the check of keys.
type Web struct {
	*Service
	need door.Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need door.Guard) *Web { return &Web{s, need} }

const base = "/admin/clients"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	admin := h.need(administrators...)
	rt.Handle("GET /admin/clients", h.getAll, admin)
	rt.Handle("GET /admin/clients/new", h.getNew, admin)
	rt.Handle("POST /admin/clients/new", h.postNew, admin)
	rt.Handle("GET /admin/clients/{id}", h.getOne, admin)
	rt.Handle("POST /admin/clients/{id}", h.postOne, admin)
	rt.Handle("POST /admin/clients/{id}/renew", h.postRenew, admin)
	rt.Handle("POST /admin/clients/{id}/again", h.postAgain, admin)
}

// Authenticate lets a key in, counts its use and answers 429 with Retry-After
// when the quota is used up. Requests without a key pass as they are.
func (s *Service) Authenticate(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		key := r.Header.Get(Header)
		if key == "" || !strings.HasPrefix(r.URL.Path, "/api/v1/") {
			return next(w, r)
		}
		ctx, err := s.Enter(r.Context(), key, scopeOf(r), r.Header.Get("Origin"))
		if f, ok := fault.As(err); ok && f.Kind == fault.TooMany && len(f.Args) > 0 {
			if until, ok := f.Args[0].(time.Time); ok {
				web.RetryAfter(w, until.Sub(s.Clock.Now()))
			}
		}
		if err != nil {
			return err
		}
		return next(w, r.WithContext(ctx))
	}
}

// scopeOf is what a request asks of its key.
func scopeOf(r *http.Request) Scope {
	if r.Method == http.MethodPost && (r.URL.Path == "/api/v1/filings" || r.URL.Path == "/api/v1/uploads") {
		return File
	}
	return Follow
}

type allView struct {
	clients []Client
	use     map[int64]Use
	now     time.Time
}

func (h *Web) getAll(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := allView{use: map[int64]Use{}, now: h.Clock.Now()}
	var err error
	if v.clients, err = h.Clients(ctx); err != nil {
		return err
	}
	for _, c := range v.clients {
		list, err := h.Usage(ctx, c.ID, v.now, 1)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			v.use[c.ID] = list[0]
		}
	}
	return web.Render(w, r, http.StatusOK, allPage(v))
}

type oneView struct {
	client  Client
	isNew   bool
	form    *page.Form
	usage   []Use
	dead    []message
	waiting int
	doors   []ui.Option
}

// usageDays are shown on the page of a client.
const usageDays = 14

func (h *Web) view(ctx context.Context, id int64, form *page.Form) (oneView, error) {
	v := oneView{form: form, isNew: id == 0, client: Client{Active: true, PerMinute: 60, PerDay: 2000, Scopes: Scopes}}
	entries, err := h.Doors.Entries(ctx)
	if err != nil {
		return v, err
	}
	for _, e := range entries {
		v.doors = append(v.doors, ui.Option{Value: e.Code, Label: e.Name(i18n.Lang(ctx)) + "（" + i18n.T(ctx, "channel."+string(e.Channel)) + "）"})
	}
	if v.isNew {
		return v, nil
	}
	if v.client, err = h.Client(ctx, id); err != nil {
		return v, err
	}
	if v.usage, err = h.Usage(ctx, id, h.Clock.Now(), usageDays); err != nil {
		return v, err
	}
	if v.waiting, err = h.Service.waiting(ctx, id); err != nil {
		return v, err
	}
	v.dead, err = h.Service.dead(ctx, id)
	return v, err
}

func idOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || n <= 0 {
		return -1 // found nowhere
	}
	return n
}

func path(id int64) string { return base + "/" + strconv.FormatInt(id, 10) }

func (h *Web) show(w http.ResponseWriter, r *http.Request, id int64, form *page.Form, status int) error {
	v, err := h.view(r.Context(), id, form)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, onePage(v))
}

func (h *Web) getNew(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, 0, page.NewForm(url.Values{}), http.StatusOK)
}

func (h *Web) getOne(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, idOf(r), page.NewForm(url.Values{}), http.StatusOK)
}

func read(form *page.Form) Form {
	f := Form{Name: form.Get("name"), Door: form.Get("door"), PerMinute: form.Int("per_minute"), PerDay: form.Int("per_day"),
		Origins: form.Get("origins"), Webhook: form.Get("webhook"), Active: form.Get("active") == "1"}
	for _, s := range form.All("scopes") {
		f.Scopes = append(f.Scopes, Scope(s))
	}
	return f
}

func (h *Web) postNew(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	issued, err := h.Add(r.Context(), access.From(r.Context()), read(form))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, 0, form, http.StatusUnprocessableEntity)
	}
	return h.issued(w, r, issued)
}

// issued shows key and secret, once.
func (h *Web) issued(w http.ResponseWriter, r *http.Request, i Issued) error {
	w.Header().Set("Cache-Control", "no-store")
	return web.Render(w, r, http.StatusOK, issuedPage(i))
}

func (h *Web) postOne(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	version, _ := form.Int64("version")
	f := read(form)
	if err = form.Take(h.Edit(r.Context(), access.From(r.Context()), idOf(r), version, f)); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, idOf(r), form, http.StatusUnprocessableEntity)
	}
	web.Flash(w, "client.saved", f.Name)
	return web.Redirect(w, r, path(idOf(r)))
}

func (h *Web) postRenew(w http.ResponseWriter, r *http.Request) error {
	issued, err := h.Renew(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	return h.issued(w, r, issued)
}

func (h *Web) postAgain(w http.ResponseWriter, r *http.Request) error {
	if err := h.revive(r.Context(), idOf(r), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "client.again_done")
	return web.Redirect(w, r, path(idOf(r)))
}
