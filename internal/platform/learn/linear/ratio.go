package linear

import "math"

// Naive Bayes counts how much more often a feature occurs in a class than
// outside. These were fitted on data: see docs/performance.md.
const (
	ratioSmooth = 0.1  // added to each count
	ratioFloor  = 0.25 // trust in a feature that says nothing
)

// Ratios gives Train's Trust after Wang and Manning, "Baselines and Bigrams"
// (ACL 2012): a feature whose log-count ratio is large may get a large weight
// cheaply. Together with a plain machine this tells more than either alone,
// and is still one linear classifier.
func Ratios(d *Data, features, classes int) []float32 {
	w := NewWeights(features, classes)
	inClass, inAll := make([]float64, classes), 0.0
	all := make([]float64, features)
	for i, class := range d.Class {
		feature, value := d.Row(i)
		for j, f := range feature {
			v := float64(value[j] * d.Weight[i])
			w.W[int(f)*w.Stride+class] += float32(v)
			all[f] += v
			inClass[class] += v
			inAll += v
		}
	}
	spread := ratioSmooth * float64(features)
	for f := range features {
		row := w.Row(f)
		for k, in := range inClass {
			count := float64(row[k])
			of, outside := (count+ratioSmooth)/(in+spread), (all[f]-count+ratioSmooth)/(inAll-in+spread)
			trust := ratioFloor + (1-ratioFloor)*math.Abs(math.Log(of/outside))
			row[k] = float32(trust * trust)
		}
	}
	return w.W
}
