package person

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// What can go wrong when clear values are asked for.
var (
	ErrUnknown    = fault.New(fault.NotFound, "person.unknown")
	ErrNotYours   = fault.New(fault.Denied, "person.not_yours")
	errNoReason   = fault.New(fault.Invalid, "person.reason_missing")
	errLongReason = fault.New(fault.Invalid, "person.reason_long", longestReason)
	errSealed     = fault.New(fault.Internal, "person.sealed")
)

const longestReason = 200

// Gate knows through which case an actor may see a person.
type Gate interface {
	// CaseOfPerson gives a case of the person that the actor may see, or 0.
	CaseOfPerson(ctx context.Context, actor access.Actor, personID int64) (int64, error)
	// Confidential tells whether a case lies in the confidential lane.
	Confidential(ctx context.Context, caseID int64) (bool, error)
}

// Reveal gives the clear values of a person to a member of staff. Who asked,
// why, and for which case is on disk before anything is handed out. In the
// confidential lane a custodian has to allow it first: until then the request
// is kept and ErrAsked is the answer.
func (s *Service) Reveal(ctx context.Context, actor access.Actor, personID int64, reason string, now time.Time) (Person, error) {
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		return Person{}, fault.New(errNoReason.Kind, errNoReason.ID).Field("reason", errNoReason.ID)
	case n > longestReason:
		return Person{}, fault.New(errLongReason.Kind, errLongReason.ID, longestReason).Field("reason", errLongReason.ID, longestReason)
	case !actor.Signed():
		return Person{}, ErrNotYours
	}
	if personID == 0 {
		return Person{}, ErrAsked // nobody is there: told like what nobody allowed
	}
	caseID, err := s.gate.CaseOfPerson(ctx, actor, personID)
	if err != nil {
		return Person{}, fmt.Errorf("reveal: %w", err)
	}
	if caseID == 0 {
		return Person{}, ErrNotYours
	}
	confidential, err := s.gate.Confidential(ctx, caseID)
	if err == nil && confidential {
		var allowed bool
		allowed, err = s.permit(ctx, Request{ID: s.ids.Next(), PersonID: personID, CaseID: caseID, AskedBy: actor.ID, Reason: reason, AskedAt: now})
		if err == nil && !allowed {
			return Person{}, ErrAsked
		}
	}
	if err != nil {
		return Person{}, fmt.Errorf("reveal: %w", err)
	}
	return s.reveal(ctx, Disclosure{ID: s.ids.Next(), PersonID: personID, CaseID: caseID, StaffID: actor.ID, Reason: reason, At: now})
}

// reveal opens a person once the note of it is on disk.
func (s *Service) reveal(ctx context.Context, note Disclosure) (Person, error) {
	var r row
	err := s.store.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		if r, err = byID(ctx, tx, note.PersonID); err != nil {
			return err
		}
		note.Fields = r.present()
		return s.noteDisclosure(ctx, tx, note)
	})
	if errors.Is(err, db.ErrNoRows) {
		return Person{}, ErrUnknown
	}
	if err != nil {
		return Person{}, fmt.Errorf("reveal: %w", err)
	}
	return s.open(r)
}

// open unseals a row.
func (s *Service) open(r row) (Person, error) {
	var value [fieldCount]string
	for i, sealed := range r.sealed {
		if sealed == nil {
			continue
		}
		plain, err := s.keys.Unseal(purpose(r.id, i), sealed)
		if err != nil {
			return Person{}, errSealed.Because(fmt.Errorf("%s of person %d: %w", fieldNames[i], r.id, err))
		}
		value[i] = string(plain)
	}
	return Person{
		Kind: r.kind, IDType: r.idType,
		Name: value[fieldName], Phone: value[fieldPhone], IDNo: value[fieldIDNo],
		Address: value[fieldAddress], OrgName: value[fieldOrgName],
		Sex: value[fieldSex], Household: value[fieldHousehold],
	}, nil
}

// Disclosure notes that clear values were handed out.
type Disclosure struct {
	ID       int64
	PersonID int64
	CaseID   int64
	StaffID  int64
	Reason   string
	Fields   string // "name,phone"
	At       time.Time
}

// Disclosures lists who saw a person's clear values, newest first, at most 100.
func (s *Service) Disclosures(ctx context.Context, personID int64) ([]Disclosure, error) {
	return s.disclosures(ctx, personID)
}
