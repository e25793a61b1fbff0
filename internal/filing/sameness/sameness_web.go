package sameness

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/matching"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages and the panel of a case.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

const base = "/desk/persons"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	decide := h.need(deciders...)
	rt.Handle("GET /desk/persons", h.getTasks, decide)
	rt.Handle("GET /desk/persons/{id}", h.getPair, decide)
	rt.Handle("POST /desk/persons/{id}", h.postDecision, decide)
	rt.Handle("POST /desk/persons/{id}/reveal", h.postReveal, decide)
	rt.Handle("GET /admin/sameness", h.getThresholds, h.need(access.SystemAdmin))
	rt.Handle("POST /admin/sameness", h.postThresholds, h.need(access.SystemAdmin))
}

func path(id int64) string { return base + "/" + strconv.FormatInt(id, 10) }

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

// tasksView is the list of pairs.
type tasksView struct {
	State State
	Links []Link
	Masks map[int64]Mask
	Now   time.Time
}

func (h *Web) getTasks(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := tasksView{State: State(form.Get("view")), Now: h.Clock.Now()}
	if v.State != Same && v.State != Apart {
		v.State = Task
	}
	if v.Links, err = h.Links(ctx, access.From(ctx), v.State); err != nil {
		return err
	}
	var ids []int64
	for _, l := range v.Links {
		ids = append(ids, l.Low, l.High)
	}
	if v.Masks, err = h.People.Masks(ctx, ids); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, tasksPage(v))
}

func (v tasksView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, s := range []State{Task, Same, Apart} {
		out = append(out, ui.Tab{ID: string(s), Label: i18n.T(ctx, "sameness.state."+string(s)), Href: base + "?view=" + string(s), Count: -1})
	}
	return out
}

// pairView is two records side by side.
type pairView struct {
	Link
	Notes []Note
	Masks [2]Mask
	Clear *[2]Clear // after a reveal
	Cases [2]int64
	Form  *page.Form
	Now   time.Time
}

func (h *Web) pair(ctx context.Context, id int64, form *page.Form) (pairView, error) {
	v := pairView{Form: form, Now: h.Clock.Now()}
	var err error
	if v.Link, v.Notes, err = h.Service.Link(ctx, access.From(ctx), id); err != nil {
		return v, err
	}
	masks, err := h.People.Masks(ctx, []int64{v.Low, v.High})
	v.Masks = [2]Mask{masks[v.Low], masks[v.High]}
	return v, err
}

func (h *Web) getPair(w http.ResponseWriter, r *http.Request) error {
	v, err := h.pair(r.Context(), idOf(r), page.NewForm(nil))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, pairPage(v))
}

func (h *Web) postDecision(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	_, err = h.Decide(ctx, access.From(ctx), idOf(r), Verdict{State(form.Get("decision")), form.Get("reason")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if form.OK() {
		web.Flash(w, "sameness.decided")
		return web.Redirect(w, r, path(idOf(r)))
	}
	v, err := h.pair(ctx, idOf(r), form)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, pairPage(v))
}

// postReveal shows the clear values of both, once the reason is on record.
func (h *Web) postReveal(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	v, err := h.pair(ctx, idOf(r), form)
	if err != nil {
		return err
	}
	var clear [2]Clear
	for i, id := range [2]int64{v.Low, v.High} {
		clear[i], err = h.People.Reveal(ctx, access.From(ctx), id, form.Get("why"), v.Now)
		if err = form.Take(err); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if v.Clear = &clear; !form.OK() {
		status, v.Clear = http.StatusUnprocessableEntity, nil
	}
	return web.Render(w, r, status, pairPage(v))
}

// value is what one of the two says to a field: masked, or clear once it was
// revealed. What has no mask is not shown.
func (v pairView) value(ctx context.Context, f matching.Field, i int) string {
	m := v.Masks[i]
	if c := v.Clear; c != nil {
		m.Name, m.Phone, m.IDNo, m.Address, m.OrgName = c[i].Name, c[i].Phone, c[i].IDNo, c[i].Address, c[i].OrgName
	}
	switch f {
	case matching.Name:
		return m.Name
	case matching.Phone:
		return m.Phone
	case matching.IDNo:
		if m.IDNo == "" {
			return ""
		}
		return m.IDNo + i18n.Pick(ctx, "（", " (") + i18n.T(ctx, "person.document."+m.IDType) + i18n.Pick(ctx, "）", ")")
	case matching.Town:
		return m.Address
	case matching.Org:
		return m.OrgName
	}
	return ""
}

func bits(w float64) string { return fmt.Sprintf("%+.1f", w) }

// tone marks what speaks for one person and what against.
func tone(e matching.Evidence) string {
	switch {
	case e.Level == matching.Unknown:
		return ""
	case e.Weight < 0:
		return "danger"
	case e.Weight > 0:
		return "success"
	}
	return "warning"
}

// against tells whether the two differ in a field.
func against(e matching.Evidence) bool {
	return e.Level != matching.Same && e.Level != matching.Unknown
}

// panelView is the earlier cases of who filed this one.
type panelView struct {
	Cases []casework.Case
	Links []Link
	Now   time.Time
}

// Panel draws the earlier cases of the petitioner and the links that they rest
// on; nil where there are none for this reader.
func (h *Web) Panel(ctx context.Context, a access.Actor, c casework.Case) (templ.Component, error) {
	cases, err := h.History(ctx, a, c)
	if err != nil || len(cases) == 0 {
		return nil, err
	}
	v := panelView{Cases: cases[:min(len(cases), mostHistory)], Now: h.Clock.Now()}
	if a.Has(deciders...) {
		if v.Links, err = h.OfPerson(ctx, a, c.PetitionerID); err != nil {
			return nil, err
		}
	}
	return historyPanel(v), nil
}

// mostHistory is how many earlier cases the panel names.
const mostHistory = 12

func (h *Web) getThresholds(w http.ResponseWriter, r *http.Request) error {
	t, err := h.Thresholds(r.Context())
	if err != nil {
		return err
	}
	form := page.NewForm(nil).Set("high", fmt.Sprintf("%g", t.High)).Set("middle", fmt.Sprintf("%g", t.Middle))
	return web.Render(w, r, http.StatusOK, thresholdsPage(form))
}

func (h *Web) postThresholds(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	var t matching.Thresholds
	for name, to := range map[string]*float64{"high": &t.High, "middle": &t.Middle} {
		if *to, err = strconv.ParseFloat(form.Get(name), 64); err != nil {
			form.Fail(name, "sameness.number")
		}
	}
	if form.OK() {
		if err = form.Take(h.SetThresholds(ctx, access.From(ctx), t, h.Clock.Now())); err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, thresholdsPage(form))
	}
	web.Flash(w, "sameness.saved")
	return web.Redirect(w, r, "/admin/sameness")
}

// weightRows are the weights as the settings show them.
func weightRows() []matching.Evidence {
	var out []matching.Evidence
	for _, f := range matching.Fields {
		for _, l := range []matching.Level{matching.Same, matching.Near, matching.Kin, matching.Differs} {
			if c, ok := matching.Table[f][l]; ok {
				out = append(out, matching.Evidence{Field: f, Level: l, Weight: c.Weight()})
			}
		}
	}
	return slices.Clip(out)
}
