package account

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// What the security administrator does with a staff record. Nobody does it to
// the own record.

// GrantRole gives a role and the clearance for the confidential lane.
func (s *Service) GrantRole(ctx context.Context, id int64, role access.Role, cleared bool) error {
	st, err := s.others(ctx, id)
	if err != nil {
		return err
	}
	if !validRole(role) {
		return fault.New(fault.Invalid, "account.form").Field("role", "account.choose")
	}
	detail := fmt.Sprintf("%s: %s cleared=%t → %s cleared=%t", st.Login, st.Role, st.Cleared, role, cleared)
	return s.change(ctx, "staff.role_given", id, detail, func(ctx context.Context, tx db.Tx) error {
		return s.store.grantRole(ctx, tx, id, role, cleared)
	})
}

// ResetCredentials issues a password that must be changed at the next sign-in,
// removes the second factor, lifts a lock and ends every session and token.
// The password is returned once and stored nowhere.
func (s *Service) ResetCredentials(ctx context.Context, id int64) (string, error) {
	st, err := s.others(ctx, id)
	if err != nil {
		return "", err
	}
	password := oneTime()
	return password, s.setCredentials(ctx, st, password, time.Time{})
}

func (s *Service) setCredentials(ctx context.Context, st Staff, password string, changedAt time.Time) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("hashing a password: %w", err)
	}
	return s.change(ctx, "staff.credentials_reset", st.ID, st.Login, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.setPassword(ctx, tx, st.ID, hash, changedAt); err != nil {
			return err
		}
		if err := s.store.removeTOTP(ctx, tx, st.ID); err != nil {
			return err
		}
		if err := s.store.unlock(ctx, tx, st.ID); err != nil {
			return err
		}
		return s.store.endAccess(ctx, tx, st.ID)
	})
}

// Lock bars sign-in until Unlock and ends every session.
func (s *Service) Lock(ctx context.Context, id int64) error {
	st, err := s.others(ctx, id)
	if err != nil {
		return err
	}
	return s.change(ctx, "staff.locked", id, st.Login, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.lock(ctx, tx, id, forever); err != nil {
			return err
		}
		return s.store.endAccess(ctx, tx, id)
	})
}

// forever is a lock that only a person lifts.
var forever = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)

// LockedForGood tells a lock by a person from one after failures.
func (s Staff) LockedForGood() bool { return s.LockedUntil.Equal(forever) }

// Unlock lifts a lock and forgets the failures.
func (s *Service) Unlock(ctx context.Context, id int64) error {
	st, err := s.others(ctx, id)
	if err != nil {
		return err
	}
	return s.change(ctx, "staff.unlocked", id, st.Login, func(ctx context.Context, tx db.Tx) error {
		return s.store.unlock(ctx, tx, id)
	})
}

// EndSessions signs a person out everywhere.
func (s *Service) EndSessions(ctx context.Context, id int64) error {
	if err := only(ctx, access.SecAdmin); err != nil {
		return err
	}
	st, err := s.Staff(ctx, id)
	if err != nil {
		return err
	}
	return s.change(ctx, "staff.sessions_ended", id, st.Login, func(ctx context.Context, tx db.Tx) error {
		return s.store.endSessions(ctx, tx, id, nil)
	})
}

// others reads a record that the security administrator may secure: anyone's
// but the own.
func (s *Service) others(ctx context.Context, id int64) (Staff, error) {
	if err := only(ctx, access.SecAdmin); err != nil {
		return Staff{}, err
	}
	if id == access.From(ctx).ID {
		return Staff{}, fault.New(fault.RuleBroken, "account.not_oneself")
	}
	return s.Staff(ctx, id)
}
