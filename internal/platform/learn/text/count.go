package text

import (
	"cmp"
	"slices"
)

// Counter counts in how many texts each run occurs, before a vocabulary is
// chosen. Its table is keyed by the run's hash; two runs with one 64-bit hash
// would be one.
type Counter struct {
	shape  Shape
	hashes []uint64
	texts  []uint32
	last   []uint32 // the text that was counted last, so that it counts once
	length []uint8
	used   int
	n      uint32
	runes  []rune
}

// counted is one run with its number of texts.
type counted struct {
	hash   uint64
	texts  uint32
	length uint8
}

// NewCounter makes an empty counter of the runs of a shape.
func NewCounter(s Shape) *Counter {
	c := &Counter{shape: s}
	c.grow(1 << 16)
	return c
}

// Add counts a message.
func (c *Counter) Add(title, body string) {
	c.n++
	c.runes = fold(append(fold(c.runes[:0], title), gap), body)
	c.runs(c.runes, bodySeed, c.shape.Body)
	c.runes = fold(c.runes[:0], title)
	c.runs(c.runes, titleSeed, c.shape.Title)
}

func (c *Counter) runs(rs []rune, seed uint64, most int) {
	rs = rs[:min(len(rs), Most)]
	for i := range rs {
		h := seed
		for n, r := range rs[i:min(i+most, len(rs))] {
			if r == gap {
				break
			}
			h = step(h, r)
			c.count(h, uint8(n+1))
		}
	}
}

func (c *Counter) count(h uint64, length uint8) {
	mask := uint64(len(c.hashes) - 1)
	at := h >> 20 & mask
	for c.texts[at] != 0 && c.hashes[at] != h {
		at = (at + 1) & mask
	}
	switch {
	case c.texts[at] == 0:
		c.hashes[at], c.texts[at], c.last[at], c.length[at] = h, 1, c.n, length
		if c.used++; c.used*3 > len(c.hashes)*2 {
			c.grow(len(c.hashes) * 2)
		}
	case c.last[at] != c.n:
		c.texts[at]++
		c.last[at] = c.n
	}
}

func (c *Counter) grow(size int) {
	old := *c
	c.hashes, c.texts = make([]uint64, size), make([]uint32, size)
	c.last, c.length = make([]uint32, size), make([]uint8, size)
	mask := uint64(size - 1)
	for i, n := range old.texts {
		if n == 0 {
			continue
		}
		at := old.hashes[i] >> 20 & mask
		for c.texts[at] != 0 {
			at = (at + 1) & mask
		}
		c.hashes[at], c.texts[at], c.last[at], c.length[at] = old.hashes[i], n, old.last[i], old.length[i]
	}
}

// Choice is what a vocabulary keeps.
type Choice struct {
	AtLeast int // texts in which a feature occurs
	AtMost  int // features; the most frequent ones stay
}

// Vocabulary keeps the features of at least so many texts. The order is that
// of their frequency, then of their length, so that a prefix is never left out
// where the longer run stays.
func (c *Counter) Vocabulary(o Choice) *Vocabulary {
	var list []counted
	for i, n := range c.texts {
		if n != 0 && int(n) >= o.AtLeast {
			list = append(list, counted{c.hashes[i], n, c.length[i]})
		}
	}
	slices.SortFunc(list, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.texts, a.texts), cmp.Compare(a.length, b.length), cmp.Compare(a.hash, b.hash))
	})
	limit := most
	if o.AtMost > 0 {
		limit = min(limit, o.AtMost)
	}
	return newVocabulary(list[:min(len(list), limit)], int(c.n), c.shape)
}
