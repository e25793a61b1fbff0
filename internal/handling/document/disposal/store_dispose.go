// Package disposal erases the documents of cases that are kept no longer.
package disposal

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Keeper disposes of documents. Files keeps their sheets; platform/blob does it.
type Keeper struct {
	DB    *db.DB
	Files interface{ Delete(key string) error }
	Keys  interface {
		Seal(purpose string, plaintext []byte) []byte
	}
}

// DisposeFiles deletes the sheets of the documents of some cases.
func (k Keeper) DisposeFiles(ctx context.Context, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	keys, err := db.List(ctx, k.DB.Read(), db.Value[string],
		`SELECT pdf_key FROM document WHERE pdf_key <> '' AND case_id IN (`+in+`) UNION SELECT docx_key FROM document WHERE docx_key <> '' AND case_id IN (`+in+`)`, args...)
	if err != nil {
		return fmt.Errorf("dispose of documents: %w", err)
	}
	for _, key := range keys {
		if err := k.Files.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// Dispose erases for good the texts of the documents of some cases, how they
// were served in words, and the notes on them. Kind, number, unit, times and
// digest stay: a sheet that somebody holds can still be verified.
func (k Keeper) Dispose(ctx context.Context, tx db.Tx, caseIDs []int64) error {
	in, args := db.In(1, caseIDs)
	documents, err := db.List(ctx, tx, db.Value[int64], `SELECT id FROM document WHERE case_id IN (`+in+`)`, args...)
	if err != nil {
		return fmt.Errorf("dispose of documents: %w", err)
	}
	var b db.Batch
	for _, id := range documents {
		b.Add(`UPDATE document SET text_sealed = $2, pdf_key = '', docx_key = '', pdf_size = 0 WHERE id = $1`, id, k.Keys.Seal(fmt.Sprintf("document/%d/text", id), nil))
		b.Add(`DELETE FROM document_service WHERE document_id = $1`, id)
		b.Add(`UPDATE document_event SET note = '' WHERE document_id = $1`, id)
	}
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of documents: %w", err)
	}
	return nil
}
