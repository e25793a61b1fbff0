package inspection

import (
	"context"
	_ "embed"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Law gives the rules in force.
type Law interface{ Rules() casework.Rules }

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Colleague is a member of staff whom a team may have.
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

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB    *db.DB
	Law   Law
	Units Units
	Staff Staff
	IDs   IDs
	Clock clock.Clock
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
	ErrNotFound = fault.New(fault.NotFound, "inspection.not_found")
	ErrDenied   = fault.New(fault.Denied, "inspection.not_yours")
	errStale    = fault.New(fault.Conflict, "inspection.changed_meanwhile")
)

var (
	watchers  = []access.Role{access.Supervisor, access.Inspector, access.Leader, access.BureauHead}
	answerers = []access.Role{access.UnitHandler, access.UnitHead, access.BureauClerk, access.BureauHead}
)

func watches(a access.Actor) bool { return a.Has(watchers...) }

// Record adds what the events of a case show to be missed, each once. Whoever
// looks at the case gives the unit of work.
func (s *Service) Record(b *db.Batch, c casework.Case, events []casework.Event) {
	for _, m := range conduct.MissedDuties(c, events) {
		addBreach(b, s.IDs.Next(), c, m)
	}
}

// Light gives the light of a moment that runs since another.
func (s *Service) Light(since, due, now time.Time) casework.Light {
	whole := due.Sub(since)
	ahead := max(whole/5, time.Duration(s.Law.Rules().Params.SoonDays)*24*time.Hour)
	return casework.LightFor(due, due.Add(-min(ahead, whole/2)), now)
}

func (s *Service) unitName(id int64, lang string) string {
	if u, ok := s.Units.Unit(id); ok {
		return u.Name(lang)
	}
	return ""
}

const (
	longest  = 5000
	mostDays = 180
	pageRows = 50
)

// within gives the moment n calendar days from now.
func (s *Service) within(now time.Time, n int) time.Time {
	return s.Law.Rules().Calendar.Due(now, n, calendar.CalendarDays).Due.UTC()
}

func pageOf(limit int) int {
	if limit < 1 || limit > pageRows {
		return pageRows
	}
	return limit
}

func words(f *fault.Error, name, text string, must bool) {
	n := len([]rune(text))
	if must && n == 0 {
		f.Field(name, "inspection.required")
	} else if n > longest {
		f.Field(name, "inspection.too_long", longest)
	}
}

func stale(err error) error {
	if errors.Is(err, db.ErrStale) {
		return errStale.Because(err)
	}
	return err
}
