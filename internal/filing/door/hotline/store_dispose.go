package hotline

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// DisposeFiles deletes the recordings of the calls of some cases.
func (s *Service) DisposeFiles(ctx context.Context, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	keys, err := db.List(ctx, s.DB.Read(), db.Value[string], `SELECT recording_key FROM hotline_call WHERE recording_key <> '' AND case_id IN (`+in+`)`, args...)
	if err != nil {
		return fmt.Errorf("dispose of recordings: %w", err)
	}
	for _, key := range keys {
		if err := s.Files.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// Dispose erases for good who called about some cases, and what was said.
// Times, seat and outcome of a call stay.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	if _, err := tx.Exec(ctx, `UPDATE hotline_call SET from_sealed = NULL, from_mask = '', from_index = NULL, note_sealed = NULL, recording = '', recording_url = NULL,
		recording_sum = '', recording_key = '', recording_size = 0, transcript = '', transcript_sealed = NULL WHERE case_id IN (`+in+`)`, args...); err != nil {
		return fmt.Errorf("dispose of calls: %w", err)
	}
	return nil
}
