package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"xinqiao/internal/app"
	"xinqiao/internal/app/evaluation"
	"xinqiao/internal/platform/config"
	"xinqiao/internal/platform/learn"
	"xinqiao/internal/platform/learn/evaluate"
)

type trainCmd struct {
	File  trainFileCmd  `cmd:"" default:"withargs" help:"Learn from a file of labelled messages."`
	Store trainStoreCmd `cmd:"" help:"Learn from the cases of the store that units have accepted."`
}

// trained is what both ways of learning have in common.
type trained struct {
	Out   string `type:"path" placeholder:"FILE" help:"Write the model to this file."`
	Seed  uint64 `help:"The same messages and seed give the same model, byte for byte."`
	Quiet bool   `help:"No progress bar."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

func (c trained) options() app.TrainOptions {
	return app.TrainOptions{Out: c.Out, Seed: c.Seed, Bar: !c.Quiet}
}

type trainFileCmd struct {
	trained
	Data string `type:"existingfile" required:"" env:"-" help:"TSV file with the columns label, title and text."`
	Test string `type:"existingfile" placeholder:"FILE" help:"Also test on these labelled messages, which are not learned from."`
}

// Help tells what happens to the messages.
func (trainFileCmd) Help() string {
	return `Learns on this machine, sends nothing anywhere, and tells how well it does on messages it has not seen: five parts, each labelled by a model of the other four, with near-duplicates in one part.
  xinqiao train --data messages.tsv --out subjects.model
  xinqiao train store --data /var/lib/xinqiao --of category --out categories.model`
}

// Run learns and reports.
func (c *trainFileCmd) Run(ctx context.Context, t terminal) error {
	o := c.options()
	o.File, o.Test = c.Data, c.Test
	report, err := app.Train(ctx, settings(t, config.Config{}), o)
	return c.report(t, report, err)
}

type trainStoreCmd struct {
	trained
	stored
	Of string `enum:"category,major,nature" default:"category" help:"What to learn: ${enum}."`
}

// Run learns and reports.
func (c *trainStoreCmd) Run(ctx context.Context, t terminal) error {
	report, err := app.TrainStore(ctx, c.settings(t), c.Of, c.options())
	return c.report(t, report, err)
}

func (c trained) report(t terminal, report app.TrainReport, err error) error {
	if err != nil {
		return err
	}
	return print(t, c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "messages\tfeatures\tmacro-F1\taccuracy\tcalibration error\tseconds\tmodel\n%d\t%d\t%.4f\t%.4f\t%.4f\t%.1f\t%.1f MB\n\n",
			report.Examples, report.Features, report.MacroF1, report.Accuracy, report.CalibrationError, report.Seconds, float64(report.Bytes)/1e6)
		printClasses(w, report.Scores)
		printReach(w, report.Precisions)
		printUnseen(w, report.Test)
	})
}

func printClasses(w io.Writer, s evaluate.Scores) {
	fmt.Fprintln(w, "label\tmessages\tprecision\trecall\tF1\tmostly taken for")
	for k, c := range s.Classes {
		wrong, n := "", 0
		for j, count := range s.Confusion[k] {
			if j != k && count > n {
				wrong, n = s.Classes[j].Name, count
			}
		}
		if n > 0 {
			wrong = fmt.Sprintf("%s (%d)", wrong, n)
		}
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%s\n", c.Name, c.Support, c.Precision, c.Recall, c.F1, wrong)
	}
	fmt.Fprintln(w)
}

func printReach(w io.Writer, list []learn.Reach) {
	fmt.Fprintln(w, "precision\tfrom probability\tshare answered")
	for _, r := range list {
		fmt.Fprintf(w, "%.0f %%\t%.3f\t%.1f %%\n", 100*r.Precision, r.Threshold, 100*r.Coverage)
	}
	fmt.Fprintln(w)
}

func printUnseen(w io.Writer, u *evaluation.Unseen) {
	if u == nil {
		return
	}
	fmt.Fprintf(w, "%s: %d messages that were not learned from\nmacro-F1\taccuracy\tcalibration error\tat the 98 %% threshold\n", u.File, u.Scores.Examples)
	fmt.Fprintf(w, "%.4f\t%.4f\t%.4f\t%.1f %% right of the %.1f %% answered\n\n", u.Scores.MacroF1, u.Scores.Accuracy, u.CalibrationError, 100*u.At.Precision, 100*u.At.Coverage)
	printClasses(w, u.Scores)
}

type evaluateCmd struct {
	Classification evaluateClassificationCmd `cmd:"" help:"How well subjects are told, from the first day on."`
	Duplicates     evaluateDuplicatesCmd     `cmd:"" help:"Whether what was written twice is found."`
	Topics         evaluateTopicsCmd         `cmd:"" help:"Which matters many people write about."`
	Ocr            evaluateOCRCmd            `cmd:"" help:"How well scans are read: images, each beside a .txt of what it says."`
	Speech         evaluateSpeechCmd         `cmd:"" help:"How well recordings are written down: .wav files, each beside a .txt of what is said."`
}

// evaluated is what the measurements have in common.
type evaluated struct {
	Data  string `type:"existingdir" required:"" env:"XINQIAO_DATA" help:"Folder with messages-labelled.tsv, messages-stream.tsv and near-duplicates-dev.tsv."`
	Quiet bool   `help:"No progress bar."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

func (e evaluated) options() app.EvaluateOptions {
	return app.EvaluateOptions{Options: evaluation.Options{Data: e.Data}, Bar: !e.Quiet}
}

type evaluateClassificationCmd struct {
	evaluated
	Seeds  []uint64 `default:"42,7" help:"Foldings to measure; each is a whole learning."`
	Curve  bool     `default:"true" negatable:"" help:"Also measure the start from keywords and the learning curve."`
	Unseen string   `type:"existingfile" placeholder:"FILE" help:"Also learn from all and test on this file of labelled messages."`
}

// Run measures and prints.
func (c *evaluateClassificationCmd) Run(ctx context.Context, t terminal) error {
	o := c.options()
	o.Seeds, o.Curve, o.Unseen = c.Seeds, c.Curve, c.Unseen
	r, err := app.EvaluateClassification(ctx, settings(t, config.Config{}), o)
	if err != nil {
		return err
	}
	return print(t, c.JSON, r, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d messages, %d after near-duplicates are put together\n\n", filepath.Base(c.Data), r.Messages, r.Groups)
		fmt.Fprintln(w, "seed\tmacro-F1\taccuracy\tcalibration error\twall s\tCPU s\tmodel MB\tmessages/CPU s")
		for _, run := range r.Runs {
			fmt.Fprintf(w, "%d\t%.4f\t%.4f\t%.4f\t%.1f\t%.1f\t%.1f\t%.0f\n", run.Seed, run.Report.MacroF1, run.Report.Accuracy,
				run.Report.CalibrationError, run.WallSeconds, run.CPUSeconds, float64(run.ModelBytes)/1e6, run.PerSecond)
		}
		fmt.Fprintln(w)
		if len(r.Runs) > 0 {
			printClasses(w, r.Runs[0].Report.Scores)
			printReach(w, r.Runs[0].Report.Precisions)
		}
		printStart(w, r.Start)
		printUnseen(w, r.Unseen)
	})
}

func printStart(w io.Writer, s *evaluation.Start) {
	if s == nil {
		return
	}
	fmt.Fprintf(w, "keywords counted, nothing learned: macro-F1 %.3f, accuracy %.3f\n\n", s.Counting.MacroF1, s.Counting.Accuracy)
	fmt.Fprintln(w, "messages learned\tmacro-F1 with keywords\tof the messages alone\taccuracy with keywords")
	for _, p := range s.Curve {
		fmt.Fprintf(w, "%d\t%.3f\t%.3f\t%.3f\n", p.Messages, p.Both, p.Learned, p.Accuracy)
	}
	fmt.Fprintln(w)
}

type evaluateDuplicatesCmd struct {
	evaluated
	Show int `default:"0" help:"Print so many pairs, spread over the likenesses, for a check by hand."`
}

// Run measures and prints.
func (c *evaluateDuplicatesCmd) Run(ctx context.Context, t terminal) error {
	r, err := app.EvaluateDuplicates(ctx, settings(t, config.Config{}), c.options())
	if err != nil {
		return err
	}
	return print(t, c.JSON, r, func(w io.Writer) {
		fmt.Fprintf(w, "messages\tcandidates\tknown pairs\tseconds\n%d\t%d\t%d\t%.1f\n\n", r.Messages, r.Candidates, r.Known, r.Seconds)
		fmt.Fprintln(w, "likeness from\tpairs found\trecall of the known")
		for _, l := range r.Levels {
			fmt.Fprintf(w, "%.1f\t%d\t%.4f\n", l.Likeness, l.Found, l.Recall)
		}
		for i := range min(c.Show, len(r.Pairs)) {
			p := r.Pairs[i*len(r.Pairs)/min(c.Show, len(r.Pairs))]
			fmt.Fprintf(w, "%.2f\t%s\t%s\t%s | %s\n", p.Likeness, p.A, p.B, p.TitleA, p.TitleB)
		}
	})
}

type evaluateTopicsCmd struct {
	evaluated
	Top int `default:"20" help:"Topics to show."`
}

// Run measures and prints.
func (c *evaluateTopicsCmd) Run(ctx context.Context, t terminal) error {
	o := c.options()
	o.Top = c.Top
	r, err := app.EvaluateTopics(ctx, settings(t, config.Config{}), o)
	if err != nil {
		return err
	}
	return print(t, c.JSON, r, func(w io.Writer) {
		fmt.Fprintf(w, "messages\tgroups\tof several\tseconds\tassigned one by one\tlike at once\ta second\n%d\t%d\t%d\t%.1f\t%d\t%.1f %%\t%.0f\n\n",
			r.Messages, r.Groups, r.Several, r.Seconds, r.Assigned, 100*r.SameGroup, r.PerSecond)
		fmt.Fprintln(w, "people\tmessages\tlikes\tfrom\tto\theat\tplace\twords\tfirst title")
		for _, p := range r.Top {
			fmt.Fprintf(w, "%d\t%d\t%d\t%s\t%s\t%.0f\t%s\t%v\t%s\n", p.Heat.People, p.Heat.Texts, p.Heat.Likes,
				p.Heat.First.Format("2006-01-02"), p.Heat.Last.Format("2006-01-02"), p.Heat.Value, p.Place, p.Words, p.Titles[0])
		}
	})
}
