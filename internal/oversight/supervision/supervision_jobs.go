package supervision

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// watched are the events after which a case may show a trigger or a missed
// duty.
var watched = []string{
	"case.lapsed", "case.objected", "case.ruled", "case.rated", "case.contested", "case.forwarded", "case.assigned", "case.registered",
}

// Schedule has cases looked at after what happened to them, the sweep marked
// what is late, and timelines told what they have not heard.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{Name: "supervision.look", Kinds: watched, Handle: note})
	j.Subscribe(jobs.Subscriber{Name: "supervision.adopt", Kinds: adopted,
		Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
			ids := make([]any, len(events))
			for i, e := range events {
				ids[i] = e.ID
			}
			return s.adopt(ctx, tx, ids)
		}})
	j.Periodic("supervision.look", 20*time.Second, s.Look)
	j.Periodic("supervision.sweep", time.Minute, s.Sweep)
	j.Periodic("supervision.tell", time.Minute, s.TellAll)
}

// note only writes down which cases to look at: the reading is done outside of
// the unit of work that delivers events.
func note(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	latest := map[int64]time.Time{}
	var ids []int64
	for _, e := range events {
		if _, ok := latest[e.Subject]; !ok {
			ids = append(ids, e.Subject)
		}
		latest[e.Subject] = e.At
	}
	var b db.Batch
	for _, id := range ids {
		look(&b, []int64{id}, latest[id])
	}
	return tx.Send(ctx, &b)
}

// announce puts what happened into the outbox; the subject is the directive.
func announce(b *db.Batch, id int64, what string, subject int64, at time.Time) {
	jobs.Publish(b, jobs.Event{ID: id, Kind: "supervision." + what, Subject: subject, At: at})
}

const sweepBatch = 100

// Sweep marks every directive whose moment has passed, oldest first, each
// once. It may be interrupted anywhere and run again.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		n, err := s.lapseDirectives(ctx, s.Clock.Now())
		if err != nil || n < sweepBatch {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (s *Service) lapseDirectives(ctx context.Context, now time.Time) (int, error) {
	n := 0
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		list, err := s.store.lapsing(ctx, tx, now, sweepBatch)
		n = len(list)
		if err != nil || n == 0 {
			return err
		}
		var b db.Batch
		for _, d := range list {
			after, e, err := decide(d, Act{Verb: Lapse, Actor: access.Actor{Role: access.System}}, now, s.lengths())
			if err != nil {
				return err
			}
			e.ID = s.IDs.Next()
			updateDirective(&b, d.Version, after)
			insertEntry(&b, d.ID, e, "")
			announce(&b, e.ID, "lapsed", d.ID, now)
		}
		return tx.Send(ctx, &b)
	})
	return n, err
}
