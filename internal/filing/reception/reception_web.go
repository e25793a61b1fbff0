package reception

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
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

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	edit, plan := h.need(editors...), h.need(planners...)
	rt.Handle("GET /about", h.getAbout)
	rt.Handle("GET /about/leaders", h.getLeaders)
	rt.Handle("GET /admin/reception", h.getInfos, edit)
	rt.Handle("GET /admin/reception/{id}", h.getInfo, edit)
	rt.Handle("POST /admin/reception/{id}", h.postInfo, edit)
	rt.Handle("GET /desk/reception", h.getPlan, plan)
	rt.Handle("POST /desk/reception", h.postDay, plan)
	rt.Handle("GET /desk/reception/{id}/cancel", h.getCancel, plan)
	rt.Handle("POST /desk/reception/{id}/cancel", h.postCancel, plan)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func editPath(id int64) string { return "/admin/reception/" + number(id) }

func (h *Web) getAbout(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	all, err := h.All(r.Context())
	if err != nil || len(all) == 0 {
		return web.Render(w, r, http.StatusOK, h.aboutPage(form, all, Info{}))
	}
	chosen := all[0]
	if id, ok := form.Int64("bureau"); ok {
		for _, i := range all {
			if i.Bureau.ID == id {
				chosen = i
			}
		}
	}
	form.Set("bureau", number(chosen.Bureau.ID))
	return web.Render(w, r, http.StatusOK, h.aboutPage(form, all, chosen))
}

// options are the bureaus with the place that each serves.
func (h *Web) options(ctx context.Context) []ui.Option {
	lang := i18n.Lang(ctx)
	var out []ui.Option
	for _, u := range h.bureaus() {
		out = append(out, ui.Option{Value: number(u.ID), Label: strings.Repeat("\u3000", len(u.Areas)-1) + u.Name(lang)})
	}
	return out
}

func (h *Web) bureauName(ctx context.Context, id int64) string {
	u, _ := h.Units.Unit(id)
	return u.Name(i18n.Lang(ctx))
}

type leadersView struct {
	Month
	form   *page.Form
	bureau int64
	today  calendar.Date
	*Web
}

func (h *Web) getLeaders(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := leadersView{form: form, today: calendar.On(h.Clock.Now()), Web: h}
	date, err := calendar.ParseDate(form.Get("month") + "-01")
	if err != nil || date.Year < 2000 || date.Year > 2100 {
		date = v.today
	}
	v.bureau, _ = form.Int64("bureau")
	if v.Month, err = h.In(r.Context(), date, v.bureau); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, leadersPage(v))
}

// href is the address of a month of the same bureau.
func (v leadersView) href(first calendar.Date) string {
	to := "/about/leaders?month=" + first.String()[:7]
	if v.bureau != 0 {
		to += "&bureau=" + number(v.bureau)
	}
	return to
}

// split parts the days that are over from those to come.
func (v leadersView) split() (ahead, over []Day) {
	for _, d := range v.Days {
		if d.Day.Before(v.today) {
			over = append(over, d)
		} else {
			ahead = append(ahead, d)
		}
	}
	return ahead, over
}

func (h *Web) getInfos(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Editable(r.Context(), access.From(r.Context()))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, infosPage(list))
}

func (h *Web) getInfo(w http.ResponseWriter, r *http.Request) error {
	return h.showInfo(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showInfo(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	i, err := h.Info(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, infoPage(i, form))
}

func (h *Web) postInfo(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	texts := map[string]string{}
	for _, item := range Items {
		texts[item] = form.Get(item)
	}
	if err = form.Take(h.Publish(r.Context(), access.From(r.Context()), idOf(r), texts, h.Clock.Now())); err != nil {
		return err
	}
	if !form.OK() {
		return h.showInfo(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "reception.saved")
	return web.Redirect(w, r, "/admin/reception")
}

func (h *Web) getPlan(w http.ResponseWriter, r *http.Request) error {
	return h.showPlan(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showPlan(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	a := access.From(r.Context())
	list, err := h.Planned(r.Context(), a, calendar.On(h.Clock.Now()))
	if err != nil {
		return err
	}
	leaders, err := h.Choices(r.Context(), a)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, h.planPage(list, leaders, form))
}

func (h *Web) postDay(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	day, _ := calendar.ParseDate(form.Get("day")) // a date that is none stays zero and is refused
	staff, _ := form.Int64("staff")
	_, err = h.Announce(r.Context(), access.From(r.Context()), DayForm{Day: day, Begins: form.Get("begins"), Ends: form.Get("ends"), Place: form.Get("place"),
		StaffID: staff, Leader: form.Get("leader"), Subject: form.Get("subject")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showPlan(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "reception.announced")
	return web.Redirect(w, r, "/desk/reception")
}

func (h *Web) getCancel(w http.ResponseWriter, r *http.Request) error {
	return h.showCancel(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showCancel(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	list, err := h.Planned(r.Context(), access.From(r.Context()), calendar.On(h.Clock.Now()))
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.ID == idOf(r) && !d.Cancelled() {
			return web.Render(w, r, status, cancelPage(d, form))
		}
	}
	return ErrNotFound
}

func (h *Web) postCancel(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err = form.Take(h.Cancel(r.Context(), access.From(r.Context()), idOf(r), form.Get("why"), h.Clock.Now())); err != nil {
		return err
	}
	if !form.OK() {
		return h.showCancel(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "reception.cancelled")
	return web.Redirect(w, r, "/desk/reception")
}

func leaderOptions(h *Service, list []access.Actor, lang string) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, l := range list {
		u, _ := h.Units.Unit(l.UnitID)
		out[i] = ui.Option{Value: number(l.ID), Label: l.Name + " · " + u.Name(lang)}
	}
	return out
}
