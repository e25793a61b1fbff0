package retention

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Names are how the pages call staff.
type Names interface {
	StaffName(ctx context.Context, id int64) string
}

// Web is the pages.
type Web struct {
	*Service
	names Names
	need  Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, n Names, need Guard) *Web { return &Web{s, n, need} }

const base = "/admin/retention"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	rt.Handle("GET /admin/retention", h.get, h.need(readers...))
	rt.Handle("POST /admin/retention/schedule", h.postSchedule, h.need(access.SystemAdmin))
	rt.Handle("POST /admin/retention/runs", h.postRun, h.need(access.SystemAdmin))
	rt.Handle("POST /admin/retention/runs/{id}/approve", h.postApprove, h.need(approvers...))
	rt.Handle("POST /admin/retention/runs/{id}/withdraw", h.postWithdraw, h.need(readers...))
	rt.Handle("POST /admin/retention/holds", h.postHold, h.need(access.AuditAdmin))
	rt.Handle("POST /desk/cases/{no}/hold", h.postHold, h.need(access.BureauHead))
}

type view struct {
	actor  access.Actor
	form   *page.Form
	survey Survey
	runs   []Run
	holds  []Hold
	*Web
}

func (h *Web) get(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) show(w http.ResponseWriter, r *http.Request, status int, form *page.Form) (err error) {
	ctx := r.Context()
	v := view{actor: access.From(ctx), form: form, Web: h}
	if v.survey, err = h.Survey(ctx, v.actor, h.Clock.Now()); err != nil {
		return err
	}
	if v.runs, err = h.Runs(ctx, v.actor); err != nil {
		return err
	}
	if v.holds, err = h.Holds(ctx, v.actor); err != nil {
		return err
	}
	return web.Render(w, r, status, retentionPage(v))
}

func (h *Web) postSchedule(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	rules := make([]Rule, len(Classes))
	for i, c := range Classes {
		rules[i] = Rule{Class: c, Years: form.Int("years_" + c), Basis: form.Get("basis_" + c)}
	}
	return h.after(w, r, form, h.Amend(r.Context(), access.From(r.Context()), rules, h.Clock.Now()))
}

// after goes back to the page, or shows it with what has to be corrected.
func (h *Web) after(w http.ResponseWriter, r *http.Request, form *page.Form, err error) error {
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "retention.saved")
	return web.Redirect(w, r, base)
}

func (h *Web) postRun(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Propose(r.Context(), access.From(r.Context()), h.Clock.Now())
	return h.after(w, r, page.NewForm(nil), err)
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func (h *Web) postApprove(w http.ResponseWriter, r *http.Request) error {
	return h.after(w, r, page.NewForm(nil), h.Approve(r.Context(), access.From(r.Context()), idOf(r), h.Clock.Now()))
}

func (h *Web) postWithdraw(w http.ResponseWriter, r *http.Request) error {
	return h.after(w, r, page.NewForm(nil), h.Withdraw(r.Context(), access.From(r.Context()), idOf(r), h.Clock.Now()))
}

// postHold sets or lifts a hold, from the page of the case or of the audit.
func (h *Web) postHold(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	no, back := r.PathValue("no"), "/desk/cases/"+r.PathValue("no")
	if no == "" {
		no, back = form.Get("no"), base
	}
	do := h.SetHold
	if form.Get("do") == "lift" {
		do = h.LiftHold
	}
	if err := do(r.Context(), access.From(r.Context()), no, form.Get("reason"), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "retention.saved")
	return web.Redirect(w, r, back)
}

// Panel says on the page of a case that it was disposed of or is held, and lets
// a head of a bureau hold it; nil when there is nothing to say.
func (h *Web) Panel(ctx context.Context, a access.Actor, c casework.Case) (templ.Component, error) {
	if d, gone, err := h.Of(ctx, c.ID); err != nil || gone {
		return goneNote(d), err
	}
	hold, held, err := h.HoldOf(ctx, c.ID)
	if err != nil || !held && (a.Role != access.BureauHead || c.State.Open()) {
		return nil, err
	}
	return holdPanel(h, c.No, hold, held, a.Role == access.BureauHead), nil
}

// Told says to the petitioner that the case was disposed of; nil when it was not.
func (h *Web) Told(ctx context.Context, caseID int64) (templ.Component, error) {
	d, gone, err := h.Of(ctx, caseID)
	if err != nil || !gone {
		return nil, err
	}
	return goneNote(d), nil
}

func basis(ctx context.Context, r Rule) string {
	if r.Basis == "" {
		return i18n.T(ctx, "retention.basis."+r.Class)
	}
	return r.Basis
}

func (h *Web) who(ctx context.Context, id int64) string {
	if id == 0 {
		return "—"
	}
	return h.names.StaffName(ctx, id)
}

func (v view) state(ctx context.Context, r Run) string {
	if r.Expired(v.Clock.Now()) {
		return i18n.T(ctx, "retention.state.expired")
	}
	return i18n.T(ctx, "retention.state."+r.State)
}

func (v view) mayApprove(r Run) bool {
	return r.State == Proposed && !r.Expired(v.Clock.Now()) && v.actor.Has(approvers...) && v.actor.ID != r.ProposedBy
}

func (v view) pending() bool {
	for _, r := range v.runs {
		if r.State == Approved || r.State == Proposed && !r.Expired(v.Clock.Now()) {
			return true
		}
	}
	return false
}
