package inspection

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

const base = "/desk/inspection"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	everyone := h.need(access.Supervisor, access.Inspector, access.Leader, access.BureauHead, access.BureauClerk, access.UnitHead, access.UnitHandler)
	watch := h.need(watchers...)
	rt.Handle("GET /desk/inspection/breaches", h.getBreaches, everyone)
	rt.Handle("GET /desk/inspection/breaches/{id}", h.getBreach, everyone)
	rt.Handle("POST /desk/inspection/breaches/{id}/{verb}", h.postBreach, everyone)
	rt.Handle("GET /desk/inspection/teams", h.getTeams, watch)
	rt.Handle("GET /desk/inspection/teams/new", h.getNewTeam, watch)
	rt.Handle("POST /desk/inspection/teams/new", h.postNewTeam, watch)
	rt.Handle("GET /desk/inspection/teams/{id}", h.getTeam, watch)
	rt.Handle("POST /desk/inspection/teams/{id}/visits", h.postVisit, watch)
	rt.Handle("POST /desk/inspection/teams/{id}/end", h.postEndTeam, watch)
	rt.Handle("POST /desk/inspection/teams/{id}/check", h.postCheck, watch)
	rt.Handle("GET /desk/inspection/rectify", h.getRectify, everyone)
	rt.Handle("POST /desk/inspection/rectify", h.postReport, everyone)
	rt.Handle("GET /desk/inspection/standards", h.getStandards, everyone)
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func numberOf(form *page.Form, name string) int64 {
	n, _ := form.Int64(name)
	return n
}

// sections are the parts of oversight that an actor has; the first two are
// supervision's pages.
func sections(ctx context.Context, a access.Actor) []ui.Tab {
	ids := []string{"list", "rectify", "breaches", "standards"}
	if watches(a) {
		ids = []string{"list", "candidates", "breaches", "teams", "standards"}
	}
	hrefs := map[string]string{"list": "/desk/supervision", "candidates": "/desk/supervision/candidates"}
	out := make([]ui.Tab, len(ids))
	for i, id := range ids {
		href := hrefs[id]
		if href == "" {
			href = base + "/" + id
		}
		out[i] = ui.Tab{ID: id, Label: i18n.T(ctx, "inspection.section."+id), Href: href, Count: -1}
	}
	return out
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
		if u.Active && u.Kind != access.Government && u.Kind != access.Village && u.ID != a.UnitID && slices.Contains(u.Areas, a.AreaID) {
			area, _ := h.Units.Unit(u.Area)
			out = append(out, ui.Option{Value: number(u.ID), Label: u.Name(lang), Group: area.Name(lang)})
		}
	}
	slices.SortStableFunc(out, func(x, y ui.Option) int { return strings.Compare(x.Group, y.Group) })
	return out
}

// onward writes the address of the next page of a filtered list.
func onward(path string, form *page.Form, next int64) string {
	if next == 0 {
		return ""
	}
	q := url.Values{}
	for name, values := range form.Values() {
		q[name] = values
	}
	q.Set("after", web.EncodeCursor(next))
	return path + "?" + q.Encode()
}

// propose fills in a field that was not sent.
func propose(form *page.Form, name, value string) {
	if len(form.All(name)) == 0 && value != "" {
		form.Set(name, value)
	}
}

func (h *Web) getStandards(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, standardsPage(access.From(r.Context())))
}

func (h *Web) getRectify(w http.ResponseWriter, r *http.Request) error {
	a := access.From(r.Context())
	items, err := h.OwnItems(r.Context(), a)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, rectifyPage(a, items, h.Clock.Now()))
}
