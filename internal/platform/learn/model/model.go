// Package model is a learned classifier as it is kept and used: a vocabulary,
// a table of small numbers and a calibration. It answers in some tens of
// microseconds, tells which words led it there, and is written to a file with
// a version and a checksum.
package model

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"xinqiao/internal/platform/learn/calibrate"
	"xinqiao/internal/platform/learn/linear"
	"xinqiao/internal/platform/learn/text"
)

// Ranked is a label with its probability.
type Ranked struct {
	Label string  `json:"label"`
	P     float64 `json:"p"`
}

// Model is immutable and safe for many goroutines.
type Model struct {
	Head
	words   *text.Vocabulary
	stride  int
	weights []int8    // stride for each feature, the bias last
	scales  []float32 // what one step of a feature's weights is worth
	readers sync.Pool
}

// Head is what a model knows of itself.
type Head struct {
	Labels   []string          `json:"labels"`
	Slope    float32           `json:"slope"` // of the softmax
	Examples int               `json:"examples"`
	Curve    []calibrate.Point `json:"curve"`          // out of fold, highest threshold first
	Answers  int               `json:"answers"`        // that the curve rests on
	Note     map[string]string `json:"note,omitempty"` // what the owner wants to remember
}

// New makes a model of what was learned. Weights are kept in eight bits, each
// feature with a scale of its own: against the noise of the examples the
// rounding is nothing, and the file is a quarter.
func New(head Head, words *text.Vocabulary, w *linear.Weights) *Model {
	m := &Model{Head: head, words: words, stride: w.Stride,
		weights: make([]int8, len(w.W)), scales: make([]float32, w.Features+1)}
	for f := range m.scales {
		row := w.Row(f)
		top := float32(0)
		for _, x := range row {
			top = max(top, x, -x)
		}
		if top == 0 {
			continue
		}
		m.scales[f] = top / math.MaxInt8
		for k, x := range row {
			m.weights[f*m.stride+k] = int8(math.Round(float64(x / m.scales[f])))
		}
	}
	return m
}

// Features is the number of features.
func (m *Model) Features() int { return m.words.Len() }

// Reader classifies one message after the other without allocating; one
// goroutine uses it at a time.
type Reader struct {
	m      *Model
	cutter *text.Cutter
	z      []float32
}

// NewReader makes a reader.
func (m *Model) NewReader() *Reader {
	return &Reader{m, m.words.NewCutter(), make([]float32, m.stride)}
}

// Read gives the probability of each label, in the order of Labels. The slice
// is valid until the next call.
func (r *Reader) Read(title, body string) []float32 {
	z := r.Scores(title, body)
	calibrate.Softmax(z, r.m.Slope)
	return z
}

// Scores gives the scores before calibration.
func (r *Reader) Scores(title, body string) []float32 {
	clear(r.z)
	v := r.cutter.Cut(title, body)
	r.add(r.m.words.Len(), 1)
	for i, f := range v.Feature {
		r.add(int(f), v.Value[i])
	}
	return r.z[:len(r.m.Labels)]
}

func (r *Reader) add(feature int, value float32) {
	m := r.m
	by := value * m.scales[feature]
	z, row := r.z, m.weights[feature*m.stride:(feature+1)*m.stride]
	for len(z) >= 8 && len(row) >= 8 {
		a, b := (*[8]float32)(z), (*[8]int8)(row)
		a[0] += by * float32(b[0])
		a[1] += by * float32(b[1])
		a[2] += by * float32(b[2])
		a[3] += by * float32(b[3])
		a[4] += by * float32(b[4])
		a[5] += by * float32(b[5])
		a[6] += by * float32(b[6])
		a[7] += by * float32(b[7])
		z, row = z[8:], row[8:]
	}
}

// Predict ranks all labels, the likeliest first.
func (m *Model) Predict(title, body string) []Ranked {
	r, ok := m.readers.Get().(*Reader)
	if !ok {
		r = m.NewReader()
	}
	defer m.readers.Put(r)
	p := r.Read(title, body)
	out := make([]Ranked, len(m.Labels))
	for k, label := range m.Labels {
		out[k] = Ranked{label, float64(p[k])}
	}
	slices.SortStableFunc(out, func(a, b Ranked) int { return cmp.Compare(b.P, a.P) })
	return out
}

// Threshold gives the probability from which on so many of the answers held
// when the model was learned, and the share of messages that reach it. Below
// it the model should keep silent; not ok when it should always.
func (m *Model) Threshold(precision float64) (p, coverage float64, ok bool) {
	at, ok := calibrate.At(m.Curve, precision, m.Answers)
	return at.Threshold, at.Coverage, ok
}
