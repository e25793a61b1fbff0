package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/platform/config"
)

type serveCmd struct {
	config.Config
	Demo      bool `help:"Fill an empty store with the demo city first, and print its sign-ins."`
	DemoCases int  `default:"2000" help:"Cases of the demo city."`
}

// Run serves until interrupted.
func (c *serveCmd) Run(ctx context.Context, t terminal) error {
	return app.Serve(ctx, settings(t, c.Config), app.ServeOptions{Demo: c.Demo, Cases: c.DemoCases})
}

// stored is what every command needs that opens the store.
type stored struct {
	config.Storage
	config.City
	config.Log
}

func (s stored) settings(t terminal) app.Config {
	return settings(t, config.Config{Storage: s.Storage, City: s.City, Log: s.Log})
}

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" default:"withargs" help:"Apply what is missing. serve does so by itself."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations and which are applied."`
}

type migrateUpCmd struct{ stored }

// Run applies what is missing.
func (c *migrateUpCmd) Run(ctx context.Context, t terminal) error {
	applied, err := app.Migrate(ctx, c.settings(t))
	for _, m := range applied {
		fmt.Fprintf(t.out, "applied %04d %s\n", m.Number, m.Name)
	}
	if err == nil && len(applied) == 0 {
		fmt.Fprintln(t.out, "nothing to do")
	}
	return err
}

type migrateStatusCmd struct {
	stored
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the migrations.
func (c *migrateStatusCmd) Run(ctx context.Context, t terminal) error {
	list, err := app.MigrateStatus(ctx, c.settings(t))
	if err != nil {
		return err
	}
	return print(t, c.JSON, list, func(w io.Writer) {
		for _, m := range list {
			state := "pending"
			if m.Applied {
				state = m.AppliedAt.Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%04d\t%s\t%s\n", m.Number, m.Name, state)
		}
	})
}

type demoCmd struct {
	stored
	Cases int    `default:"2000" help:"How many cases of the last 18 months."`
	Seed  uint64 `default:"1" help:"The same seed makes the same city."`
}

// Run makes the demo city.
func (c *demoCmd) Run(ctx context.Context, t terminal) error {
	return app.Demo(ctx, c.settings(t), app.DemoOptions{Cases: c.Cases, Seed: c.Seed})
}

type importCmd struct {
	stored
	Path    string            `arg:"" name:"file" type:"existingfile" help:"TSV, CSV or XLSX file with a row of column names."`
	Format  string            `enum:"auto,tsv,csv,xlsx" default:"auto" help:"Format of the file: ${enum}."`
	Source  string            `help:"Name of the collection, so that a second run finds its rows. Default: the file's name."`
	Columns map[string]string `name:"column" placeholder:"FIELD=COLUMN" help:"Which column holds which field, such as words=内容. Repeat. Known names are found without."`
	DryRun  bool              `help:"Read and check everything, register nothing."`
	Limit   int               `help:"Stop after so many rows; 0 reads all."`
	Rejects string            `type:"path" help:"File for rejected rows with line and reason. Default: FILE.rejects.tsv."`
	Quiet   bool              `help:"No progress bar."`
	JSON    bool              `name:"json" help:"Print the report as JSON."`
}

// Run registers the rows and reports.
func (c *importCmd) Run(ctx context.Context, t terminal) error {
	o := app.ImportOptions{
		File: c.Path, Format: strings.TrimPrefix(c.Format, "auto"), Source: c.Source, Columns: c.Columns,
		DryRun: c.DryRun, Limit: c.Limit, Rejects: c.Rejects, Bar: !c.Quiet,
	}
	report, err := app.Import(ctx, c.settings(t), o)
	if err != nil {
		return err
	}
	err = print(t, c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "read\tregistered\talready known\trejected\tseconds\n%d\t%d\t%d\t%d\t%.1f\n",
			report.Read, report.Registered, report.Known, report.Rejected, report.Seconds)
	})
	if err == nil && report.Rejected > 0 {
		return fmt.Errorf("%d of %d: %w, see %s", report.Rejected, report.Read, errPartly, report.Rejects)
	}
	return err
}

type benchCmd struct {
	stored
	What     []string      `arg:"" optional:"" help:"Any of lifecycle, filing, pages, sweep, import. Default: all."`
	Cases    []int         `default:"10000" help:"Sizes of the store, such as 10000,1000000."`
	Clients  []int         `default:"1,8,64" help:"Numbers of clients."`
	For      time.Duration `default:"5s" help:"Length of each measurement."`
	Postgres string        `help:"URL of a PostgreSQL server that the benchmark may fill, for the same figures there."`
	On       []string      `default:"sqlite,postgres" help:"The databases to measure."`
	JSON     bool          `name:"json" help:"Print JSON."`
}

// Help tells what is left behind.
func (benchCmd) Help() string {
	return `Measures a server process of its own over HTTP, on SQLite files in the data folder (and in databases xqbench_… of the --postgres server), beside the bound of the same rows. Filled stores are kept, so that the next run is quick; a million cases take minutes and some gigabytes.
  xinqiao bench --data /var/tmp/bench
  xinqiao bench lifecycle pages --cases 10000,1000000 --data /var/tmp/bench`
}

// Run measures and prints.
func (c *benchCmd) Run(ctx context.Context, t terminal) error {
	return app.Bench(ctx, c.settings(t), app.BenchOptions{
		What: c.What, Cases: c.Cases, Clients: c.Clients, For: c.For, Postgres: c.Postgres, Databases: c.On, JSON: c.JSON,
	})
}

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add a member of staff. The second factor is set up at the first sign-in."`
	List    userListCmd    `cmd:"" help:"List staff."`
	Reset   userResetCmd   `cmd:"" help:"Give a new password and forget second factor, lock, sessions and tokens."`
	Disable userDisableCmd `cmd:"" help:"Bar somebody from signing in and end every session."`
	Enable  userEnableCmd  `cmd:"" help:"Let somebody sign in again."`
	Token   userTokenCmd   `cmd:"" help:"Make a token for the API; it is shown once."`
}

// secret is a password that never stands on the command line.
type secret struct {
	PasswordFile string `placeholder:"FILE" help:"File whose first line is the password, - for standard input. Without it one is made, printed once, and changed at the first sign-in."`
}

// read gives the password, "" when one is to be made.
func (s secret) read(t terminal) (string, error) {
	if s.PasswordFile == "" {
		return "", nil
	}
	in := t.in
	if s.PasswordFile != "-" {
		f, err := os.Open(s.PasswordFile)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("the password is empty")
	}
	return line, nil
}

// tell prints a password that was made here, once.
func tell(t terminal, login, asked, given string) {
	if asked == "" {
		fmt.Fprintf(t.out, "%s: password %s (shown once, to be changed at the first sign-in)\n", login, given)
	}
}

type userAddCmd struct {
	stored
	secret
	Login   string `arg:"" help:"Name to sign in with."`
	Name    string `required:"" help:"Name that colleagues see."`
	Unit    string `help:"Code of the unit. Default: the city itself."`
	Role    string `required:"" help:"One of ${roles}."`
	Cleared bool   `help:"May see the confidential lane of the own jurisdiction."`
}

// Help teaches how an empty instance gets its first people.
func (userAddCmd) Help() string {
	return `In an empty store this makes the city (--city-code, --city-name-zh) and its petition bureau first. The three administrators then do the rest at /admin:
  xinqiao user add sysadmin --name 王建国 --role system_admin
  xinqiao user add secadmin --name 李明 --role sec_admin
  xinqiao user add auditor --name 赵敏 --role audit_admin`
}

// Run adds the member of staff.
func (c *userAddCmd) Run(ctx context.Context, t terminal) error {
	password, err := c.read(t)
	if err != nil {
		return err
	}
	given, err := app.UserAdd(ctx, c.settings(t), app.UserOptions{
		Login: c.Login, Name: c.Name, Unit: c.Unit, Role: c.Role, Password: password, Cleared: c.Cleared,
	})
	if err == nil {
		tell(t, c.Login, password, given)
	}
	return err
}

type userListCmd struct {
	stored
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists staff.
func (c *userListCmd) Run(ctx context.Context, t terminal) error {
	list, err := app.UserList(ctx, c.settings(t))
	if err != nil {
		return err
	}
	return print(t, c.JSON, list, func(w io.Writer) {
		fmt.Fprintln(w, "login\tname\tunit\trole\tactive\tsecond factor")
		for _, u := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%v\t%v\n", u.Login, u.Name, u.Unit, u.Role, u.Active, u.SecondFactor)
		}
	})
}

type userResetCmd struct {
	stored
	secret
	Login string `arg:"" help:"Name to sign in with."`
}

// Run resets what somebody signs in with.
func (c *userResetCmd) Run(ctx context.Context, t terminal) error {
	password, err := c.read(t)
	if err != nil {
		return err
	}
	given, err := app.UserReset(ctx, c.settings(t), c.Login, password)
	if err == nil {
		tell(t, c.Login, password, given)
	}
	return err
}

// userDisableCmd and userEnableCmd take a login and say nothing when they
// succeed.
type (
	userDisableCmd struct {
		stored
		Login string `arg:"" help:"Name to sign in with."`
	}
	userEnableCmd userDisableCmd
)

// Run bars the member of staff.
func (c *userDisableCmd) Run(ctx context.Context, t terminal) error {
	return app.UserActive(ctx, c.settings(t), c.Login, false)
}

// Run lets the member of staff in again.
func (c *userEnableCmd) Run(ctx context.Context, t terminal) error {
	return app.UserActive(ctx, c.settings(t), c.Login, true)
}

type userTokenCmd struct {
	stored
	Login string `arg:"" help:"Whose rights the token has."`
	Name  string `default:"command line" help:"What it is for, as /account lists it."`
	Days  int    `default:"90" help:"How long it is valid, at most 366."`
}

// Run makes a token and prints it.
func (c *userTokenCmd) Run(ctx context.Context, t terminal) error {
	token, err := app.UserToken(ctx, c.settings(t), c.Login, c.Name, c.Days)
	if err == nil {
		fmt.Fprintln(t.out, token)
	}
	return err
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the version.
func (c *versionCmd) Run(t terminal) error {
	v := map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	return print(t, c.JSON, v, func(w io.Writer) {
		fmt.Fprintf(w, "xinqiao %s (%s, %s)\n", v["version"], v["go"], v["platform"])
	})
}

// print writes a value as JSON, or as a table for people.
func print(t terminal, asJSON bool, v any, table func(io.Writer)) error {
	if asJSON {
		enc := json.NewEncoder(t.out)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	table(w)
	return w.Flush()
}
