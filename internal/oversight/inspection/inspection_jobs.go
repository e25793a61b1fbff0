package inspection

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// Schedule has the sweep run every minute on one of the processes.
func (s *Service) Schedule(j *jobs.Jobs) { j.Periodic("inspection.sweep", time.Minute, s.Sweep) }

// announce puts what happened into the outbox.
func announce(b *db.Batch, id int64, what string, subject int64, at time.Time) {
	jobs.Publish(b, jobs.Event{ID: id, Kind: "inspection." + what, Subject: subject, At: at})
}

const sweepBatch = 100

// Sweep marks every served entry and rectification item whose moment has
// passed, oldest first, each once. It may be interrupted and run again.
func (s *Service) Sweep(ctx context.Context) error {
	for _, step := range []func(context.Context, db.Tx, time.Time) (int, error){s.lapseBreaches, s.lapseItems} {
		for n := sweepBatch; n == sweepBatch; {
			err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
				n, err = step(ctx, tx, s.Clock.Now())
				return err
			})
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) lapseBreaches(ctx context.Context, tx db.Tx, now time.Time) (int, error) {
	list, err := s.store.lateBreaches(ctx, tx, now, sweepBatch)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	var b db.Batch
	for _, x := range list {
		x.LapsedAt = now
		saveBreach(&b, x.State, x)
		announce(&b, s.IDs.Next(), "breach_lapsed", x.ID, now)
	}
	return len(list), tx.Send(ctx, &b)
}

func (s *Service) lapseItems(ctx context.Context, tx db.Tx, now time.Time) (int, error) {
	list, err := s.store.lateItems(ctx, tx, now, sweepBatch)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	var b db.Batch
	for _, it := range list {
		markItem(&b, it.ID, now)
		announce(&b, s.IDs.Next(), "item_lapsed", it.ID, now)
	}
	return len(list), tx.Send(ctx, &b)
}
