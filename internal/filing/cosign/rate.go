package cosign

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// maxWords of a rating, in characters.
const maxWords = 1_000

// Rate records what a signer thinks of the reply, once. The event says that
// somebody rated; who, and in what words, stands here.
func (s *Service) Rate(ctx context.Context, a casework.Action) (casework.Case, error) {
	words := a.Data.Text
	a.Data.Text, a.Key = "", ""
	if len([]rune(words)) > maxWords {
		return casework.Case{}, fault.New(fault.Invalid, "cosign.invalid").Field("text", "cosign.words_long", maxWords, len([]rune(words)))
	}
	c, err := s.Cases.DoAlong(ctx, a, func(b *db.Batch, after casework.Case) error {
		rate(b, after.ID, a, s.Keys.SealText(wordsPurpose([]int64{after.ID, a.Actor.Cosigner}), words))
		return nil
	})
	if err != nil && (errors.Is(err, db.ErrStale) || fault.KindOf(err) == fault.Conflict) {
		own, found, look := s.store.standing(ctx, a.Actor.CaseID, a.Actor.Cosigner)
		if look == nil && found && !own.RatedAt.IsZero() {
			return c, ErrRated
		}
	}
	return c, err
}

// TakeBack withdraws a signature. The same person may sign again later; who
// has withdrawn does not see the case any more.
func (s *Service) TakeBack(ctx context.Context, a access.Actor, now time.Time) error {
	if a.Role != access.Petitioner || a.CaseID == 0 || a.Cosigner == 0 {
		return ErrNobody
	}
	return s.store.withdraw(ctx, a.CaseID, a.Cosigner, now)
}
