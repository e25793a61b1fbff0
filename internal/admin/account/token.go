package account

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// TokenPrefix marks our API tokens, so that scanners for leaked secrets can
// find them.
const TokenPrefix = "xqt_"

// Token is an API token (bearer) of a person: it acts with that person's role.
type Token struct {
	Hash      []byte
	Name      string
	ExpiresAt time.Time
	CreatedAt time.Time
}

type tokenOwner struct {
	Staff   Staff
	expires time.Time
}

const (
	maxTokens   = 20
	longestDays = 366
)

var errToken = fault.New(fault.Unsigned, "account.token_invalid")

// TokenActor finds who a bearer token speaks for.
func (s *Service) TokenActor(ctx context.Context, token string, now time.Time) (access.Actor, error) {
	if !strings.HasPrefix(token, TokenPrefix) {
		return access.Actor{}, errToken
	}
	key := sha256.Sum256([]byte(token))
	owner, ok := s.sessions.token(key, now)
	if !ok {
		var err error
		if owner, ok, err = s.store.staffByToken(ctx, s.DB.Read(), key[:]); err != nil {
			return access.Actor{}, err
		}
		if !ok {
			return access.Actor{}, errToken
		}
		s.sessions.keepToken(key, owner, now)
	}
	if !owner.Staff.mayEnter() || owner.Staff.LockedForGood() || !now.Before(owner.expires) {
		return access.Actor{}, errToken
	}
	return s.Actor(owner.Staff), nil
}

// MyTokens lists the actor's own tokens.
func (s *Service) MyTokens(ctx context.Context) ([]Token, error) {
	return s.store.tokensOf(ctx, s.DB.Read(), access.From(ctx).ID, maxTokens)
}

// AddToken makes a token for the actor; it is shown once.
func (s *Service) AddToken(ctx context.Context, name string, days int, now time.Time) (string, error) {
	me := access.From(ctx)
	if me.ID == 0 {
		return "", fault.New(fault.Unsigned, "account.unsigned")
	}
	return s.issueToken(ctx, me.ID, name, days, now)
}

func (s *Service) issueToken(ctx context.Context, staffID int64, name string, days int, now time.Time) (string, error) {
	wrong := fault.New(fault.Invalid, "account.form")
	name = strings.TrimSpace(name)
	if l := utf8.RuneCountInString(name); l == 0 || l > 60 {
		wrong.Field("token_name", "account.name_length", 60)
	}
	if days < 1 || days > longestDays {
		wrong.Field("days", "account.days", longestDays)
	}
	if err := wrong.OrNil(); err != nil {
		return "", err
	}
	mine, err := s.store.tokensOf(ctx, s.DB.Read(), staffID, maxTokens)
	if err != nil {
		return "", err
	}
	if len(mine) >= maxTokens {
		return "", fault.New(fault.RuleBroken, "account.many_tokens", maxTokens)
	}
	token, hash := newToken(TokenPrefix)
	t := Token{Hash: hash, Name: name, CreatedAt: now, ExpiresAt: now.AddDate(0, 0, days)}
	return token, s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.insertToken(ctx, tx, staffID, t); err != nil {
			return err
		}
		return s.Note(ctx, tx, "token.added", staffObject(staffID), name)
	})
}

// EndToken ends one of the actor's own tokens; another's is not found.
func (s *Service) EndToken(ctx context.Context, hash []byte) error {
	id := access.From(ctx).ID
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		ended, err := s.store.endToken(ctx, tx, id, hash)
		if err != nil {
			return err
		}
		if !ended {
			return fault.New(fault.NotFound, "account.token_unknown")
		}
		return s.Note(ctx, tx, "token.ended", staffObject(id), "")
	})
	s.sessions.forget(id)
	return err
}
