package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xinqiao/internal/platform/db"
)

// unit is how many cases go in one unit of work.
const unit = 20

// Periodic is what runs work again and again; platform/jobs does.
type Periodic interface {
	Periodic(name string, every time.Duration, run func(ctx context.Context) error)
}

// Plan registers the background work.
func (s *Service) Plan(p Periodic) { p.Periodic("retention.dispose", time.Minute, s.Work) }

// Work carries out what was approved, oldest first. It may be killed at any
// moment and started again, also beside itself: cases are claimed first, then
// their files go, then everything else of them in one unit of work.
func (s *Service) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := s.step(ctx)
		if errors.Is(err, db.ErrStale) || db.IsUnique(err) {
			return nil // somebody else is at it, or it was withdrawn meanwhile
		}
		if err != nil || !more {
			return err
		}
	}
	return ctx.Err()
}

// step finishes what is claimed, or claims the next; false when nothing is left.
func (s *Service) step(ctx context.Context) (bool, error) {
	ids, runID, err := claimed(ctx, s.DB.Read(), unit)
	if err != nil {
		return false, err
	}
	if len(ids) > 0 {
		return true, s.erase(ctx, runID, ids)
	}
	list, err := approvedRun(ctx, s.DB.Read())
	if err != nil || len(list) == 0 {
		return false, err
	}
	return true, s.claim(ctx, list[0])
}

// claim takes the next cases of a run that are still due, or ends it.
func (s *Service) claim(ctx context.Context, r Run) error {
	inForce, err := s.Schedule(ctx)
	if err != nil {
		return err
	}
	approved, err := schedule(ctx, s.DB.Read(), r.Version)
	if err != nil {
		return err
	}
	before := db.At(r.ProposedAt.AddDate(-approved.least(), 0, 0))
	list, err := candidates(ctx, s.DB.Read(), place{r.afterAt, r.afterID}, before, unit)
	if err != nil {
		return err
	}
	now := db.At(s.Clock.Now())
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var b db.Batch
		if len(list) == 0 {
			endRun(&b, r, now)
			if err := tx.Send(ctx, &b); err != nil {
				return err
			}
			return s.note(ctx, tx, "retention.done", r)
		}
		ids := make([]int64, len(list))
		for i, c := range list {
			ids[i] = c.id
		}
		fresh, err := still(ctx, tx, ids)
		if err != nil {
			return err
		}
		var due []candidate
		for _, c := range fresh {
			if c.stays(approved, r.ProposedAt) == Due && c.stays(inForce, r.ProposedAt) == Due {
				due = append(due, c)
			}
		}
		claim(&b, r, due, list[len(list)-1], now)
		return tx.Send(ctx, &b)
	})
}

// erase disposes of claimed cases: files first, which can be done again, then
// all the rest at once.
func (s *Service) erase(ctx context.Context, runID int64, ids []int64) error {
	for _, k := range s.Keepers {
		if f, ok := k.(FileKeeper); ok {
			if err := f.DisposeFiles(ctx, ids); err != nil {
				return fmt.Errorf("disposing of cases: %w", err)
			}
		}
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		persons, err := petitioners(ctx, tx, ids)
		if err != nil {
			return err
		}
		signers, err := s.Signers.Persons(ctx, tx, ids)
		if err != nil {
			return err
		}
		if persons, err = alone(ctx, tx, append(persons, signers...)); err != nil {
			return err
		}
		for _, k := range s.Keepers {
			if err := k.Dispose(ctx, tx, ids); err != nil {
				return err
			}
		}
		for _, k := range s.People {
			if err := k.Dispose(ctx, tx, persons); err != nil {
				return err
			}
		}
		var b db.Batch
		finish(&b, runID, ids, len(persons), db.At(s.Clock.Now()))
		return tx.Send(ctx, &b)
	})
}
