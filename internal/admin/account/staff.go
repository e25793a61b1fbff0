package account

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Staff is one staff record: one person in one unit with one role. Who has
// two duties has two records.
type Staff struct {
	ID           int64
	Login        string
	Name         string
	UnitID       int64
	Role         access.Role // "" until the security administrator gives one
	Cleared      bool        // may see the confidential lane
	PasswordAt   time.Time   // zero: must be changed at the next sign-in
	SecondFactor bool        // enrolled
	Failed       int
	LockedUntil  time.Time
	Active       bool
	CreatedAt    time.Time

	passwordHash string
	totpSealed   []byte
	totpPending  []byte
}

// HasPassword tells whether credentials were ever issued.
func (s Staff) HasPassword() bool { return s.passwordHash != "" }

// Locked tells whether sign-in is barred after failures.
func (s Staff) Locked(now time.Time) bool { return now.Before(s.LockedUntil) }

// mayEnter tells whether the record is complete enough to sign in.
func (s Staff) mayEnter() bool { return s.Active && s.Role != "" && s.passwordHash != "" }

// StaffForm is what the system administrator keeps of a staff record.
type StaffForm struct {
	Login  string
	Name   string
	UnitID int64
}

var (
	loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{2,31}$`)
	errStaff  = fault.New(fault.NotFound, "account.staff_unknown")
)

// Staff reads one record.
func (s *Service) Staff(ctx context.Context, id int64) (Staff, error) {
	return known(s.store.staff(ctx, s.DB.Read(), id))
}

// StaffByLogin reads one record by its login.
func (s *Service) StaffByLogin(ctx context.Context, login string) (Staff, error) {
	return known(s.store.staffByLogin(ctx, s.DB.Read(), tidyLogin(login)))
}

func known(st Staff, found bool, err error) (Staff, error) {
	if err == nil && !found {
		err = errStaff
	}
	return st, err
}

// StaffFilter chooses what a list shows. After is the last login seen.
type StaffFilter struct {
	UnitID int64
	Role   access.Role
	Words  string // the beginning of a login, or a whole name
	After  string
	Limit  int
}

// ListStaff lists records by login.
func (s *Service) ListStaff(ctx context.Context, f StaffFilter) ([]Staff, error) {
	if err := only(ctx, access.SystemAdmin, access.SecAdmin, access.AuditAdmin); err != nil {
		return nil, err
	}
	return s.store.listStaff(ctx, s.DB.Read(), f)
}

// WorkIn tells whether active staff belong to a unit.
func (s *Service) WorkIn(ctx context.Context, q db.Queryer, unitID int64) (bool, error) {
	return s.store.unitHasStaff(ctx, q, unitID)
}

// AddStaff adds a record without role and password: it can't sign in before
// the security administrator has given it both.
func (s *Service) AddStaff(ctx context.Context, f StaffForm, now time.Time) (int64, error) {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return 0, err
	}
	f, err := s.checkStaff(f)
	if err != nil {
		return 0, err
	}
	st := Staff{
		ID: s.IDs.Next(), Login: f.Login, Name: f.Name, UnitID: f.UnitID,
		Active: true, CreatedAt: now,
	}
	return st.ID, s.change(ctx, "staff.added", st.ID, st.Login, func(ctx context.Context, tx db.Tx) error {
		return staffFault(s.store.insertStaff(ctx, tx, st))
	})
}

// EditStaff changes login, name or unit.
func (s *Service) EditStaff(ctx context.Context, id int64, f StaffForm) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	f, err := s.checkStaff(f)
	if err != nil {
		return err
	}
	old, err := s.Staff(ctx, id)
	if err != nil {
		return err
	}
	detail := fmt.Sprintf("%s unit/%d → %s unit/%d", old.Login, old.UnitID, f.Login, f.UnitID)
	return s.change(ctx, "staff.edited", id, detail, func(ctx context.Context, tx db.Tx) error {
		return staffFault(s.store.updateStaff(ctx, tx, id, f))
	})
}

// ActivateStaff takes a record into or out of use; going out ends every
// session and token.
func (s *Service) ActivateStaff(ctx context.Context, id int64, active bool) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	if id == access.From(ctx).ID && !active {
		return fault.New(fault.RuleBroken, "account.not_oneself")
	}
	st, err := s.Staff(ctx, id)
	if err != nil {
		return err
	}
	action := "staff.deactivated"
	if active {
		action = "staff.activated"
	}
	return s.change(ctx, action, id, st.Login, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.activateStaff(ctx, tx, id, active); err != nil || active {
			return err
		}
		return s.store.endAccess(ctx, tx, id)
	})
}

// change runs one logged change of a staff record and forgets what the
// session cache knew.
func (s *Service) change(ctx context.Context, action string, id int64, detail string, do func(context.Context, db.Tx) error) error {
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		return s.Note(ctx, tx, action, staffObject(id), detail)
	})
	s.sessions.forget(id)
	return err
}

func (s *Service) checkStaff(f StaffForm) (StaffForm, error) {
	wrong := fault.New(fault.Invalid, "account.form")
	f.Login, f.Name = tidyLogin(f.Login), strings.TrimSpace(f.Name)
	if !loginForm.MatchString(f.Login) {
		wrong.Field("login", "account.login_form")
	}
	if l := utf8.RuneCountInString(f.Name); l == 0 || l > 40 {
		wrong.Field("name", "account.name_length", 40)
	}
	if u, ok := s.Units.Unit(f.UnitID); !ok || !u.Active {
		wrong.Field("unit", "account.choose")
	}
	return f, wrong.OrNil()
}

func tidyLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func staffObject(id int64) string { return fmt.Sprintf("staff/%d", id) }

func staffFault(err error) error {
	if err != nil && db.IsUnique(err) {
		return fault.New(fault.Invalid, "account.form").Field("login", "account.login_taken").Because(err)
	}
	return err
}

func validRole(r access.Role) bool { return slices.Contains(access.Staff, r) }
