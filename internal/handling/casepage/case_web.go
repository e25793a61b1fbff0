package casepage

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Routes registers the pages of a case.
func (s *Service) Routes(rt *web.Router) {
	rt.Handle("GET /desk/cases/{no}", s.getCase, signed)
	rt.Handle("GET /desk/cases/{no}/why/{seq}", s.getWhy, signed)
	rt.Handle("POST /desk/cases/{no}/reveal", s.postReveal, signed)
}

// signed lets members of staff through and sends others to the sign-in.
func signed(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !access.From(r.Context()).Signed() {
			return ErrUnsigned
		}
		return next(w, r)
	}
}

func (s *Service) getCase(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.View(ctx, access.From(ctx), r.PathValue("no"), s.Clock.Now())
	if err != nil {
		return err
	}
	panels, err := s.draw(ctx, v)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, s.casePage(v, panels))
}

func (s *Service) getWhy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := s.Cases.Case(ctx, access.From(ctx), r.PathValue("no"))
	if err != nil {
		return err
	}
	seq, _ := strconv.Atoi(r.PathValue("seq"))
	for _, o := range c.Obligations {
		if o.Seq == seq {
			why := ui.WhyOf(s.Cases.Rules().For(c), o)
			if o.Paused > 0 {
				events, err := s.Cases.History(ctx, c.ID)
				if err != nil {
					return err
				}
				why.Pauses = ui.Hearings(o, events)
			}
			return web.Render(w, r, http.StatusOK, whyPage(c, o, why, s.Clock.Now()))
		}
	}
	return ErrNoDuty
}

func (s *Service) postReveal(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	a, now := access.From(ctx), s.Clock.Now()
	v, err := s.View(ctx, a, r.PathValue("no"), now)
	if err != nil {
		return err
	}
	personID := v.Person.ID
	if guarded(v.Case) && v.mayAsk() {
		personID = v.Case.PetitionerID // 0 is answered like an identity that nobody allowed yet
	} else if personID == 0 {
		return ErrNoPerson
	}
	if s.People == nil {
		return ErrNoPerson
	}
	who, err := s.People.Reveal(ctx, a, personID, form.Get("reason"), now)
	if err = form.Take(err); err != nil {
		return err
	}
	status := http.StatusOK
	if !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, revealPage(v, who, form))
}

// ErrNoPerson refuses a reveal where there is nobody to reveal.
var ErrNoPerson = fault.New(fault.NotFound, "casepage.no_person")

// reasonText says in words why a verb is refused.
func reasonText(ctx context.Context, no *casework.Refusal) string {
	args := no.Args
	if len(args) == 1 && no.ID == "casework.wrong_state" {
		if state, ok := args[0].(string); ok {
			args = []any{i18n.Key("state." + state)}
		}
	}
	return i18n.T(ctx, "fault."+no.ID, args...)
}

// moments writes the history as a timeline, newest first.
func (s *Service) moments(ctx context.Context, v View) []ui.Moment {
	files := map[int64][]ui.FileItem{}
	for _, f := range v.Files {
		files[f.Seq] = append(files[f.Seq], ui.FileItem{Name: f.Name, Size: sizeText(f.Size), Href: "/files/" + strconv.FormatInt(f.ID, 10)})
	}
	events := ui.Together(v.Events)
	out := make([]ui.Moment, 0, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		m := ui.Moment{
			Kind: string(e.Kind), Title: s.sentence(ctx, e), When: i18n.Moment(ctx, e.At), ISO: i18n.Machine(e.At),
			Who: s.who(ctx, v, e), Text: e.Data.Text, TestID: "event-" + string(e.Kind),
		}
		if terms := s.eventTerms(ctx, e); len(terms) > 0 || len(files[e.Seq]) > 0 {
			m.Body = eventBody(terms, files[e.Seq])
		}
		switch {
		case e.Kind == "lapsed":
			m.Tone = "missed"
		case i == len(events)-1 && v.Case.State.Open():
			m.Tone = "now"
		}
		out = append(out, m)
	}
	return out
}

// categoryName gives "major · sub" of a code.
func (s *Service) categoryName(code, lang string) string {
	c, ok := s.Names.Category(code)
	if !ok {
		return ""
	}
	if major, ok := s.Names.Category(c.Parent); ok {
		return major.Name(lang) + " · " + c.Name(lang)
	}
	return c.Name(lang)
}

// facts are the head of the case page as terms.
func (s *Service) facts(ctx context.Context, v View) []ui.Term {
	c, lang := v.Case, i18n.Lang(ctx)
	out := []ui.Term{
		{Label: i18n.T(ctx, "field.category"), Text: s.categoryName(c.Category, lang)},
		{Label: i18n.T(ctx, "field.nature"), Text: i18n.T(ctx, "nature."+string(c.Nature))},
		{Label: i18n.T(ctx, "field.procedure"), Text: i18n.T(ctx, "procedure."+string(c.Procedure))},
		{Label: i18n.T(ctx, "field.channel"), Text: i18n.T(ctx, "channel."+string(c.Channel))},
		{Label: i18n.T(ctx, "casepage.registered"), Text: i18n.Moment(ctx, c.RegisteredAt)},
		{Label: i18n.T(ctx, "casepage.bureau"), Text: s.unitName(c.BureauID, lang)},
		{Label: i18n.T(ctx, "casepage.lead"), Text: s.unitName(c.LeadUnitID, lang)},
	}
	if c.Dispatch != "" {
		out = append(out, ui.Term{Label: i18n.T(ctx, "casepage.dispatch"), Text: i18n.T(ctx, "dispatch."+string(c.Dispatch))})
	}
	if c.Round > 1 {
		out = append(out, ui.Term{Label: i18n.T(ctx, "casepage.round"), Text: i18n.T(ctx, "casepage.round_n", c.Round)})
	}
	if c.Urges > 0 {
		out = append(out, ui.Term{Label: i18n.T(ctx, "casepage.urges"), Text: i18n.T(ctx, "casepage.times", c.Urges)})
	}
	if c.Outcome != "" {
		out = append(out, ui.Term{Label: i18n.T(ctx, "field.outcome"), Text: i18n.T(ctx, "outcome."+string(c.Outcome))})
	}
	if c.RatedResult != 0 {
		out = append(out, ui.Term{Label: i18n.T(ctx, "field.rated_result"), Text: i18n.T(ctx, "grade."+strconv.Itoa(int(c.RatedResult)))})
	}
	return out
}

// personTerms are the masked petitioner.
func personTerms(ctx context.Context, v View) []ui.Term {
	p := v.Person
	var out []ui.Term
	for _, t := range [][2]string{
		{"name", p.Name}, {"sex", p.Sex}, {"org_name", p.OrgName}, {"phone", p.Phone}, {"id_no", p.IDNo}, {"address", p.Address},
		{"household", p.Household},
	} {
		if t[1] != "" {
			out = append(out, ui.Term{Label: i18n.T(ctx, "casepage.person."+t[0]), Text: t[1]})
		}
	}
	return out
}

// revealed are the clear values of a person as terms show them.
func revealed(ctx context.Context, c Clear) View {
	p := Person{Name: c.Name, OrgName: c.OrgName, Phone: c.Phone, IDNo: c.IDNo, Address: c.Address, Household: c.Household}
	if c.Sex != "" {
		p.Sex = i18n.T(ctx, "person.sex."+c.Sex)
	}
	return View{Person: p}
}

// sizeText writes a file's size.
func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// dutyState says how an obligation stands.
func dutyState(o casework.Obligation) string {
	switch {
	case o.Open() && !o.LapsedAt.IsZero():
		return "lapsed"
	case o.Open():
		return "open"
	case o.Kept && !o.ClosedAt.Before(o.DueAt) && o.Clock.Owed():
		return "kept_late"
	case o.Kept:
		return "kept"
	}
	return "moot"
}
