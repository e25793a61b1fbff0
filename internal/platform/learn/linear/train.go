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
	// Lift multiplies the cost of the positive rows of each class; nil is one
	// each.
	Lift []float32
}

// settled ends the learning: no step of a pass was larger than this part of C.
const settled = 1e-3

// Train learns. The result depends on the data and the options alone.
func Train(ctx context.Context, d *Data, features, classes int, o Options) (*Weights, error) {
	w := NewWeights(features, classes)
	l := &learner{Data: d, Options: o, w: w,
		alpha: make([]float32, d.Len()*classes),
		z:     make([]float32, w.Stride), step: make([]float32, w.Stride), square: make([]float32, d.Len())}
	order := make([]int, d.Len())
	for i := range order {
		order[i] = i
		_, value := d.Row(i)
		l.square[i] = 1 // the bias
		for _, v := range value {
			l.square[i] += v * v
		}
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
	square []float32 // of each row's length
	z      []float32 // scores of the row at hand
	step   []float32 // and by how much each class moves
}

// visit improves the dual variables of one row and gives the largest step.
func (l *learner) visit(i int) float32 {
	feature, value := l.Row(i)
	l.w.Scores(l.z, feature, value)
	alpha := l.alpha[i*l.w.Classes : (i+1)*l.w.Classes]
	largest := float32(0)
	for k := range alpha {
		sign, c := float32(-1), float32(l.C)*l.Weight[i]
		if l.Class[i] == k {
			sign = 1
			if l.Lift != nil {
				c *= l.Lift[k]
			}
		}
		next := alpha[k]
		switch {
		case c <= 0:
		case l.Loss == Logistic:
			next = logistic(alpha[k], sign*l.z[k], l.square[i], c)
		default:
			next = hinge(alpha[k], sign*l.z[k], l.square[i], c)
		}
		l.step[k] = (next - alpha[k]) * sign
		largest = max(largest, l.step[k], -l.step[k])
		alpha[k] = next
	}
	if largest > 0 {
		for j, f := range feature {
			addTo(l.w.Row(int(f)), l.step, value[j])
		}
		addTo(l.w.Row(l.w.Features), l.step, 1)
	}
	return largest
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
