package words

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// disposedTitle stands where the title of a case stood.
const disposedTitle = "—"

// Disposal erases for good what people and officials said in the events of
// cases, their titles and their requests. Kinds, times, units, outcomes and
// digests stay, and so does every deadline.
type Disposal struct{}

// Dispose erases the words of some cases that have ended.
func (Disposal) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	type event struct {
		id   int64
		data db.JSON
	}
	events, err := db.List(ctx, tx, func(r db.Rows) (e event, err error) { return e, r.Scan(&e.id, &e.data) },
		`SELECT id, data FROM case_event WHERE case_id IN (`+in+`) ORDER BY id`, args...)
	if err != nil {
		return fmt.Errorf("dispose of events: %w", err)
	}
	var b db.Batch
	for _, e := range events {
		bare, err := Bare(e.data)
		if err != nil {
			return err
		}
		b.Add(`UPDATE case_event SET data = $2, words = '' WHERE id = $1`, e.id, bare)
	}
	b.Add(`UPDATE case_file SET title = '`+disposedTitle+`', parts = '' WHERE NOT open AND id IN (`+in+`)`, args...)
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of events: %w", err)
	}
	return nil
}
