package person

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// gone stands where a reason stood; what is empty would look forgotten.
const gone = "—"

// Dispose erases persons for good: fields, masks and blind indexes, and the
// reasons for which they were opened. That they were opened, when and by whom,
// stays for the audit.
func (s *Service) Dispose(ctx context.Context, tx db.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	var b db.Batch
	in, args := db.In(1, ids)
	b.Add(`UPDATE person SET name_sealed = NULL, name_mask = '', phone_sealed = NULL, phone_mask = '', phone_index = NULL, id_type = '', id_no_sealed = NULL,
		id_no_mask = '', address_sealed = NULL, address_mask = '', org_name_sealed = NULL, org_name_mask = '', sex_sealed = NULL, household_sealed = NULL,
		household_mask = '', id_no_index = NULL, name_birth_index = NULL WHERE id IN (`+in+`)`, args...)
	b.Add(`UPDATE person_reveal SET reason = '`+gone+`' WHERE person_id IN (`+in+`)`, args...)
	b.Add(`DELETE FROM reveal_request WHERE person_id IN (`+in+`)`, args...)
	if err := tx.Send(ctx, &b); err != nil {
		return fmt.Errorf("dispose of persons: %w", err)
	}
	return nil
}
