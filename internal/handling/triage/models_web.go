package triage

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/learn/evaluate"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the page of the models.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the page.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

const base = "/admin/models"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	read, change := h.need(access.SystemAdmin, access.BureauHead), h.need(access.SystemAdmin)
	rt.Handle("GET /admin/models", h.getModels, read)
	rt.Handle("GET /admin/models/run", h.getRun, read)
	rt.Handle("POST /admin/models/learn", h.postLearn, change)
	rt.Handle("POST /admin/models/{id}/use", h.postUse, change)
}

// weeksShown is how far the page looks back on what people kept.
const weeksShown = 12

type modelsView struct {
	question Question
	active   Version
	learned  bool
	versions []Version
	weeks    []Week
	fresh    int
	run      Run
	changes  bool // the reader may learn and roll back
	*Web
}

func (h *Web) getModels(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := modelsView{question: Question(form.Get("question")), changes: access.From(r.Context()).Has(access.SystemAdmin), Web: h}
	if !slices.Contains(Questions, v.question) {
		v.question = OfCategory
	}
	if err := v.fill(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, modelsPage(v))
}

func (v *modelsView) fill(ctx context.Context) (err error) {
	if v.run, err = v.store.run(ctx, v.DB.Read()); err != nil {
		return err
	}
	if v.versions, err = v.store.versions(ctx, v.question); err != nil {
		return err
	}
	for _, x := range v.versions {
		if x.Active {
			v.active, v.learned = x, true
		}
	}
	if v.fresh, err = v.store.fresh(ctx, v.question, v.active.TrainedAt); err != nil {
		return err
	}
	v.weeks, err = v.store.weeks(ctx, v.question, v.Clock.Now().AddDate(0, 0, -7*weeksShown))
	return err
}

func (h *Web) getRun(w http.ResponseWriter, r *http.Request) error {
	run, err := h.store.run(r.Context(), h.DB.Read())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, runBox(run))
}

func (h *Web) postLearn(w http.ResponseWriter, r *http.Request) error {
	if err := h.Ask(r.Context()); err != nil {
		return err
	}
	web.Flash(w, "triage.asked")
	return web.Redirect(w, r, base)
}

func (h *Web) postUse(w http.ResponseWriter, r *http.Request) error {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	v, err := h.Activate(r.Context(), id)
	if err != nil {
		return err
	}
	web.Flash(w, "triage.in_use_now", v.Number)
	return web.Redirect(w, r, base+"?question="+string(v.Question))
}

// waits tells whether the page should look again soon.
func (r Run) waits() bool { return r.Running || !r.AskedAt.IsZero() }

func lookAgain(r Run) templ.Attributes {
	if !r.waits() {
		return nil
	}
	return templ.Attributes{"hx-get": base + "/run", "hx-trigger": "every 2s", "hx-swap": "outerHTML"}
}

func (v modelsView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, q := range Questions {
		out = append(out, ui.Tab{ID: string(q), Label: i18n.T(ctx, "triage.question."+string(q)), Href: base + "?question=" + string(q), Count: -1})
	}
	return out
}

// figures are what is known of the version in use, each with what it rests on.
func (v modelsView) figures(ctx context.Context) []ui.StatProps {
	r := v.active.Report
	out := []ui.StatProps{{Label: i18n.T(ctx, "triage.version"), Value: "v" + strconv.Itoa(v.active.Number), Of: i18n.Moment(ctx, v.active.TrainedAt), TestID: "version"},
		{Label: i18n.T(ctx, "triage.examples"), Value: i18n.Number(v.active.Examples), Of: i18n.T(ctx, "triage.fresh", v.fresh), TestID: "examples"}}
	if !v.active.Checked() {
		return out
	}
	unseen := i18n.T(ctx, "triage.unseen", i18n.Number(r.Examples))
	reach := ui.StatProps{Label: i18n.T(ctx, "triage.answered98"), Value: i18n.T(ctx, "triage.none_yet"), Of: i18n.T(ctx, "triage.answered98_of"), TestID: "answered"}
	for _, p := range r.Precisions {
		if p.Precision == sureAt {
			reach.Value = hundred(p.Coverage)
		}
	}
	return append(out,
		ui.StatProps{Label: i18n.T(ctx, "triage.macro_f1"), Value: hundred(r.MacroF1), Of: unseen, TestID: "macro-f1"},
		ui.StatProps{Label: i18n.T(ctx, "triage.accuracy"), Value: hundred(r.Accuracy), Of: unseen},
		ui.StatProps{Label: i18n.T(ctx, "triage.calibration"), Value: hundred(r.CalibrationError), Of: i18n.T(ctx, "triage.calibration_of")},
		reach)
}

func hundred(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) + " %" }

// shownClasses is how many labels the table of errors lists.
const shownClasses = 40

// classes are the labels that were checked, the worst told first.
func (v modelsView) classes() []evaluate.Class {
	list := slices.DeleteFunc(slices.Clone(v.active.Report.Classes), func(c evaluate.Class) bool { return c.Support == 0 })
	slices.SortStableFunc(list, func(a, b evaluate.Class) int { return cmp.Compare(a.F1, b.F1) })
	return list[:min(len(list), shownClasses)]
}

// compared is how far a version's macro-F1 lies from that of the one in use.
func (v modelsView) compared(x Version) string {
	if !x.Checked() {
		return "–"
	}
	if x.Active || !v.active.Checked() {
		return hundred(x.Report.MacroF1)
	}
	diff := 100 * (x.Report.MacroF1 - v.active.Report.MacroF1)
	sign := ""
	if diff >= 0 {
		sign = "+"
	}
	return hundred(x.Report.MacroF1) + " (" + sign + strconv.FormatFloat(diff, 'f', 1, 64) + ")"
}

// fewest is from how many suggestions on a week's share says something.
const fewest = 5

// drift draws the share of suggestions that people kept, week by week.
func (v modelsView) drift(ctx context.Context) ui.ChartProps {
	c := ui.ChartProps{ID: "chart-drift", Title: i18n.T(ctx, "triage.drift"), Kind: "line", Unit: "%", Series: []ui.Series{
		{Name: i18n.T(ctx, "triage.kept")}, {Name: i18n.T(ctx, "triage.kept_sure")}}}
	for _, w := range v.weeks {
		c.Labels = append(c.Labels, i18n.Day(ctx, w.From))
		c.Series[0].Points = append(c.Series[0].Points, pointOf(w.Kept, w.All))
		c.Series[1].Points = append(c.Series[1].Points, pointOf(w.SureKept, w.Sure))
	}
	return c
}

func pointOf(part, whole int64) *float64 {
	if whole < fewest {
		return nil
	}
	p := float64(int(1000*float64(part)/float64(whole)+0.5)) / 10
	return &p
}
