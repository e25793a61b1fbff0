package likeness

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Dispose forgets for good by what some cases are compared. Which belonged
// together stays.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	var b db.Batch
	b.Add(`DELETE FROM likeness_signature WHERE case_id IN (`+in+`)`, args...)
	b.Add(`DELETE FROM likeness_band WHERE case_id IN (`+in+`)`, args...)
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of signatures: %w", err)
	}
	return nil
}
