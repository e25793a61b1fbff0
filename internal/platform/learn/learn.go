// Package learn (学习) learns from texts that people have labelled to label
// others, on the machine that runs it, in pure Go, and knows how far it can be
// trusted: every figure of its report comes from texts that it had not seen.
// It knows nothing of petitions; a label is any string.
package learn

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"xinqiao/internal/platform/learn/evaluate"
	"xinqiao/internal/platform/learn/model"
)

// Example is a message with its label.
type Example struct {
	Title string
	Text  string
	Label string
	// Group names what must not be torn apart when the learning is checked,
	// such as one case told twice. Empty: near-duplicates are found.
	Group string
	// Weight is how much the example counts, 1 when zero.
	Weight float64
}

// Options steer the learning. The zero value is good.
type Options struct {
	// Labels are all labels; nil takes those of the examples.
	Labels []string
	// Progress is told how many of how many steps are done.
	Progress func(done, all int)
	// Seed decides the order of everything random.
	Seed uint64
	// Prior are texts that stand for what is known beforehand, such as the
	// keywords of a list of subjects. They are learned from and never checked;
	// with them alone a model can begin before there is any example.
	Prior []Example
	// Folds are the parts of which each is checked by a model of the others:
	// 5 when zero. One part checks nothing: there is no report, and the
	// probabilities are a guess.
	Folds int
	// Workers learn at the same time: two at most when zero.
	Workers int
	// Note is kept with the model.
	Note map[string]string
}

// Model, Ranked and Span are what learning gives.
type (
	Model  = model.Model
	Ranked = model.Ranked
	Span   = model.Span
)

// Report tells how well the labels of unseen texts were told.
type Report struct {
	evaluate.Scores
	Features         int     `json:"features"`
	CalibrationError float64 `json:"calibration_error"`
	Precisions       []Reach `json:"precisions"`
}

// Reach is the share of messages that can be answered at a precision.
type Reach struct {
	Precision float64 `json:"precision"`
	Threshold float64 `json:"threshold"`
	Coverage  float64 `json:"coverage"`
}

// ErrTooFew tells that there is nothing to learn from: no two labels have
// examples.
var ErrTooFew = errors.New("learning needs examples of at least two labels")

// Load reads a model.
var Load = model.Load

// Train learns a model and checks it by folds: near-duplicates stay in one.
func Train(ctx context.Context, examples []Example, o Options) (*Model, Report, error) {
	t, err := newTraining(examples, o)
	if err != nil {
		return nil, Report{}, err
	}
	return t.run(ctx)
}

func newTraining(examples []Example, o Options) (*training, error) {
	if o.Folds == 0 {
		o.Folds = 5
	}
	if o.Workers == 0 {
		o.Workers = min(2, runtime.GOMAXPROCS(0))
	}
	if len(examples) < o.Folds {
		o.Folds = 1
	}
	t := &training{Options: o, examples: examples}
	every := slices.Concat(examples, o.Prior)
	if t.Labels == nil {
		for _, e := range every {
			t.Labels = append(t.Labels, e.Label)
		}
		slices.Sort(t.Labels)
		t.Labels = slices.Compact(t.Labels)
	}
	index := map[string]int{}
	for k, l := range t.Labels {
		index[l] = k
	}
	seen := map[int]bool{}
	for i, e := range every {
		k, ok := index[e.Label]
		if !ok {
			return nil, fmt.Errorf("example %d has the unknown label %q", i, e.Label)
		}
		t.class = append(t.class, k)
		seen[k] = true
	}
	if len(seen) < 2 {
		return nil, ErrTooFew
	}
	return t, nil
}
