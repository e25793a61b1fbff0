package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"xinqiao/internal/admin/settings"
	"xinqiao/internal/app/evaluation"
	"xinqiao/internal/platform/learn"
)

// TrainOptions say what to learn from.
type TrainOptions struct {
	File string // TSV with the columns label, title and text
	Out  string // file of the model; "" writes none
	Test string // file of labelled messages that are not learned from
	Seed uint64
	Bar  bool
}

// TrainReport is what was learned, checked on what was not seen.
type TrainReport struct {
	learn.Report
	Seconds float64            `json:"seconds"`
	Model   string             `json:"model,omitempty"`
	Bytes   int64              `json:"bytes,omitempty"`
	Test    *evaluation.Unseen `json:"test,omitempty"`
}

// Train learns a model from a file of labelled messages.
func Train(ctx context.Context, c Config, o TrainOptions) (TrainReport, error) {
	examples, err := evaluation.Labelled(o.File)
	if err != nil {
		return TrainReport{}, err
	}
	return trainOn(ctx, c, examples, o)
}

func trainOn(ctx context.Context, c Config, examples []learn.Example, o TrainOptions) (TrainReport, error) {
	bars := newBars(c, o.Bar)
	begun := time.Now()
	model, report, err := learn.Train(ctx, examples, learn.Options{Seed: o.Seed, Progress: func(done, all int) { bars.tell("learn", done, all) }})
	bars.end()
	if err != nil {
		return TrainReport{}, err
	}
	out := TrainReport{Report: report, Seconds: time.Since(begun).Seconds()}
	if o.Out != "" {
		if out.Bytes, err = writeModel(model, o.Out); err != nil {
			return out, err
		}
		out.Model = o.Out
	}
	if o.Test != "" {
		out.Test, err = evaluation.Test(model, o.Test)
	}
	return out, err
}

// writeModel writes beside and renames, so that no reader meets half a model.
func writeModel(m *learn.Model, file string) (int64, error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".model-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	err = errors.Join(m.Save(f), f.Sync())
	size, seek := f.Seek(0, io.SeekCurrent)
	if err := errors.Join(err, seek, f.Close()); err != nil {
		return 0, fmt.Errorf("write the model: %w", err)
	}
	return size, os.Rename(f.Name(), file)
}

// EvaluateOptions say what to measure.
type EvaluateOptions struct {
	evaluation.Options
	Bar bool
}

// EvaluateClassification measures how well subjects are told.
func EvaluateClassification(ctx context.Context, c Config, o EvaluateOptions) (evaluation.Classification, error) {
	taxonomy, err := settings.Standard()
	if err != nil {
		return evaluation.Classification{}, err
	}
	return evaluation.Classify(ctx, o.with(c), taxonomy)
}

// EvaluateDuplicates measures whether what was written twice is found.
func EvaluateDuplicates(ctx context.Context, c Config, o EvaluateOptions) (evaluation.Duplicates, error) {
	return evaluation.FindDuplicates(ctx, o.with(c))
}

// EvaluateTopics shows what comes out as hot.
func EvaluateTopics(ctx context.Context, c Config, o EvaluateOptions) (evaluation.Topics, error) {
	return evaluation.FindTopics(ctx, o.with(c))
}

func (o EvaluateOptions) with(c Config) evaluation.Options {
	out := o.Options
	if o.Bar {
		out.Progress = newBars(c, true).tell
	}
	return out
}

// bars draws one progress bar after the other.
type bars struct {
	out  io.Writer
	what string
	bar  *progress
}

func newBars(c Config, draw bool) *bars {
	if draw {
		return &bars{out: c.Err}
	}
	return &bars{out: io.Discard}
}

func (b *bars) tell(what string, done, all int) {
	if b.bar == nil || b.what != what {
		b.end()
		b.what, b.bar = what, newProgress(b.out, what, all)
	}
	b.bar.set(done)
}

func (b *bars) end() {
	if b.bar != nil {
		b.bar.end()
	}
}
