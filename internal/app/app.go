package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/settings"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/oversight/deadlines"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/logx"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/telemetry"
	"xinqiao/migrations"
)

// App is one opened instance: the capabilities, wired to each other. Make it
// with Open; close it.
type App struct {
	Config  Config
	Log     *slog.Logger
	Clock   clock.Clock
	DB      *db.DB
	IDs     *ids.Source
	Keys    *seal.Keyring
	Sealing *reseal.Runner
	Blobs   *blob.Store
	Jobs    *jobs.Jobs

	Telemetry *telemetry.Telemetry
	Settings  *settings.Service
	Units     *unit.Service
	Account   *account.Service
	Procedure *procedure.Service
	Deadlines *deadlines.Service
	Alarm     *deadlines.Alarm
	doors

	handler http.Handler
	routes  []string
	stop    context.CancelFunc
	watch   sync.WaitGroup
	ways    ways
}

// Open opens the store, brings the schema up to date and wires everything.
func Open(ctx context.Context, c Config) (*App, error) { return OpenAt(ctx, c, clock.System) }

// OpenAt is Open with a clock of the caller's, for tests and for replaying
// history.
func OpenAt(ctx context.Context, c Config, now clock.Clock) (*App, error) {
	a := &App{Config: c, Clock: now, Log: logx.New(c.Err, c.LogFormat, c.LogLevel)}
	ok := false
	defer func() {
		if !ok {
			a.Close()
		}
	}()
	for _, step := range []func(context.Context) error{a.openStore, a.openKeys, a.wire, a.wireDoors, a.route} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	ok = true
	return a, nil
}

func (a *App) openStore(ctx context.Context) error {
	if err := os.MkdirAll(a.Config.Data, 0o750); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	url, err := a.Config.DatabaseURL()
	if err != nil {
		return err
	}
	if a.DB, err = db.Open(ctx, url, db.Options{ReadConns: a.Config.Readers, Logger: a.Log}); err != nil {
		return err
	}
	return migrate(ctx, a.DB)
}

func migrate(ctx context.Context, d *db.DB) error {
	if _, err := d.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	return jobs.Migrate(ctx, d)
}

func (a *App) openKeys(ctx context.Context) (err error) {
	if err = a.openRing(ctx); err != nil {
		return err
	}
	if a.Blobs, err = blob.Open(a.Config.BlobDir(), a.Keys); err != nil {
		return err
	}
	if a.IDs, err = ids.Claim(ctx, a.DB, a.Clock); err != nil {
		return err
	}
	a.Telemetry, err = telemetry.New(ctx, telemetry.Options{
		Version: a.Config.Version, Endpoint: a.Config.OTLPEndpoint, Share: a.Config.TraceShare,
	})
	return err
}

// wire makes the services that stand behind every door.
func (a *App) wire(ctx context.Context) (err error) {
	a.Jobs = jobs.New(a.DB, a.Log)
	if a.Settings, err = settings.New(ctx, settings.Needs{DB: a.DB, IDs: a.IDs, Clock: a.Clock, Log: a.Log}); err != nil {
		return err
	}
	if a.Units, err = unit.New(ctx, unit.Needs{DB: a.DB, IDs: a.IDs, Log: a.Log}); err != nil {
		return err
	}
	a.Account = account.New(account.Needs{
		DB: a.DB, IDs: a.IDs, Units: a.Units, Keys: a.Keys, Params: a.Settings, Clock: a.Clock, City: a.Config.CityNameZH,
	})
	a.Units.Attach(a.Account, a.Account)
	a.Settings.Attach(a.Units, a.Account)
	return a.Settings.Seed(ctx)
}

// Start begins background work: delivery of events, sweeps, cache watching.
func (a *App) Start(ctx context.Context) error {
	ctx, a.stop = context.WithCancel(ctx)
	for _, w := range []func(context.Context, time.Duration){a.Settings.Watch, a.Units.Watch, a.Triage.Watch} {
		a.watch.Add(1)
		go func() { defer a.watch.Done(); w(ctx, 5*time.Second) }()
	}
	a.watch.Add(1)
	go func() { defer a.watch.Done(); a.Keys.Watch(ctx, 2*time.Second, a.Log) }()
	a.watch.Add(1)
	go func() { defer a.watch.Done(); a.Notify.Run(ctx, 2*time.Second) }()
	a.watch.Add(1)
	go func() { defer a.watch.Done(); a.Doors.Run(ctx) }()
	return a.Jobs.Start(ctx)
}

// Routes lists the patterns of all pages and doors.
func (a *App) Routes() []string { return a.routes }

// Handler answers HTTP.
func (a *App) Handler() http.Handler { return a.handler }

// Close ends background work and closes the store.
func (a *App) Close() {
	if a.stop != nil {
		a.stop()
		a.watch.Wait()
		ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
		defer done()
		a.Jobs.Stop(ctx)
	}
	a.ways.close()
	a.reading.close()
	if a.Telemetry != nil {
		ctx, done := context.WithTimeout(context.Background(), 2*time.Second)
		defer done()
		if err := a.Telemetry.Stop(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			a.Log.Warn("traces were not flushed", "error", err)
		}
	}
	if a.DB != nil {
		a.DB.Close()
	}
}

// numbers hands out serials of several rows of numbers.
type numbers struct {
	db   *db.DB
	mu   sync.Mutex
	rows map[string]*ids.Blocks
}

// Next implements procedure.Numbers.
func (n *numbers) Next(ctx context.Context, name string) (uint64, error) {
	n.mu.Lock()
	row, ok := n.rows[name]
	if !ok {
		row = ids.NewBlocks(n.db, name, 256)
		n.rows[name] = row
	}
	n.mu.Unlock()
	return row.Next(ctx)
}
