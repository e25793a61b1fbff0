package caselead

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
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

const base = "/desk/leads"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	read, give := h.need(readers...), h.need(givers...)
	rt.Handle("GET /desk/leads", h.getBoard, read)
	rt.Handle("GET /desk/leads/new", h.getNew, give)
	rt.Handle("POST /desk/leads/new", h.postNew, give)
	rt.Handle("GET /desk/leads/items/{id}", h.getItem, read)
	rt.Handle("POST /desk/leads/items/{id}/{verb}", h.postStep, read)
	rt.Handle("GET /desk/leads/rules", h.getRules, read)
	rt.Handle("POST /desk/leads/rules", h.postRule, give)
	rt.Handle("POST /desk/leads/rules/{id}/end", h.postEndRule, give)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func numberOf(form *page.Form, name string) int64 {
	n, _ := form.Int64(name)
	return n
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func itemPath(id int64) string { return base + "/items/" + number(id) }

type boardView struct {
	actor  access.Actor
	view   string // open, late, ended
	leader int64
	boards []Board
	rows   []Led
	next   string
	now    time.Time
	*Web
}

func (h *Web) getBoard(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := boardView{actor: access.From(ctx), view: form.Get("view"), now: h.Clock.Now(), Web: h}
	if !slices.Contains(boardViews, v.view) {
		v.view = boardViews[0]
	}
	var picked bool
	if v.leader, picked = form.Int64("leader"); !picked && v.actor.Role == access.Leader {
		v.leader = v.actor.ID
	}
	q := Query{LeaderID: v.leader, Ended: v.view == "ended", Late: v.view == "late"}
	if _, err := web.DecodeCursor(form.Get("after"), &q.After.Due, &q.After.ID); err != nil {
		return err
	}
	if v.boards, err = h.Boards(ctx, v.actor, v.now); err != nil {
		return err
	}
	var next *Key
	if v.rows, next, err = h.List(ctx, v.actor, q, v.now); err != nil {
		return err
	}
	if next != nil {
		v.next = v.href(v.view, v.leader) + "&after=" + web.EncodeCursor(next.Due, next.ID)
	}
	return web.Render(w, r, http.StatusOK, boardPage(v))
}

var boardViews = []string{"open", "late", "ended"}

func (v boardView) href(view string, leader int64) string {
	return base + "?" + url.Values{"view": {view}, "leader": {number(leader)}}.Encode()
}

func (v boardView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, view := range boardViews {
		out = append(out, ui.Tab{ID: view, Label: i18n.T(ctx, "caselead.view."+view), Href: v.href(view, v.leader), Count: -1})
	}
	return out
}

func (v boardView) stats(ctx context.Context) []ui.StatProps {
	var out []ui.StatProps
	for _, b := range v.boards {
		p := ui.StatProps{Label: b.LeaderName, Value: i18n.Number(b.Open), Of: i18n.T(ctx, "caselead.late_n", b.Late), Href: v.href("open", b.LeaderID), TestID: "board"}
		if b.Late > 0 {
			p.Tone = "danger"
		}
		out = append(out, p)
	}
	return out
}

// whose says whose cases the list holds.
func (v boardView) whose(ctx context.Context) string {
	for _, b := range v.boards {
		if b.LeaderID == v.leader {
			return i18n.T(ctx, "caselead.of", b.LeaderName)
		}
	}
	if v.leader != 0 && v.leader == v.actor.ID {
		return i18n.T(ctx, "caselead.of", v.actor.Name)
	}
	return i18n.T(ctx, "caselead.of_all")
}

func (h *Web) light(l Led, now time.Time) ui.LightKind {
	return ui.LightKind(casework.LightFor(l.DueAt, l.DueAt.AddDate(0, 0, -h.Cases.Rules().Params.SoonDays), now))
}

func (h *Web) getNew(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	return h.showNew(w, r, http.StatusOK, form)
}

func (h *Web) showNew(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	leaders, err := h.options(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, status, newPage(form, leaders))
}

// options are the leaders, with the place that each leads.
func (h *Web) options(ctx context.Context) ([]ui.Option, error) {
	list, err := h.Leaders.Leaders(ctx)
	a := access.From(ctx)
	own, _ := h.Units.Unit(a.UnitID)
	var out []ui.Option
	for _, l := range list {
		u, _ := h.Units.Unit(l.UnitID)
		if slices.Contains(own.Areas, u.Area) || slices.Contains(u.Areas, a.AreaID) {
			out = append(out, ui.Option{Value: number(l.ID), Label: l.Name + " · " + u.Name(i18n.Lang(ctx))})
		}
	}
	return out, err
}

func (h *Web) postNew(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	l, err := h.Give(r.Context(), Giving{Key: form.Key(), Actor: access.From(r.Context()), CaseNo: form.Get("case"),
		LeaderID: numberOf(form, "leader"), Text: form.Get("text")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showNew(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "caselead.given", l.LeaderName)
	return web.Redirect(w, r, itemPath(l.ID))
}

type itemView struct {
	l       Led
	actor   access.Actor
	entries []Entry
	verbs   []string
	form    *page.Form
	now     time.Time
	*Web
}

func (h *Web) getItem(w http.ResponseWriter, r *http.Request) error {
	return h.showItem(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showItem(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	ctx := r.Context()
	v := itemView{actor: access.From(ctx), form: form, now: h.Clock.Now(), Web: h}
	var err error
	if v.l, err = h.Led(ctx, v.actor, idOf(r)); err != nil {
		return err
	}
	if v.entries, err = h.Entries(ctx, v.actor, v.l.ID); err != nil {
		return err
	}
	v.verbs = Verbs(v.l, v.actor)
	return web.Render(w, r, status, itemPage(v))
}

func (h *Web) postStep(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	_, err = h.Do(r.Context(), access.From(r.Context()), idOf(r), Step{form.Key(), r.PathValue("verb"), form.Get("text"), form.All("duties")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showItem(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "caselead.saved")
	return web.Redirect(w, r, itemPath(idOf(r)))
}

// moments are the entries, newest first.
func (v itemView) moments(ctx context.Context) []ui.Moment {
	icons := map[string]string{"take": "accepted", "progress": "recorded", "end": "concluded", "lapse": "lapsed"}
	var out []ui.Moment
	for _, e := range slices.Backward(v.entries) {
		m := ui.Moment{Kind: icons[e.Verb], Title: i18n.T(ctx, "caselead.did."+e.Verb), When: i18n.Moment(ctx, e.At), ISO: i18n.Machine(e.At),
			Who: e.ActorName, Text: e.Text, TestID: "entry-" + e.Verb}
		if e.Verb == "lapse" {
			m.Tone = "missed"
		}
		if e.Duty != "" {
			m.Body = dutyBadges(strings.Fields(e.Duty))
		}
		out = append(out, m)
	}
	return out
}

func (h *Web) getRules(w http.ResponseWriter, r *http.Request) error {
	return h.showRules(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showRules(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	ctx := r.Context()
	rules, err := h.Rules(ctx, access.From(ctx))
	if err != nil {
		return err
	}
	leaders, err := h.options(ctx)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, h.rulesPage(rules, leaders, form))
}

func (h *Web) postRule(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.AddRule(r.Context(), access.From(r.Context()), Rule{LeaderID: numberOf(form, "leader"), AreaID: numberOf(form, "area"),
		Category: form.Get("category"), Urgency: casework.Urgency(form.Get("urgency"))}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showRules(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "caselead.saved")
	return web.Redirect(w, r, base+"/rules")
}

func (h *Web) postEndRule(w http.ResponseWriter, r *http.Request) error {
	if err := h.EndRule(r.Context(), access.From(r.Context()), idOf(r), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "caselead.saved")
	return web.Redirect(w, r, base+"/rules")
}

// sentence says in words what a rule takes.
func (h *Web) sentence(ctx context.Context, r Rule) string {
	lang := i18n.Lang(ctx)
	parts := []string{}
	if u, ok := h.Units.Unit(r.AreaID); ok {
		parts = append(parts, u.Name(lang))
	}
	if c, ok := h.Categories.Category(r.Category); ok {
		parts = append(parts, c.Name(lang))
	}
	if r.Urgency != "" {
		parts = append(parts, i18n.T(ctx, "urgency."+string(r.Urgency)))
	}
	return i18n.T(ctx, "caselead.takes", strings.Join(parts, i18n.T(ctx, "caselead.and")))
}

func (h *Web) areaOptions(ctx context.Context) []ui.Option {
	a := access.From(ctx)
	var out []ui.Option
	for _, u := range h.Units.All() {
		if u.Active && u.Area == u.ID && slices.Contains(u.Areas, a.AreaID) {
			out = append(out, ui.Option{Value: number(u.ID), Label: strings.Repeat("\u3000", len(u.Areas)-1) + u.Name(i18n.Lang(ctx))})
		}
	}
	return out
}

func (h *Web) categoryOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, c := range h.Categories.Categories() {
		if c.Active {
			name := c.Name(i18n.Lang(ctx))
			if c.Parent != "" {
				name = "\u3000" + name
			}
			out = append(out, ui.Option{Value: c.Code, Label: name})
		}
	}
	return out
}

// Panel draws on the case page who leads it, or offers to have it led; nil
// when there is neither.
func (h *Web) Panel(ctx context.Context, a access.Actor, c casework.Case) (templ.Component, error) {
	if !a.Has(readers...) {
		return nil, nil
	}
	l, led, err := h.OfCase(ctx, a, c.ID)
	if err != nil || !led && (!a.Has(givers...) || !c.State.Open()) {
		return nil, err
	}
	return casePanel(l, led, c.No, h.Clock.Now()), nil
}
