package supervision

import (
	"net/http"
	"net/url"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
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
	v.query = CandidateQuery{State: form.Get("state"), Cause: conduct.Cause(form.Get("cause")), UnitID: numberOf(form, "unit")}
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
