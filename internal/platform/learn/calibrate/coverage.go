package calibrate

import (
	"cmp"
	"math"
	"slices"
)

// Answer is the probability of the likeliest class and whether it held.
type Answer struct {
	P     float64
	Right bool
}

// Point is one step of the curve from answering everything to answering only
// what is certain.
type Point struct {
	Threshold float64 `json:"threshold"` // answer from this probability on
	Precision float64 `json:"precision"` // so many of the answers held
	Coverage  float64 `json:"coverage"`  // so many of all were answered
}

// Curve gives for every possible threshold what it would have meant, the
// highest first.
func Curve(answers []Answer) []Point {
	list := slices.Clone(answers)
	slices.SortStableFunc(list, func(a, b Answer) int { return cmp.Compare(b.P, a.P) })
	var out []Point
	right := 0
	for i, a := range list {
		if a.Right {
			right++
		}
		if i+1 < len(list) && list[i+1].P == a.P {
			continue
		}
		out = append(out, Point{a.P, float64(right) / float64(i+1), float64(i+1) / float64(len(list))})
	}
	return out
}

// fewest is how many answers a threshold must rest on: three that held by
// chance are no promise.
const fewest = 30

// At gives the point of the largest coverage whose precision is reached; not
// ok when none is.
func At(curve []Point, precision float64, answers int) (best Point, ok bool) {
	for _, p := range curve {
		if p.Precision >= precision && p.Coverage*float64(answers) >= fewest-0.5 {
			best, ok = p, true
		}
	}
	return best, ok
}

// Error is the expected calibration error: how far, on average, the
// share that held lies from the probability that was said, in bins of equal
// width.
func Error(answers []Answer, bins int) float64 {
	said, held, count := make([]float64, bins), make([]float64, bins), make([]float64, bins)
	for _, a := range answers {
		b := min(bins-1, max(0, int(a.P*float64(bins))))
		said[b] += a.P
		count[b]++
		if a.Right {
			held[b]++
		}
	}
	sum := 0.0
	for b := range bins {
		sum += math.Abs(said[b] - held[b])
	}
	return sum / math.Max(1, float64(len(answers)))
}
