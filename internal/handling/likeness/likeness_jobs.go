package likeness

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// Repeated is the event of a demand that keeps coming back; its subject is the
// case whose unit must know.
const Repeated = "matter.repeated"

// endings are how a master can end. With a reply it is shared; without one,
// everybody who joined is handled alone again.
var endings = []string{
	"case.concluded", "case.replied", "case.reply_shared", "case.declined", "case.diverted", "case.withdrawn", "case.ended",
}

// Schedule has cases compared as they come, relations followed, and replies
// shared.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{Name: "likeness.index", Kinds: []string{"case.registered"}, Handle: s.heardRegistered})
	j.Subscribe(jobs.Subscriber{
		Name: "likeness.relation", Kinds: append([]string{"case.related", "case.unrelated", "case.urged", "case.supplemented"}, endings...), Handle: s.heard,
	})
	j.Periodic("likeness.fill", time.Minute, s.Fill)
	j.Periodic("likeness.share", 10*time.Second, s.Share)
}

func (s *Service) heardRegistered(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.Subject
	}
	slices.Sort(ids)
	return s.index(ctx, tx, slices.Compact(ids))
}

// heard keeps the other side of relations, and tells when one demand comes
// again.
func (s *Service) heard(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	var b db.Batch
	for _, e := range events {
		if slices.Contains(endings, e.Kind) {
			owe(&b, e.Subject, e.At)
			continue
		}
		c, history, err := s.Cases.Story(ctx, tx, e.Subject)
		if err != nil {
			return err
		}
		switch {
		case e.Kind == "case.unrelated" || e.Kind == "case.related" && c.Relation == nil:
			unrelate(&b, c.ID)
		case e.Kind == "case.related":
			relate(&b, c.ID, *c.Relation)
			s.publish(&b, c.Relation.ID, e.At)
		case again(history, e.At):
			s.publish(&b, c.ID, e.At)
		}
	}
	return tx.Send(ctx, &b)
}

func (s *Service) publish(b *db.Batch, caseID int64, at time.Time) {
	jobs.Publish(b, jobs.Event{ID: s.IDs.Next(), Kind: Repeated, Subject: caseID, At: at})
}

// window is how long contacts count as one run of repeats.
const window = 7 * 24 * time.Hour

// again tells whether a contact is the second, fourth, eighth … of the
// petitioner within a week: often enough to be told of, seldom enough to be
// heard.
func again(history []casework.Event, at time.Time) bool {
	n := 0
	for _, e := range history {
		if (e.Verb == casework.Urge || e.Verb == casework.Supplement) && !e.At.After(at) && at.Sub(e.At) < window {
			n++
		}
	}
	return n >= 2 && n&(n-1) == 0
}
