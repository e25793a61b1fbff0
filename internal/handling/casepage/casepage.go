package casepage

import (
	"context"
	_ "embed"

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

// Cases reads single cases as the one writer keeps them, and tells the rules in
// force.
type Cases interface {
	// Case reads a case if the actor may see it.
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	// History reads its events, oldest first.
	History(ctx context.Context, caseID int64) ([]casework.Event, error)
	Rules() casework.Rules
}

// Names gives units and categories their names.
type Names interface {
	Unit(id int64) (access.Unit, bool)
	Category(code string) (casework.Category, bool)
}

// Needs is what New wires together. Without People nothing is revealed. Asks
// tells which verbs have a form; the others are carried out by one click.
type Needs struct {
	DB     *db.DB
	Clock  clock.Clock
	Cases  Cases
	Names  Names
	People People
	Told   Told
	Asks   func(casework.Verb) bool
}

// Service draws the page of a case. Make it with New.
type Service struct {
	Needs
	panels []Panel
}

// New makes the service.
func New(n Needs) *Service {
	if n.Asks == nil {
		n.Asks = func(casework.Verb) bool { return true }
	}
	return &Service{Needs: n}
}

// Errors of this capability.
var (
	ErrUnsigned = fault.New(fault.Unsigned, "casepage.unsigned")
	ErrNoDuty   = fault.New(fault.NotFound, "casepage.no_duty")
)

// unitName names a unit in a language; "" for none.
func (s *Service) unitName(id int64, lang string) string {
	if u, ok := s.Names.Unit(id); ok {
		return u.Name(lang)
	}
	return ""
}
