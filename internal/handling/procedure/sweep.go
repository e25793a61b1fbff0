package procedure

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// program is the actor of sweeps.
var program = access.Actor{Role: access.System}

// Lapse takes open duties whose next moment has come, oldest first, at most
// limit in one unit of work: nearly due ones are told of once, missed ones are
// marked once. It covers every open duty, whoever owns
// it or nobody, and returns how many it marked; call again until zero.
func (s *Service) Lapse(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		due, err := dueDuties(ctx, tx, now, limit, s.db.Dialect().SkipLocked())
		if err != nil || len(due) == 0 {
			n = 0
			return err
		}
		cases, err := s.loadMany(ctx, tx, due)
		if err != nil {
			return err
		}
		var b db.Batch
		n, err = s.lapseAll(&b, cases, due, now)
		if err != nil {
			return err
		}
		return tx.Send(ctx, &b)
	})
	return n, err
}

func (s *Service) lapseAll(b *db.Batch, cases map[int64]casework.Case, due []dueDuty, now time.Time) (int, error) {
	rules, n := s.law.Rules(), 0
	for _, d := range due {
		before := cases[d.caseID]
		cmd := casework.Command{Verb: casework.Lapse, Actor: program, Data: casework.Data{LapsedClock: d.clock, Ref: d.ref}}
		if now.Before(d.due) {
			cmd.Verb = casework.Warn
		}
		events, err := casework.Decide(before, cmd, now, rules)
		var no *casework.Refusal
		if errors.As(err, &no) {
			// A newer calendar moved its moment: correct the cached dates.
			cases[d.caseID] = before.Recounted(rules)
			correct(b, before, cases[d.caseID])
			continue
		}
		if err != nil {
			return 0, err
		}
		after := casework.Apply(before, events[0], rules)
		if err := s.save(b, before, after, events, ""); err != nil {
			return 0, err
		}
		cases[d.caseID] = after
		n++
	}
	return n, nil
}

// ArchiveSome files away closed cases whose windows are over, oldest first, at
// most limit in one unit of work, and tells how many.
func (s *Service) ArchiveSome(ctx context.Context, now time.Time, limit int) (int, error) {
	rules, n := s.law.Rules(), 0
	over := now.AddDate(0, 0, -max(rules.Params.RateDays, rules.Params.ContestDays))
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		n = 0
		closed, err := archivable(ctx, tx, over, limit, s.db.Dialect().SkipLocked())
		if err != nil || len(closed) == 0 {
			return err
		}
		cases, err := s.loadMany(ctx, tx, closed)
		if err != nil {
			return err
		}
		var b db.Batch
		for _, c := range closed {
			before := cases[c.caseID]
			events, err := casework.Decide(before, casework.Command{Verb: casework.Archive, Actor: program}, now, rules)
			var no *casework.Refusal
			if errors.As(err, &no) {
				continue // a holiday makes its window end later
			}
			if err != nil {
				return err
			}
			if err := s.save(&b, before, casework.Apply(before, events[0], rules), events, ""); err != nil {
				return err
			}
			n++
		}
		return tx.Send(ctx, &b)
	})
	return n, err
}
