package deadlines

import (
	"time"

	"xinqiao/internal/platform/jobs"
)

// Schedule has the sweep run every minute on one of the processes.
func (s *Service) Schedule(j *jobs.Jobs) { j.Periodic("deadlines.sweep", time.Minute, s.Sweep) }
