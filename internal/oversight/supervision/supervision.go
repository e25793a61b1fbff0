package supervision

import (
	"context"
	_ "embed"
	"log/slog"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Cases reads cases as the one writer keeps them, and tells the rules in force.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	History(ctx context.Context, caseID int64) ([]casework.Event, error)
	Rules() casework.Rules
	// KeptFrom tells whether a case must be kept from a unit: from whom it
	// accuses, and from the line of who retaliates.
	KeptFrom(c casework.Case, unitID int64) bool
}

// Timeline writes on a case's own timeline. The key of an action makes a
// second try harmless.
type Timeline interface {
	Do(ctx context.Context, a casework.Action) (casework.Case, error)
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Colleague is a member of staff whom a form offers: a leader who instructs, a
// member of a team.
type Colleague struct {
	ID     int64
	Name   string
	Role   access.Role
	UnitID int64
}

// Staff lists those who watch and lead.
type Staff interface {
	Colleagues(ctx context.Context) ([]Colleague, error)
}

// File is a file that came with an answer.
type File struct {
	ID       int64
	EntrySeq int64
	Name     string
	Size     int64
	Href     string
}

// Files binds uploaded files to an entry of a directive and lists them.
type Files interface {
	Claim(b *db.Batch, ids []int64, directiveID, entrySeq int64)
	Of(ctx context.Context, directiveID int64) ([]File, error)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Words reads an event's data with the words that lie sealed beside it.
type Words interface {
	ReadData(eventID int64, data []byte, sealed string) (casework.Data, error)
}

// Needs is what New wires together.
type Needs struct {
	DB       *db.DB
	Words    Words // nil: what the columns say
	Cases    Cases
	Timeline Timeline
	Units    Units
	Staff    Staff
	Files    Files
	IDs      IDs
	Clock    clock.Clock
	Log      *slog.Logger
	// Record adds to the same unit of work what else a look at a case shows:
	// the duty-breach record. Nil records nothing.
	Record func(b *db.Batch, c casework.Case, events []casework.Event)
	// Opened writes down that somebody reads a directive of a case; its
	// failure is the reader's. Nil writes nothing.
	Opened func(ctx context.Context, a access.Actor, caseID int64) error
}

// Service is the capability. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, store: store{n.DB}} }

// Errors of this capability.
var (
	ErrNotFound = fault.New(fault.NotFound, "supervision.not_found")
	ErrDenied   = fault.New(fault.Denied, "supervision.not_yours")
	errStale    = fault.New(fault.Conflict, "supervision.changed_meanwhile")
)

func (s *Service) lengths() Lengths { return lengthsOf(s.Cases.Rules()) }

// Light gives the light of a moment that runs since another: amber for the
// last fifth or the days that the rules call soon, as the cases' own lights.
func (s *Service) Light(since, due, now time.Time) casework.Light {
	whole := due.Sub(since)
	ahead := max(whole/5, time.Duration(s.Cases.Rules().Params.SoonDays)*24*time.Hour)
	return casework.LightFor(due, due.Add(-min(ahead, whole/2)), now)
}

func (s *Service) unitName(id int64, lang string) string {
	if u, ok := s.Units.Unit(id); ok {
		return u.Name(lang)
	}
	return ""
}

// watches tells whether the actor is of the roles that press.
func watches(a access.Actor) bool { return a.Has(Watchers...) }
