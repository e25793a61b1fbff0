package triage

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/handling/triage/reading"
	"xinqiao/internal/platform/i18n"
)

// Names gives units and categories their names.
type Names interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
	Category(code string) (casework.Category, bool)
}

// answer is an option as the panel shows it.
type answer struct {
	Name, Note, Percent, Href string
	Words                     []string
}

// row is one question of the panel.
type row struct {
	Question Question
	Level    Level
	Answers  []answer
}

// sheet is what the panel shows.
type sheet struct {
	Rows []row
	Href string // to the dispatch form with what is certain enough
}

// Panel draws the suggestions for a case that waits to be dispatched; nil for
// other cases, for those who do not dispatch, and in the confidential lane.
func (s *Service) Panel(ctx context.Context, c casework.Case, m Matter, verbs []casework.Verb) (templ.Component, error) {
	if !slices.Contains(verbs, casework.Forward) || !teaches(c.Lane) {
		return nil, nil
	}
	guesses, err := s.Guesses(ctx, m)
	if err != nil {
		return nil, err
	}
	return panel(s.sheet(ctx, c, guesses)), nil
}

// sheet fills the links: each alternative stands in the form together with
// what is certain of the other questions, a category with the unit that the
// duty list names for it. Where the machine abstains the form stays empty.
func (s *Service) sheet(ctx context.Context, c casework.Case, guesses []Guess) sheet {
	certain := url.Values{}
	for _, g := range guesses {
		if g.Level != Unsure {
			certain.Set(string(g.Question), g.Options[0].Label)
		}
	}
	form := "/desk/cases/" + c.No + "/do/forward?"
	out := sheet{}
	if len(certain) > 0 {
		out.Href = form + certain.Encode()
	}
	for _, g := range guesses {
		r := row{Question: g.Question, Level: g.Level}
		for _, o := range g.Options {
			q := url.Values{}
			for name := range certain {
				q.Set(name, certain.Get(name))
			}
			q.Set(string(g.Question), o.Label)
			if id, _, ok := s.Duties.Responsible(o.Label, c.Areas); ok && g.Question == OfCategory {
				q.Set(string(OfUnit), decimal(id))
			}
			a := s.answer(ctx, g.Question, o)
			a.Href = form + q.Encode()
			r.Answers = append(r.Answers, a)
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// answer names an option and says where it comes from.
func (s *Service) answer(ctx context.Context, q Question, o Option) answer {
	a := answer{Name: s.nameOf(ctx, q, o.Label), Words: o.Words, Percent: percent(o.P)}
	switch o.From {
	case ByDuty:
		a.Note = i18n.T(ctx, "triage.by_duty", o.Basis)
	case ByKeywords:
		a.Note = i18n.T(ctx, "triage.by_keywords")
	case ByModel:
		if q == OfUnit {
			a.Note = i18n.T(ctx, "triage.by_history")
		}
	}
	return a
}

// nameOf gives an answer its name in the reader's language.
func (s *Service) nameOf(ctx context.Context, q Question, label string) string {
	switch q {
	case OfCategory:
		if c, ok := s.Names.Category(label); ok {
			return c.Name(i18n.Lang(ctx))
		}
	case OfUnit:
		id, _ := strconv.ParseInt(label, 10, 64)
		if u, ok := s.Names.Unit(id); ok {
			return u.Name(i18n.Lang(ctx))
		}
	case OfNature:
		return i18n.T(ctx, "nature."+label)
	case OfUrgency:
		return i18n.T(ctx, "urgency."+label)
	}
	return label
}

// percent writes a probability; nothing is certain, and nothing impossible.
func percent(p float64) string {
	switch n := int(100*p + 0.5); {
	case n > 99:
		return "> 99 %"
	case n < 1:
		return "< 1 %"
	default:
		return strconv.Itoa(n) + " %"
	}
}

// Gist is a message read for who has to handle it.
type Gist struct {
	Summary []string
	Demands []string
	Names   []reading.Name
}

// Read reads a message; numbers of phones and documents are hidden first.
func (s *Service) Read(m Matter) Gist {
	words, wish := identity.Redact(m.Words), identity.Redact(m.Wish)
	var units []string
	for _, u := range s.Names.All() {
		if u.Active {
			units = append(units, u.NameZH)
		}
	}
	return Gist{reading.Summary(words), reading.Demands(words, wish), reading.Names(identity.Redact(m.Title)+"\n"+words, units)}
}

// GistPanel draws what a message says in short and what it asks for, as the
// checklist of the reply; who may add requests makes them so, one by one.
func (s *Service) GistPanel(c casework.Case, m Matter, verbs []casework.Verb) templ.Component {
	if !teaches(c.Lane) || len(verbs) == 0 {
		return nil
	}
	g := s.Read(m)
	if len(g.Summary)+len(g.Demands) == 0 {
		return nil
	}
	asked := map[string]bool{}
	for _, q := range c.Requests {
		asked[q.Title] = true
	}
	nature := c.Nature
	if nature == casework.Unclassified {
		nature = casework.R7
	}
	return gistPanel(gistView{g, c.No, string(nature), slices.Contains(verbs, casework.AddRequest), asked})
}

type gistView struct {
	Gist
	no, nature string
	add        bool
	asked      map[string]bool
}
