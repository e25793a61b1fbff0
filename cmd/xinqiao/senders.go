package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"xinqiao/internal/app"
	"xinqiao/internal/platform/config"
)

type sendersCmd struct {
	Check sendersCheckCmd `cmd:"" default:"withargs" help:"Sign in at every configured carrier; nothing is sent to anybody."`
}

type sendersCheckCmd struct {
	config.Config
	JSON bool `name:"json" help:"Print JSON."`
}

// Run checks and lists. One that fails makes the command fail.
func (c *sendersCheckCmd) Run(ctx context.Context, t terminal) error {
	list, err := app.SendersCheck(ctx, settings(t, c.Config))
	if err != nil {
		return err
	}
	failed := 0
	err = print(t, c.JSON, list, func(w io.Writer) {
		fmt.Fprintln(w, "way\tsender\tstate")
		for _, s := range list {
			state := "ok"
			if !s.OK {
				state = s.Problem
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.Way, s.Sender, state)
		}
	})
	for _, s := range list {
		if !s.OK {
			failed++
		}
	}
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return errors.New("no sender is configured: see docs/operations.md")
	case failed > 0:
		return fmt.Errorf("%d of %d senders cannot send", failed, len(list))
	}
	return nil
}
