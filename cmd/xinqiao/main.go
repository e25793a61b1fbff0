// Command xinqiao is the whole platform in one file: the server, its schema,
// the demo city, the importer and the benchmark. This package parses the
// command line and calls internal/app; it decides nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"xinqiao/internal/app"
	"xinqiao/internal/platform/config"
	"xinqiao/internal/platform/logx"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = "dev"

// The exit codes, told in --help.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitPartly      = 3
	exitInterrupted = 130
)

// errPartly says that a command did a part of its work and told which.
var errPartly = errors.New("some rows were rejected")

// cli is the command line.
type cli struct {
	File kong.ConfigFlag `name:"config" placeholder:"FILE" help:"JSON file of settings, keys named like the flags."`

	Serve       serveCmd       `cmd:"" help:"Run the platform."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the schema up to date, or show where it stands."`
	Demo        demoCmd        `cmd:"" help:"Fill an empty store with the invented city of 名川市."`
	Import      importCmd      `cmd:"" help:"Register messages from a TSV, CSV or XLSX file."`
	User        userCmd        `cmd:"" help:"Add, list and change members of staff."`
	Keys        keysCmd        `cmd:"" help:"List, rotate and destroy the keys that seal personal data."`
	Dispose     disposeCmd     `cmd:"" help:"List what has reached the end of its retention. Disposal itself takes two people at /admin/retention."`
	Senders     sendersCmd     `cmd:"" help:"Check mail, short messages, WeChat and push."`
	Bench       benchCmd       `cmd:"" help:"Measure speed on this machine, beside the bound of its database."`
	Train       trainCmd       `cmd:"" help:"Learn to label messages from labelled messages, on this machine."`
	Evaluate    evaluateCmd    `cmd:"" help:"Measure the learning on files of messages."`
	Models      modelsCmd      `cmd:"" help:"Check the helper that reads scans and listens."`
	Completion  completionCmd  `cmd:"" help:"Print a completion script for bash, zsh or fish."`
	KioskBridge kioskBridgeCmd `cmd:"" help:"Run beside a kiosk's browser: reader, scanner, printer."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

const description = `Xinqiao (信桥) answers the people of a city: petitions, hotline calls, letters and visits become cases, the law's clocks run on them in the open.

Examples:
  xinqiao serve --demo                    try it: http://127.0.0.1:8080, an invented city, one SQLite file
  xinqiao serve --data /var/lib/xinqiao   one machine, SQLite
  XINQIAO_DATABASE=postgres://… xinqiao serve
  xinqiao user add zhang --name 张三 --unit MC-01 --role bureau_clerk
  xinqiao import letters.xlsx --column words=内容 --dry-run
  xinqiao keys rotate
  xinqiao dispose --dry-run
  xinqiao migrate status --json

Every flag is also an environment variable (--public-url is XINQIAO_PUBLIC_URL) and a key of the file given by --config. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done, 130 interrupted.`

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run parses, executes and gives the exit code.
func run(ctx context.Context, args []string, t terminal) int {
	if err := refuseSecrets(args); err != nil {
		return fail(t, exitUsage, err)
	}
	exited := -1
	parser, err := newParser(t, func(code int) { exited = code })
	if err != nil {
		return fail(t, exitFailed, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		return fail(t, exitUsage, err)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(t, parser.Model)
	switch err := parsed.Run(); {
	case err == nil:
		return 0
	case errors.Is(err, errPartly):
		return fail(t, exitPartly, err)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitInterrupted
	default:
		return fail(t, exitFailed, err)
	}
}

// newParser builds the command line's grammar.
func newParser(t terminal, exit func(int)) (*kong.Kong, error) {
	return kong.New(&cli{},
		kong.Name("xinqiao"),
		kong.Description(description),
		kong.Configuration(readFile),
		kong.DefaultEnvars(config.EnvPrefix),
		kong.Vars{"roles": app.Roles()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 110}),
		kong.Writers(t.out, t.err),
		kong.Exit(exit),
	)
}

// fail tells the reason on standard error, without what it must not hold.
func fail(t terminal, code int, err error) int {
	fmt.Fprintln(t.err, "xinqiao:", logx.Mask(err.Error()))
	if code == exitUsage {
		fmt.Fprintln(t.err, "Try: xinqiao --help")
	}
	return code
}

// refuseSecrets refuses a password on the command line, where every user of
// the machine can read it.
func refuseSecrets(args []string) error {
	for _, a := range args {
		if _, value, ok := strings.Cut(a, "="); ok && strings.HasPrefix(a, "--") {
			a = value
		}
		if config.HasPassword(a) {
			return errors.New("a database password on the command line can be seen by every user of this machine: " +
				"use XINQIAO_DATABASE or --database-file")
		}
	}
	return nil
}

// settings builds what app needs from the parts that a command has.
func settings(t terminal, c config.Config) app.Config {
	return app.Config{Config: c, Version: version, Out: t.out, Err: t.err}
}
