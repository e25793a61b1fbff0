package evaluation

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/learn"
	"xinqiao/internal/platform/learn/evaluate"
)

// Start is what a new site can expect: nothing but the taxonomy's keywords on
// the first day, then more with every confirmed message.
type Start struct {
	// Counting names the label with most keywords in a message, which is what
	// can be done without any learning.
	Counting evaluate.Scores `json:"counting"`
	Curve    []Step          `json:"curve"`
}

// Step is one point of the learning curve: means over the folds tested.
type Step struct {
	Messages int     `json:"messages"`
	Learned  float64 `json:"learned_macro_f1"` // from the messages alone; 0 where there are too few
	Both     float64 `json:"both_macro_f1"`    // from the messages and the keywords
	Accuracy float64 `json:"both_accuracy"`
}

// The learning curve: these numbers of messages, then all that are not tested,
// on so many of the five folds.
var curveSteps = []int{0, 10, 25, 50, 100, 250, 500, 1000, 2000, 4000}

const (
	curveFolds    = 2
	curveSeed     = 1
	keywordWeight = 0.5 // of a keyword, against a message
)

// measureStart draws the curve from no message to all.
func measureStart(ctx context.Context, examples []learn.Example, taxonomy []casework.Category, progress func(int, int)) (*Start, error) {
	labels, class := classes(examples)
	group := make([]int, len(examples))
	for i, e := range examples {
		group[i], _ = strconv.Atoi(e.Group)
	}
	fold := evaluate.Folds(group, class, 5, curveSeed)
	out := &Start{Counting: counting(examples, labels, class, taxonomy)}
	prior := keywords(taxonomy, keywordWeight)
	steps := append(slices.Clone(curveSteps), len(examples))
	out.Curve = make([]Step, len(steps))
	for f := range curveFolds {
		var train, test []learn.Example
		for i, e := range examples {
			if fold[i] == f {
				test = append(test, e)
			} else {
				train = append(train, e)
			}
		}
		rand.New(rand.NewPCG(curveSeed, uint64(f))).Shuffle(len(train), func(a, b int) { train[a], train[b] = train[b], train[a] })
		for s, n := range steps {
			progress(f*len(steps)+s, curveFolds*len(steps))
			n = min(n, len(train))
			both, err := try(ctx, train[:n], test, learn.Options{Labels: labels, Prior: prior, Folds: 1})
			if err != nil {
				return nil, err
			}
			step := &out.Curve[s]
			step.Messages = max(step.Messages, n)
			step.Both += both.MacroF1 / curveFolds
			step.Accuracy += both.Accuracy / curveFolds
			if learned, err := try(ctx, train[:n], test, learn.Options{Labels: labels, Folds: 1}); err == nil {
				step.Learned += learned.MacroF1 / curveFolds
			}
		}
	}
	return out, ctx.Err()
}

// classes numbers the labels.
func classes(examples []learn.Example) (labels []string, class []int) {
	for _, e := range examples {
		labels = append(labels, e.Label)
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	for _, e := range examples {
		class = append(class, slices.Index(labels, e.Label))
	}
	return labels, class
}

// try learns from some and tests on others.
func try(ctx context.Context, train, test []learn.Example, o learn.Options) (evaluate.Scores, error) {
	m, _, err := learn.Train(ctx, train, o)
	if err != nil {
		return evaluate.Scores{}, err
	}
	truth, given := make([]int, len(test)), make([]int, len(test))
	for i, e := range test {
		truth[i] = slices.Index(o.Labels, e.Label)
		given[i] = slices.Index(o.Labels, m.Predict(e.Title, e.Text)[0].Label)
	}
	return evaluate.Score(o.Labels, truth, given), nil
}

// counting is the plainest way: the label whose keywords occur most, those of
// the title three times; where none occurs, the first label.
func counting(examples []learn.Example, labels []string, class []int, taxonomy []casework.Category) evaluate.Scores {
	const inTitle = 3
	given := make([]int, len(examples))
	for i, e := range examples {
		score := make([]int, len(labels))
		for _, c := range taxonomy {
			label, ok := subject(c.Code)
			if k := slices.Index(labels, label); ok && k >= 0 {
				for _, w := range c.Keywords {
					score[k] += inTitle*strings.Count(e.Title, w) + strings.Count(e.Text, w)
				}
			}
		}
		given[i] = slices.Index(score, slices.MaxFunc(score, cmp.Compare[int]))
	}
	return evaluate.Score(labels, class, given)
}
