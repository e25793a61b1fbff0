package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"xinqiao/internal/filing/intake"
)

// ErrNoUnits: a case needs a place and a bureau that sends it on.
var ErrNoUnits = errors.New("this store has no units yet: add the first administrator with `xinqiao user add`, or try the demo city with `xinqiao demo`")

// importPart is how many rows travel together from the reader to a writer, and
// importWriters how many writers there are: while one waits for the disk, the
// other checks and seals.
const (
	importPart    = 1000
	importWriters = 3
)

// Import registers the rows of a file. What was registered before, in a run
// that broke off or in another, is left as it is.
func Import(ctx context.Context, c Config, o ImportOptions) (ImportReport, error) {
	a, err := Open(ctx, c)
	if err != nil {
		return ImportReport{}, err
	}
	defer a.Close()
	return a.Import(ctx, o)
}

// Import is Import of an open instance.
func (a *App) Import(ctx context.Context, o ImportOptions) (ImportReport, error) {
	if len(a.Units.All()) == 0 {
		return ImportReport{}, ErrNoUnits
	}
	if o.Source == "" {
		o.Source = strings.TrimSuffix(filepath.Base(o.File), filepath.Ext(o.File))
	}
	if o.Rejects == "" {
		o.Rejects = o.File + ".rejects.tsv"
	}
	words, err := catalogue()
	if err != nil {
		return ImportReport{}, err
	}
	sheet, err := intake.OpenSheet(o.File, o.Format)
	if err != nil {
		return ImportReport{}, err
	}
	defer sheet.Close()
	mapping, err := a.Intake.MapColumns(sheet.Columns, o.Columns, o.Source)
	if err != nil {
		return ImportReport{}, err
	}
	a.Log.Info("import", "file", filepath.Base(o.File), "source", o.Source, "columns", mapping.String(), "dry_run", o.DryRun)
	m := &importer{App: a, o: o, sheet: sheet, mapping: mapping, rejects: rejects{path: o.Rejects, words: words}}
	return m.run(ctx)
}

// importer is one run.
type importer struct {
	*App
	o       ImportOptions
	sheet   *intake.Sheet
	mapping intake.Mapping
	rejects rejects
	report  ImportReport
	bar     *progress
}

// part is some rows on their way from the file to the store.
type part struct {
	list  []intake.Filing
	lines []int // of the file
	bad   []reject
	rows  int
}

// reject is a row that is not registered.
type reject struct {
	line int
	err  error
}

func (m *importer) run(ctx context.Context) (ImportReport, error) {
	begun := m.Clock.Now()
	m.bar = m.progress("import", m.sheet.Guess)
	parts, results := make(chan part, 1), make(chan ImportReport)
	work, ctx2 := errgroup.WithContext(ctx)
	work.Go(func() error { defer close(parts); return m.read(ctx2, parts) })
	writers, ctx3 := errgroup.WithContext(ctx2)
	for range importWriters {
		writers.Go(func() error { return m.write(ctx3, parts, results) })
	}
	work.Go(func() error { defer close(results); return writers.Wait() })
	for r := range results {
		m.count(r)
	}
	err := work.Wait()
	m.bar.end()
	m.report.Seconds = m.Clock.Now().Sub(begun).Seconds()
	if rejected := m.rejects.close(); err == nil {
		err = rejected
	}
	if m.report.Rejected > 0 {
		m.report.Rejects = m.o.Rejects
	}
	if err == nil && !m.o.DryRun {
		indexed := m.Clock.Now()
		err = m.index(ctx)
		m.report.IndexSeconds = m.Clock.Now().Sub(indexed).Seconds()
	}
	return m.report, err
}

func (m *importer) progress(what string, all int) *progress {
	out := m.Config.Err
	if !m.o.Bar {
		out = io.Discard
	}
	if m.o.Limit > 0 {
		all = min(all, m.o.Limit)
	}
	return newProgress(out, what, all)
}

// read cuts the file into parts.
func (m *importer) read(ctx context.Context, out chan<- part) error {
	for done, rows := false, 0; !done; {
		var p part
		for p.rows < importPart && !done {
			if m.o.Limit > 0 && rows == m.o.Limit {
				done = true
				break
			}
			line, err := m.sheet.Next()
			if errors.Is(err, io.EOF) {
				done = true
				break
			}
			if err := m.take(&p, line, err); err != nil {
				return err
			}
			rows++
		}
		select {
		case out <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// take adds one row, or the reason why it is none.
func (m *importer) take(p *part, line intake.Line, err error) error {
	var unreadable *intake.RowError
	switch {
	case errors.As(err, &unreadable):
		p.bad = append(p.bad, reject{unreadable.Line, unreadable})
	case err != nil:
		return fmt.Errorf("read %s: %w", filepath.Base(m.o.File), err)
	default:
		f, err := m.mapping.Filing(line)
		if err != nil {
			p.bad = append(p.bad, reject{line.Number, err})
		} else {
			p.list, p.lines = append(p.list, f), append(p.lines, line.Number)
		}
	}
	p.rows++
	return nil
}

// write registers parts, or only checks them.
func (m *importer) write(ctx context.Context, in <-chan part, out chan<- ImportReport) error {
	for p := range in {
		file := m.Intake.FileMany
		if m.o.DryRun {
			file = m.Intake.TryMany
		}
		done, err := file(ctx, p.list, m.Clock.Now())
		for _, r := range done.Rejects {
			p.bad = append(p.bad, reject{p.lines[r.Index], r.Err})
		}
		for _, b := range p.bad {
			if failed := m.rejects.add(b); failed != nil && err == nil {
				err = failed
			}
		}
		out <- ImportReport{Read: p.rows, Registered: done.Registered, Known: done.Known, Rejected: len(p.bad)}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (m *importer) count(b ImportReport) {
	m.report.Read += b.Read
	m.report.Registered += b.Registered
	m.report.Known += b.Known
	m.report.Rejected += b.Rejected
	m.bar.add(b.Read)
}

// index delivers what the new cases announced, so that search finds them and
// the figures count them when the command ends.
func (m *importer) index(ctx context.Context) error {
	waiting, err := m.Jobs.Backlog(ctx)
	if err != nil || waiting.Events == 0 {
		return err
	}
	bar := m.progress("search index", int(waiting.Events))
	defer bar.end()
	drained := make(chan error, 1)
	go func() { drained <- m.Jobs.Drain(ctx) }()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-drained:
			return err
		case <-tick.C:
			if left, err := m.Jobs.Backlog(ctx); err == nil {
				bar.set(int(waiting.Events - left.Events))
			}
		}
	}
}
