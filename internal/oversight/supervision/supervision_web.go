package supervision

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Uploads keeps files under a secret token until an answer is given.
type Uploads interface {
	Receive(ctx context.Context, draft, name string, r io.Reader, by int64) error
	IDs(ctx context.Context, draft string) ([]int64, error)
}

// Web is the pages.
type Web struct {
	*Service
	uploads Uploads
	need    Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, u Uploads, need Guard) *Web { return &Web{s, u, need} }

const base = "/desk/supervision"

// uploadLimit bounds one request: ten files of the largest size and the form.
const uploadLimit = 210 << 20

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	everyone := h.need(access.Supervisor, access.Inspector, access.Leader, access.BureauHead, access.BureauClerk, access.UnitHead, access.UnitHandler)
	watch := h.need(Watchers...)
	rt.Handle("GET /desk/supervision", h.getList, everyone)
	rt.Handle("GET /desk/supervision/new", h.getNew, everyone)
	rt.Handle("POST /desk/supervision/new", h.postNew, everyone)
	rt.Handle("GET /desk/supervision/items/{id}", h.getItem, everyone)
	rt.Handle("GET /desk/supervision/items/{id}/do/{verb}", h.getAct, everyone)
	rt.Handle("POST /desk/supervision/items/{id}/do/{verb}", h.postAct, web.MaxBody(uploadLimit), everyone)
	rt.Handle("GET /desk/supervision/candidates", h.getCandidates, watch)
	rt.Handle("GET /desk/supervision/candidates/{id}", h.getCandidate, watch)
	rt.Handle("POST /desk/supervision/candidates/{id}", h.postDismiss, watch)
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func itemPath(id int64) string { return base + "/items/" + number(id) }

// sections are the parts of oversight that an actor has; the later ones are
// inspection's pages.
func sections(ctx context.Context, a access.Actor) []ui.Tab {
	ids := []string{"list", "rectify", "breaches", "standards"}
	if watches(a) {
		ids = []string{"list", "candidates", "breaches", "teams", "standards"}
	}
	hrefs := map[string]string{"list": base, "candidates": base + "/candidates"}
	out := make([]ui.Tab, len(ids))
	for i, id := range ids {
		href := hrefs[id]
		if href == "" {
			href = "/desk/inspection/" + id
		}
		out[i] = ui.Tab{ID: id, Label: i18n.T(ctx, "supervision.section."+id), Href: href, Count: -1}
	}
	return out
}

type listView struct {
	actor  access.Actor
	form   *page.Form
	query  Query
	rows   []Directive
	counts map[View]int
	next   string
	*Web
}

func (h *Web) getList(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), h.Clock.Now()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := listView{actor: access.From(ctx), form: form, Web: h}
	v.query = Query{View: View(form.Get("view")), Kind: Kind(form.Get("kind")), Variant: form.Get("variant"), UnitID: numberOf(form, "unit")}
	if !slices.Contains(Kinds, v.query.Kind) {
		v.query.Kind = "" // a link that says nothing known shows everything
	}
	if views := Views(v.actor); !slices.Contains(views, v.query.View) {
		v.query.View = views[0]
	}
	if _, err = web.DecodeCursor(form.Get("after"), &v.query.After.Due, &v.query.After.ID); err != nil {
		return err
	}
	var next *Key
	if v.rows, next, err = h.List(ctx, v.actor, v.query, now); err != nil {
		return err
	}
	if next != nil {
		v.next = v.href(v.query.View, web.EncodeCursor(next.Due, next.ID))
	}
	if v.counts, err = h.Counts(ctx, v.actor, v.query, now); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(v))
}

func numberOf(form *page.Form, name string) int64 {
	n, _ := form.Int64(name)
	return n
}

// href writes the address of a view with the filter that stands.
func (v listView) href(view View, after string) string {
	q := url.Values{"view": {string(view)}}
	for name, value := range map[string]string{"kind": string(v.query.Kind), "variant": v.query.Variant, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.query.UnitID != 0 {
		q.Set("unit", number(v.query.UnitID))
	}
	return base + "?" + q.Encode()
}

func (v listView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, view := range Views(v.actor) {
		n := v.counts[view]
		out = append(out, ui.Tab{ID: string(view), Label: i18n.T(ctx, "supervision.view."+string(view)), Href: v.href(view, ""), Count: min(n, 999), More: n > 999})
	}
	return out
}

// sentence says what the filter leaves, "" when it leaves everything.
func (v listView) sentence(ctx context.Context) string {
	var parts []string
	if v.query.Kind != "" {
		parts = append(parts, i18n.T(ctx, "supervision.kind."+string(v.query.Kind)))
	}
	if v.query.UnitID != 0 {
		parts = append(parts, v.unitName(v.query.UnitID, i18n.Lang(ctx)))
	}
	if len(parts) == 0 {
		return ""
	}
	return i18n.T(ctx, "supervision.filtered", strings.Join(parts, i18n.T(ctx, "supervision.and")))
}

func (h *Web) kindOptions(ctx context.Context) []ui.Option {
	return labelled(ctx, "supervision.kind.", Kinds)
}

func labelled[T ~string](ctx context.Context, prefix string, values []T) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: string(v), Label: i18n.T(ctx, prefix+string(v))}
	}
	return out
}

// unitOptions are the units of the actor's area, grouped by government.
func (h *Web) unitOptions(ctx context.Context) []ui.Option {
	a, lang := access.From(ctx), i18n.Lang(ctx)
	var out []ui.Option
	for _, u := range h.Units.All() {
		if u.Active && u.Kind != access.Government && u.ID != a.UnitID && slices.Contains(u.Areas, a.AreaID) {
			area, _ := h.Units.Unit(u.Area)
			out = append(out, ui.Option{Value: number(u.ID), Label: u.Name(lang), Group: area.Name(lang)})
		}
	}
	slices.SortStableFunc(out, func(x, y ui.Option) int { return strings.Compare(x.Group, y.Group) })
	return out
}

func stateTone(s State) string {
	switch s {
	case Served, Returned:
		return "warning"
	case Answered:
		return "info"
	case Accepted, Closed:
		return "success"
	}
	return ""
}

// receive keeps uploaded files under the form's token; what a file lacks
// becomes a problem of its field.
func (h *Web) receive(r *http.Request, form *page.Form, by int64) error {
	if r.MultipartForm == nil {
		return nil
	}
	for _, part := range r.MultipartForm.File["files"] {
		if part.Filename == "" {
			continue
		}
		f, err := part.Open()
		if err != nil {
			return fmt.Errorf("reading an upload: %w", err)
		}
		err = h.uploads.Receive(r.Context(), form.Get("draft"), part.Filename, f, by)
		f.Close()
		if e, ok := fault.As(err); ok && e.Kind != fault.Internal {
			form.Fail("files", e.ID, e.Args...)
		} else if err != nil {
			return err
		}
	}
	return nil
}
