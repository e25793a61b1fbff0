package account

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// The use cases of the command line. Who can run the program on the server
// has every right that the three administrators have together.

// NewUser is a whole account at once.
type NewUser struct {
	Login    string
	Name     string
	UnitID   int64
	Role     access.Role
	Cleared  bool
	Password string // "" makes one that must be changed at the first sign-in
}

// AddUser makes an account that can sign in and returns its password.
func (s *Service) AddUser(ctx context.Context, u NewUser, now time.Time) (id int64, password string, err error) {
	ids, passwords, err := s.AddUsers(ctx, []NewUser{u}, now)
	if err != nil {
		return 0, "", err
	}
	return ids[0], passwords[0], nil
}

// AddUsers makes many accounts at once, all or none. Equal passwords share one
// hash, which is fit for a demonstration only.
func (s *Service) AddUsers(ctx context.Context, list []NewUser, now time.Time) (ids []int64, passwords []string, err error) {
	if access.From(ctx).Role != access.System {
		return nil, nil, fault.New(fault.Denied, "account.only_system")
	}
	hashes := map[string]string{}
	var staff []Staff
	for _, u := range list {
		st, password, err := s.newUser(ctx, u, hashes, now)
		if err != nil {
			return nil, nil, err
		}
		staff, ids, passwords = append(staff, st), append(ids, st.ID), append(passwords, password)
	}
	return ids, passwords, s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, st := range staff {
			if err := s.store.insertStaff(ctx, tx, st); err != nil {
				return staffFault(err)
			}
			detail := fmt.Sprintf("%s %s cleared=%t", st.Login, st.Role, st.Cleared)
			if err := s.Note(ctx, tx, "staff.added", staffObject(st.ID), detail); err != nil {
				return err
			}
		}
		return nil
	})
}

// newUser checks one account and hashes its password, unless that was done.
func (s *Service) newUser(ctx context.Context, u NewUser, hashes map[string]string, now time.Time) (Staff, string, error) {
	f, err := s.checkStaff(StaffForm{Login: u.Login, Name: u.Name, UnitID: u.UnitID})
	if err != nil {
		return Staff{}, "", err
	}
	if !validRole(u.Role) {
		return Staff{}, "", fault.New(fault.Invalid, "account.form").Field("role", "account.choose")
	}
	password, changedAt, err := chosenPassword(u.Password, f, now)
	if err != nil {
		return Staff{}, "", err
	}
	if hashes[password] == "" {
		if hashes[password], err = s.hasher.hash(ctx, password); err != nil {
			return Staff{}, "", fmt.Errorf("hashing a password: %w", err)
		}
	}
	return Staff{
		ID: s.IDs.Next(), Login: f.Login, Name: f.Name, UnitID: f.UnitID, Role: u.Role, Cleared: u.Cleared,
		Active: true, CreatedAt: now, PasswordAt: changedAt, passwordHash: hashes[password],
	}, password, nil
}

func chosenPassword(password string, f StaffForm, now time.Time) (string, time.Time, error) {
	if password == "" {
		return oneTime(), time.Time{}, nil
	}
	if id, args := checkPassword(password, f.Login, f.Name); id != "" {
		return "", time.Time{}, fault.New(fault.Invalid, "account.form").Field("password", id, args...)
	}
	return password, now, nil
}

// ResetUser gives an account a new password, without second factor, lock,
// sessions and tokens, and returns the password.
func (s *Service) ResetUser(ctx context.Context, login, password string, now time.Time) (string, error) {
	if access.From(ctx).Role != access.System {
		return "", fault.New(fault.Denied, "account.only_system")
	}
	st, err := s.StaffByLogin(ctx, login)
	if err != nil {
		return "", err
	}
	password, changedAt, err := chosenPassword(password, StaffForm{Login: st.Login, Name: st.Name}, now)
	if err != nil {
		return "", err
	}
	return password, s.setCredentials(ctx, st, password, changedAt)
}

// UserToken makes an API token for an account.
func (s *Service) UserToken(ctx context.Context, login, name string, days int, now time.Time) (string, error) {
	if access.From(ctx).Role != access.System {
		return "", fault.New(fault.Denied, "account.only_system")
	}
	st, err := s.StaffByLogin(ctx, login)
	if err != nil {
		return "", err
	}
	return s.issueToken(ctx, st.ID, name, days, now)
}
