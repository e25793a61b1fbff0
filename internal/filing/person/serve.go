package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
)

// serviceReason is what the log says of numbers that the program itself opened
// to tell somebody of the own case; its staff id is 0.
const serviceReason = "service notice"

// Mobile opens the mobile number of a person for a notice of a case, at the
// moment of sending, and writes that down first. It is "" where there is none.
func (s *Service) Mobile(ctx context.Context, personID, caseID int64, now time.Time) (string, error) {
	var phone string
	err := s.store.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		r, err := byID(ctx, tx, personID)
		if err != nil || r.sealed[fieldPhone] == nil {
			return err
		}
		plain, err := s.keys.Unseal(purpose(personID, fieldPhone), r.sealed[fieldPhone])
		if err != nil {
			return errSealed.Because(fmt.Errorf("phone of person %d: %w", personID, err))
		}
		p, err := identity.ParsePhone(string(plain))
		if err != nil || p.Kind != identity.Mobile {
			return nil
		}
		phone = p.Number
		return s.noteDisclosure(ctx, tx, Disclosure{
			ID: s.ids.Next(), PersonID: personID, CaseID: caseID, Reason: serviceReason, Fields: fieldNames[fieldPhone], At: now,
		})
	})
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("number for a notice: %w", err)
	}
	return phone, nil
}
