package triage

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
)

// Names gives units and categories their names.
type Names interface {
	Unit(id int64) (access.Unit, bool)
	Category(code string) (casework.Category, bool)
}

// shown is how many candidates the panel offers: two hold the right one in
// nearly all cases, the third is for what neither fits.
const shown = 3

// Panel draws the suggestions for a case that waits to be dispatched, and
// nothing for other cases or for those who do not dispatch.
type Panel struct {
	suggester Suggester
	names     Names
}

// NewPanel makes the panel.
func NewPanel(s Suggester, n Names) *Panel { return &Panel{s, n} }

type candidate struct {
	Code, Category, Nature, Unit, Basis, Weight, Href string
	Found                                             []string
}

// Render draws the panel; nil when it has no place on this page.
func (p *Panel) Render(ctx context.Context, c casework.Case, words string, verbs []casework.Verb) (templ.Component, error) {
	if !slices.Contains(verbs, casework.Forward) {
		return nil, nil
	}
	list, err := p.suggester.Suggest(ctx, Matter{Title: c.Title, Words: words, Areas: c.Areas}, shown)
	if err != nil {
		return nil, err
	}
	rows := make([]candidate, len(list))
	for i, s := range list {
		rows[i] = p.candidate(ctx, c.No, s)
	}
	return panel(rows), nil
}

func (p *Panel) candidate(ctx context.Context, no string, s Suggestion) candidate {
	lang := i18n.Lang(ctx)
	category, _ := p.names.Category(s.Category)
	q := url.Values{"category": {s.Category}, "nature": {string(s.Nature)}}
	out := candidate{Code: s.Category, Category: category.Name(lang), Nature: string(s.Nature), Found: s.Found,
		Weight: strconv.Itoa(int(100*s.Confidence+0.5)) + " %"}
	if u, ok := p.names.Unit(s.UnitID); ok {
		out.Unit, out.Basis = u.Name(lang), s.Basis
		q.Set("unit", strconv.FormatInt(u.ID, 10))
	}
	out.Href = "/desk/cases/" + no + "/do/forward?" + q.Encode()
	return out
}
