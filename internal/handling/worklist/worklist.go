package worklist

import (
	"context"
	_ "embed"
	"sync"
	"sync/atomic"

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
	// ReadParts opens the column parts of a case.
	ReadParts(caseID int64, text string) (casework.Parts, error)
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Categories is the taxonomy.
type Categories interface {
	Category(code string) (casework.Category, bool)
	Categories() []casework.Category
}

// IDs makes row ids.
type IDs interface{ Next() int64 }

// Policy says how a place likes its desk.
type Policy interface {
	Bool(name string) bool
}

// OnlineFirst names the policy that web-filed cases come first among cases of
// one light.
const OnlineFirst = "queue.online_first"

// Needs is what New wires together. Intake is nil where nobody registers,
// Policy where the plain order is liked.
type Needs struct {
	DB         *db.DB
	Clock      clock.Clock
	IDs        IDs
	Cases      Cases
	Units      Units
	Categories Categories
	Intake     Intake
	Told       Told
	Policy     Policy // nil = plain order
}

// Service answers what is due, what there is, and where it is. Make it with
// New.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	ids        IDs
	cases      Cases
	units      Units
	categories Categories
	intake     Intake
	told       Told
	policy     Policy
	before     Before
	calls      Calls

	changes atomic.Int64 // cases changed by this process
	mu      sync.Mutex
	counted map[string]counted
}

// caseTopic is announced by the one writer after each change of a case.
const caseTopic = "case_file"

// New makes the service. Counts are taken anew as soon as this process changes
// a case.
func New(n Needs) *Service {
	s := &Service{
		db: n.DB, clock: n.Clock, ids: n.IDs, cases: n.Cases, units: n.Units,
		categories: n.Categories, intake: n.Intake, told: n.Told, policy: n.Policy, counted: map[string]counted{},
	}
	n.DB.OnCommit(caseTopic, func() { s.changes.Add(1) })
	return s
}

// Errors of this capability.
var (
	ErrUnsigned = fault.New(fault.Unsigned, "worklist.unsigned")
)

// unitName names a unit in a language; "" for none.
func (s *Service) unitName(id int64, lang string) string {
	if u, ok := s.units.Unit(id); ok {
		return u.Name(lang)
	}
	return ""
}
