package learn

import (
	"context"
	"math"
	"sync"

	"golang.org/x/sync/errgroup"

	"xinqiao/internal/platform/learn/calibrate"
	"xinqiao/internal/platform/learn/evaluate"
	"xinqiao/internal/platform/learn/linear"
	"xinqiao/internal/platform/learn/model"
	"xinqiao/internal/platform/learn/text"
)

// training is one run.
type training struct {
	Options
	examples []Example
	class    []int

	mu   sync.Mutex
	done int
}

func (t *training) run(ctx context.Context) (*Model, Report, error) {
	fold := evaluate.Folds(t.groups(), t.class, t.Folds, t.Seed)
	out := make([][]float32, len(t.examples))
	var final *linear.Weights
	var words *text.Vocabulary
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(t.Workers)
	t.step()
	work.Go(func() (err error) {
		words, final, err = t.learn(ctx, func(int) bool { return true })
		t.step()
		return err
	})
	for k := range t.Folds {
		work.Go(func() error {
			defer t.step()
			return t.check(ctx, fold, k, out)
		})
	}
	if err := work.Wait(); err != nil {
		return nil, Report{}, err
	}
	slope := calibrate.Fit(out, t.class)
	report, answers := t.report(out, t.slopes(out, fold, slope))
	report.Features = words.Len()
	curve := thin(calibrate.Curve(answers))
	m := model.New(model.Head{Labels: t.Labels, Slope: slope, Examples: len(t.examples),
		Curve: curve, Answers: len(answers), Note: t.Note}, words, final)
	return m, report, nil
}

// step tells the progress.
func (t *training) step() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Progress != nil {
		t.Progress(t.done, t.Folds+1)
	}
	t.done++
}

// groups keeps together what the caller or likeness says.
func (t *training) groups() []int {
	texts := make([]evaluate.Text, len(t.examples))
	named := true
	for i, e := range t.examples {
		texts[i] = evaluate.Text{Title: e.Title, Body: e.Text}
		named = named && e.Group != ""
	}
	if !named {
		return evaluate.Groups(texts)
	}
	first, out := map[string]int{}, make([]int, len(t.examples))
	for i, e := range t.examples {
		if _, ok := first[e.Group]; !ok {
			first[e.Group] = i
		}
		out[i] = first[e.Group]
	}
	return out
}

// heaviest is the number of weights a model has room for.
const heaviest = 24 << 20

// few is the number of examples below which a feature of a single one counts.
const few = 500

// learn learns from the examples that are in use.
func (t *training) learn(ctx context.Context, use func(int) bool) (*text.Vocabulary, *linear.Weights, error) {
	counter, n := text.NewCounter(shape), 0
	for i, e := range t.examples {
		if use(i) {
			counter.Add(e.Title, e.Text)
			n++
		}
	}
	choice := text.Choice{AtLeast: 2, AtMost: heaviest / (len(t.Labels) + 7)}
	if n < few {
		choice.AtLeast = 1
	}
	words := counter.Vocabulary(choice)
	cutter, data := words.NewCutter(), &linear.Data{}
	for i, e := range t.examples {
		if use(i) {
			v := cutter.Cut(e.Title, e.Text)
			data.Add(v.Feature, v.Value, t.class[i], weight(e))
		}
	}
	w, err := t.weigh(ctx, data, words.Len())
	return words, w, err
}

// The two machines: a plain one, and one that trusts naive Bayes.
const (
	plainC  = 4
	bayesC  = 0.3
	rounds  = 15
	ofPlain = 0.5
)

// weigh learns both machines and takes their mean, which is one machine.
func (t *training) weigh(ctx context.Context, data *linear.Data, features int) (*linear.Weights, error) {
	classes := len(t.Labels)
	plain, err := linear.Train(ctx, data, features, classes, linear.Options{C: plainC, Rounds: rounds, Seed: t.Seed})
	if err != nil {
		return nil, err
	}
	bayes, err := linear.Train(ctx, data, features, classes, linear.Options{
		C: bayesC, Rounds: rounds, Seed: t.Seed, Trust: linear.Ratios(data, features, classes)})
	if err != nil {
		return nil, err
	}
	mean := linear.NewWeights(features, classes)
	mean.Mix(plain, ofPlain)
	mean.Mix(bayes, 1-ofPlain)
	return mean, nil
}

// shape is what told subjects best: see docs/performance.md.
var shape = text.Shape{Body: 2, Title: 3, Share: 0.5}

func weight(e Example) float32 {
	if e.Weight == 0 {
		return 1
	}
	return float32(e.Weight)
}

// check scores one fold by a model of the others.
func (t *training) check(ctx context.Context, fold []int, k int, out [][]float32) error {
	words, w, err := t.learn(ctx, func(i int) bool { return fold[i] != k })
	if err != nil {
		return err
	}
	cutter := words.NewCutter()
	for i, e := range t.examples {
		if fold[i] == k {
			z := make([]float32, w.Stride)
			v := cutter.Cut(e.Title, e.Text)
			w.Scores(z, v.Feature, v.Value)
			out[i] = z[:len(t.Labels)]
		}
	}
	return nil
}

// slopes fits the calibration for each fold on the others, so that its error
// is that of unseen texts too.
func (t *training) slopes(scores [][]float32, fold []int, all float32) []float32 {
	of := make([]float32, t.Folds)
	for k := range of {
		var z [][]float32
		var class []int
		for i := range scores {
			if fold[i] != k {
				z, class = append(z, scores[i]), append(class, t.class[i])
			}
		}
		if of[k] = all; len(z) > 0 {
			of[k] = calibrate.Fit(z, class)
		}
	}
	out := make([]float32, len(scores))
	for i := range out {
		out[i] = of[fold[i]]
	}
	return out
}

// bins of the calibration error.
const bins = 15

func (t *training) report(scores [][]float32, slopes []float32) (Report, []calibrate.Answer) {
	given, answers := make([]int, len(scores)), make([]calibrate.Answer, len(scores))
	for i, z := range scores {
		p := append([]float32(nil), z...)
		calibrate.Softmax(p, slopes[i])
		for k := range p {
			if p[k] > p[given[i]] {
				given[i] = k
			}
		}
		answers[i] = calibrate.Answer{P: float64(p[given[i]]), Right: given[i] == t.class[i]}
	}
	r := Report{Scores: evaluate.Score(t.Labels, t.class, given), CalibrationError: calibrate.Error(answers, bins)}
	curve := calibrate.Curve(answers)
	for _, precision := range []float64{0.9, 0.95, 0.98, 0.99} {
		if p, ok := calibrate.At(curve, precision, len(answers)); ok {
			r.Precisions = append(r.Precisions, Reach{precision, p.Threshold, p.Coverage})
		}
	}
	return r, answers
}

// steps is how finely a model remembers its curve.
const steps = 400

// thin keeps some points of a curve, evenly over the coverage.
func thin(curve []calibrate.Point) []calibrate.Point {
	var out []calibrate.Point
	last := math.Inf(-1)
	for i, p := range curve {
		if p.Coverage-last >= 1.0/steps || i == len(curve)-1 {
			out = append(out, p)
			last = p.Coverage
		}
	}
	return out
}
