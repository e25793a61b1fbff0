package account

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Lockout: five failures bar sign-in for a quarter of an hour; each further
// failure doubles it, up to eight hours.
const (
	freeFailures = 5
	firstLock    = 15 * time.Minute
	longestLock  = 8 * time.Hour
)

func lockFor(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	lock := firstLock
	for range min(failures-freeFailures, 10) {
		lock *= 2
	}
	return min(lock, longestLock)
}

// The one answer to every sign-in that fails, so that nobody learns which
// logins exist, which are locked and which were right but for the password.
var (
	ErrSignIn = fault.New(fault.Invalid, "account.sign_in_failed", freeFailures, int(firstLock.Minutes()))
	ErrCode   = fault.New(fault.Invalid, "account.code_wrong")
	errRate   = fault.New(fault.TooMany, "account.too_many_attempts")
)

// Visit is where a sign-in comes from.
type Visit struct {
	IP    string
	Agent string
}

// SignedIn is the way in: a token for the cookie and what is still owed.
type SignedIn struct {
	Token     string
	ExpiresAt time.Time
	Owes      Step
	Role      access.Role
}

// SignIn proves a login and password.
func (s *Service) SignIn(ctx context.Context, login, password string, v Visit, now time.Time) (SignedIn, error) {
	if !s.visitors.welcome(v.IP, now) {
		return SignedIn{}, errRate
	}
	st, found, err := s.store.staffByLogin(ctx, s.DB.Read(), tidyLogin(login))
	if err != nil {
		return SignedIn{}, fmt.Errorf("looking for a login: %w", err)
	}
	result, err := s.tryPassword(ctx, st, found, password, now)
	if err != nil {
		return SignedIn{}, err
	}
	if result != SignedInOK {
		s.visitors.failed(v.IP, now)
		return SignedIn{}, s.refuse(ctx, Entry{StaffID: st.ID, IP: v.IP, Result: result}, ErrSignIn, now)
	}
	ctx = actingAs(ctx, st)
	return s.enter(ctx, entrance{staff: st, visit: v}, now, nil)
}

// tryPassword costs one hash whatever it finds.
func (s *Service) tryPassword(ctx context.Context, st Staff, found bool, password string, now time.Time) (Result, error) {
	result := SignedInOK
	switch {
	case !found:
		result = UnknownLogin
	case !st.mayEnter():
		result = NotAdmitted
	default:
		free, err := s.attempt(ctx, st.ID, now)
		if err != nil {
			return "", err
		}
		if !free {
			result = WasLocked
		}
	}
	ok, err := s.hasher.matches(ctx, password, st.passwordHash)
	if err != nil {
		return "", err
	}
	if result == SignedInOK && !ok {
		result = WrongPassword
	}
	return result, nil
}

// attempt counts one attempt and answers whether it may go on.
func (s *Service) attempt(ctx context.Context, id int64, now time.Time) (free bool, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		failures, ok, err := s.store.countAttempt(ctx, tx, id, now)
		free = ok
		if err != nil || !ok {
			return err
		}
		if lock := lockFor(failures); lock > 0 {
			return s.store.lock(ctx, tx, id, now.Add(lock))
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("counting a sign-in attempt: %w", err)
	}
	return free, nil
}

// refuse logs a failed attempt and gives the answer.
func (s *Service) refuse(ctx context.Context, e Entry, answer error, now time.Time) error {
	e.ID, e.At = s.IDs.Next(), now
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return s.store.noteSignIn(ctx, tx, e) })
	if err != nil {
		return fmt.Errorf("logging a failed sign-in: %w", err)
	}
	return answer
}

// entrance is what a new session is made of.
type entrance struct {
	staff        Staff
	visit        Visit
	secondFactor bool
	replaces     []byte // the session that this one goes on from
}

// halfWay is how long a session lives that still owes a step.
const halfWay = 15 * time.Minute

// enter opens a session; also runs in the same unit of work, before it.
func (s *Service) enter(ctx context.Context, e entrance, now time.Time, also func(context.Context, db.Tx) error) (SignedIn, error) {
	token, hash := newToken("")
	se := Session{
		Staff: e.staff, Hash: hash, CreatedAt: now, SeenAt: now,
		SecondFactor: e.secondFactor, Agent: shortAgent(e.visit.Agent),
	}
	owes := s.owes(se, now)
	se.ExpiresAt = now.Add(halfWay)
	if owes == StepNone {
		se.ExpiresAt = now.Add(time.Duration(s.Params.Int(ParamSessionHours)) * time.Hour)
	}
	entry := Entry{ID: s.IDs.Next(), At: now, StaffID: e.staff.ID, IP: e.visit.IP, Result: SignedInOK}
	if owes == StepTOTP {
		entry.Result = PasswordPassed
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.settleAttempts(ctx, tx, e.staff.ID, owes); err != nil {
			return err
		}
		if e.replaces != nil {
			if _, err := s.store.endSession(ctx, tx, e.staff.ID, e.replaces); err != nil {
				return err
			}
		}
		if err := s.store.insertSession(ctx, tx, se); err != nil {
			return err
		}
		return s.store.noteSignIn(ctx, tx, entry)
	})
	s.sessions.forget(e.staff.ID)
	if err != nil {
		return SignedIn{}, fmt.Errorf("opening a session: %w", err)
	}
	return SignedIn{Token: token, ExpiresAt: se.ExpiresAt, Owes: owes, Role: e.staff.Role}, nil
}

// settleAttempts forgets the failures once everything is proven. A right
// password alone only takes its own attempt back: wrong second factors go on
// counting.
func (s *Service) settleAttempts(ctx context.Context, tx db.Tx, id int64, owes Step) error {
	if owes == StepTOTP {
		return s.store.uncountAttempt(ctx, tx, id)
	}
	return s.store.unlock(ctx, tx, id)
}

// actingAs lets the logs know who proved a password before a session exists.
func actingAs(ctx context.Context, st Staff) context.Context {
	return access.With(ctx, access.Actor{ID: st.ID, Name: st.Name, Role: st.Role, UnitID: st.UnitID})
}

func shortAgent(agent string) string {
	if r := []rune(agent); len(r) > 160 {
		return string(r[:160])
	}
	return agent
}
