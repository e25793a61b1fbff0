// Package linear learns linear classifiers, one against the rest for every
// class, by coordinate descent in the dual: support vector machines with
// squared hinge loss and logistic regression. All classes are learned in the
// same pass over a text, so that its features are fetched once.
//
// After Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear
// SVM" (ICML 2008), and Yu, Huang, Lin, "Dual Coordinate Descent Methods for
// Logistic Regression and Maximum Entropy Models" (Machine Learning 85, 2011).
package linear

// Data is a set of examples as sparse rows.
type Data struct {
	From    []int // where each row begins; one more than there are rows
	Feature []uint32
	Value   []float32
	Class   []int     // of each row
	Weight  []float32 // of each row; nil is one each
}

// Add appends a row.
func (d *Data) Add(feature []uint32, value []float32, class int, weight float32) {
	if len(d.From) == 0 {
		d.From = append(d.From, 0)
	}
	d.Feature = append(d.Feature, feature...)
	d.Value = append(d.Value, value...)
	d.From = append(d.From, len(d.Feature))
	d.Class = append(d.Class, class)
	d.Weight = append(d.Weight, weight)
}

// Len is the number of rows.
func (d *Data) Len() int { return len(d.Class) }

// Row gives the features and values of a row.
func (d *Data) Row(i int) ([]uint32, []float32) {
	return d.Feature[d.From[i]:d.From[i+1]], d.Value[d.From[i]:d.From[i+1]]
}

// Weights are what was learned: for each feature a number for each class, the
// classes of a feature beside each other, and at the end those of the bias.
type Weights struct {
	Features, Classes int
	Stride            int // Classes, rounded up to a multiple of eight
	W                 []float32
}

// NewWeights makes weights of zero.
func NewWeights(features, classes int) *Weights {
	stride := (classes + 7) &^ 7
	return &Weights{features, classes, stride, make([]float32, (features+1)*stride)}
}

// Row gives the weights of a feature; that after the last is the bias.
func (w *Weights) Row(feature int) []float32 {
	return w.W[feature*w.Stride : (feature+1)*w.Stride]
}

// Scores writes the score of each class into z, which has Stride places.
func (w *Weights) Scores(z []float32, feature []uint32, value []float32) {
	copy(z, w.Row(w.Features))
	for i, f := range feature {
		addTo(z, w.Row(int(f)), value[i])
	}
}

// addTo adds a multiple of a row. Eight at a time need one check of the bounds.
func addTo(z, row []float32, by float32) {
	for len(z) >= 8 && len(row) >= 8 {
		a, b := (*[8]float32)(z), (*[8]float32)(row)
		a[0] += by * b[0]
		a[1] += by * b[1]
		a[2] += by * b[2]
		a[3] += by * b[3]
		a[4] += by * b[4]
		a[5] += by * b[5]
		a[6] += by * b[6]
		a[7] += by * b[7]
		z, row = z[8:], row[8:]
	}
}

// Mix adds another's weights, multiplied: the mean of linear classifiers is a
// linear classifier.
func (w *Weights) Mix(other *Weights, by float32) {
	for i, x := range other.W {
		w.W[i] += by * x
	}
}
