package retention

import (
	"context"
	_ "embed"
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

// What can be refused.
var (
	ErrNotYours  = fault.New(fault.Denied, "retention.not_yours")
	ErrNotFound  = fault.New(fault.NotFound, "retention.not_found")
	ErrSame      = fault.New(fault.Denied, "retention.same_person")
	ErrOpen      = fault.New(fault.Conflict, "retention.run_open")
	ErrOver      = fault.New(fault.Conflict, "retention.run_over")
	ErrChanged   = fault.New(fault.Conflict, "retention.schedule_changed")
	ErrNothing   = fault.New(fault.Conflict, "retention.nothing_due")
	ErrHeld      = fault.New(fault.Conflict, "retention.held")
	ErrDisposed  = fault.New(fault.Conflict, "retention.disposed")
	ErrInvalid   = fault.New(fault.Invalid, "retention.invalid")
	errReason    = "retention.reason_missing"
	errYears     = "retention.years"
	longestWords = 500
)

// Keeper keeps something personal of cases, and erases it for good inside the
// unit of work that notes the disposal.
type Keeper interface {
	Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error
}

// FileKeeper deletes files before that. It may be asked again for the same
// cases: a run can be killed at any moment.
type FileKeeper interface {
	DisposeFiles(ctx context.Context, caseIDs []int64) error
}

// Signers knows who signed a case beside the one who filed it.
type Signers interface {
	Persons(ctx context.Context, tx db.Tx, caseIDs []int64) ([]int64, error)
}

// Cases reads a case if the actor may see it.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
}

// Journal is the administrators' log.
type Journal interface {
	Note(ctx context.Context, q db.Queryer, action, object, detail string) error
}

// Keys seal reasons; platform/seal does it.
type Keys interface {
	SealText(purpose, text string) string
	UnsealText(purpose, text string) (string, error)
}

// Needs is what New wires together.
type Needs struct {
	DB      *db.DB
	IDs     interface{ Next() int64 }
	Clock   clock.Clock
	Keys    Keys
	Cases   Cases
	Signers Signers
	Journal Journal
	// Keepers erase what they keep of cases, People what they keep of persons;
	// in this order.
	Keepers, People []Keeper
}

// Service keeps the schedule and carries out disposal. Make it with New.
type Service struct{ Needs }

// New makes the service.
func New(n Needs) *Service { return &Service{n} }

// Disposal is the note that a case was disposed of.
type Disposal struct {
	Class string
	At    time.Time
	Run   Run
}

// Of tells whether a case was disposed of.
func (s *Service) Of(ctx context.Context, caseID int64) (Disposal, bool, error) {
	return s.disposal(ctx, caseID)
}
