package letter

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// ofCases are the letters that became some cases.
const ofCases = `SELECT l.id FROM letter l JOIN arrival a ON a.id = l.arrival_id WHERE a.case_id IN (%s)`

// doneScans are the scans of such letters on which no other letter lies.
const doneScans = `SELECT s.scan_id FROM letter_sheet s WHERE s.letter_id IN (` + ofCases + `)
	AND NOT EXISTS (SELECT 1 FROM letter_sheet o WHERE o.scan_id = s.scan_id AND o.kind <> 'blank' AND o.letter_id NOT IN (` + ofCases + `))`

// DisposeFiles deletes the pages of the letters of some cases, and each scan on
// which nothing else lies.
func (s *Service) DisposeFiles(ctx context.Context, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	letters := fmt.Sprintf(ofCases, in)
	keys, err := db.List(ctx, s.DB.Read(), db.Value[string],
		`SELECT blob_key FROM letter_sheet WHERE letter_id IN (`+letters+`) UNION SELECT small_key FROM letter_sheet WHERE letter_id IN (`+letters+`)
		UNION SELECT blob_key FROM letter_scan WHERE id IN (`+fmt.Sprintf(doneScans, in, in)+`)`, args...)
	if err != nil {
		return fmt.Errorf("dispose of letters: %w", err)
	}
	for _, key := range keys {
		if key == "" {
			continue
		}
		if err := s.Files.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// Dispose erases for good what was read from the letters of some cases. The
// register keeps number, days and pages.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	letters := fmt.Sprintf(ofCases, in)
	scans, err := db.List(ctx, tx, db.Value[int64], fmt.Sprintf(doneScans, in, in), args...)
	if err != nil {
		return fmt.Errorf("dispose of letters: %w", err)
	}
	var b db.Batch
	for _, id := range scans {
		b.Add(`UPDATE letter_scan SET name_sealed = $2, blob_key = '' WHERE id = $1`, id, s.Keys.Seal(fmt.Sprintf(sealName, id), nil))
	}
	b.Add(`UPDATE letter_sheet SET read_sealed = NULL, corrected_sealed = NULL, blob_key = '', small_key = '' WHERE letter_id IN (`+letters+`)`, args...)
	b.Add(`UPDATE letter SET draft_sealed = NULL, why = '' WHERE id IN (`+letters+`)`, args...)
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of letters: %w", err)
	}
	return nil
}
