package supervision

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

type candidatesView struct {
	actor access.Actor
	form  *page.Form
	query CandidateQuery
	rows  []Candidate
	next  string
	*Web
}

func (h *Web) getCandidates(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := candidatesView{actor: access.From(ctx), form: form, Web: h}
	v.query = CandidateQuery{State: form.Get("state"), Cause: Cause(form.Get("cause")), UnitID: numberOf(form, "unit")}
	if _, err := web.DecodeCursor(form.Get("after"), &v.query.After); err != nil {
		return err
	}
	var next int64
	if v.rows, next, err = h.Candidates(ctx, v.actor, v.query); err != nil {
		return err
	}
	v.next = onward(base+"/candidates", form, next)
	return web.Render(w, r, http.StatusOK, candidatesPage(v))
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

func (h *Web) getCandidate(w http.ResponseWriter, r *http.Request) error {
	return h.showCandidate(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showCandidate(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	c, evidence, err := h.Candidate(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, h.candidatePage(c, evidence, form))
}

func (h *Web) postDismiss(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.Dismiss(r.Context(), access.From(r.Context()), idOf(r), form.Get("reason"), h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showCandidate(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "supervision.dismissed")
	return web.Redirect(w, r, base+"/candidates")
}

type breachesView struct {
	actor access.Actor
	form  *page.Form
	query BreachQuery
	rows  []Breach
	next  string
	now   time.Time
	*Web
}

func (h *Web) getBreaches(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := breachesView{actor: access.From(ctx), form: form, now: h.Clock.Now(), Web: h}
	v.query = BreachQuery{State: form.Get("state"), Kind: BreachKind(form.Get("kind")), UnitID: numberOf(form, "unit")}
	if _, err := web.DecodeCursor(form.Get("after"), &v.query.After); err != nil {
		return err
	}
	var next int64
	if v.rows, next, err = h.Breaches(ctx, v.actor, v.query); err != nil {
		return err
	}
	v.next = onward(base+"/breaches", form, next)
	return web.Render(w, r, http.StatusOK, breachesPage(v))
}

func (h *Web) getBreach(w http.ResponseWriter, r *http.Request) error {
	return h.showBreach(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showBreach(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	a := access.From(r.Context())
	x, err := h.Breach(r.Context(), a, idOf(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, h.breachPage(x, BreachVerbs(x, a), form, h.Clock.Now()))
}

func (h *Web) postBreach(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	_, err = h.ActOnBreach(r.Context(), access.From(r.Context()), idOf(r), r.PathValue("verb"), form.Get("text"), h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showBreach(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "supervision.saved")
	return web.Redirect(w, r, base+"/breaches/"+number(idOf(r)))
}

func (h *Web) breachTerms(ctx context.Context, x Breach) []ui.Term {
	t := func(key, text string) ui.Term { return ui.Term{Label: i18n.T(ctx, "supervision."+key), Text: text} }
	out := []ui.Term{
		t("unit", h.unitName(x.UnitID, i18n.Lang(ctx))), t("duty", i18n.T(ctx, "supervision.breach."+string(x.Kind))),
		t("at", i18n.Moment(ctx, x.At)), {Label: i18n.T(ctx, "supervision.case"), Body: caseLink(x.CaseNo, access.From(ctx))},
	}
	if key := "clock." + string(x.Clock); x.Clock != "" && i18n.Has(ctx, key) {
		out = append(out, t("clock", i18n.T(ctx, key)))
	}
	if !x.ServedAt.IsZero() {
		out = append(out, t("served_at", i18n.Moment(ctx, x.ServedAt)), t("answer_by", i18n.DueDay(ctx, x.DueAt)))
	}
	return out
}

func breachTone(state string) string {
	switch state {
	case "served", "answered":
		return "warning"
	case "upheld":
		return "danger"
	}
	return ""
}

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
	web.Flash(w, "supervision.saved")
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
	web.Flash(w, "supervision.saved")
	return web.Redirect(w, r, base+"/teams/"+number(idOf(r)))
}

func (h *Web) postEndTeam(w http.ResponseWriter, r *http.Request) error {
	if err := h.EndTeam(r.Context(), access.From(r.Context()), idOf(r), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "supervision.saved")
	return web.Redirect(w, r, base+"/teams/"+number(idOf(r)))
}

func (h *Web) postCheck(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.CheckItem(r.Context(), access.From(r.Context()), idOf(r), numberOf(form, "item"), form.Get("done") == "1", h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "supervision.saved")
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
	web.Flash(w, "supervision.saved")
	return web.Redirect(w, r, base)
}

// unitNames lists units in words.
func (h *Web) unitNames(ctx context.Context, ids []int64) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = h.unitName(id, i18n.Lang(ctx))
	}
	return strings.Join(names, i18n.T(ctx, "supervision.and"))
}

func memberNames(ctx context.Context, list []Colleague) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	return strings.Join(names, i18n.T(ctx, "supervision.and"))
}

func (h *Web) optionsOf(ctx context.Context, units []int64) []ui.Option {
	var out []ui.Option
	for _, id := range units {
		out = append(out, ui.Option{Value: number(id), Label: h.unitName(id, i18n.Lang(ctx))})
	}
	return out
}

// pointGroups splits the checklist by standard.
func pointGroups(list []Checked) [][]Checked {
	var out [][]Checked
	for _, s := range Standards {
		out = append(out, slices.DeleteFunc(slices.Clone(list), func(c Checked) bool { return c.Standard != s }))
	}
	return out
}

func markTone(m Mark) string {
	return map[Mark]string{Met: "success", Unmet: "danger", Pending: "info"}[m]
}

func verbName(ctx context.Context, v casework.Verb) string {
	if key := "verb." + string(v); i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "supervision.kind.supervise")
}
