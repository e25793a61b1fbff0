package learn

import (
	"context"
	"math"
	"slices"
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
	class    []int // of the examples, then of the prior

	mu   sync.Mutex
	done int
}

func (t *training) run(ctx context.Context) (*Model, Report, error) {
	var words *text.Vocabulary
	var final *linear.Weights
	t.step()
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(t.Workers)
	work.Go(func() (err error) {
		words, final, err = t.learn(ctx, func(int) bool { return true })
		t.step()
		return err
	})
	check := t.checks(ctx, work)
	if err := work.Wait(); err != nil {
		return nil, Report{}, err
	}
	head := model.Head{Labels: t.Labels, Slope: guessedSlope, Examples: len(t.examples), Note: t.Note}
	var report Report
	if t.Folds > 1 {
		report, head.Curve = t.report(check)
		head.Slope, head.Answers = calibrate.Fit(check.score, t.class[:len(t.examples)]), len(t.examples)
	}
	report.Features = words.Len()
	return model.New(head, words, final), report, nil
}

// guessedSlope is the slope of a model that was not checked.
const guessedSlope = 3

// check is what the examples got from models that had not seen them.
type check struct {
	fold  []int
	score [][]float32
}

// checks starts the learning of a model for each fold.
func (t *training) checks(ctx context.Context, work *errgroup.Group) check {
	c := check{score: make([][]float32, len(t.examples))}
	if t.Folds == 1 {
		return c
	}
	c.fold = evaluate.Folds(t.groups(), t.class[:len(t.examples)], t.Folds, t.Seed)
	for k := range t.Folds {
		work.Go(func() error {
			defer t.step()
			return t.check(ctx, c, k)
		})
	}
	return c
}

// step tells the progress.
func (t *training) step() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Progress != nil {
		t.Progress(t.done, t.steps())
	}
	t.done++
}

// steps are one model, and one for each fold when there are several.
func (t *training) steps() int {
	if t.Folds == 1 {
		return 1
	}
	return 1 + t.Folds
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

// learn learns from the examples that are in use, and from the prior.
func (t *training) learn(ctx context.Context, use func(int) bool) (*text.Vocabulary, *linear.Weights, error) {
	counter, n := text.NewCounter(shape), 0
	every := slices.Concat(t.examples, t.Prior)
	for i, e := range every {
		if i >= len(t.examples) || use(i) {
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
	for i, e := range every {
		if i >= len(t.examples) || use(i) {
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
	bayesC  = 4
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
var shape = text.Shape{Body: 2, Title: 3, Share: 0.45}

func weight(e Example) float32 {
	if e.Weight == 0 {
		return 1
	}
	return float32(e.Weight)
}

// check scores one fold by a model of the others.
func (t *training) check(ctx context.Context, c check, k int) error {
	words, w, err := t.learn(ctx, func(i int) bool { return c.fold[i] != k })
	if err != nil {
		return err
	}
	cutter := words.NewCutter()
	for i, e := range t.examples {
		if c.fold[i] == k {
			z := make([]float32, w.Stride)
			v := cutter.Cut(e.Title, e.Text)
			w.Scores(z, v.Feature, v.Value)
			c.score[i] = z[:len(t.Labels)]
		}
	}
	return nil
}

// slopes fits the calibration for each fold on the others, so that its error
// is that of unseen texts too.
func (t *training) slopes(c check) []float32 {
	out := make([]float32, t.Folds)
	for k := range out {
		var z [][]float32
		var class []int
		for i, s := range c.score {
			if c.fold[i] != k {
				z, class = append(z, s), append(class, t.class[i])
			}
		}
		out[k] = calibrate.Fit(z, class)
	}
	return out
}

// bins of the calibration error.
const bins = 15

// report compares, and gives the curve from answering all to answering what is
// certain.
func (t *training) report(c check) (Report, []calibrate.Point) {
	slopes := t.slopes(c)
	given, answers := make([]int, len(c.score)), make([]calibrate.Answer, len(c.score))
	for i, z := range c.score {
		p := slices.Clone(z)
		calibrate.Softmax(p, slopes[c.fold[i]])
		for k := range p {
			if p[k] > p[given[i]] {
				given[i] = k
			}
		}
		answers[i] = calibrate.Answer{P: float64(p[given[i]]), Right: given[i] == t.class[i]}
	}
	r := Report{
		Scores:           evaluate.Score(t.Labels, t.class[:len(given)], given),
		CalibrationError: calibrate.Error(answers, bins),
	}
	curve := calibrate.Curve(answers)
	for _, precision := range []float64{0.9, 0.95, 0.98, 0.99} {
		if p, ok := calibrate.At(curve, precision, len(answers)); ok {
			r.Precisions = append(r.Precisions, Reach{precision, p.Threshold, p.Coverage})
		}
	}
	return r, thin(curve)
}

// curvePoints is how finely a model remembers its curve.
const curvePoints = 400

// thin keeps some points of a curve, evenly over the coverage.
func thin(curve []calibrate.Point) []calibrate.Point {
	var out []calibrate.Point
	last := math.Inf(-1)
	for i, p := range curve {
		if p.Coverage-last >= 1.0/curvePoints || i == len(curve)-1 {
			out = append(out, p)
			last = p.Coverage
		}
	}
	return out
}
