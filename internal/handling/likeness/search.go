package likeness

import (
	"context"
	"slices"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/bigram"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/minhash"
)

// Ask is a matter for which others are looked for.
type Ask struct {
	Actor    access.Actor
	CaseID   int64 // of a case that is there already: it is not like itself
	PersonID int64
	Phone    string // of one that is being typed
	IDNo     string
	Text
}

// Reason is why a case is shown.
type Reason string

// The reasons, the strongest first. The first three together are the "one
// number" check (一号通): same person, same matter, same demand.
const (
	SamePerson Reason = "person"
	SameWords  Reason = "words"
	SameDemand Reason = "demand"
	SamePlace  Reason = "place"
	AlikeWords Reason = "alike"
)

// Candidate is a case that may be about the same.
type Candidate struct {
	Case     casework.Case
	Likeness float64 // of the words, 0 to 1
	Reasons  []Reason
	Common   []string // words that both use
	Suggests casework.RelationKind
}

// Has tells whether a reason is among the candidate's.
func (c Candidate) Has(r Reason) bool { return slices.Contains(c.Reasons, r) }

const (
	mostShown    = 6
	mostCompared = 40 // signatures read for one question
	mostMeant    = 12 // hits of the word index that are compared
	leastMeant   = 0.18
)

// Candidates finds what may be about the same, as far as the actor may see it,
// the likeliest first.
func (s *Service) Candidates(ctx context.Context, ask Ask) ([]Candidate, error) {
	found := map[int64]*Candidate{}
	at := func(id int64) *Candidate {
		c, ok := found[id]
		if !ok {
			c = &Candidate{}
			found[id] = c
		}
		return c
	}
	persons, err := s.ofPerson(ctx, ask)
	if err != nil {
		return nil, err
	}
	for _, id := range persons {
		at(id).Reasons = []Reason{SamePerson}
	}
	near, err := s.Alike(ctx, ask.Text)
	if err != nil {
		return nil, err
	}
	for _, m := range near {
		at(m.CaseID).Likeness = m.Likeness
	}
	meant, err := s.meant(ctx, ask)
	if err != nil {
		return nil, err
	}
	for _, id := range meant {
		at(id)
	}
	delete(found, ask.CaseID)
	return s.judge(ctx, ask, found)
}

func (s *Service) ofPerson(ctx context.Context, ask Ask) ([]int64, error) {
	if ask.PersonID != 0 {
		return s.People.CasesOf(ctx, ask.PersonID)
	}
	if ask.Phone != "" || ask.IDNo != "" {
		return s.People.CasesBy(ctx, ask.Phone, ask.IDNo)
	}
	return nil, nil
}

// Match is a case in the same or nearly the same words.
type Match struct {
	CaseID   int64
	Likeness float64
}

// Alike finds cases by their words alone, the likeliest first. It says nothing
// of who may see them.
func (s *Service) Alike(ctx context.Context, t Text) ([]Match, error) {
	set := s.hash.Shingles(t.compared())
	if len(set) < minhash.Gram {
		return nil, nil
	}
	return s.alike(ctx, set.Sign())
}

func (s *Service) alike(ctx context.Context, sig minhash.Signature) ([]Match, error) {
	ids, err := s.store.sharing(ctx, sig)
	if err != nil {
		return nil, err
	}
	shared := map[int64]int{}
	for _, id := range ids {
		shared[id]++
	}
	ids = ids[:0]
	for id := range shared {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int {
		if n := shared[b] - shared[a]; n != 0 {
			return n
		}
		return int(min(1, max(-1, b-a)))
	})
	list, err := s.store.signatures(ctx, ids[:min(len(ids), mostCompared)])
	var out []Match
	for _, c := range list {
		if l := minhash.Likeness(sig, c.sig); l >= Near {
			out = append(out, Match{c.caseID, l})
		}
	}
	slices.SortFunc(out, func(a, b Match) int {
		if a.Likeness != b.Likeness {
			return int(1e6 * (b.Likeness - a.Likeness))
		}
		return int(min(1, max(-1, b.CaseID-a.CaseID)))
	})
	return out, err
}

// meant asks the word index for the place and the title.
func (s *Service) meant(ctx context.Context, ask Ask) ([]int64, error) {
	var out []int64
	for _, text := range []string{ask.Place, ask.Title} {
		if strings.TrimSpace(text) == "" || s.Words == nil {
			continue
		}
		ids, err := s.Words.Similar(ctx, ask.Actor, text)
		if err != nil {
			return nil, err
		}
		out = append(out, ids[:min(len(ids), mostMeant/2)]...)
	}
	return out, nil
}

// judge reads the cases found, drops what the actor may not see and what is
// only similar by chance, and says why the others are shown.
func (s *Service) judge(ctx context.Context, ask Ask, found map[int64]*Candidate) ([]Candidate, error) {
	ids := make([]int64, 0, len(found))
	for id := range found {
		ids = append(ids, id)
	}
	cases, err := s.Cases.ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	scope, own := access.Visible(ask.Actor), bigram.Split(ask.compared(), false)
	var out []Candidate
	for id, c := range found {
		var ok bool
		if c.Case, ok = cases[id]; !ok || !scope.Sees(c.Case.Facts()) {
			continue
		}
		t, err := s.Texts.Text(ctx, id)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if c.weigh(ask.Text, t, own); len(c.Reasons) > 0 {
			c.Suggests = c.suggests()
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		if d := b.rank() - a.rank(); d != 0 {
			return d
		}
		return int(min(1, max(-1, b.Case.ID-a.Case.ID)))
	})
	return out[:min(len(out), mostShown)], nil
}

// weigh adds the reasons that lie in what was told.
func (c *Candidate) weigh(ask, t Text, own []string) {
	both := intersection(own, bigram.Split(t.compared(), false))
	c.Common = phrases(both)
	meant := overlap(len(both), len(own), len(bigram.Split(t.compared(), false)))
	switch {
	case c.Likeness >= Near:
		c.Reasons = append(c.Reasons, SameWords)
	case meant >= leastMeant:
		c.Reasons = append(c.Reasons, AlikeWords)
	}
	if wish := bigram.Split(ask.Wish, false); len(wish) > 0 {
		other := bigram.Split(t.Wish, false)
		if overlap(len(intersection(wish, other)), len(wish), len(other)) >= 0.5 {
			c.Reasons = append(c.Reasons, SameDemand)
		}
	}
	if ask.Place != "" && bigramsEqual(ask.Place, t.Place) {
		c.Reasons = append(c.Reasons, SamePlace)
	}
}

// overlap is the share of the shorter text's words that both have.
func overlap(both, a, b int) float64 {
	if n := min(a, b); n > 0 {
		return float64(both) / float64(n)
	}
	return 0
}

func intersection(a, b []string) []string {
	has := make(map[string]bool, len(b))
	for _, w := range b {
		has[w] = true
	}
	var out []string
	for _, w := range a {
		if has[w] {
			out = append(out, w)
		}
	}
	return out
}

func bigramsEqual(a, b string) bool {
	x, y := bigram.Split(a, false), bigram.Split(b, false)
	return len(x) > 0 && len(y) > 0 && overlap(len(intersection(x, y)), len(x), len(y)) >= 0.8
}

// phrases puts pairs of characters that follow each other together again, and
// gives the three longest.
func phrases(words []string) []string {
	var out []string
	for i := 0; i < len(words); {
		phrase := []rune(words[i])
		j := i + 1
		for ; j < len(words); j++ {
			next := []rune(words[j])
			if len(next) != 2 || phrase[len(phrase)-1] != next[0] {
				break
			}
			phrase = append(phrase, next[1])
		}
		if len(phrase) >= 4 {
			out = append(out, string(phrase[:min(len(phrase), 12)]))
		}
		i = j
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out[:min(len(out), 3)]
}

// suggests says how the two would be related.
func (c Candidate) suggests() casework.RelationKind {
	same := c.Has(SameWords) || c.Has(SameDemand)
	switch {
	case c.Has(SamePerson) && c.Case.State.Open():
		return casework.AsSupplement
	case c.Has(SamePerson):
		return casework.AsRevisit
	case same && c.Case.State.Open():
		return casework.AsJoin
	}
	return ""
}

// rank orders by what speaks most for one matter.
func (c Candidate) rank() int {
	n := int(100 * c.Likeness)
	for r, w := range map[Reason]int{SamePerson: 60, SameDemand: 40, SamePlace: 25, AlikeWords: 15} {
		if c.Has(r) {
			n += w
		}
	}
	return n
}
