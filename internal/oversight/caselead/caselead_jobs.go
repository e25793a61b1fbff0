package caselead

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// Schedule has rules applied when cases are classified or dispatched, leading
// ended when a case closes, and late progress marked.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{Name: "caselead.rules", Kinds: []string{"case.triaged", "case.forwarded", "case.assigned"},
		Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
			return s.apply(ctx, tx, subjects(events))
		}})
	j.Subscribe(jobs.Subscriber{Name: "caselead.closed", Kinds: []string{"case.archived", "case.withdrawn"},
		Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
			return s.close(ctx, tx, subjects(events))
		}})
	j.Periodic("caselead.sweep", time.Minute, s.Sweep)
}

func subjects(events []jobs.Event) []any {
	seen := map[int64]bool{}
	var out []any
	for _, e := range events {
		if !seen[e.Subject] {
			seen[e.Subject] = true
			out = append(out, e.Subject)
		}
	}
	return out
}

// announce puts what happened into the outbox; the subject is the led case.
func announce(b *db.Batch, id int64, what string, subject int64, at time.Time) {
	jobs.Publish(b, jobs.Event{ID: id, Kind: "caselead." + what, Subject: subject, At: at})
}

const sweepBatch = 100

// Sweep marks every led case whose leader owes a progress entry, oldest first,
// each once.
func (s *Service) Sweep(ctx context.Context) error {
	for n := sweepBatch; n == sweepBatch; {
		err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			now := s.Clock.Now()
			list, err := s.store.lapsing(ctx, tx, now, sweepBatch)
			n = len(list)
			if err != nil || n == 0 {
				return err
			}
			var b db.Batch
			for _, id := range list {
				markLapsed(&b, id, now)
				insertEntry(&b, id, Entry{ID: s.IDs.Next(), Verb: "lapse", At: now}, 0, "")
				announce(&b, s.IDs.Next(), "lapsed", id, now)
			}
			return tx.Send(ctx, &b)
		})
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// close ends leading when the case is over for good.
func (s *Service) close(ctx context.Context, tx db.Tx, caseIDs []any) error {
	now := s.Clock.Now()
	list, err := s.store.leading(ctx, tx, caseIDs)
	if err != nil || len(list) == 0 {
		return err
	}
	var b db.Batch
	for _, id := range list {
		endLed(&b, id, now)
		insertEntry(&b, id, Entry{ID: s.IDs.Next(), Verb: "end", At: now}, 0, "")
		announce(&b, s.IDs.Next(), "end", id, now)
	}
	return tx.Send(ctx, &b)
}
