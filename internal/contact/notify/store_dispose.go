package notify

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Dispose forgets for good where petitioners of some cases wanted to be told.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	var b db.Batch
	b.Add(`DELETE FROM contact_point WHERE staff_id = 0 AND case_id IN (`+in+`)`, args...)
	b.Add(`DELETE FROM notice_choice WHERE case_id IN (`+in+`)`, args...)
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of addresses: %w", err)
	}
	return nil
}
