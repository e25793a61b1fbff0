package account

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// NewPassword is what a person enters to change the own password.
type NewPassword struct {
	Old, New string
	Visit    Visit
}

// ChangePassword replaces the own password. It ends every other session and
// gives a new one for this.
func (s *Service) ChangePassword(ctx context.Context, se Session, p NewPassword, now time.Time) (SignedIn, error) {
	st, err := s.proveSelf(ctx, se, p.Old, now)
	if err != nil {
		return SignedIn{}, err
	}
	wrong := fault.New(fault.Invalid, "account.form")
	if id, args := checkPassword(p.New, st.Login, st.Name); id != "" {
		return SignedIn{}, wrong.Field("new_password", id, args...)
	}
	if same, err := s.hasher.matches(ctx, p.New, st.passwordHash); err != nil {
		return SignedIn{}, err
	} else if same {
		return SignedIn{}, wrong.Field("new_password", "account.password_same")
	}
	hash, err := s.hasher.hash(ctx, p.New)
	if err != nil {
		return SignedIn{}, fmt.Errorf("hashing a password: %w", err)
	}
	st.PasswordAt = now
	ctx = actingAs(ctx, st)
	return s.enter(ctx, entrance{staff: st, visit: p.Visit, secondFactor: se.SecondFactor, replaces: se.Hash}, now,
		func(ctx context.Context, tx db.Tx) error {
			if err := s.store.setPassword(ctx, tx, st.ID, hash, now); err != nil {
				return err
			}
			if err := s.store.endSessions(ctx, tx, st.ID, nil); err != nil {
				return err
			}
			return s.Note(ctx, tx, "staff.password_changed", staffObject(st.ID), st.Login)
		})
}

// proveSelf asks a signed-in person for the password once more, counted like
// a sign-in.
func (s *Service) proveSelf(ctx context.Context, se Session, password string, now time.Time) (Staff, error) {
	st, err := s.Staff(ctx, se.Staff.ID)
	if err != nil {
		return Staff{}, err
	}
	result, err := s.tryPassword(ctx, st, true, password, now)
	if err != nil {
		return Staff{}, err
	}
	if result != SignedInOK {
		return Staff{}, fault.New(fault.Invalid, "account.form").Field("password", "account.password_wrong")
	}
	return st, s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return s.store.uncountAttempt(ctx, tx, st.ID) })
}
