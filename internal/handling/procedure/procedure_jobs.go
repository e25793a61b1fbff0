package procedure

import (
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// caseTopic tells this process that cases changed, for counts kept in memory.
const caseTopic = "case_file"

// announce puts events into the outbox of the same unit of work; their kinds
// for subscribers are "case.registered", "case.urged" and so on.
func announce(b *db.Batch, ids []int64, events []casework.Event) {
	out := make([]jobs.Event, len(ids))
	for i, id := range ids {
		e := events[i]
		out[i] = jobs.Event{ID: id, Kind: "case." + string(e.Kind), Subject: e.CaseID, At: e.At}
	}
	jobs.Publish(b, out...)
	b.Announce(caseTopic)
}

// Schedule has due moments counted anew when rules or calendar have changed.
func (s *Service) Schedule(j *jobs.Jobs) { j.Periodic("procedure.recount", time.Minute, s.Recount) }
