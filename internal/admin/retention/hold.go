package retention

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Hold (保全) keeps a case from disposal, whatever its age.
type Hold struct {
	ID     int64
	CaseID int64
	CaseNo string
	Reason string
	SetBy  int64
	SetAt  time.Time
}

const (
	reasonPurpose = "retention_hold/%d/reason"
	liftPurpose   = "retention_hold/%d/lift"
)

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{
		reseal.Column{DB: s.DB, Keys: keys, Table: "retention_hold", Column: "reason", Text: true, Purpose: reseal.Of(reasonPurpose)},
		reseal.Column{DB: s.DB, Keys: keys, Table: "retention_hold", Column: "lift_reason", Text: true, Purpose: reseal.Of(liftPurpose)},
	}
}

func given(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		return "", fault.New(ErrInvalid.Kind, ErrInvalid.ID).Field("reason", errReason)
	case n > longestWords:
		return "", fault.New(ErrInvalid.Kind, ErrInvalid.ID).Field("reason", "retention.too_long", longestWords)
	}
	return reason, nil
}

// held finds the case that somebody may hold: heads of bureaus those that they
// see, the audit every case by its number.
func (s *Service) held(ctx context.Context, a access.Actor, no string) (int64, error) {
	if !a.Has(holders...) {
		return 0, ErrNotYours
	}
	if a.Role == access.AuditAdmin {
		return s.numbered(ctx, no)
	}
	c, err := s.Cases.Case(ctx, a, no)
	return c.ID, err
}

// SetHold holds a case.
func (s *Service) SetHold(ctx context.Context, a access.Actor, no, reason string, now time.Time) error {
	no = strings.ToUpper(strings.TrimSpace(no))
	reason, err := given(reason)
	if err != nil {
		return err
	}
	caseID, err := s.held(ctx, a, no)
	if err != nil {
		return err
	}
	h := Hold{ID: s.IDs.Next(), CaseID: caseID, CaseNo: no, Reason: reason, SetBy: a.ID, SetAt: now}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if gone, err := isDisposed(ctx, tx, caseID); err != nil || gone {
			return orElse(err, ErrDisposed)
		}
		if err := s.insertHold(ctx, tx, h); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, "retention.hold", "case/"+no, "")
	})
	if db.IsUnique(err) {
		return ErrHeld
	}
	return err
}

// LiftHold ends a hold, with a reason too.
func (s *Service) LiftHold(ctx context.Context, a access.Actor, no, reason string, now time.Time) error {
	reason, err := given(reason)
	if err != nil {
		return err
	}
	caseID, err := s.held(ctx, a, no)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := s.endHold(ctx, tx, Hold{CaseID: caseID, Reason: reason, SetBy: a.ID, SetAt: now}); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, "retention.lifted", "case/"+no, "")
	})
}

// Holds lists the holds in force, newest first, for the audit.
func (s *Service) Holds(ctx context.Context, a access.Actor) ([]Hold, error) {
	if !a.Has(readers...) {
		return nil, ErrNotYours
	}
	list, err := s.holds(ctx, "lifted_at = 0 ORDER BY id DESC LIMIT 200")
	if a.Role != access.AuditAdmin { // reasons name people
		for i := range list {
			list[i].Reason = ""
		}
	}
	return list, err
}

// HoldOf gives the hold of a case, to those who see the case.
func (s *Service) HoldOf(ctx context.Context, caseID int64) (Hold, bool, error) {
	list, err := s.holds(ctx, "lifted_at = 0 AND case_id = $1", caseID)
	if err != nil || len(list) == 0 {
		return Hold{}, false, err
	}
	return list[0], true, nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
