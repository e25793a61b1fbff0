package network

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Dispose deletes for good what agents noted of some cases.
func (s *Network) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	if _, err := tx.Exec(ctx, `DELETE FROM agent_note WHERE case_id IN (`+in+`)`, args...); err != nil {
		return fmt.Errorf("dispose of agents' notes: %w", err)
	}
	return nil
}
