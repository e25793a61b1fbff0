package main

import (
	"context"
	"fmt"
	"io"

	"xinqiao/internal/app"
	"xinqiao/internal/platform/config"
)

type modelsCmd struct {
	Check modelsCheckCmd `cmd:"" default:"withargs" help:"Check the helper program and the sums of its models."`
}

type modelsCheckCmd struct {
	config.Storage
	config.Helper
	JSON bool `name:"json" help:"Print JSON."`
}

// Run checks. It fails when neither scans nor recordings can be read.
func (c *modelsCheckCmd) Run(ctx context.Context, t terminal) error {
	report, err := app.CheckModels(ctx, settings(t, config.Config{Storage: c.Storage, Helper: c.Helper}))
	if err != nil {
		return err
	}
	return print(t, c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "what\tstate\nreading\t%s\nspeech\t%s\n", report.Reading, report.Speech)
		if report.Detail != "" {
			fmt.Fprintf(w, "\t%s\n", report.Detail)
		}
	})
}

// measured is what both measurements take.
type measured struct {
	config.Storage
	config.Helper
	Folder string `arg:"" type:"existingdir" help:"Folder of files with their texts."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

type evaluateOCRCmd struct{ measured }

// Run reads every image of the folder.
func (c *evaluateOCRCmd) Run(ctx context.Context, t terminal) error { return c.run(ctx, t, "ocr") }

type evaluateSpeechCmd struct{ measured }

// Run listens to every recording of the folder.
func (c *evaluateSpeechCmd) Run(ctx context.Context, t terminal) error {
	return c.run(ctx, t, "speech")
}

func (c *measured) run(ctx context.Context, t terminal, what string) error {
	rows, err := app.MeasureModels(ctx, settings(t, config.Config{Storage: c.Storage, Helper: c.Helper}), what, c.Folder)
	if err != nil {
		return err
	}
	return print(t, c.JSON, rows, func(w io.Writer) {
		fmt.Fprintln(w, "file\tcharacters\twrong\tCER\tseconds")
		for _, r := range rows {
			fmt.Fprintf(w, "%s\t%d\t%d\t%.2f %%\t%.1f\n", r.File, r.Characters, r.Wrong, 100*r.Rate(), r.Seconds)
		}
	})
}
