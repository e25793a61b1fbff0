package document

import (
	"context"
	"time"

	"xinqiao/internal/platform/jobs"
)

// orphanLife is how long a file without a document may lie.
const orphanLife = 24 * time.Hour

// Schedule registers the cleaning of files that a crash between writing and
// noting left behind.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Periodic("document.sweep", 24*time.Hour, func(ctx context.Context) error {
		_, err := s.Blobs.Sweep(ctx, s.Clock.Now().Add(-orphanLife), s.store.known)
		return err
	})
}
