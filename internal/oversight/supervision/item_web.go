package supervision

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// newView is the form of a directive to be.
type newView struct {
	actor    access.Actor
	form     *page.Form
	kind     Kind
	leaders  []Colleague
	evidence []conduct.Evidence
	*Web
}

func (h *Web) getNew(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	return h.showNew(w, r, http.StatusOK, form)
}

// showNew draws the form; what a candidate or a parent knows is filled in.
func (h *Web) showNew(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	ctx := r.Context()
	v := newView{actor: access.From(ctx), form: form, kind: Kind(form.Get("kind")), Web: h}
	if !slices.Contains(Kinds, v.kind) {
		v.kind = Supervise
	}
	if v.actor.Role == access.BureauClerk || v.actor.Role == access.Leader && form.Get("kind") == "" {
		v.kind = Instruct
	}
	if err := mayOpen(Opening{Actor: v.actor, Kind: v.kind}); err != nil {
		return err
	}
	var err error
	if id := numberOf(form, "candidate"); id != 0 {
		if err = h.fromCandidate(ctx, &v, id); err != nil {
			return err
		}
	}
	if id := numberOf(form, "parent"); id != 0 {
		p, err := h.Directive(ctx, v.actor, id)
		if err != nil {
			return err
		}
		v.evidence = p.Evidence
		propose(form, "case", p.CaseNo)
		propose(form, "unit", number(p.UnitID))
		propose(form, "title", p.Title)
	}
	if v.kind == Instruct && v.actor.Role != access.Leader {
		if v.leaders, err = h.Leaders(ctx, v.actor); err != nil {
			return err
		}
	}
	propose(form, "days", strconv.Itoa(h.lengths().Default[v.kind]))
	return web.Render(w, r, status, newPage(v))
}

func (h *Web) fromCandidate(ctx context.Context, v *newView, id int64) error {
	c, evidence, err := h.Candidate(ctx, v.actor, id)
	if err != nil {
		return err
	}
	v.evidence = evidence
	propose(v.form, "case", c.CaseNo)
	propose(v.form, "unit", number(c.UnitID))
	propose(v.form, "title", short(i18n.T(ctx, "supervision.title_for", i18n.Key("supervision.cause."+string(c.Cause)), c.CaseTitle)))
	propose(v.form, "facts", i18n.T(ctx, "supervision.cause."+string(c.Cause)))
	return nil
}

// short cuts a title to what fits.
func short(title string) string {
	if r := []rune(title); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return title
}

// propose fills in a field that was not sent.
func propose(form *page.Form, name, value string) {
	if len(form.All(name)) == 0 && value != "" {
		form.Set(name, value)
	}
}

func (h *Web) postNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	d, err := h.Open(ctx, Opening{
		Key: form.Key(), Actor: access.From(ctx), Kind: Kind(form.Get("kind")), Variant: form.Get("variant"), CaseNo: form.Get("case"),
		ParentID: numberOf(form, "parent"), CandidateID: numberOf(form, "candidate"), TeamID: numberOf(form, "team"),
		UnitID: numberOf(form, "unit"), LeaderID: numberOf(form, "leader"), Title: form.Get("title"), Text: form.Get("text"),
		Facts: form.Get("facts"), Basis: form.Get("basis"), Wanted: form.Get("wanted"), Days: form.Int("days"),
	}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showNew(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "supervision.opened", i18n.T(ctx, "supervision.kind."+string(d.Kind)))
	return web.Redirect(w, r, itemPath(d.ID))
}

// itemView is the page of a directive.
type itemView struct {
	d         Directive
	actor     access.Actor
	now       time.Time
	entries   []Entry
	following []Directive
	files     []File
	verbs     []Verb
	*Web
}

func (h *Web) getItem(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := itemView{actor: access.From(ctx), now: h.Clock.Now(), Web: h}
	var err error
	if v.d, err = h.Directive(ctx, v.actor, idOf(r)); err != nil {
		return err
	}
	if v.entries, err = h.Entries(ctx, v.actor, v.d); err != nil {
		return err
	}
	if v.following, err = h.Following(ctx, v.actor, v.d.ID); err != nil {
		return err
	}
	if v.files, err = h.Files.Of(ctx, v.d.ID); err != nil {
		return err
	}
	v.verbs = Permitted(v.d, v.actor, v.now)
	return web.Render(w, r, http.StatusOK, itemPage(v))
}

func (v itemView) terms(ctx context.Context) []ui.Term {
	lang := i18n.Lang(ctx)
	t := func(key, text string) ui.Term { return ui.Term{Label: i18n.T(ctx, "supervision."+key), Text: text} }
	out := []ui.Term{
		t("unit", v.unitName(v.d.UnitID, lang)), t("from", v.unitName(v.d.FromUnitID, lang)),
		t("variant", i18n.T(ctx, "supervision.variant."+v.d.Variant)), t("opened_at", i18n.Moment(ctx, v.d.OpenedAt)),
		t("days", i18n.T(ctx, "supervision.days_n", v.d.Days)),
	}
	if v.d.CaseNo != "" {
		out = append(out, ui.Term{Label: i18n.T(ctx, "supervision.case"), Body: caseLink(v.d.CaseNo, v.actor)})
	}
	if v.d.LeaderName != "" {
		out = append(out, t("leader", v.d.LeaderName))
	}
	if v.d.Adoption != "" {
		out = append(out, t("adoption", i18n.T(ctx, "supervision.adoption."+v.d.Adoption)))
	}
	if v.d.Result != "" {
		out = append(out, t("result", i18n.T(ctx, "supervision.result."+v.d.Result)))
	}
	if v.d.Lapses > 0 {
		out = append(out, t("lapses", i18n.T(ctx, "supervision.lapses_n", v.d.Lapses)))
	}
	return out
}

// moments are the entries, newest first.
func (v itemView) moments(ctx context.Context) []ui.Moment {
	lang := i18n.Lang(ctx)
	var out []ui.Moment
	for _, e := range slices.Backward(v.entries) {
		m := ui.Moment{
			Kind: entryIcon[e.Verb], Title: i18n.T(ctx, "supervision.did."+string(e.Verb)), When: i18n.Moment(ctx, e.At), ISO: i18n.Machine(e.At),
			Who: v.unitName(e.Actor.UnitID, lang), Text: e.Text, TestID: "entry-" + string(e.Verb), Body: entryMore(v, e),
		}
		switch e.Verb {
		case Lapse:
			m.Tone = "missed"
		case Open: // its words stand above
			m.Text = ""
		}
		out = append(out, m)
	}
	return out
}

// entryIcon borrows the pictures of a case's events.
var entryIcon = map[Verb]string{
	Open: "assigned", Answer: "replied", ReturnAnswer: "draft_returned", Accept: "accepted", Find: "ruled", Prolong: "extension_ruled",
	Note: "recorded", Close: "concluded", Withdraw: "withdrawn", Lapse: "lapsed",
}

func (v itemView) filesOf(seq int64) []ui.FileItem {
	var out []ui.FileItem
	for _, f := range v.files {
		if f.EntrySeq == seq {
			out = append(out, ui.FileItem{Name: f.Name, Href: f.Href})
		}
	}
	return out
}

// evidenceMoments draws the events of a case that speak for themselves.
func (h *Web) evidenceMoments(ctx context.Context, list []conduct.Evidence) []ui.Moment {
	out := make([]ui.Moment, len(list))
	for i, e := range list {
		out[i] = ui.Moment{Kind: string(e.Kind), Title: i18n.T(ctx, "event."+string(e.Kind)), When: i18n.Moment(ctx, e.At), ISO: i18n.Machine(e.At),
			Who: h.unitName(e.Unit, i18n.Lang(ctx)), TestID: "evidence"}
		if key := "clock." + e.Note; e.Note != "" && i18n.Has(ctx, key) {
			out[i].Text, out[i].Tone = i18n.T(ctx, key), "missed"
		}
	}
	return out
}

// actView is the form of one verb.
type actView struct {
	d    Directive
	verb Verb
	form *page.Form
	*Web
}

func (h *Web) getAct(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := h.Directive(ctx, access.From(ctx), idOf(r))
	if err != nil {
		return err
	}
	verb := Verb(r.PathValue("verb"))
	if err := allowed(d, access.From(ctx), verb, h.Clock.Now()); err != nil {
		return err
	}
	return h.showAct(w, r, http.StatusOK, actView{d, verb, page.NewForm(nil), h})
}

func (h *Web) showAct(w http.ResponseWriter, r *http.Request, status int, v actView) error {
	var c templ.Component = actPage(v)
	if web.IsFragment(r) {
		c = actForm(v)
	}
	return web.Render(w, r, status, c)
}

func (h *Web) postAct(w http.ResponseWriter, r *http.Request) error {
	ctx, id, verb := r.Context(), idOf(r), Verb(r.PathValue("verb"))
	a := access.From(ctx)
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.receive(r, form, a.ID); err != nil {
		return err
	}
	if form.OK() {
		act := Act{Verb: verb, Actor: a, Text: form.Get("text"), Detail: Detail{Adoption: form.Get("adoption"), Result: form.Get("result"), Days: form.Int("days")}}
		if verb == Answer && form.Get("draft") != "" {
			if act.Files, err = h.uploads.IDs(ctx, form.Get("draft")); err != nil {
				return err
			}
		}
		_, err = h.Do(ctx, id, act, form.Key(), h.Clock.Now())
		if err = form.Take(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		d, err := h.Directive(ctx, a, id)
		if err != nil {
			return err
		}
		return h.showAct(w, r, http.StatusUnprocessableEntity, actView{d, verb, form, h})
	}
	web.Flash(w, "supervision.saved")
	return web.Redirect(w, r, itemPath(id))
}

// asks tells which fields the verb's row needs.
func (v actView) asks(field string) bool {
	s, _ := stepOf(v.d, v.verb)
	return slices.Contains(s.needs, field)
}

func draftOf(form *page.Form) string {
	if d := form.Get("draft"); d != "" {
		return d
	}
	return page.NewKey()
}
