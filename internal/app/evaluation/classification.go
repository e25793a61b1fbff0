package evaluation

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/learn"
	"xinqiao/internal/platform/learn/calibrate"
	"xinqiao/internal/platform/learn/evaluate"
)

// Classification is how well subjects are told.
type Classification struct {
	Messages int     `json:"messages"`
	Labels   int     `json:"labels"`
	Groups   int     `json:"groups"` // after near-duplicates were put together
	Runs     []Run   `json:"runs"`
	Start    *Start  `json:"start,omitempty"`
	Unseen   *Unseen `json:"unseen,omitempty"`
}

// Run is one learning with its check by five folds.
type Run struct {
	Seed   uint64       `json:"seed"`
	Report learn.Report `json:"report"`
	// What it costs: the whole learning with its checks, the size of the file,
	// and messages a second on one core, cutting included.
	WallSeconds float64 `json:"wall_seconds"`
	CPUSeconds  float64 `json:"cpu_seconds"`
	ModelBytes  int     `json:"model_bytes"`
	PerSecond   float64 `json:"messages_per_cpu_second"`
}

// Unseen is the check on a file of its own.
type Unseen struct {
	File             string          `json:"file"`
	Scores           evaluate.Scores `json:"scores"`
	CalibrationError float64         `json:"calibration_error"`
	// At is what the threshold for 98 % precision, read off the learning, gave
	// here.
	At learn.Reach `json:"at_98"`
}

// Classify measures how well the labels of messages-labelled.tsv are told.
func Classify(ctx context.Context, o Options, taxonomy []casework.Category) (Classification, error) {
	examples, err := Labelled(filepath.Join(o.Data, "messages-labelled.tsv"))
	if err != nil {
		return Classification{}, err
	}
	out := Classification{Messages: len(examples), Groups: grouped(examples)}
	for _, seed := range o.Seeds {
		run, err := learnOnce(ctx, examples, seed, o.progress("folds of seed "+strconv.FormatUint(seed, 10)))
		if err != nil {
			return out, err
		}
		out.Runs = append(out.Runs, run)
		out.Labels = len(run.Report.Classes)
	}
	if o.Curve {
		if out.Start, err = measureStart(ctx, examples, taxonomy, o.progress("learning curve")); err != nil {
			return out, err
		}
	}
	if o.Unseen != "" {
		out.Unseen, err = measureUnseen(ctx, examples, o)
	}
	return out, err
}

// grouped names the group of each example and counts the groups, so that every
// later check uses the same.
func grouped(examples []learn.Example) int {
	texts := make([]evaluate.Text, len(examples))
	for i, e := range examples {
		texts[i] = evaluate.Text{Title: e.Title, Body: e.Text}
	}
	seen := map[int]bool{}
	for i, g := range evaluate.Groups(texts) {
		examples[i].Group = strconv.Itoa(g)
		seen[g] = true
	}
	return len(seen)
}

func learnOnce(ctx context.Context, examples []learn.Example, seed uint64, progress func(int, int)) (Run, error) {
	begun, cpu := time.Now(), processTime()
	model, report, err := learn.Train(ctx, ungrouped(examples), learn.Options{Seed: seed, Progress: progress})
	if err != nil {
		return Run{}, err
	}
	run := Run{Seed: seed, Report: report, WallSeconds: time.Since(begun).Seconds(), CPUSeconds: (processTime() - cpu).Seconds()}
	var file bytes.Buffer
	if err := model.Save(&file); err != nil {
		return Run{}, err
	}
	run.ModelBytes = file.Len()
	run.PerSecond = speed(model, examples)
	return run, nil
}

// ungrouped takes the names of the groups away, so that finding them is part
// of what is timed.
func ungrouped(examples []learn.Example) []learn.Example {
	out := append([]learn.Example(nil), examples...)
	for i := range out {
		out[i].Group = ""
	}
	return out
}

// speed counts messages a second of processor time in one thread: on a machine
// with other work the clock on the wall would measure that.
func speed(m *learn.Model, examples []learn.Example) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := m.NewReader()
	begun, wall := threadTime(), time.Now()
	for _, e := range examples {
		r.Read(e.Title, e.Text)
	}
	took := threadTime() - begun
	if took == 0 {
		took = time.Since(wall)
	}
	return float64(len(examples)) / took.Seconds()
}

// threadTime is the processor time of this thread where the kernel tells it.
func threadTime() time.Duration {
	text, err := os.ReadFile("/proc/thread-self/schedstat")
	if err != nil {
		return 0
	}
	ran, _, _ := strings.Cut(string(text), " ")
	ns, _ := strconv.ParseInt(ran, 10, 64)
	return time.Duration(ns)
}

// processTime is the processor time of this process where the kernel tells it.
func processTime() time.Duration {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // hundredths of a second
}

// measureUnseen learns from all examples and tests on another file.
func measureUnseen(ctx context.Context, examples []learn.Example, o Options) (*Unseen, error) {
	model, _, err := learn.Train(ctx, examples, learn.Options{Progress: o.progress("for the unseen")})
	if err != nil {
		return nil, err
	}
	return Test(model, o.Unseen)
}

// Test measures a model on a file of labelled messages. Rows whose label the
// model does not know count as wrong.
func Test(model *learn.Model, file string) (*Unseen, error) {
	examples, err := Labelled(file)
	if err != nil {
		return nil, err
	}
	names, index := append([]string(nil), model.Labels...), map[string]int{}
	for k, l := range names {
		index[l] = k
	}
	var truth, given []int
	var answers []calibrate.Answer
	threshold, _, _ := model.Threshold(0.98)
	sure, held := 0, 0
	for _, e := range examples {
		if _, ok := index[e.Label]; !ok {
			index[e.Label] = len(names)
			names = append(names, e.Label)
		}
		best := model.Predict(e.Title, e.Text)[0]
		right := best.Label == e.Label
		truth, given = append(truth, index[e.Label]), append(given, index[best.Label])
		answers = append(answers, calibrate.Answer{P: best.P, Right: right})
		if threshold > 0 && best.P >= threshold {
			sure++
			if right {
				held++
			}
		}
	}
	out := &Unseen{File: filepath.Base(file), Scores: evaluate.Score(names, truth, given), CalibrationError: calibrate.Error(answers, 15)}
	if sure > 0 {
		out.At = learn.Reach{Precision: float64(held) / float64(sure), Threshold: threshold, Coverage: float64(sure) / float64(len(examples))}
	}
	return out, nil
}
