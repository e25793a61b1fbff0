package casepage

import (
	"context"
	"errors"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Matter is what the petitioner told us, untouched.
type Matter struct {
	Words      string
	Wish       string
	Place      string
	OccurredOn string // 2006-01-02 or ""
	Anonymous  bool
	Secret     bool // the identity is kept from the handling unit
	Persons    int
	ReceivedAt time.Time
	SHA256     string
}

// Person is the petitioner, masked.
type Person struct {
	ID      int64
	Kind    string
	Name    string
	OrgName string
	Phone   string
	IDNo    string
	Address string

	Sex       string // words, after a reveal only
	Household string
}

// File is one attachment of a case.
type File struct {
	ID   int64
	Seq  int64 // the event that brought it
	Name string
	Size int64
}

// Clear are the values of a person that a mask hides, once they were revealed.
type Clear struct {
	Name    string
	OrgName string
	Phone   string
	IDNo    string
	Address string

	Sex       string // GB/T 2261.1: "1" male, "2" female, "9" not said
	Household string
}

// People reveals clear values to those who say why; every reveal is recorded.
type People interface {
	Reveal(ctx context.Context, a access.Actor, personID int64, reason string, now time.Time) (Clear, error)
}

// Told reads what people told and handed in, which lies sealed with others.
type Told interface {
	Matter(ctx context.Context, caseID int64) (Matter, error)
	Files(ctx context.Context, caseID int64) ([]File, error)
}

// View reads everything that the case page shows.
func (s *Service) View(ctx context.Context, a access.Actor, no string, now time.Time) (View, error) {
	v := View{Actor: a, Now: now, Rules: s.Cases.Rules()}
	var err error
	if v.Case, err = s.Cases.Case(ctx, a, no); err != nil {
		return v, err
	}
	if v.Events, err = s.Cases.History(ctx, v.Case.ID); err != nil {
		return v, err
	}
	q := s.DB.Read()
	if v.Matter, err = s.Told.Matter(ctx, v.Case.ID); err != nil {
		return v, err
	}
	if v.Case.PetitionerID != 0 && !hidden(a, v.Matter) && !guarded(v.Case) {
		if v.Person, err = personOf(ctx, q, v.Case.PetitionerID); err != nil && !errors.Is(err, db.ErrNoRows) {
			return v, err
		}
	}
	if v.Files, err = s.Told.Files(ctx, v.Case.ID); err != nil {
		return v, err
	}
	if v.Staff, err = staffNames(ctx, q, v.Events); err != nil {
		return v, err
	}
	v.Verbs = slices.DeleteFunc(casework.Permitted(v.Case, a, now, v.Rules), func(v casework.Verb) bool { return !atDesk(v) })
	v.Refusals = refusals(v)
	return v, nil
}

// beside tells whether the reader's unit only takes part: it works with the
// case, but has no business with the petitioner's clear data.
func (v View) beside() bool {
	return v.Actor.Has(access.UnitHandler, access.UnitHead) && v.Case.LeadUnitID != v.Actor.UnitID
}

// mayAsk tells whether the reader may ask a custodian for an identity.
func (v View) mayAsk() bool { return !v.Actor.Has(access.UnitHandler, access.UnitHead) }

// guarded tells whether not even masks of the petitioner are shown: in the
// confidential lane nobody learns before a custodian allowed it whether an
// identity was left at all.
func guarded(c casework.Case) bool { return c.Lane == access.LaneConfidential }

// hidden tells whether the petitioner asked to stay unknown to this reader.
func hidden(a access.Actor, m Matter) bool {
	return m.Secret && a.Has(access.UnitHandler, access.UnitHead)
}

// refusals lists the verbs of the actor's role that the table refuses now. A
// verb of other roles, or of a state long past, is no news.
func refusals(v View) []Refused {
	var out []Refused
	for _, verb := range casework.Verbs() {
		if !atDesk(verb) {
			continue
		}
		no := casework.Refused(v.Case, v.Actor, verb, v.Now, v.Rules)
		if no != nil && no.ID != "casework.not_your_role" {
			out = append(out, Refused{verb, no})
		}
	}
	return out
}
