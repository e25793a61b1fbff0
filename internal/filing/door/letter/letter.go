package letter

import (
	"context"
	_ "embed"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/ocr"
)

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Keys seal what is personal; platform/seal does it.
type Keys interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
}

// Files keeps scans; platform/blob does it.
type Files interface {
	Keep(ctx context.Context, r io.Reader, limit int64) (blob.Ref, error)
	Delete(key string) error
	Sweep(ctx context.Context, before time.Time, known blob.Known) (int, error)
}

// Reader reads images; platform/native does it.
type Reader interface {
	Read(ctx context.Context, image []byte) (ocr.Page, error)
	Status() native.Status
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Numbers gives serial numbers by row.
type Numbers interface {
	Next(ctx context.Context, row string) (uint64, error)
}

// Needs is what New wires together.
type Needs struct {
	DB      *db.DB
	Keys    Keys
	Files   Files
	Load    func(key string) (io.ReadCloser, error)
	Reader  Reader
	Units   Units
	IDs     IDs
	Numbers Numbers
	Sink    door.Sink
	Clock   clock.Clock
	Log     *slog.Logger
}

// Service keeps the register of letters. Make it with New.
type Service struct {
	Needs
	store   store
	reading sync.Mutex // one round of reading in a process
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n} }

// Errors of this door.
var (
	ErrNotFound = fault.New(fault.NotFound, "letter.not_found")
	ErrDenied   = fault.New(fault.Denied, "letter.not_yours")
	errStale    = fault.New(fault.Conflict, "letter.changed_meanwhile")
	errDone     = fault.New(fault.RuleBroken, "letter.registered_already")
)

// clerks deal with letters: who registers at the desk of a bureau.
var clerks = []access.Role{access.Operator, access.BureauClerk, access.BureauHead}

// State is how far a letter has come.
type State string

// The states of a letter, and of a scan.
const (
	Open       State = "open"
	Split      State = "split"      // a scan: its letters are in the register
	Registered State = "registered" // a case was made
	Held       State = "held"       // it waits among the arrivals
	Aside      State = "aside"      // no letter of ours
)

// States of a letter in the order of the register's tabs.
var States = []State{Open, Registered, Held, Aside}

// Kind says what a sheet is.
type Kind string

// The kinds of sheet.
const (
	Text  Kind = "page"
	Cover Kind = "cover" // separates letters
	Blank Kind = "blank"
)

// Reading is how far the machine's reading of a sheet has come.
type Reading string

// The stages of a reading.
const (
	Waiting Reading = "waiting"
	Running Reading = "running"
	Done    Reading = "done"
	Failed  Reading = "failed"
	None    Reading = "none" // nothing is on it
)

// Scan (扫描件) is one file of a scanner.
type Scan struct {
	ID      int64
	Source  string // desk or folder
	Door    string // code in the registry
	Name    string
	Type    string
	Size    int64
	SHA256  string
	Pages   int
	State   State
	UnitID  int64
	AreaID  int64
	TakenBy int64
	TakenAt time.Time

	blobKey string
}

// Sheet is one side of a sheet.
type Sheet struct {
	ID       int64
	ScanID   int64
	LetterID int64
	Position int
	Kind     Kind
	Type     string
	Width    int
	Height   int
	SHA256   string
	Reading  Reading
	Attempts int

	Read        ocr.Page // by the machine
	Corrected   []Line   // by staff; nil when nobody has
	CorrectedBy int64

	blobKey, smallKey string
}

// Line is a line as staff left it.
type Line struct {
	Text   string `json:"text"`
	Begins bool   `json:"begins,omitempty"` // a paragraph
}

// Letter is one of the register.
type Letter struct {
	ID         int64
	No         string
	ScanID     int64
	UnitID     int64
	AreaID     int64
	Pages      int
	State      State
	CaseNo     string
	ArrivalID  int64
	ReceivedOn string
	Why        string
	Version    int
	ChangedBy  int64
	ChangedAt  time.Time
	MadeAt     time.Time
}

// sees tells whether an actor deals with letters of an area.
func sees(a access.Actor, areaID int64) bool { return a.Has(clerks...) && a.AreaID == areaID }

// Letter gives one with its sheets.
func (s *Service) Letter(ctx context.Context, a access.Actor, no string) (Letter, []Sheet, error) {
	l, err := s.store.letter(ctx, s.DB.Read(), no)
	if err != nil {
		return l, nil, err
	}
	if !sees(a, l.AreaID) {
		return Letter{}, nil, ErrNotFound
	}
	sheets, err := s.sheets(ctx, s.store.ofLetter, l.ID)
	return l, sheets, err
}

// Scan gives one with its sheets.
func (s *Service) Scan(ctx context.Context, a access.Actor, id int64) (Scan, []Sheet, error) {
	scan, err := s.store.scan(ctx, s.DB.Read(), id)
	if err != nil {
		return scan, nil, err
	}
	if !sees(a, scan.AreaID) {
		return Scan{}, nil, ErrNotFound
	}
	if scan, err = s.named(scan); err != nil {
		return scan, nil, err
	}
	sheets, err := s.sheets(ctx, s.store.ofScan, id)
	return scan, sheets, err
}

func (s *Service) sheets(ctx context.Context, by func(context.Context, db.Queryer, int64) ([]sealedSheet, error), id int64) ([]Sheet, error) {
	rows, err := by(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	out := make([]Sheet, len(rows))
	for i, row := range rows {
		if out[i], err = s.unsealed(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// text is what a letter says, as far as it was read and corrected.
func text(sheets []Sheet) string {
	var page ocr.Page
	for _, sheet := range sheets {
		for i, l := range sheet.lines() {
			page.Lines = append(page.Lines, ocr.Line{Text: l.Text, Begins: l.Begins || i == 0 && sheet.Corrected == nil && len(page.Lines) == 0})
		}
	}
	return page.Text()
}

// lines are those of staff, else those of the machine.
func (s Sheet) lines() []Line {
	if s.Corrected != nil {
		return s.Corrected
	}
	out := make([]Line, len(s.Read.Lines))
	for i, l := range s.Read.Lines {
		out[i] = Line{l.Text, l.Begins}
	}
	return out
}

// position finds a sheet of a letter by its number from one.
func pick(sheets []Sheet, n int) (Sheet, bool) {
	if n < 1 || n > len(sheets) {
		return Sheet{}, false
	}
	return sheets[n-1], true
}

// pending counts the sheets that are still to be read.
func pending(sheets []Sheet) int {
	n := 0
	for _, s := range sheets {
		if slices.Contains([]Reading{Waiting, Running}, s.Reading) {
			n++
		}
	}
	return n
}

// splitLines takes a text apart at its line ends.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
