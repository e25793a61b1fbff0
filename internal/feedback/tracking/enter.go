package tracking

import (
	"context"
	"encoding/hex"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Wrong codes are forgiven a few times; then the number, or the visitor, has
// to wait. A code has 40 bits, so a number can be generous to its owner.
const (
	triesByNumber  = 10
	triesByVisitor = 20
	pause          = 15 * time.Minute
)

var program = access.Actor{Role: access.System}

// Enter opens a case with its number and query code as typed, and tells as
// whom: the one who filed, or one who signed too. The visitor is who asks, for
// counting only.
func (s *Service) Enter(ctx context.Context, number, code, visitor string, now time.Time) (casework.Case, access.Actor, error) {
	var nobody access.Actor
	no, ok := casework.CheckNumber(number)
	if !ok {
		return casework.Case{}, nobody, fault.New(fault.Invalid, "tracking.refused").Field("no", "tracking.number_form")
	}
	byNumber, byVisitor := "no:"+no, s.subject("visitor", visitor)
	until, err := s.store.lockedUntil(ctx, byNumber, byVisitor)
	if err != nil {
		return casework.Case{}, nobody, err
	}
	if now.Before(until) {
		return casework.Case{}, nobody, fault.New(fault.TooMany, "tracking.locked", until).Field("code", "tracking.locked", until)
	}
	switch c, err := s.Cases.Case(ctx, program, no); {
	case err == nil:
		who, err := s.opens(ctx, c, code)
		if err != nil {
			return casework.Case{}, nobody, err
		}
		if who.CaseID != 0 {
			return c, who, nil
		}
	case fault.KindOf(err) != fault.NotFound:
		return casework.Case{}, nobody, err
	}
	var b db.Batch
	noteFailure(&b, byNumber, triesByNumber, pause, now)
	noteFailure(&b, byVisitor, triesByVisitor, pause, now)
	if err := s.DB.Send(ctx, &b); err != nil {
		return casework.Case{}, nobody, err
	}
	return casework.Case{}, nobody, fault.New(fault.Invalid, "tracking.refused").Field("code", "tracking.no_match")
}

// subject names somebody for counting without keeping who it is.
func (s *Service) subject(kind, who string) string {
	return kind + ":" + hex.EncodeToString(s.Keys.Index("tracking/"+kind, who)[:16])
}

// Forget drops counters and codes that are of no use any more.
func (s *Service) Forget(ctx context.Context) error {
	now := s.Clock.Now()
	return s.store.forget(ctx, now, now.Add(-24*time.Hour))
}
