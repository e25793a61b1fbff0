package text

import "math"

// Most is how many characters of a message are read.
const Most = 1 << 15

// Vector is a message as features: their numbers, and their values scaled so
// that the squares add up to one. The order is that of first occurrence.
type Vector struct {
	Feature []uint32
	Value   []float32
}

// Cutter makes vectors with one vocabulary. It keeps its memory between
// messages, so that a message costs no allocation; one goroutine uses it at a
// time.
type Cutter struct {
	words  *Vocabulary
	times  []uint16 // by feature, zero between messages
	runes  []rune
	vector Vector
}

// NewCutter makes a cutter.
func (v *Vocabulary) NewCutter() *Cutter {
	return &Cutter{words: v, times: make([]uint16, v.Len())}
}

// Cut gives the vector of a message. It is valid until the next call.
func (c *Cutter) Cut(title, body string) Vector {
	v := &c.vector
	v.Feature, v.Value = v.Feature[:0], v.Value[:0]
	c.runes = fold(append(fold(c.runes[:0], title), gap), body)
	c.runes = c.runes[:min(len(c.runes), Most)]
	c.count(bodySeed, c.words.Body)
	inBody := len(v.Feature)
	ofBody := c.value(0)
	c.runes = fold(c.runes[:0], title)
	c.runes = c.runes[:min(len(c.runes), Most)]
	c.count(titleSeed, c.words.Title)
	ofTitle := c.value(inBody)
	t := float64(c.words.Share)
	scale(v.Value[:inBody], math.Sqrt(1-t*t), ofBody)
	scale(v.Value[inBody:], t, ofTitle)
	return *v
}

// count finds the features of the runes.
func (c *Cutter) count(seed uint64, most int) {
	for i := range c.runes {
		h := seed
		for _, r := range c.runes[i:min(i+most, len(c.runes))] {
			if r == gap {
				break
			}
			h = step(h, r)
			f, known := c.words.find(h)
			if !known {
				break // nor is any longer run
			}
			if c.times[f] == 0 {
				c.vector.Feature = append(c.vector.Feature, f)
			}
			c.times[f]++
		}
	}
}

// value gives the features from the given one on their weight, and the sum of
// the squares.
func (c *Cutter) value(from int) float64 {
	squares := 0.0
	for _, f := range c.vector.Feature[from:] {
		x := often(c.times[f]) * c.words.Rarity[f]
		c.times[f] = 0
		squares += float64(x) * float64(x)
		c.vector.Value = append(c.vector.Value, x)
	}
	return squares
}

func scale(values []float32, length, squares float64) {
	if squares == 0 {
		return
	}
	by := float32(length / math.Sqrt(squares))
	for i := range values {
		values[i] *= by
	}
}

// often dampens repetition: what is said ten times counts 3.3 times.
func often(n uint16) float32 { return oftens[min(int(n), len(oftens)-1)] }

var oftens = func() (t [256]float32) {
	for n := range t {
		t[n] = float32(1 + math.Log(float64(max(1, n))))
	}
	return t
}()

// Found is one place where a feature occurs: the runes From to To.
type Found struct {
	Feature  uint32
	From, To int
}

// Find lists where the features of a prepared field occur. The runs of a title
// are found twice, as those of a title and as those of any text.
func (v *Vocabulary) Find(f Folded, title bool) []Found {
	type cut struct {
		seed uint64
		most int
	}
	cuts := []cut{{bodySeed, v.Body}}
	if title {
		cuts = append(cuts, cut{titleSeed, v.Title})
	}
	var out []Found
	rs := f.Runes[:min(len(f.Runes), Most)]
	for _, c := range cuts {
		for i := range rs {
			h := c.seed
			for n, r := range rs[i:min(i+c.most, len(rs))] {
				if r == gap {
					break
				}
				h = step(h, r)
				feature, known := v.find(h)
				if !known {
					break
				}
				out = append(out, Found{feature, i, i + n + 1})
			}
		}
	}
	return out
}
