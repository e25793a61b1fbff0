package board

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/fault"
)

// State says how far a brought file has come.
type State string

// The states of a file.
const (
	Shown   State = "shown"   // its columns are looked at
	Queued  State = "queued"  // waits for the door
	Running State = "running" //
	Done    State = "done"
	Failed  State = "failed"
)

// Import is a brought file.
type Import struct {
	ID       int64
	Door     string
	Name     string
	Blob     string
	Columns  string
	DryRun   bool
	State    State
	Expected int

	Read, Taken, Held, Known, Rejected int

	Rejects string // a line each, JSON
	Problem string
	MadeBy  int64
	MadeAt  time.Time
	EndedAt time.Time

	last int // line of the last reject
}

// The bounds of a file.
const (
	mostBytes   = 64 << 20
	mostRejects = 256 << 10
	previewRows = 8
)

var formats = []string{".csv", ".tsv", ".txt", ".xlsx", ".json"}

// Bring keeps a file; nothing is taken yet.
func (s *Service) Bring(ctx context.Context, a access.Actor, code, name string, r io.Reader) (int64, error) {
	if !a.Has(bringers...) {
		return 0, ErrDenied
	}
	bad := fault.New(fault.Invalid, "board.invalid")
	set, err := s.setting(ctx, code)
	if err != nil {
		return 0, err
	}
	if set.Code == "" {
		bad.Field("door", "board.no_door")
	}
	if !slices.Contains(formats, strings.ToLower(filepath.Ext(name))) {
		bad.Field("file", "board.format")
	}
	text, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if err != nil {
		return 0, err
	}
	if len(text) == 0 || len(text) > mostBytes {
		bad.Field("file", "board.size", mostBytes>>20)
	}
	if err := bad.OrNil(); err != nil {
		return 0, err
	}
	ref, err := s.Blobs.Keep(ctx, bytes.NewReader(text), mostBytes)
	if err != nil {
		return 0, err
	}
	i := Import{ID: s.IDs.Next(), Door: code, Name: filepath.Base(name), Blob: ref.Key, Columns: set.Values["columns"], State: Shown, MadeBy: a.ID, MadeAt: s.Clock.Now()}
	return i.ID, s.insert(ctx, i)
}

func (s *Service) setting(ctx context.Context, code string) (door.Setting, error) {
	all, err := s.Registry.Active(ctx, kind)
	for _, set := range all {
		if set.Code == code {
			return set, nil
		}
	}
	return door.Setting{}, err
}

// Preview is the beginning of a file as it would be read.
type Preview struct {
	Columns []string
	Rows    [][]string
	Fields  map[string]int // what was found
	Problem string         // why it cannot be read
}

// Preview shows the first rows with the columns that are asked for.
func (s *Service) Preview(ctx context.Context, i Import) (Preview, error) {
	var p Preview
	asked, err := readColumns(i.Columns)
	if err != nil {
		p.Problem = err.Error()
	}
	sheet, err := s.sheet(ctx, i)
	if err != nil {
		p.Problem = err.Error()
		return p, nil //nolint:nilerr // shown to who brought the file
	}
	defer sheet.Close()
	p.Columns = sheet.Columns()
	for len(p.Rows) < previewRows {
		row, err := sheet.Next()
		if err != nil {
			break
		}
		p.Rows = append(p.Rows, row.Cells)
	}
	m, err := s.Sheets.Map(p.Columns, asked, i.Door)
	if err != nil {
		p.Problem = err.Error()
		return p, nil
	}
	p.Fields = m.Fields()
	return p, nil
}

// Begin queues a file with its columns; the door takes it up.
func (s *Service) Begin(ctx context.Context, a access.Actor, id int64, columns map[string]string, dry bool) error {
	if !a.Has(bringers...) {
		return ErrDenied
	}
	i, err := s.Find(ctx, a, id)
	if err != nil {
		return err
	}
	if i.State == Queued || i.State == Running || i.State == Done && !i.DryRun {
		return ErrNow
	}
	var parts []string
	for _, f := range s.Sheets.Fields() {
		if c := columns[f]; c != "" {
			parts = append(parts, f+"="+c)
		}
	}
	i.Columns, i.DryRun, i.State = strings.Join(parts, ";"), dry, Queued
	if i.Columns != "" {
		if err := s.Registry.Remember(ctx, a, i.Door, i.Columns); err != nil {
			return err
		}
	}
	return s.queue(ctx, i)
}

// Find gives a file to those who bring some.
func (s *Service) Find(ctx context.Context, a access.Actor, id int64) (Import, error) {
	if !a.Has(bringers...) {
		return Import{}, ErrDenied
	}
	return s.byID(ctx, id)
}

// sheet opens the file. Readers of spreadsheets need it on disk: it lies there
// for as long as it is read, for nobody else.
func (s *Service) sheet(_ context.Context, i Import) (Sheet, error) {
	f, err := s.Blobs.Open(i.Blob)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ending := strings.ToLower(filepath.Ext(i.Name))
	if ending == ".json" {
		text, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		return readObjects(text, "")
	}
	out, err := os.CreateTemp(s.Folder, "brought-*"+ending)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(out, f)
	if err = errors.Join(err, out.Close()); err != nil {
		_ = os.Remove(out.Name())
		return nil, err
	}
	sheet, err := s.Sheets.Open(out.Name(), strings.TrimPrefix(ending, "."))
	if err != nil {
		_ = os.Remove(out.Name())
		return nil, errors.New(strings.ReplaceAll(err.Error(), out.Name(), i.Name))
	}
	return passing{sheet, out.Name()}, nil
}

// passing is a sheet whose file goes when it is closed.
type passing struct {
	Sheet
	path string
}

// Close implements Sheet.
func (p passing) Close() error { return errors.Join(p.Sheet.Close(), os.Remove(p.path)) }

// work takes up the files that wait for this door, oldest first. One that a
// crash broke off begins again: what is in the tray is known there.
func (s *source) work(ctx context.Context, sink door.Sink) error {
	for {
		i, ok, err := s.waiting(ctx, s.set.Code)
		if err != nil || !ok || ctx.Err() != nil {
			return err
		}
		err = s.take(ctx, sink, &i)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			i.State = Done
		default:
			i.State, i.Problem = Failed, err.Error()
			if r := []rune(i.Problem); len(r) > 300 {
				i.Problem = string(r[:300])
			}
		}
		i.EndedAt = s.Clock.Now()
		if err := s.progress(ctx, i); err != nil {
			return err
		}
	}
}

// take reads a file to its end.
func (s *source) take(ctx context.Context, sink door.Sink, i *Import) error {
	asked, err := readColumns(i.Columns)
	if err != nil {
		return err
	}
	sheet, err := s.sheet(ctx, *i)
	if err != nil {
		return err
	}
	defer func() { _ = sheet.Close() }()
	m, err := s.Sheets.Map(sheet.Columns(), asked, i.Door)
	if err != nil {
		return err
	}
	i.State, i.Expected = Running, sheet.Expected()
	i.Read, i.Taken, i.Held, i.Known, i.Rejected, i.Rejects, i.last = 0, 0, 0, 0, 0, "", 0
	for told := s.Clock.Now(); ; {
		row, err := sheet.Next()
		var unreadable *RowError
		switch {
		case ended(err):
			return nil
		case errors.As(err, &unreadable):
			i.reject(unreadable.Line, "", "board.row_unreadable")
		case err != nil:
			return err
		default:
			if err := s.row(ctx, reading{sink, i, m, sheet.Columns()}, row); err != nil {
				return err
			}
		}
		if i.Read++; s.Clock.Now().Sub(told) > time.Second || i.Read%500 == 1 {
			told = s.Clock.Now()
			if err := s.progress(ctx, *i); err != nil {
				return err
			}
		}
	}
}

// reading is a file while it is read.
type reading struct {
	sink    door.Sink
	i       *Import
	mapping Mapping
	columns []string
}

// row takes one row, or only tries to.
func (s *source) row(ctx context.Context, f reading, row Row) error {
	i := f.i
	e, err := f.mapping.Entry(row)
	if bad, ok := fault.As(err); ok {
		if len(bad.Fields) == 0 {
			i.reject(row.Line, "", bad.ID, bad.Args...)
		}
		for _, x := range bad.Fields {
			i.reject(row.Line, x.Name, x.ID, x.Args...)
		}
		return nil
	}
	if err != nil {
		return err
	}
	a := s.arrival(e, raw(f.columns, row))
	if i.DryRun {
		_, known, err := s.Fates.Became(ctx, a.Door, a.Key)
		if known {
			i.Known++
		} else {
			i.Taken++
		}
		return err
	}
	got, err := f.sink.Take(ctx, a)
	switch {
	case err != nil:
		return fmt.Errorf("line %d: %w", row.Line, err)
	case got.Again:
		i.Known++
	case got.State == door.Held:
		i.Held++
	default:
		i.Taken++
	}
	return nil
}

// Reject is a row that is not taken. It never holds what the row says.
type Reject struct {
	Line  int    `json:"line"`
	Field string `json:"field,omitempty"`
	ID    string `json:"id"`
	Args  []any  `json:"args,omitempty"`
}

func (i *Import) reject(line int, field, id string, args ...any) {
	if i.last != line {
		i.Rejected++
	}
	i.last = line
	b, err := json.Marshal(Reject{line, field, id, args})
	if err == nil && len(i.Rejects)+len(b) < mostRejects {
		i.Rejects += string(b) + "\n"
	}
}

// List gives the rejects.
func (i *Import) List() []Reject {
	var out []Reject
	d := json.NewDecoder(strings.NewReader(i.Rejects))
	for {
		var r Reject
		if d.Decode(&r) != nil {
			return out
		}
		for n, a := range r.Args {
			if f, ok := a.(float64); ok {
				r.Args[n] = int(f)
			}
		}
		out = append(out, r)
	}
}
