package sameness

import (
	"context"
	_ "embed"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/matching"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Mask is a record as pages show it.
type Mask struct {
	Name, Phone, IDType, IDNo, Address, OrgName string
}

// Clear are the values of a record, for who said why.
type Clear struct {
	Name, Phone, IDNo, Address, OrgName string
}

// People keeps the records. What is compared does not leave it.
type People interface {
	// Near lists the records that share a blind index with one.
	Near(ctx context.Context, id int64) ([]int64, error)
	Compare(ctx context.Context, a, b int64, now time.Time) (matching.Result, error)
	Masks(ctx context.Context, ids []int64) (map[int64]Mask, error)
	Reveal(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) (Clear, error)
}

// Cases knows through which cases somebody may see a person.
type Cases interface {
	ByIDs(ctx context.Context, ids []int64) (map[int64]casework.Case, error)
	// CaseOfPerson gives a case of the person that the actor may see, or 0.
	CaseOfPerson(ctx context.Context, a access.Actor, personID int64) (int64, error)
	// OfPersons lists the cases that some persons filed, newest first.
	OfPersons(ctx context.Context, persons []int64) ([]casework.Case, error)
	// Secret tells whether the petitioner asked to stay unknown to the unit.
	Secret(ctx context.Context, caseID int64) (bool, error)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB     *db.DB
	People People
	Cases  Cases
	IDs    IDs
	Clock  clock.Clock
}

// Service adjudicates. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, store: store{n.DB}} }

// State is where a pair stands.
type State string

// The states.
const (
	Task  State = "task"  // waits for a person
	Same  State = "same"  // one person
	Apart State = "apart" // two
)

// Link is a pair of records and what was found of it.
type Link struct {
	ID        int64
	Low, High int64 // persons
	CaseID    int64 // with which it came up
	Result    matching.Result
	State     State
	Auto      bool // nobody looked yet
	Version   int64
	CreatedAt time.Time
	DecidedAt time.Time
}

// Note is one decision about a link.
type Note struct {
	What      string // linked, task, same, apart, undone
	Reason    string
	StaffName string
	At        time.Time
}

// Errors of this capability.
var (
	ErrNotFound = fault.New(fault.NotFound, "sameness.not_found")
	errStale    = fault.New(fault.Conflict, "sameness.changed_meanwhile")
)

// deciders adjudicate.
var deciders = []access.Role{access.BureauClerk, access.BureauHead}

// mostGroup bounds a person's records; more are a mistake to be looked at.
const mostGroup = 50

// Group lists the records of the same person, the one asked for first.
func (s *Service) Group(ctx context.Context, personID int64) ([]int64, error) {
	group := []int64{personID}
	for i := 0; i < len(group) && len(group) < mostGroup; i++ {
		others, err := s.store.sameAs(ctx, s.DB.Read(), group[i])
		if err != nil {
			return nil, err
		}
		for _, id := range others {
			if !slices.Contains(group, id) {
				group = append(group, id)
			}
		}
	}
	return group[:min(len(group), mostGroup)], nil
}

// History lists the other cases of who filed one, newest first, as far as the
// actor may see them. Who handles a case does not learn who stands behind
// another one whose petitioner asked to stay unknown.
func (s *Service) History(ctx context.Context, a access.Actor, c casework.Case) ([]casework.Case, error) {
	if c.PetitionerID == 0 {
		return nil, nil
	}
	group, err := s.Group(ctx, c.PetitionerID)
	if err != nil {
		return nil, err
	}
	all, err := s.Cases.OfPersons(ctx, group)
	if err != nil {
		return nil, err
	}
	scope := access.Visible(a)
	var out []casework.Case
	for _, other := range all {
		if other.ID == c.ID || !scope.Sees(other.Facts()) {
			continue
		}
		if a.Has(access.UnitHandler, access.UnitHead) {
			if secret, err := s.Cases.Secret(ctx, other.ID); err != nil || secret {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		out = append(out, other)
	}
	return out, nil
}

// weigh compares a record with those near it and adds what follows to a unit
// of work.
func (s *Service) weigh(ctx context.Context, b *db.Batch, personID, caseID int64, now time.Time) error {
	near, err := s.People.Near(ctx, personID)
	if err != nil {
		return err
	}
	t, err := s.Thresholds(ctx)
	if err != nil {
		return err
	}
	for _, other := range near {
		r, err := s.People.Compare(ctx, personID, other, now)
		if err != nil {
			return err
		}
		l := Link{ID: s.IDs.Next(), Low: min(personID, other), High: max(personID, other), CaseID: caseID, Result: r, Version: 1, CreatedAt: now, Auto: true}
		switch t.Band(r) {
		case matching.High:
			l.State, l.DecidedAt = Same, now
		case matching.Middle:
			l.State = Task
		default:
			continue
		}
		known, err := s.store.known(ctx, l.Low, l.High)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if insert(b, l); l.State == Task {
			s.announce(b, l.ID, now)
		}
	}
	return nil
}

// Thresholds gives those in force.
func (s *Service) Thresholds(ctx context.Context) (matching.Thresholds, error) {
	return s.store.thresholds(ctx, s.DB.Read())
}

// SetThresholds changes them for what comes from now on.
func (s *Service) SetThresholds(ctx context.Context, a access.Actor, t matching.Thresholds, now time.Time) error {
	f := fault.New(fault.Invalid, "sameness.invalid")
	if t.High < 5 || t.High > 60 {
		f.Field("high", "sameness.range", 5, 60)
	}
	if t.Middle < 1 || t.Middle > t.High {
		f.Field("middle", "sameness.order")
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	return s.store.setThresholds(ctx, s.IDs.Next(), t, a.ID, now)
}
