package model

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"xinqiao/internal/platform/learn/text"
)

// Span is a word that spoke for a label: its bytes in the title or the body,
// and its share of all that spoke for it.
type Span struct {
	InTitle bool    `json:"in_title"`
	Start   int     `json:"start"`
	End     int     `json:"end"`
	Word    string  `json:"word"`
	Weight  float64 `json:"weight"` // 0 to 1
}

// Of the words that spoke for a label, those that are shown.
const (
	mostSpans = 12
	faint     = 0.2 // of the strongest character: less is not shown
)

// Explain gives the words that led to a label, the strongest first: each
// character gets its share of the runs that it is part of, measured against
// the mean of the other labels, and strong neighbours make a word.
func (m *Model) Explain(title, body, label string) []Span {
	k := slices.Index(m.Labels, label)
	if k < 0 {
		return nil
	}
	v := m.words.NewCutter().Cut(title, body)
	worth := make(map[uint32]float64, len(v.Feature))
	for i, f := range v.Feature {
		worth[f] = float64(v.Value[i]) * m.against(int(f), k)
	}
	inTitle, inBody := text.FoldWithOffsets(title), text.FoldWithOffsets(body)
	foundTitle, foundBody := m.words.Find(inTitle, true), m.words.Find(inBody, false)
	times := map[uint32]int{}
	for _, f := range slices.Concat(foundTitle, foundBody) {
		times[f.Feature]++
	}
	share := func(chars int, found []text.Found) []float64 {
		out := make([]float64, chars)
		for _, f := range found {
			part := worth[f.Feature] / float64(times[f.Feature]*(f.To-f.From))
			for i := f.From; i < f.To; i++ {
				out[i] += part
			}
		}
		return out
	}
	ofTitle, ofBody := share(len(inTitle.Runes), foundTitle), share(len(inBody.Runes), foundBody)
	strongest, total := 0.0, 0.0
	for _, x := range slices.Concat(ofTitle, ofBody) {
		strongest = math.Max(strongest, x)
		total += math.Max(0, x)
	}
	if strongest == 0 {
		return nil
	}
	out := spans(body, inBody, ofBody, strongest*faint)
	for _, s := range spans(title, inTitle, ofTitle, strongest*faint) {
		s.InTitle = true
		out = append(out, s)
	}
	for i := range out {
		out[i].Weight /= total
	}
	slices.SortStableFunc(out, func(a, b Span) int { return cmp.Compare(b.Weight, a.Weight) })
	return out[:min(len(out), mostSpans)]
}

// against is how much a feature speaks for one label more than for the others.
func (m *Model) against(feature, k int) float64 {
	row := m.weights[feature*m.stride:]
	sum := 0
	for j := range m.Labels {
		sum += int(row[j])
	}
	own := float64(row[k])
	if others := float64(len(m.Labels) - 1); others > 0 {
		own -= (float64(sum) - own) / others
	}
	return own * float64(m.scales[feature])
}

// spans joins neighbouring strong characters to words.
func spans(s string, f text.Folded, worth []float64, least float64) []Span {
	var out []Span
	for i := 0; i < len(worth); i++ {
		if worth[i] < least {
			continue
		}
		from, sum := i, 0.0
		for ; i < len(worth) && worth[i] >= least; i++ {
			sum += worth[i]
		}
		_, size := utf8.DecodeRuneInString(s[f.Starts[i-1]:])
		end := f.Starts[i-1] + size
		out = append(out, Span{Start: f.Starts[from], End: end, Word: s[f.Starts[from]:end], Weight: sum})
	}
	return out
}
