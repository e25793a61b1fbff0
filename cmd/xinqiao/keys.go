package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/config"
)

type keysCmd struct {
	List    keysListCmd    `cmd:"" help:"List the working keys, their uses and states."`
	Rotate  keysRotateCmd  `cmd:"" help:"Make a new key active. Running servers take it up by themselves."`
	Reseal  keysResealCmd  `cmd:"" help:"Seal anew what another key sealed, or nobody yet. serve does so by itself, in the background."`
	Destroy keysDestroyCmd `cmd:"" help:"Forget an old key for good, once nothing is sealed with it."`
	Master  keysMasterCmd  `cmd:"" help:"Put the working keys under another master key."`
}

// keyed is what a command needs that touches the key file alone.
type keyed struct {
	config.Storage
	config.Log
}

func (k keyed) settings(t terminal) app.Config {
	return settings(t, config.Config{Storage: k.Storage, Log: k.Log})
}

type keysListCmd struct {
	keyed
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the keys.
func (c *keysListCmd) Run(t terminal) error {
	list, err := app.KeysList(c.settings(t))
	if err != nil {
		return err
	}
	return print(t, c.JSON, list, func(w io.Writer) {
		fmt.Fprintln(w, "key\tuse\tstate\tsince")
		for _, k := range list {
			since := ""
			if !k.Changed.IsZero() {
				since = k.Changed.Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", k.ID, k.Use, k.State, since)
		}
	})
}

type keysRotateCmd struct {
	keyed
	Use   string `enum:"data,index" default:"data" help:"Which key: ${enum}."`
	Stage bool   `help:"Only add the key, so that the key file can be copied to every machine first."`
}

// Run adds a key.
func (c *keysRotateCmd) Run(ctx context.Context, t terminal) error {
	k, err := app.KeysRotate(ctx, c.settings(t), c.Use, c.Stage)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s key %d is %s\n", k.Use, k.ID, k.State)
	return nil
}

type keysResealCmd struct {
	stored
	Again bool `help:"Look at everything once more."`
	JSON  bool `name:"json" help:"Print JSON."`
}

// Run seals anew and tells how far everything is.
func (c *keysResealCmd) Run(ctx context.Context, t terminal) error {
	last := time.Time{}
	list, err := app.KeysReseal(ctx, c.settings(t), c.Again, func(part string, done int64) {
		if now := clock.System.Now(); now.Sub(last) > time.Second {
			last = now
			fmt.Fprintf(t.err, "%s: %d\n", part, done)
		}
	})
	if err != nil {
		return err
	}
	var stale int64
	for _, p := range list {
		stale += p.Stale
	}
	err = print(t, c.JSON, list, func(w io.Writer) {
		fmt.Fprintln(w, "part\tsealed anew\tstale")
		for _, p := range list {
			fmt.Fprintf(w, "%s\t%d\t%d\n", p.Part, p.Done, p.Stale)
		}
	})
	if err == nil && stale > 0 {
		return fmt.Errorf("%d values are still stale: another process may not have taken up the new key; run it again", stale)
	}
	return err
}

type keysDestroyCmd struct {
	stored
	ID  int    `arg:"" help:"Number of the key, see keys list."`
	Use string `enum:"data,index" default:"data" help:"Which key: ${enum}."`
}

// Run destroys a key.
func (c *keysDestroyCmd) Run(ctx context.Context, t terminal) error {
	if err := app.KeysDestroy(ctx, c.settings(t), c.Use, c.ID); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s key %d is destroyed\n", c.Use, c.ID)
	return nil
}

type keysMasterCmd struct {
	keyed
	ToFile    string `type:"path" help:"File of the new master key; made if it is not there."`
	ToCommand string `help:"Command of the new master key."`
}

// Run wraps the working keys anew.
func (c *keysMasterCmd) Run(ctx context.Context, t terminal) error {
	if (c.ToFile == "") == (c.ToCommand == "") {
		return errors.New("give --to-file or --to-command")
	}
	if err := app.KeysMaster(ctx, c.settings(t), c.ToFile, c.ToCommand); err != nil {
		return err
	}
	fmt.Fprintln(t.out, "the working keys are wrapped by the new master key: configure it before the next start")
	return nil
}
