package procedure

import (
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// caseTopic tells this process that cases changed, for counts kept in memory.
const caseTopic = "case_file"

// announce puts an event into the outbox of the same unit of work; its kind
// for subscribers is "case.registered", "case.urged" and so on.
func announce(b *db.Batch, id int64, e casework.Event) {
	jobs.Publish(b, jobs.Event{ID: id, Kind: "case." + string(e.Kind), Subject: e.CaseID, At: e.At})
	b.Announce(caseTopic)
}
