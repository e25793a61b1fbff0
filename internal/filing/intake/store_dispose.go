package intake

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Dispose erases for good what was told of some cases, and the digest that
// would confirm a guess. Area, kind and time of the matter stay.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	if _, err := tx.Exec(ctx, `UPDATE matter SET words = '', wish = '', place = '', occurred_on = '', words_sha256 = '' WHERE case_id IN (`+in+`)`, args...); err != nil {
		return fmt.Errorf("dispose of matters: %w", err)
	}
	return nil
}
