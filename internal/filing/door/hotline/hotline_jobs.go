package hotline

import (
	"time"

	"xinqiao/internal/platform/jobs"
)

// Schedule has recordings fetched and written down.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Periodic("hotline.recordings", 15*time.Second, s.FetchRecordings)
	j.Periodic("hotline.transcripts", 30*time.Second, s.Hear)
	j.Periodic("hotline.sweep", 24*time.Hour, s.Sweep)
}
