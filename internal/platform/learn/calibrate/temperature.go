// Package calibrate turns scores into probabilities that mean what they say,
// and finds from which probability on an answer may be trusted.
package calibrate

import "math"

// Softmax gives the probabilities of scores divided by a temperature, in
// place. Padding beyond the classes is the caller's to cut off.
func Softmax(z []float32, slope float32) {
	top := float32(math.Inf(-1))
	for _, x := range z {
		top = max(top, x)
	}
	sum := float32(0)
	for i, x := range z {
		z[i] = float32(math.Exp(float64(slope * (x - top))))
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
}

// Fit finds the slope, one over the temperature, with which the softmax of the
// scores tells the classes with the least surprise (mean log loss), by golden
// section on a logarithmic scale. One number cannot learn the examples by
// heart, so that a few hundred are enough.
func Fit(scores [][]float32, class []int) float32 {
	low, high := math.Log(0.05), math.Log(50.0)
	const golden = 0.6180339887498949
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := surprise(scores, class, a), surprise(scores, class, b)
	for high-low > 1e-3 {
		if fa < fb {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = surprise(scores, class, a)
		} else {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = surprise(scores, class, b)
		}
	}
	return float32(math.Exp((low + high) / 2))
}

// surprise is the mean log loss at a slope given by its logarithm.
func surprise(scores [][]float32, class []int, logSlope float64) float64 {
	slope, sum := math.Exp(logSlope), 0.0
	for i, z := range scores {
		top := math.Inf(-1)
		for _, x := range z {
			top = math.Max(top, float64(x))
		}
		all := 0.0
		for _, x := range z {
			all += math.Exp(slope * (float64(x) - top))
		}
		sum += math.Log(all) - slope*(float64(z[class[i]])-top)
	}
	return sum / math.Max(1, float64(len(scores)))
}
