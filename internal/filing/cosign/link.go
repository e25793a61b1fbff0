package cosign

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Link is the way in for those who want to sign. Each generation has a token
// of its own, so that renewing a link closes the one before.
type Link struct {
	Generation int64
	Open       bool
}

const tokenBytes = 15

var letters = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// Token gives the secret part of a link. It is derived like a query code, so
// that nothing secret is stored.
func (s *Service) Token(no string, generation int64) string {
	return letters.EncodeToString(s.Keys.Index("join-link", no+" "+strconv.FormatInt(generation, 10))[:tokenBytes])
}

// Open lets people join a case by a link, or renews the link. Only the one who
// filed may.
func (s *Service) Open(ctx context.Context, a access.Actor, c casework.Case, now time.Time) error {
	if !files(a, c) {
		return ErrNoLink
	}
	if !joinable(c) {
		return ErrNotYet
	}
	return s.store.turn(ctx, c.ID, true, now)
}

// Close lets nobody in any more. Who has signed stays.
func (s *Service) Close(ctx context.Context, a access.Actor, c casework.Case, now time.Time) error {
	if !files(a, c) {
		return ErrNoLink
	}
	return s.store.turn(ctx, c.ID, false, now)
}

// files tells whether an actor is the one who filed the case.
func files(a access.Actor, c casework.Case) bool {
	return a.Role == access.Petitioner && a.CaseID == c.ID && a.Cosigner == 0
}

// Behind gives the case behind a link that is open now.
func (s *Service) Behind(ctx context.Context, number, token string) (casework.Case, error) {
	no, ok := casework.CheckNumber(number)
	if !ok {
		return casework.Case{}, ErrNoLink
	}
	c, err := s.Cases.Case(ctx, program, no)
	if err != nil {
		return casework.Case{}, ErrNoLink.Because(err)
	}
	l, err := s.store.link(ctx, c.ID)
	if err != nil {
		return casework.Case{}, err
	}
	right := subtle.ConstantTimeCompare([]byte(strings.ToLower(token)), []byte(s.Token(no, l.Generation))) == 1
	if !l.Open || !right || !joinable(c) {
		return casework.Case{}, ErrNoLink
	}
	return c, nil
}
