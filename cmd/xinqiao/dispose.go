package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"xinqiao/internal/app"
)

var errTwoPeople = errors.New("disposal takes two people at /admin/retention; here there is only --dry-run")

type disposeCmd struct {
	stored
	DryRun bool `help:"List what would go and what stays, and why. Nothing is changed."`
	JSON   bool `name:"json" help:"Print JSON."`
}

// Run lists what would go.
func (c *disposeCmd) Run(ctx context.Context, t terminal) error {
	if !c.DryRun {
		return errTwoPeople
	}
	s, err := app.DisposeSurvey(ctx, c.settings(t))
	if err != nil {
		return err
	}
	return print(t, c.JSON, s, func(w io.Writer) {
		fmt.Fprintln(w, "closed\tclass\tcases\twhat happens")
		for _, l := range s.Lines {
			what := "would go"
			if l.Reason != "" {
				what = "stays: " + l.Reason
			}
			fmt.Fprintf(w, "%d\t%s\t%d\t%s\n", l.Year, l.Class, l.Count, what)
		}
		fmt.Fprintf(w, "\tall\t%d\twould go (schedule version %d)\n\topen\t%d\tstays\n\tended lately\t%d\tstays\n", s.Due, s.Schedule.Version, s.Open, s.Young)
	})
}
