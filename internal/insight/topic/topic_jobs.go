package topic

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// Schedule has the window grouped every hour, and cases that become
// confidential taken out at once.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{Name: "topic.lane", Kinds: []string{"case.triaged", "case.forwarded", "case.assigned"},
		Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
			ids := make([]any, len(events))
			for i, e := range events {
				ids[i] = e.Subject
			}
			var b db.Batch
			leave(&b, ids)
			return tx.Send(ctx, &b)
		}})
	j.Periodic("topic.build", time.Hour, s.Build)
}
