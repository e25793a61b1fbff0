package calibrate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFitFindsTheSlope draws classes by the softmax of scores with a known
// slope and looks for it.
func TestFitFindsTheSlope(t *testing.T) {
	for _, slope := range []float32{0.5, 2, 6} {
		r := rand.New(rand.NewPCG(1, uint64(slope*10)))
		var scores [][]float32
		var class []int
		for range 5000 {
			z := []float32{r.Float32() * 2, r.Float32() * 2, r.Float32() * 2}
			p := slices.Clone(z)
			Softmax(p, slope)
			x, k := r.Float32(), 0
			for k < 2 && x > p[k] {
				x -= p[k]
				k++
			}
			scores, class = append(scores, z), append(class, k)
		}
		if got := Fit(scores, class); math.Abs(float64(got/slope-1)) > 0.15 {
			t.Errorf("slope %.2f, want %.2f", got, slope)
		}
	}
}

func TestSoftmaxOfLargeScores(t *testing.T) {
	z := []float32{1000, 0, -1000}
	Softmax(z, 50)
	if z[0] != 1 || z[1] != 0 || z[2] != 0 {
		t.Errorf("%v", z)
	}
}

func TestErrorOfHonestAndBoastful(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var honest, boastful []Answer
	for range 20000 {
		p := 0.5 + r.Float64()/2
		holds := r.Float64() < p
		honest = append(honest, Answer{p, holds})
		boastful = append(boastful, Answer{0.99, holds})
	}
	if e := Error(honest, 15); e > 0.015 {
		t.Errorf("what is said holds, error %.3f", e)
	}
	if e := Error(boastful, 15); math.Abs(e-0.24) > 0.02 {
		t.Errorf("99 %% is said of 75 %%, error %.3f", e)
	}
}

func TestCoverageAtPrecision(t *testing.T) {
	var answers []Answer
	for i := range 100 {
		answers = append(answers, Answer{P: 1 - float64(i)/200, Right: i < 80 || i%2 == 0})
	}
	curve := Curve(answers)
	at, ok := At(curve, 0.95, len(answers))
	if !ok || at.Precision < 0.95 || at.Coverage < 0.87 || at.Coverage > 0.9 {
		t.Errorf("%+v", at)
	}
	if _, ok := At(curve, 1.01, len(answers)); ok {
		t.Error("nobody is that sure")
	}
	if _, ok := At(Curve(answers[:20]), 0.9, 20); ok {
		t.Error("twenty answers are no ground for a promise")
	}
	if same := Curve([]Answer{{0.5, true}, {0.5, false}}); len(same) != 1 || same[0].Precision != 0.5 {
		t.Errorf("equal probabilities have one threshold: %+v", same)
	}
}
