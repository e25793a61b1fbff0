package linear

import (
	"context"
	"math"
	"math/rand/v2"
)

// Loss is what a wrong score costs.
type Loss int

// The losses.
const (
	SquaredHinge Loss = iota // support vector machine
	Logistic
)

// Options steer the learning.
type Options struct {
	Loss   Loss
	C      float64 // what an error costs against the size of the weights
	Rounds int     // passes over the data at most
	Seed   uint64  // of the order of the rows
	// Trust tells how freely the weight of a feature for a class may grow, laid
	// out like the weights; nil is one everywhere. See Ratios.
	Trust []float32
}

// settled ends the learning: no step of a pass was larger than this part of C.
const settled = 1e-3

// Train learns. The result depends on the data and the options alone.
func Train(ctx context.Context, d *Data, features, classes int, o Options) (*Weights, error) {
	w := NewWeights(features, classes)
	l := &learner{Data: d, Options: o, w: w,
		alpha: make([]float32, d.Len()*classes),
		z:     make([]float32, w.Stride), step: make([]float32, w.Stride), square: make([]float32, d.Len()*w.Stride)}
	order := make([]int, d.Len())
	for i := range order {
		order[i] = i
		l.measure(i)
	}
	random := rand.New(rand.NewPCG(o.Seed, 0))
	for range o.Rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		random.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		largest := float32(0)
		for _, i := range order {
			largest = max(largest, l.visit(i))
		}
		if largest < settled*float32(o.C) {
			break
		}
	}
	return w, nil
}

// learner is one run.
type learner struct {
	*Data
	Options
	w      *Weights
	alpha  []float32 // the dual variables, one for each row and class
	square []float32 // of each row's length, as each class sees it
	z      []float32 // scores of the row at hand
	step   []float32 // and by how much each class moves
}

// measure sums up the squares of a row, with one more for the bias.
func (l *learner) measure(i int) {
	square := l.square[i*l.w.Stride : (i+1)*l.w.Stride]
	for k := range square {
		square[k] = 1
	}
	feature, value := l.Row(i)
	for j, f := range feature {
		v := value[j] * value[j]
		if l.Trust != nil {
			addTo(square, l.trust(f), v)
			continue
		}
		for k := range square {
			square[k] += v
		}
	}
}

func (l *learner) trust(feature uint32) []float32 {
	return l.Trust[int(feature)*l.w.Stride : (int(feature)+1)*l.w.Stride]
}

// visit improves the dual variables of one row and gives the largest step.
func (l *learner) visit(i int) float32 {
	feature, value := l.Row(i)
	l.w.Scores(l.z, feature, value)
	alpha := l.alpha[i*l.w.Classes : (i+1)*l.w.Classes]
	square := l.square[i*l.w.Stride : (i+1)*l.w.Stride]
	c := float32(l.C) * l.Weight[i]
	if c <= 0 {
		return 0
	}
	largest := float32(0)
	for k, before := range alpha {
		sign := float32(-1)
		if l.Class[i] == k {
			sign = 1
		}
		if l.Loss == Logistic {
			alpha[k] = logistic(before, sign*l.z[k], square[k], c)
		} else {
			alpha[k] = hinge(before, sign*l.z[k], square[k], c)
		}
		l.step[k] = (alpha[k] - before) * sign
		largest = max(largest, l.step[k], -l.step[k])
	}
	if largest > 0 {
		l.move(feature, value)
	}
	return largest
}

// move adds the step to the weights of a row's features.
func (l *learner) move(feature []uint32, value []float32) {
	addTo(l.w.Row(l.w.Features), l.step, 1)
	if l.Trust == nil {
		for j, f := range feature {
			addTo(l.w.Row(int(f)), l.step, value[j])
		}
		return
	}
	for j, f := range feature {
		row, trust, v := l.w.Row(int(f)), l.trust(f), value[j]
		for k, s := range l.step {
			row[k] += v * s * trust[k]
		}
	}
}

// hinge is the exact step of the squared hinge loss.
func hinge(alpha, margin, square, c float32) float32 {
	diagonal := 0.5 / c
	return max(0, alpha-(margin-1+diagonal*alpha)/(square+diagonal))
}

// logistic is the step of the logistic loss, by Newton's method inside (0, c).
func logistic(alpha, margin, square, c float32) float32 {
	const precise = 1e-4
	x := max(alpha, 0.01*c)
	for range 8 {
		slope := square*(x-alpha) + margin + float32(math.Log(float64(x/(c-x))))
		next := x - slope/(square+c/(x*(c-x)))
		switch {
		case next <= 0:
			next = x / 10
		case next >= c:
			next = c - (c-x)/10
		}
		moved := next - x
		x = next
		if max(moved, -moved) < precise*c {
			break
		}
	}
	return x
}
