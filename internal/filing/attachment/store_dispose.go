package attachment

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// DisposeFiles deletes the files of some cases; Dispose then deletes the rows.
// A run that was killed between the two does both again.
func (s *Service) DisposeFiles(ctx context.Context, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	keys, err := db.List(ctx, s.DB.Read(), db.Value[string], `SELECT blob_key FROM attachment WHERE case_id IN (`+in+`)`, args...)
	if err != nil {
		return fmt.Errorf("dispose of files: %w", err)
	}
	for _, key := range keys {
		if err := s.Files.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// Dispose deletes the rows of the files of some cases.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	if _, err := tx.Exec(ctx, `DELETE FROM attachment WHERE case_id IN (`+in+`)`, args...); err != nil {
		return fmt.Errorf("dispose of files: %w", err)
	}
	return nil
}
