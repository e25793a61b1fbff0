package sameness

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// TaskOpened is the event of two records that wait to be compared; its subject
// is the pair.
const TaskOpened = "person.task"

func (s *Service) announce(b *db.Batch, linkID int64, at time.Time) {
	jobs.Publish(b, jobs.Event{ID: s.IDs.Next(), Kind: TaskOpened, Subject: linkID, At: at})
}

// Found reads a pair for who tells of it; it asks nobody who may see it.
func (s *Service) Found(ctx context.Context, id int64) (Link, error) {
	return s.store.link(ctx, s.DB.Read(), id)
}

// Schedule has each new petitioner compared with those that are known. It
// comes after registration and never holds it up.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{Name: "sameness", Kinds: []string{"case.registered"}, Handle: s.heard})
}

func (s *Service) heard(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.Subject
	}
	cases, err := s.Cases.ByIDs(ctx, ids)
	if err != nil {
		return err
	}
	var b db.Batch
	for _, e := range events {
		c := cases[e.Subject]
		if c.PetitionerID == 0 || c.IsReview() {
			continue
		}
		if err := s.weigh(ctx, &b, c.PetitionerID, c.ID, e.At); err != nil {
			return err
		}
	}
	return tx.Send(ctx, &b)
}
