// Package evaluate measures classifiers honestly: texts that are nearly the
// same stay on one side of the line between learning and testing, every class
// counts alike, and what is said with confidence is compared with what holds.
package evaluate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"xinqiao/internal/platform/minhash"
)

// Text is what is grouped.
type Text struct{ Title, Body string }

// Alike is the share of common character 3-grams from which two texts are held
// to be one.
const Alike = 0.5

// seeds make three independent signatures: one alone finds only nine of ten
// pairs at the border.
var seeds = []uint64{1, 2, 3}

// Groups gives each text the index of the first text of its group. A group is
// what hangs together by the same title, the same body, or near likeness.
func Groups(texts []Text) []int {
	g := newForest(len(texts))
	titles, bodies := map[string]int{}, map[string]int{}
	for i, t := range texts {
		g.same(titles, squeeze(t.Title), i)
		g.same(bodies, squeeze(t.Body), i)
	}
	for _, seed := range seeds {
		g.alike(texts, minhash.New(seed))
	}
	out := make([]int, len(texts))
	for i := range out {
		out[i] = g.root(i)
	}
	return out
}

// squeeze drops white space.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// forest is a union-find whose roots are the smallest members.
type forest []int

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = i
	}
	return f
}

func (f forest) root(i int) int {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

func (f forest) join(a, b int) {
	a, b = f.root(a), f.root(b)
	f[max(a, b)] = min(a, b)
}

func (f forest) same(seen map[string]int, key string, i int) {
	if key == "" {
		return
	}
	if first, ok := seen[key]; ok {
		f.join(first, i)
		return
	}
	seen[key] = i
}

// alike joins the near-duplicates that one kind of signature finds.
func (f forest) alike(texts []Text, h minhash.Hasher) {
	sets := make([]minhash.Set, len(texts))
	bands := map[int64][]int{}
	for i, t := range texts {
		sets[i] = h.Shingles(t.Title + t.Body)
		if len(sets[i]) == 0 {
			continue
		}
		for _, band := range sets[i].Sign().Bands() {
			for _, j := range bands[band] {
				if f.root(i) != f.root(j) && minhash.Jaccard(sets[i], sets[j]) >= Alike {
					f.join(i, j)
				}
			}
			bands[band] = append(bands[band], i)
		}
	}
}

// Folds deals the groups into k folds of about one size, each class spread
// evenly, and gives the fold of each text. The same seed gives the same folds.
func Folds(groups, classes []int, k int, seed uint64) []int {
	size := map[int]int{}
	var first []int
	for i, g := range groups {
		if size[g]++; size[g] == 1 {
			first = append(first, i)
		}
	}
	random := rand.New(rand.NewPCG(seed, 1))
	random.Shuffle(len(first), func(a, b int) { first[a], first[b] = first[b], first[a] })
	slices.SortStableFunc(first, func(a, b int) int { return classes[a] - classes[b] })
	fold, load := map[int]int{}, make([]int, k)
	for _, i := range first {
		least := 0
		for f := range load {
			if load[f] < load[least] {
				least = f
			}
		}
		fold[groups[i]] = least
		load[least] += size[groups[i]]
	}
	out := make([]int, len(groups))
	for i, g := range groups {
		out[i] = fold[g]
	}
	return out
}
