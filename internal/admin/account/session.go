package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"sync"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Session is one signed-in browser. Its token is known to that browser alone;
// the database keeps the token's SHA-256.
type Session struct {
	Staff        Staff
	Hash         []byte
	CreatedAt    time.Time
	SeenAt       time.Time
	ExpiresAt    time.Time
	SecondFactor bool
	Agent        string
}

// Step is what a session still owes before its person is let in.
type Step string

// The steps. They are derived at every request, so that a change of the
// parameters reaches also those who are signed in.
const (
	StepNone     Step = ""
	StepTOTP     Step = "totp"     // prove the second factor
	StepPassword Step = "password" // choose a new password
	StepEnrol    Step = "enrol"    // set up a second factor
)

func (s *Service) owes(se Session, now time.Time) Step {
	days := s.Params.Int(ParamPasswordDays)
	switch {
	case se.Staff.SecondFactor && !se.SecondFactor:
		return StepTOTP
	case se.Staff.PasswordAt.IsZero(), days > 0 && now.Sub(se.Staff.PasswordAt) > time.Duration(days)*24*time.Hour:
		return StepPassword
	case !se.Staff.SecondFactor && s.Params.Bool(ParamSecondFactor):
		return StepEnrol
	}
	return StepNone
}

const (
	cacheFor   = 5 * time.Second // how long another process may not notice a revocation
	touchEvery = time.Minute     // how often seen_at is written
)

// Session finds the living session of a token and what it owes.
func (s *Service) Session(ctx context.Context, token string, now time.Time) (Session, Step, bool, error) {
	key := sha256.Sum256([]byte(token))
	se, ok := s.sessions.session(key, now)
	if !ok {
		var err error
		if se, ok, err = s.store.session(ctx, s.DB.Read(), key[:]); err != nil || !ok {
			return Session{}, StepNone, false, err
		}
		s.sessions.keep(key, se, now)
	}
	idle := time.Duration(s.Params.Int(ParamIdleMinutes)) * time.Minute
	if !se.Staff.mayEnter() || !now.Before(se.ExpiresAt) || now.Sub(se.SeenAt) >= idle {
		return Session{}, StepNone, false, nil
	}
	if now.Sub(se.SeenAt) >= touchEvery {
		err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			return s.store.touchSession(ctx, tx, key[:], now)
		})
		if err != nil {
			return Session{}, StepNone, false, fmt.Errorf("keeping a session alive: %w", err)
		}
		se.SeenAt = now
		s.sessions.keep(key, se, now)
	}
	return se, s.owes(se, now), true, nil
}

// Actor is the person of a staff record as the law sees it.
func (s *Service) Actor(st Staff) access.Actor {
	u, _ := s.Units.Unit(st.UnitID)
	return access.Actor{
		ID: st.ID, Name: st.Name, Role: st.Role, UnitID: st.UnitID,
		AreaID: u.Area, AreaDepth: len(u.Areas), Cleared: st.Cleared,
	}
}

// SignOut ends one session by its token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	key := sha256.Sum256([]byte(token))
	se, found, err := s.store.session(ctx, s.DB.Read(), key[:])
	if err != nil || !found {
		return err
	}
	return s.endOne(ctx, se.Staff.ID, se.Hash)
}

// MySessions lists where a person is signed in.
func (s *Service) MySessions(ctx context.Context) ([]Session, error) {
	return s.store.sessionsOf(ctx, s.DB.Read(), access.From(ctx).ID, 50)
}

// EndMine ends one of the actor's own sessions; another's is not found.
func (s *Service) EndMine(ctx context.Context, hash []byte) error {
	return s.endOne(ctx, access.From(ctx).ID, hash)
}

// EndMyOthers ends all of the actor's sessions but the given one.
func (s *Service) EndMyOthers(ctx context.Context, keep []byte) error {
	id := access.From(ctx).ID
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return s.store.endSessions(ctx, tx, id, keep)
	})
	s.sessions.forget(id)
	return err
}

func (s *Service) endOne(ctx context.Context, staffID int64, hash []byte) error {
	var ended bool
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		ended, err = s.store.endSession(ctx, tx, staffID, hash)
		return err
	})
	s.sessions.forget(staffID)
	if err == nil && !ended {
		err = fault.New(fault.NotFound, "account.session_unknown")
	}
	return err
}

// SessionCursor is a place in the list of all sessions. The zero value is its
// beginning.
type SessionCursor struct {
	SeenAt int64
	Hash   []byte
}

// RecentSessions lists who is signed in, last seen first.
func (s *Service) RecentSessions(ctx context.Context, before SessionCursor, limit int) ([]Session, error) {
	if err := only(ctx, access.SecAdmin); err != nil {
		return nil, err
	}
	if before.SeenAt == 0 {
		before = SessionCursor{SeenAt: math.MaxInt64, Hash: []byte{}}
	}
	return s.store.recentSessions(ctx, s.DB.Read(), before, limit)
}

// Cursor is the session's place in that list.
func (se Session) Cursor() SessionCursor {
	return SessionCursor{SeenAt: int64(db.At(se.SeenAt)), Hash: se.Hash}
}

// Sweep deletes sessions and tokens that have ended by themselves.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	idle := time.Duration(s.Params.Int(ParamIdleMinutes)) * time.Minute
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return s.store.sweep(ctx, tx, now, now.Add(-idle))
	})
}

// newToken makes a token of 256 random bits and what the database keeps of it.
func newToken(prefix string) (token string, hash []byte) {
	token = prefix + base64.RawURLEncoding.EncodeToString(random(32))
	sum := sha256.Sum256([]byte(token))
	return token, sum[:]
}

type tokenKey = [sha256.Size]byte

// cache remembers for a few seconds who a token belongs to, so that a page
// costs no query for it.
type cache struct {
	mu       sync.RWMutex
	sessions map[tokenKey]cached[Session]
	tokens   map[tokenKey]cached[tokenOwner]
}

type cached[T any] struct {
	value T
	at    time.Time
}

const cacheSize = 20_000

func newCache() *cache {
	return &cache{sessions: map[tokenKey]cached[Session]{}, tokens: map[tokenKey]cached[tokenOwner]{}}
}

func (c *cache) session(k tokenKey, now time.Time) (Session, bool) {
	return fresh(c, c.sessions, k, now)
}

func (c *cache) token(k tokenKey, now time.Time) (tokenOwner, bool) {
	return fresh(c, c.tokens, k, now)
}

func fresh[T any](c *cache, m map[tokenKey]cached[T], k tokenKey, now time.Time) (T, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := m[k]
	return e.value, ok && now.Sub(e.at) < cacheFor && !now.Before(e.at)
}

func (c *cache) keep(k tokenKey, se Session, now time.Time) { remember(c, c.sessions, k, se, now) }

func (c *cache) keepToken(k tokenKey, o tokenOwner, now time.Time) { remember(c, c.tokens, k, o, now) }

func remember[T any](c *cache, m map[tokenKey]cached[T], k tokenKey, v T, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(m) >= cacheSize {
		clear(m)
	}
	m[k] = cached[T]{v, now}
}

// forget drops what is known of a person.
func (c *cache) forget(staffID int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.sessions {
		if e.value.Staff.ID == staffID {
			delete(c.sessions, k)
		}
	}
	for k, e := range c.tokens {
		if e.value.Staff.ID == staffID {
			delete(c.tokens, k)
		}
	}
}

func (se Session) is(hash []byte) bool { return bytes.Equal(se.Hash, hash) }
