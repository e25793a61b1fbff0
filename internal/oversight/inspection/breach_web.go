package inspection

import (
	"context"
	"net/http"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

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
	v.query = BreachQuery{State: form.Get("state"), Kind: conduct.DutyKind(form.Get("kind")), UnitID: numberOf(form, "unit")}
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
	_, err = h.ActOnBreach(r.Context(), access.From(r.Context()), idOf(r), Ruling{r.PathValue("verb"), form.Get("text")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showBreach(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "inspection.saved")
	return web.Redirect(w, r, base+"/breaches/"+number(idOf(r)))
}

func (h *Web) breachTerms(ctx context.Context, x Breach) []ui.Term {
	t := func(key, text string) ui.Term { return ui.Term{Label: i18n.T(ctx, "inspection."+key), Text: text} }
	out := []ui.Term{
		t("unit", h.unitName(x.UnitID, i18n.Lang(ctx))), t("duty", i18n.T(ctx, "inspection.breach."+string(x.Kind))),
		t("at", i18n.Moment(ctx, x.At)), {Label: i18n.T(ctx, "inspection.case"), Body: caseLink(x.CaseNo, access.From(ctx))},
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
