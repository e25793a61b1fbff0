package sameness

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Dispose forgets for good whom some persons were compared with.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, persons []int64) error {
	if len(persons) == 0 {
		return nil
	}
	in, args := db.In(1, persons)
	of := `low_id IN (` + in + `) OR high_id IN (` + in + `)`
	var b db.Batch
	b.Add(`DELETE FROM person_link_note WHERE link_id IN (SELECT id FROM person_link WHERE `+of+`)`, args...)
	b.Add(`DELETE FROM person_link WHERE `+of, args...)
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of links between persons: %w", err)
	}
	return nil
}
