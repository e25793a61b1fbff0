package inspection

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

func (h *Web) getTeams(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	var after int64
	if _, err := web.DecodeCursor(form.Get("after"), &after); err != nil {
		return err
	}
	list, next, err := h.Teams(r.Context(), access.From(r.Context()), after)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, h.teamsPage(list, onward(base+"/teams", form, next)))
}

func (h *Web) getNewTeam(w http.ResponseWriter, r *http.Request) error {
	return h.showNewTeam(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showNewTeam(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	members, err := h.Members(r.Context(), access.From(r.Context()))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, h.newTeamPage(members, form))
}

func numbers(texts []string) []int64 {
	var out []int64
	for _, text := range texts {
		if n, ok := page.NewForm(map[string][]string{"n": {text}}).Int64("n"); ok {
			out = append(out, n)
		}
	}
	return out
}

func (h *Web) postNewTeam(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id, err := h.MakeTeam(r.Context(), access.From(r.Context()), TeamForm{Name: form.Get("name"), Task: form.Get("task"),
		Members: numbers(form.All("members")), Units: numbers(form.All("units"))}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showNewTeam(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "inspection.saved")
	return web.Redirect(w, r, base+"/teams/"+number(id))
}

func (h *Web) getTeam(w http.ResponseWriter, r *http.Request) error {
	return h.showTeam(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showTeam(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	t, visits, err := h.Team(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	now := h.Clock.Now()
	propose(form, "day", calendar.On(now).String())
	return web.Render(w, r, status, h.teamPage(t, visits, form, now))
}

func (h *Web) postVisit(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	day, _ := calendar.ParseDate(form.Get("day")) // a date that is none stays zero and is refused
	err = h.RecordVisit(r.Context(), access.From(r.Context()), idOf(r), VisitForm{UnitID: numberOf(form, "unit"), Day: day,
		Record: form.Get("record"), Items: strings.Split(form.Get("items"), "\n"), Days: form.Int("days")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showTeam(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "inspection.saved")
	return web.Redirect(w, r, base+"/teams/"+number(idOf(r)))
}

func (h *Web) postEndTeam(w http.ResponseWriter, r *http.Request) error {
	if err := h.EndTeam(r.Context(), access.From(r.Context()), idOf(r), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "inspection.saved")
	return web.Redirect(w, r, base+"/teams/"+number(idOf(r)))
}

func (h *Web) postCheck(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.CheckItem(r.Context(), access.From(r.Context()), Check{idOf(r), numberOf(form, "item"), form.Get("done") == "1"}, h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "inspection.saved")
	return web.Redirect(w, r, base+"/teams/"+number(idOf(r)))
}

func (h *Web) postReport(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.ReportItem(r.Context(), access.From(r.Context()), numberOf(form, "item"), form.Get("report"), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "inspection.saved")
	return web.Redirect(w, r, base+"/rectify")
}

// unitNames lists units in words.
func (h *Web) unitNames(ctx context.Context, ids []int64) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = h.unitName(id, i18n.Lang(ctx))
	}
	return strings.Join(names, i18n.T(ctx, "inspection.and"))
}

func memberNames(ctx context.Context, list []Colleague) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	return strings.Join(names, i18n.T(ctx, "inspection.and"))
}

func (h *Web) optionsOf(ctx context.Context, units []int64) []ui.Option {
	var out []ui.Option
	for _, id := range units {
		out = append(out, ui.Option{Value: number(id), Label: h.unitName(id, i18n.Lang(ctx))})
	}
	return out
}

// pointGroups splits the checklist by standard.
func pointGroups(list []conduct.Checked) [][]conduct.Checked {
	var out [][]conduct.Checked
	for _, s := range conduct.Standards {
		out = append(out, slices.DeleteFunc(slices.Clone(list), func(c conduct.Checked) bool { return c.Standard != s }))
	}
	return out
}

func markTone(m conduct.Mark) string {
	return map[conduct.Mark]string{conduct.Met: "success", conduct.Unmet: "danger", conduct.Pending: "info"}[m]
}

func verbName(ctx context.Context, v casework.Verb) string {
	if key := "verb." + string(v); i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "inspection.supervise")
}
