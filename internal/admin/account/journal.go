package account

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// Change is one line of the administrators' log: who changed what. It holds no
// personal data beyond ids and logins.
type Change struct {
	ID      int64
	At      time.Time
	StaffID int64 // 0: the program itself, for the command line
	Action  string
	Object  string
	Detail  string
}

// Entry is one line of the sign-in log.
type Entry struct {
	ID      int64
	At      time.Time
	StaffID int64 // 0: no such login
	IP      string
	Result  Result
}

// Result is how a sign-in ended.
type Result string

// The results.
const (
	SignedInOK     Result = "ok"
	PasswordPassed Result = "password_ok" // the second factor is still to come
	WrongPassword  Result = "wrong_password"
	WrongCode      Result = "wrong_code"
	WasLocked      Result = "locked"
	NotAdmitted    Result = "not_admitted" // inactive, without role or password
	UnknownLogin   Result = "unknown_login"
)

// Note writes into the administrators' log, in the unit of work of the change.
// Other administrative capabilities use it too. The actor is the context's.
func (s *Service) Note(ctx context.Context, q db.Queryer, action, object, detail string) error {
	by := access.From(ctx)
	if by.Role == access.System {
		by.ID = 0
	}
	return s.store.note(ctx, q, Change{
		ID: s.IDs.Next(), At: s.Clock.Now(), StaffID: by.ID,
		Action: action, Object: object, Detail: detail,
	})
}

// LogFilter chooses what a log shows, newest first. Before is the last id seen.
type LogFilter struct {
	StaffID int64
	Before  int64
	Limit   int
}

// Changes reads the administrators' log.
func (s *Service) Changes(ctx context.Context, f LogFilter) ([]Change, error) {
	if err := only(ctx, access.AuditAdmin); err != nil {
		return nil, err
	}
	return s.store.changes(ctx, s.DB.Read(), f)
}

// SignIns reads the sign-in log.
func (s *Service) SignIns(ctx context.Context, f LogFilter) ([]Entry, error) {
	if err := only(ctx, access.AuditAdmin); err != nil {
		return nil, err
	}
	return s.store.signIns(ctx, s.DB.Read(), f)
}
