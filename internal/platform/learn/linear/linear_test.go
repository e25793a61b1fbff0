package linear

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// points are of three classes, told by which of three features is largest.
func points(n int) *Data {
	r, d := rand.New(rand.NewPCG(1, 1)), &Data{}
	for range n {
		v := []float32{r.Float32(), r.Float32(), r.Float32()}
		class := slices.Index(v, slices.Max(v))
		v[class] += 0.3
		d.Add([]uint32{0, 1, 2}, v, class, 1)
	}
	return d
}

func train(t *testing.T, d *Data, o Options) *Weights {
	t.Helper()
	w, err := Train(context.Background(), d, 3, 3, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func right(w *Weights, d *Data) float64 {
	hit, z := 0, make([]float32, w.Stride)
	for i, class := range d.Class {
		feature, value := d.Row(i)
		w.Scores(z, feature, value)
		if z[class] == slices.Max(z[:w.Classes]) {
			hit++
		}
	}
	return float64(hit) / float64(d.Len())
}

func TestEveryLossSeparates(t *testing.T) {
	d := points(400)
	for name, o := range map[string]Options{
		"hinge":    {C: 10, Rounds: 50},
		"logistic": {C: 100, Rounds: 50, Loss: Logistic},
		"trusting": {C: 10, Rounds: 50, Trust: Ratios(d, 3, 3)},
	} {
		if got := right(train(t, d, o), d); got < 0.97 {
			t.Errorf("%s: %.3f right on points that a line separates", name, got)
		}
	}
}

// TestStopsAtTheOptimum: at the minimum of ½|w|² + C Σ max(0, 1-yz)² the
// gradient is zero, whatever way led there.
func TestStopsAtTheOptimum(t *testing.T) {
	d := points(60)
	const c = 0.5
	w := train(t, d, Options{C: c, Rounds: 2000})
	for k := range 3 {
		gradient := make([]float64, 4)
		for f := range gradient {
			gradient[f] = float64(w.Row(f)[k])
		}
		z := make([]float32, w.Stride)
		for i, class := range d.Class {
			feature, value := d.Row(i)
			w.Scores(z, feature, value)
			y := -1.0
			if class == k {
				y = 1
			}
			if short := 1 - y*float64(z[k]); short > 0 {
				for f, v := range value {
					gradient[f] -= 2 * c * short * y * float64(v)
				}
				gradient[3] -= 2 * c * short * y
			}
		}
		for f, g := range gradient {
			if math.Abs(g) > 0.02 {
				t.Errorf("class %d: gradient %.4f along feature %d", k, g, f)
			}
		}
	}
}

func TestWeightZeroTeachesNothing(t *testing.T) {
	d := points(100)
	d.Add([]uint32{0}, []float32{1}, 2, 0)
	with := train(t, d, Options{C: 1, Rounds: 300})
	without := train(t, points(100), Options{C: 1, Rounds: 300})
	for i := range with.W {
		if math.Abs(float64(with.W[i]-without.W[i])) > 0.02 {
			t.Fatalf("weight %d: %v with, %v without", i, with.W[i], without.W[i])
		}
	}
}

func TestSameSeedSameWeights(t *testing.T) {
	a, b := train(t, points(50), Options{C: 1, Rounds: 5, Seed: 4}), train(t, points(50), Options{C: 1, Rounds: 5, Seed: 4})
	if !slices.Equal(a.W, b.W) {
		t.Error("the same seed led elsewhere")
	}
}

func TestRatiosTrustWhatTells(t *testing.T) {
	d := &Data{}
	for range 20 {
		d.Add([]uint32{0, 1}, []float32{1, 1}, 0, 1)
		d.Add([]uint32{0, 2}, []float32{1, 1}, 1, 1)
	}
	trust := Ratios(d, 3, 2)
	common, telling := trust[0], trust[8]
	if telling < 4*common {
		t.Errorf("trust %v in a feature of one class, %v in one of both", telling, common)
	}
}
