package settings

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Amend changes the duty list as a ruling on disputed ownership says: from now
// on the unit has the category in the area. It works in the caller's unit of
// work; saying the same twice changes nothing. The other processes, and this
// one, see it with their next look at the revision.
func (s *Service) Amend(ctx context.Context, tx db.Tx, d casework.Duty, now time.Time) error {
	if unit, _, ok := s.ResponsibleAt(d.Category, [3]int64{d.AreaID}, now); ok && unit == d.UnitID {
		return nil
	}
	if err := s.store.bump(ctx, tx); err != nil {
		return err
	}
	row := Duty{ID: s.IDs.Next(), From: now, Duty: d}
	if err := s.store.supersedeDuty(ctx, tx, row); err != nil {
		return err
	}
	var b db.Batch
	s.store.insertDuty(&b, row)
	if err := tx.Send(ctx, &b); err != nil {
		return err
	}
	ctx = access.With(ctx, access.Actor{Role: access.System})
	return s.journal.Note(ctx, tx, "duty.ruled", dutyObject(row.ID), fmt.Sprintf("%s area/%d → unit/%d", d.Category, d.AreaID, d.UnitID))
}
