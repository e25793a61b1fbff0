package door

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// DisposeFiles deletes what arrived for some cases, as it came.
func (s *Service) DisposeFiles(ctx context.Context, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	keys, err := db.List(ctx, s.DB.Read(), db.Value[string],
		`SELECT blob_key FROM arrival_blob WHERE arrival_id IN (SELECT id FROM arrival WHERE case_id IN (`+in+`))`, args...)
	if err != nil {
		return fmt.Errorf("dispose of arrivals: %w", err)
	}
	for _, key := range keys {
		if err := s.Blobs.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// Dispose deletes the arrivals that became some cases, and the requests of
// other systems for them.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	of := ` FROM arrival WHERE case_id IN (` + in + `)`
	var b db.Batch
	b.Add(`DELETE FROM door_request WHERE no <> '' AND no IN (SELECT case_no`+of+`)`, args...)
	b.Add(`DELETE FROM arrival_blob WHERE arrival_id IN (SELECT id`+of+`)`, args...)
	b.Add(`DELETE`+of, args...)
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of arrivals: %w", err)
	}
	return nil
}
