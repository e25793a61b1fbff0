// Package cluster finds what many people write about: texts of a time window
// are joined while they are alike on average (average linkage on the cosine of
// rare runs of characters), a new text is assigned to the nearest group, and
// groups are ranked by heat.
package cluster

import "math"

// linker joins items by average linkage on a full matrix of similarities.
// Pruning small similarities first would be quicker and wrong: whether two
// groups belong together depends on all their pairs.
type linker struct {
	n    int
	sim  []float32 // triangle: of i and j < i at i(i-1)/2+j
	size []int     // of the group that an item stands for; 0 once it was joined
}

func newLinker(n int) *linker {
	l := &linker{n: n, sim: make([]float32, n*(n-1)/2), size: make([]int, n)}
	for i := range l.size {
		l.size[i] = 1
	}
	return l
}

func (l *linker) at(i, j int) *float32 {
	if i < j {
		i, j = j, i
	}
	return &l.sim[i*(i-1)/2+j]
}

// merge is one step of the tree: the group of From joins that of Into.
type merge struct {
	into, from int
	sim        float32
}

// link builds the tree down to the threshold, by chains of nearest neighbours:
// each group points to its most similar one until two point to each other. For
// average linkage the tree is that of joining the closest pair each time. Ties
// go to the smaller index, so that the result is always the same.
func (l *linker) link(threshold float32) []merge {
	var out []merge
	var chain []int
	next := 0
	for {
		if len(chain) == 0 {
			for next < l.n && l.size[next] == 0 {
				next++
			}
			if next == l.n {
				return out
			}
			chain = append(chain, next)
			next++
		}
		top := chain[len(chain)-1]
		before := -1
		if len(chain) > 1 {
			before = chain[len(chain)-2]
		}
		best, sim := l.nearest(top, before)
		switch {
		case best < 0 || sim < threshold:
			// What is nearest to nobody stays as it is; nothing further down
			// the chain is nearer to it.
			chain = chain[:len(chain)-1]
			l.settle(top)
		case best == before:
			chain = chain[:len(chain)-2]
			into, from := min(top, best), max(top, best)
			out = append(out, merge{into, from, sim})
			l.join(into, from)
			next = min(next, into)
		default:
			chain = append(chain, best)
		}
	}
}

// settle takes a group out of the search: no other is similar enough, and as
// groups that join only average their similarities, none ever will be.
func (l *linker) settle(i int) { l.size[i] = 0 }

// nearest gives the most similar group, the preferred one among equals.
func (l *linker) nearest(i, preferred int) (best int, sim float32) {
	best, sim = -1, float32(math.Inf(-1))
	if preferred >= 0 && l.size[preferred] > 0 {
		best, sim = preferred, *l.at(i, preferred)
	}
	row := l.sim[i*(i-1)/2 : i*(i-1)/2+i]
	for j, s := range row {
		if s > sim && l.size[j] > 0 {
			best, sim = j, s
		}
	}
	for j := i + 1; j < l.n; j++ {
		if s := l.sim[j*(j-1)/2+i]; s > sim && l.size[j] > 0 {
			best, sim = j, s
		}
	}
	return best, sim
}

// join averages the similarities of two groups into the first.
func (l *linker) join(into, from int) {
	a, b := float32(l.size[into]), float32(l.size[from])
	for k := range l.n {
		if k != into && k != from && l.size[k] > 0 {
			s := l.at(into, k)
			*s = (a**s + b**l.at(from, k)) / (a + b)
		}
	}
	l.size[into], l.size[from] = l.size[into]+l.size[from], 0
}
