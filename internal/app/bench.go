package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"xinqiao/internal/app/bench"
)

// Bench measures this machine and prints what it found.
func Bench(ctx context.Context, c Config, o BenchOptions) error {
	b := &benchRun{Config: c, o: o}
	b.LogLevel = "error"
	report := bench.NewReport(ctx)
	for _, database := range o.Databases {
		if database == "postgres" && o.Postgres == "" {
			continue
		}
		for _, n := range o.Cases {
			if err := b.measure(ctx, report, database, n); err != nil {
				return fmt.Errorf("%s, %d cases: %w", database, n, err)
			}
		}
		for what, do := range map[string]func(context.Context, *bench.Report, string) error{"sweep": b.sweep, "import": b.imports} {
			if !b.wanted(what) {
				continue
			}
			if err := do(ctx, report, database); err != nil {
				return fmt.Errorf("%s, %s: %w", database, what, err)
			}
		}
	}
	if o.JSON {
		return json.NewEncoder(c.Out).Encode(report)
	}
	return report.Markdown(c.Out)
}

// benchRun is one run of the benchmark.
type benchRun struct {
	Config
	o BenchOptions
}

func (b *benchRun) wanted(what string) bool {
	return len(b.o.What) == 0 || slices.Contains(b.o.What, what)
}

// measure runs everything that is asked of a server on a store of n cases.
func (b *benchRun) measure(ctx context.Context, report *bench.Report, database string, n int) error {
	if !b.wanted("lifecycle") && !b.wanted("filing") && !b.wanted("pages") {
		return nil
	}
	c, err := b.config(ctx, database, fmt.Sprint(n))
	if err != nil {
		return err
	}
	flows, bounds, err := b.ready(ctx, c, n)
	if err != nil {
		return err
	}
	server, err := bench.Start(ctx, []string{"--data=" + c.Data, "--log-level=info"},
		[]string{"XINQIAO_DATABASE=" + c.Database, "XINQIAO_FILINGS_PER_MINUTE=0"})
	if err != nil {
		return err
	}
	defer server.Stop()
	flows.Addr = server.Addr
	s := report.Store(database, n)
	s.Ready, s.Bounds = server.Ready, bounds
	s.MemoryIdle, _ = server.Memory()
	load := func(name string, clients int, do func(int) error) {
		if ctx.Err() == nil {
			flows.Use(clients)
			before := server.CPU()
			r := bench.Load(ctx, clients, b.o.For, do)
			s.Add(name, r.Spent(server.CPU()-before))
		}
	}
	if b.wanted("pages") {
		load("ping", 8, flows.Ping)
		load("queue page", 8, flows.Queue)
		load("case page", 8, flows.Case)
		load("search", 8, flows.Search)
	}
	for _, clients := range b.o.Clients {
		if b.wanted("lifecycle") {
			load("lifecycle", clients, flows.Lifecycle)
		}
	}
	if b.wanted("filing") {
		load("filing", 64, flows.File)
	}
	s.Memory, s.MemoryPeak = server.Memory()
	return ctx.Err()
}

// boundLives is how many lives a bound is measured with.
const boundLives = 2000

// ready fills the store, signs in and measures the bounds, all before the
// server opens it.
func (b *benchRun) ready(ctx context.Context, c Config, n int) (*bench.Flows, []bench.Bound, error) {
	a, err := Open(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	s, err := a.prepareBench(ctx, n, false)
	if err != nil {
		return nil, nil, err
	}
	flows, err := s.flows(ctx)
	if err != nil {
		return nil, nil, err
	}
	var bounds []bench.Bound
	for name, only := range map[string]int{"filing": 1, "lifecycle": 5} {
		if !b.wanted(name) {
			continue
		}
		both, err := s.bounds(ctx, name, only)
		if err != nil {
			return nil, nil, err
		}
		bounds = append(bounds, both...)
	}
	return flows, bounds, s.settle(ctx)
}

// settle does what waits after a filling, so that the server has only its
// clients to serve.
func (s *benchStore) settle(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.Procedure.Recount, s.Deadlines.Sweep, s.Jobs.Drain} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *benchStore) bounds(ctx context.Context, name string, only int) ([]bench.Bound, error) {
	var out []bench.Bound
	for _, how := range []string{"seam", "driver"} {
		lives, err := s.boundBatches(ctx, boundLives)
		if err != nil {
			return nil, err
		}
		send, end := s.sender(ctx), func() {}
		if how == "driver" {
			if send, end, err = s.plainDriver(ctx, lives); err != nil {
				return nil, err
			}
		}
		for _, clients := range []int{1, 64} {
			part := lives[:boundLives/4]
			if clients > 1 {
				part = lives[boundLives/4:]
			}
			r := s.bound(ctx, part, only, clients, send)
			if r.Failed > 0 {
				return nil, fmt.Errorf("the bound failed: %s", r.Err)
			}
			out = append(out, bench.Bound{Of: name, How: how, Clients: clients, Rate: r.Rate})
		}
		end()
	}
	return out, nil
}

// sweep measures how fast duties are marked whose moment has passed.
func (b *benchRun) sweep(ctx context.Context, report *bench.Report, database string) error {
	const cases = 50_000
	if err := b.drop(ctx, database, "sweep"); err != nil {
		return err
	}
	c, err := b.config(ctx, database, "sweep")
	if err != nil {
		return err
	}
	a, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { a.Close(); _ = b.drop(ctx, database, "sweep") }()
	if _, err := a.prepareBench(ctx, cases, true); err != nil {
		return err
	}
	begun, marked, later := time.Now(), 0, a.Clock.Now().AddDate(1, 0, 0)
	for time.Since(begun) < 2*b.o.For {
		n, err := a.Procedure.Lapse(ctx, later, 500)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		marked += n
	}
	report.Extra(database, "sweep of due obligations", float64(marked)/time.Since(begun).Seconds())
	return nil
}

// imports measures how fast a file of history is registered and indexed.
func (b *benchRun) imports(ctx context.Context, report *bench.Report, database string) error {
	const rows = 50_000
	if err := b.drop(ctx, database, "import"); err != nil {
		return err
	}
	c, err := b.config(ctx, database, "import")
	if err != nil {
		return err
	}
	a, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { a.Close(); _ = b.drop(ctx, database, "import") }()
	if _, err := a.prepareBench(ctx, 0, false); err != nil {
		return err
	}
	file := filepath.Join(c.Data, "bench-import.tsv")
	if err := bench.WriteFile(file, rows); err != nil {
		return err
	}
	defer os.Remove(file)
	done, err := a.Import(ctx, ImportOptions{File: file, Bar: true})
	if err != nil {
		return err
	}
	report.Extra(database, "import, registered", float64(done.Registered)/done.Seconds)
	report.Extra(database, "import, registered and searchable", float64(done.Registered)/(done.Seconds+done.IndexSeconds))
	return nil
}
