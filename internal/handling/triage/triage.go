package triage

import (
	"cmp"
	"context"
	_ "embed"
	"math"
	"slices"
	"strings"

	"xinqiao/internal/core/casework"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Matter is what a suggestion is made from.
type Matter struct {
	Title string
	Words string
	Wish  string
	Place string
	Areas [3]int64 // governments above the place, root first
}

// Suggestion is one candidate with its reasons.
type Suggestion struct {
	Category   string
	Nature     casework.Nature
	UnitID     int64    // 0 when the duty list names nobody
	Basis      string   // why that unit: the duty's legal basis
	Found      []string // keywords that were found, in the order of weight
	Confidence float64  // share of all evidence, 0 to 1; no probability
}

// Suggester proposes at most n candidates, best first; none when it has no
// evidence.
type Suggester interface {
	Suggest(ctx context.Context, m Matter, n int) ([]Suggestion, error)
}

// Taxonomy gives the categories in force.
type Taxonomy interface {
	Categories() []casework.Category
}

// Duties looks up who answers for a category in a place, the most specific
// duty first.
type Duties interface {
	Responsible(category string, areas [3]int64) (unitID int64, basis string, ok bool)
}

// Keywords is the first suggester: a word in the title counts three times, a
// long word more than a short one, and a word that many categories share less
// than one that is theirs alone.
type Keywords struct {
	taxonomy Taxonomy
	duties   Duties
}

// NewKeywords makes the suggester.
func NewKeywords(t Taxonomy, d Duties) *Keywords { return &Keywords{t, d} }

const inTitle = 3

// Suggest implements Suggester.
func (k *Keywords) Suggest(_ context.Context, m Matter, n int) ([]Suggestion, error) {
	shared := map[string]int{}
	categories := k.taxonomy.Categories()
	for _, c := range categories {
		for _, w := range c.Keywords {
			shared[w]++
		}
	}
	var out []Suggestion
	total := 0.0
	for _, c := range categories {
		if c.Parent == "" || !c.Active {
			continue
		}
		score, found := weigh(c.Keywords, m, shared)
		if score == 0 {
			continue
		}
		total += score
		out = append(out, Suggestion{Category: c.Code, Nature: first(c.Natures), Found: found, Confidence: score})
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(b.Confidence, a.Confidence) })
	out = out[:min(n, len(out))]
	for i := range out {
		s := &out[i]
		s.Confidence /= total
		if unit, basis, ok := k.duties.Responsible(s.Category, m.Areas); ok {
			s.UnitID, s.Basis = unit, basis
		}
	}
	return out, nil
}

// weigh adds up the words of one category that stand in the matter.
func weigh(words []string, m Matter, shared map[string]int) (score float64, found []string) {
	for _, w := range words {
		if w == "" {
			continue
		}
		times := float64(inTitle*strings.Count(m.Title, w)) + math.Min(3, float64(strings.Count(m.Words, w)))
		if times == 0 {
			continue
		}
		score += math.Sqrt(times) * float64(len([]rune(w))) / float64(shared[w])
		found = append(found, w)
	}
	return score, found
}

func first(ns []casework.Nature) casework.Nature {
	for _, n := range ns {
		if n == casework.R7 {
			return n
		}
	}
	if len(ns) > 0 {
		return ns[0]
	}
	return casework.R7
}
