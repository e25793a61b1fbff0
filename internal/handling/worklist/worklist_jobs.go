package worklist

import (
	"context"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// Index is the subscriber that keeps the word index up to date.
func (s *Service) Index() jobs.Subscriber {
	return jobs.Subscriber{
		Name:  "worklist.search",
		Kinds: []string{"case.registered", "case.supplemented"},
		Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
			seen := map[int64]bool{}
			var ids []int64
			for _, e := range events {
				if !seen[e.Subject] {
					seen[e.Subject] = true
					ids = append(ids, e.Subject)
				}
			}
			return s.project(ctx, tx, ids)
		},
	}
}
