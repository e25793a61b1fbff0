package worklist

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Dispose takes some cases out of the word index for good.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	if _, err := tx.Exec(ctx, `DELETE FROM case_search WHERE rowid IN (`+in+`)`, args...); err != nil {
		return fmt.Errorf("dispose of words: %w", err)
	}
	return nil
}
