package cluster

import (
	"cmp"
	"math"
	"slices"

	"xinqiao/internal/platform/learn/text"
)

// Text is what is grouped.
type Text struct{ Title, Body string }

// Options steer the grouping. The zero value is good.
type Options struct {
	// Threshold is the mean similarity down to which groups join. Lower makes
	// fewer, wider groups.
	Threshold float64
	// Common is the share of texts from which on a run of characters says
	// nothing about one topic and is left out.
	Common float64
}

// Most is how many texts are grouped at once; of more, the later ones are
// assigned one by one. The similarities of so many need 128 MB.
const Most = 8000

// The defaults: see docs/performance.md.
const (
	defaultThreshold = 0.07
	defaultCommon    = 0.15
	leastCommon      = 20 // texts, however few there are
)

// shape: topics are told by names of places and things, which are long.
var shape = text.Shape{Body: 4, Title: 4, Share: 0.6}

// Groups is a grouping that new texts can join. One goroutine changes it at a
// time.
type Groups struct {
	// Of is the group of each text, Members the texts of each group. Groups
	// are numbered by size, the largest first; later ones follow.
	Of      []int
	Members [][]int

	options Options
	words   *text.Vocabulary
	cutter  *text.Cutter
	sums    []map[uint32]float32 // of the vectors of each group
	holding map[uint32][]int     // the groups in which a feature occurs
}

// Build groups texts. The same texts in the same order give the same groups.
func Build(texts []Text, o Options) *Groups {
	if o.Threshold == 0 {
		o.Threshold = defaultThreshold
	}
	if o.Common == 0 {
		o.Common = defaultCommon
	}
	counter := text.NewCounter(shape)
	for _, t := range texts {
		counter.Add(t.Title, t.Body)
	}
	words := counter.Vocabulary(text.Choice{AtLeast: 2})
	g := &Groups{options: o, words: words, cutter: words.NewCutter(), holding: map[uint32][]int{}}
	first := texts[:min(len(texts), Most)]
	vectors := make([]text.Vector, len(first))
	for i, t := range first {
		v := g.vector(t, len(texts))
		vectors[i] = text.Vector{Feature: slices.Clone(v.Feature), Value: slices.Clone(v.Value)}
	}
	g.number(joined(vectors, g.words.Len(), float32(o.Threshold)), vectors)
	for _, t := range texts[len(first):] {
		g.Add(t)
	}
	return g
}

// vector cuts a text and leaves out what is common.
func (g *Groups) vector(t Text, all int) text.Vector {
	v := g.cutter.Cut(t.Title, t.Body)
	common := math.Max(leastCommon, g.options.Common*float64(all))
	limit := float32(1 + math.Log(float64(all+1)/common))
	kept, squares := 0, 0.0
	for i, f := range v.Feature {
		if x := v.Value[i]; g.words.Rarity[f] >= limit {
			v.Feature[kept], v.Value[kept] = f, x
			squares += float64(x) * float64(x)
			kept++
		}
	}
	v = text.Vector{Feature: v.Feature[:kept], Value: v.Value[:kept]}
	by := float32(1 / math.Sqrt(math.Max(squares, 1e-12)))
	for i := range v.Value {
		v.Value[i] *= by
	}
	return v
}

// joined gives for each vector the first one of its group.
func joined(vectors []text.Vector, features int, threshold float32) []int {
	l := newLinker(len(vectors))
	type posting struct {
		text  int32
		value float32
	}
	index := make([][]posting, features)
	for i, v := range vectors {
		row := l.sim[i*(i-1)/2 : i*(i-1)/2+i]
		for k, f := range v.Feature {
			for _, p := range index[f] {
				row[p.text] += p.value * v.Value[k]
			}
			index[f] = append(index[f], posting{int32(i), v.Value[k]})
		}
	}
	first := make([]int, len(vectors))
	for i := range first {
		first[i] = i
	}
	for _, m := range l.link(threshold) {
		first[m.from] = m.into
	}
	for i := range first {
		for first[i] != first[first[i]] {
			first[i] = first[first[i]]
		}
	}
	return first
}

// number names the groups by size.
func (g *Groups) number(first []int, vectors []text.Vector) {
	members := map[int][]int{}
	for i, f := range first {
		members[f] = append(members[f], i)
	}
	for _, list := range members {
		g.Members = append(g.Members, list)
	}
	slices.SortFunc(g.Members, func(a, b []int) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0]))
	})
	g.Of = make([]int, len(first))
	for c, list := range g.Members {
		g.sums = append(g.sums, map[uint32]float32{})
		for _, i := range list {
			g.Of[i] = c
			g.hold(c, vectors[i])
		}
	}
}

// hold adds a vector to a group's sum.
func (g *Groups) hold(c int, v text.Vector) {
	sum := g.sums[c]
	for i, f := range v.Feature {
		if _, ok := sum[f]; !ok {
			g.holding[f] = append(g.holding[f], c)
		}
		sum[f] += v.Value[i]
	}
}

// Nearest gives the group that a text is most similar to on average; not ok
// when none is similar enough and the text begins a group of its own.
func (g *Groups) Nearest(t Text) (group int, similarity float64, ok bool) {
	return g.nearest(g.vector(t, len(g.Of)))
}

func (g *Groups) nearest(v text.Vector) (best int, similarity float64, ok bool) {
	dot := map[int]float32{}
	for i, f := range v.Feature {
		for _, c := range g.holding[f] {
			dot[c] += g.sums[c][f] * v.Value[i]
		}
	}
	best = -1
	for c, d := range dot {
		s := float64(d) / float64(len(g.Members[c]))
		if s > similarity || s == similarity && best >= 0 && c < best {
			best, similarity = c, s
		}
	}
	return best, similarity, best >= 0 && similarity >= g.options.Threshold
}

// Add assigns a text to the nearest group or to a new one, and gives it. What
// is joined once is not torn apart: Build anew from time to time.
func (g *Groups) Add(t Text) int {
	v := g.vector(t, max(1, len(g.Of)))
	c, _, ok := g.nearest(v)
	if !ok {
		c = len(g.Members)
		g.Members = append(g.Members, nil)
		g.sums = append(g.sums, map[uint32]float32{})
	}
	g.Members[c] = append(g.Members[c], len(g.Of))
	g.Of = append(g.Of, c)
	g.hold(c, v)
	return c
}
