package board

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Row is one row of a file; the row of names is line 1.
type Row struct {
	Line  int
	Cells []string
}

// Sheet reads a file row by row. A *RowError concerns one row.
type Sheet interface {
	Columns() []string
	Expected() int
	Next() (Row, error)
	Close() error
}

// RowError is a row that cannot be read.
type RowError struct {
	Line   int
	Reason string
}

func (e *RowError) Error() string { return "line " + strconv.Itoa(e.Line) + ": " + e.Reason }

// Entry is what a row says.
type Entry struct {
	Key   string
	At    time.Time
	Draft door.Draft
}

// Mapping reads rows by their columns.
type Mapping interface {
	Entry(r Row) (Entry, error)
	// Fields gives the column, counted from 0, of each field.
	Fields() map[string]int
}

// Sheets opens files and maps columns, as the import of history does.
type Sheets interface {
	Open(path, format string) (Sheet, error)
	Map(columns []string, asked map[string]string, source string) (Mapping, error)
	Fields() []string
}

// Fates tells what became of an arrival.
type Fates interface {
	Became(ctx context.Context, door, key string) (door.Taken, bool, error)
}

// Registry is where the doors and their columns are kept.
type Registry interface {
	Active(ctx context.Context, kind string) ([]door.Setting, error)
	// Remember keeps the columns of a door.
	Remember(ctx context.Context, a access.Actor, code, columns string) error
}

// Feed fetches a page of another system.
type Feed interface {
	FetchAs(ctx context.Context, token, origin, address string, limit int64) ([]byte, error)
}

// IDs makes row ids.
type IDs interface{ Next() int64 }

// Needs is what the door works with.
type Needs struct {
	DB       *db.DB
	Blobs    *blob.Store // of brought files only
	Folder   string      // where a file lies while it is read
	IDs      IDs
	Clock    clock.Clock
	Log      *slog.Logger
	Sheets   Sheets
	Sink     door.Sink
	Fates    Fates
	Registry Registry
	Feed     Feed
	Pace     time.Duration // between two looks for brought files; 0: 2 s
}

const kind = "board"

// Kind describes the door for the registry.
func (s *Service) Kind() door.Kind {
	return door.Kind{
		Name: kind,
		Fields: []door.Field{
			{Name: "kind", Default: string(casework.Order), Choices: []string{string(casework.Order), string(casework.Petition)}},
			{Name: "columns"},
			{Name: "feed_url"}, {Name: "feed_token", Secret: true}, {Name: "feed_items", Default: "items"}, {Name: "feed_page", Default: "page"},
			{Name: "feed_since", Default: "since"}, {Name: "feed_cursor", Default: "updated_at"}, {Name: "feed_minutes", Default: "5"},
		},
		Open: func(set door.Setting) (door.Door, error) { return s.open(set) },
	}
}

// Service takes files. Make it with New.
type Service struct{ Needs }

// New makes the service.
func New(n Needs) *Service {
	if n.Pace == 0 {
		n.Pace = 2 * time.Second
	}
	return &Service{n}
}

// What can go wrong.
var (
	ErrNotFound = fault.New(fault.NotFound, "board.not_found")
	ErrDenied   = fault.New(fault.Denied, "board.denied")
	ErrNow      = fault.New(fault.Conflict, "board.not_now")
)

// bringers bring files.
var bringers = []access.Role{access.SystemAdmin, access.BureauHead}

// source is one board. It implements door.Door.
type source struct {
	*Service
	set     door.Setting
	columns map[string]string
	every   time.Duration
	origin  string
}

func (s *Service) open(set door.Setting) (*source, error) {
	out := &source{Service: s, set: set}
	var err error
	if out.columns, err = readColumns(set.Values["columns"]); err != nil {
		return nil, err
	}
	if address := set.Values["feed_url"]; address != "" {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, errors.New("feed_url: this is no address")
		}
		out.origin = u.Scheme + "://" + u.Host
	}
	minutes := set.Values["feed_minutes"]
	if minutes == "" {
		minutes = "5"
	}
	n, err := strconv.Atoi(minutes)
	if err != nil || n < 1 || n > 1440 {
		return nil, errors.New("feed_minutes: a number of minutes from 1 to 1440")
	}
	out.every = time.Duration(n) * time.Minute
	return out, nil
}

// readColumns reads "words=留言内容; phone=电话".
func readColumns(text string) (map[string]string, error) {
	out := map[string]string{}
	for _, pair := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";；\n", r) }) {
		field, column, ok := strings.Cut(pair, "=")
		if !ok || strings.TrimSpace(field) == "" || strings.TrimSpace(column) == "" {
			return nil, errors.New("columns: write each as field=column, with semicolons between")
		}
		out[strings.TrimSpace(field)] = strings.TrimSpace(column)
	}
	return out, nil
}

// Run reads the feed and takes the files that were brought, until ctx ends.
func (s *source) Run(ctx context.Context, sink door.Sink) error {
	var fed time.Time
	for {
		if err := s.work(ctx, sink); err != nil && ctx.Err() == nil {
			return err
		}
		if now := s.Clock.Now(); s.origin != "" && now.Sub(fed) >= s.every {
			if err := s.pull(ctx, sink); err != nil && ctx.Err() == nil {
				return err
			}
			fed = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.Pace):
		}
	}
}

// Probe asks the feed for a page; a board without one always works.
func (s *source) Probe(ctx context.Context) error {
	if s.origin == "" {
		return nil
	}
	_, err := s.page(ctx, "", 1)
	return err
}

// arrival makes an arrival of a row.
func (s *source) arrival(e Entry, raw []byte) door.Arrival {
	a := door.Arrival{Door: s.set.Code, Key: "row:" + e.Key, At: e.At, From: e.Draft.Person.Phone, Draft: e.Draft, Ready: true,
		Raw: door.Part{Name: "row.json", Type: "application/json", Data: raw}}
	if a.At.IsZero() {
		a.At = s.Clock.Now()
	}
	a.Draft.Channel, a.Draft.Kind = s.set.Channel, casework.Kind(s.set.Values["kind"])
	if a.Draft.Kind == "" {
		a.Draft.Kind = casework.Order
	}
	return a
}

// ended tells a sheet's end.
func ended(err error) bool { return errors.Is(err, io.EOF) }
