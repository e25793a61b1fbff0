package cosign

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Persons lists who signed some cases, for the disposal of their records.
func (s *Service) Persons(ctx context.Context, tx db.Tx, caseIDs []int64) ([]int64, error) {
	in, args := db.In(1, caseIDs)
	return db.List(ctx, tx, db.Value[int64], `SELECT DISTINCT person_id FROM cosigner WHERE person_id <> 0 AND case_id IN (`+in+`)`, args...)
}

// Dispose erases for good what signers said, and by what they are found. That
// somebody signed, and how it was rated, stays for the counts.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	if _, err := tx.Exec(ctx, `UPDATE cosigner SET words = '', phone_index = NULL, id_index = NULL WHERE case_id IN (`+in+`)`, args...); err != nil {
		return fmt.Errorf("dispose of signatures: %w", err)
	}
	return nil
}
