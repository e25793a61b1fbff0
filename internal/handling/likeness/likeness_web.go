package likeness

import (
	"context"
	"net/http"
	"net/url"
	"slices"
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

// Web is the pages and panels.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

// registrars ask while they write; readers look at what became of the hints.
var (
	registrars = []access.Role{access.Operator, access.Agent, access.BureauClerk, access.BureauHead}
	readers    = []access.Role{access.BureauClerk, access.BureauHead, access.Supervisor, access.Leader}
	desk       = []access.Role{
		access.Operator, access.Agent, access.BureauClerk, access.BureauHead, access.UnitHandler, access.UnitHead,
		access.Supervisor, access.Inspector, access.Leader,
	}
)

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	rt.Handle("GET /desk/cases/{no}/matter", h.getMatter, h.need(desk...))
	rt.Handle("POST /desk/new/like", h.postLike, h.need(registrars...))
	rt.Handle("GET /desk/matters", h.getHints, h.need(readers...))
}

func (h *Web) getMatter(w http.ResponseWriter, r *http.Request) error {
	c, g, err := h.ForCase(r.Context(), access.From(r.Context()), r.PathValue("no"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, h.matterPage(c, g, h.Clock.Now()))
}

// postLike shows, while somebody types, what may be about the same. It is a
// post because a phone number does not belong into an address.
func (h *Web) postLike(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	list, err := h.typed(r.Context(), form)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, h.typedList(list, h.Clock.Now()))
}

func (h *Web) typed(ctx context.Context, form *page.Form) ([]Candidate, error) {
	return h.Candidates(ctx, Ask{
		Actor: access.From(ctx), Phone: strings.TrimSpace(form.Get("phone")), IDNo: strings.TrimSpace(form.Get("id_no")),
		Text: Text{Title: form.Get("title"), Words: form.Get("words"), Wish: form.Get("wish"), Place: form.Get("place")},
	})
}

// Before shows what a filing at the desk resembles so much that somebody
// should look before it is registered: the same person, the same matter, still
// open. Nil when there is nothing; nobody is kept from registering.
func (h *Web) Before(ctx context.Context, form *page.Form) (templ.Component, error) {
	list, err := h.typed(ctx, form)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c Candidate) bool {
		return c.Suggests != casework.AsSupplement || !c.Has(SameWords) && !c.Has(SameDemand)
	})
	if len(list) == 0 {
		return nil, nil
	}
	return h.candidateList("", list, h.Clock.Now()), h.Count(ctx, "desk", Shown, h.Clock.Now())
}

// CandidatesPanel draws what a waiting case resembles, for those who may
// relate it; nil for others.
func (h *Web) CandidatesPanel(ctx context.Context, ask Ask, c casework.Case, verbs []casework.Verb) (templ.Component, error) {
	if !slices.Contains(verbs, casework.Relate) {
		return nil, nil
	}
	list, err := h.Candidates(ctx, ask)
	if err != nil {
		return nil, err
	}
	wish, wished, err := h.Wish(ctx, ask.Actor, c.ID)
	if err != nil {
		return nil, err
	}
	if !wished {
		wish = casework.Case{}
	}
	return h.candidatesPanel(c.No, list, wish), nil
}

// GroupPanel draws the matter that a case belongs to; nil when it stands
// alone.
func (h *Web) GroupPanel(ctx context.Context, a access.Actor, c casework.Case) (templ.Component, error) {
	g, err := h.Group(ctx, a, c)
	if err != nil || len(g.Members) < 2 && c.Relation == nil {
		return nil, err
	}
	return h.groupPanel(c, g), nil
}

// relateHref leads to the form of the relation, filled in and still to be
// confirmed.
func relateHref(no string, c Candidate) string { return relateTo(no, c.Case.No, c.Suggests) }

func relateTo(no, master string, kind casework.RelationKind) string {
	return "/desk/cases/" + no + "/do/relate?" + url.Values{"relation": {string(kind)}, "linked": {master}}.Encode()
}

func percent(l float64) int { return int(100*l + 0.5) }

// fiveOnes are the five sameness rules of one matter (五个一) as terms.
func (h *Web) fiveOnes(ctx context.Context, g Group, now time.Time) []ui.Term {
	lang, m := i18n.Lang(ctx), g.Master
	var doors []string
	for _, c := range g.Channels() {
		doors = append(doors, i18n.T(ctx, "channel."+string(c)))
	}
	unit := func(id int64) string {
		if u, ok := h.Names.Unit(id); ok {
			return u.Name(lang)
		}
		return i18n.T(ctx, "likeness.not_yet")
	}
	reply := i18n.T(ctx, "likeness.not_yet")
	if !m.ServedAt.IsZero() {
		reply = i18n.Moment(ctx, m.ServedAt)
	}
	out := []ui.Term{
		{Label: i18n.T(ctx, "likeness.one.source"), Text: i18n.T(ctx, "likeness.arrivals", len(g.Members), strings.Join(doors, i18n.Pick(ctx, "、", ", ")))},
		{Label: i18n.T(ctx, "likeness.one.intake"), Text: unit(m.BureauID)},
		{Label: i18n.T(ctx, "likeness.one.handling"), Text: unit(m.LeadUnitID)},
		{Label: i18n.T(ctx, "likeness.one.reply"), Text: reply},
		{Label: i18n.T(ctx, "likeness.one.file"), Text: i18n.T(ctx, "likeness.entries", len(g.Moments))},
	}
	if p := g.Promise; !p.Due.IsZero() || p.Kept+p.Late > 0 {
		text := i18n.T(ctx, "likeness.promise_past", p.Kept, p.Late)
		if !p.Due.IsZero() {
			text = i18n.T(ctx, "likeness.promise_open", i18n.DueDay(ctx, p.Due)) + " · " + text
		}
		out = append(out, ui.Term{Label: i18n.T(ctx, "likeness.promise"), Text: text})
	}
	return out
}

// moments writes the one file as a timeline, newest first.
func moments(ctx context.Context, g Group) []ui.Moment {
	out := make([]ui.Moment, 0, len(g.Moments))
	for i := len(g.Moments) - 1; i >= 0; i-- {
		m := g.Moments[i]
		title := i18n.T(ctx, "event."+string(m.Kind))
		if m.Channel != "" {
			title += " · " + i18n.T(ctx, "channel."+string(m.Channel))
		}
		out = append(out, ui.Moment{Kind: string(m.Kind), Title: title, Who: m.No, When: i18n.Moment(ctx, m.At), ISO: i18n.Machine(m.At)})
	}
	return out
}

// hintRow is what became of the hints at one place.
type hintRow struct {
	Place                          string
	Shown, Joined, Filed, Withdrew int
}

// hintDays is the window that the page counts over.
const hintDays = 90

func (h *Web) getHints(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), h.Clock.Now()
	list, err := h.store.tallies(ctx, now.AddDate(0, 0, -hintDays))
	if err != nil {
		return err
	}
	p, err := h.Progress(ctx)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, hintsPage(hintRows(list), p))
}

func hintRows(list []tally) []hintRow {
	var out []hintRow
	for _, t := range list {
		if len(out) == 0 || out[len(out)-1].Place != t.place {
			out = append(out, hintRow{Place: t.place})
		}
		row := &out[len(out)-1]
		switch t.hint {
		case Shown:
			row.Shown = t.n
		case Joined:
			row.Joined = t.n
		case Filed:
			row.Filed = t.n
		}
	}
	for i := range out {
		out[i].Withdrew = max(0, out[i].Shown-out[i].Filed)
	}
	return out
}
