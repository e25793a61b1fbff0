package procedure

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
)

// Opened is what of a case somebody opened.
type Opened string

// The kinds of reading that are written down.
const (
	OpenedPage      Opened = "page"
	OpenedAPI       Opened = "api"
	OpenedDocument  Opened = "document"
	OpenedFile      Opened = "file"
	OpenedRoom      Opened = "room"      // 联合会办室
	OpenedDirective Opened = "directive" // 督办
)

// Reading is one opening of a confidential case by a member of staff.
type Reading struct {
	ID      int64
	CaseID  int64
	At      time.Time
	Kind    Opened
	StaffID int64
	Role    access.Role
	UnitID  int64
}

// NoteReading writes down that a member of staff opened something of a case of
// the confidential lane (Art. 30); of other cases nothing. Its failure is the
// reader's: what cannot be written down is not shown. Openings within one
// minute count once.
func (s *Service) NoteReading(ctx context.Context, a access.Actor, c casework.Case, kind Opened, now time.Time) error {
	if c.Lane != access.LaneConfidential || !a.Signed() {
		return nil
	}
	return s.db.Send(ctx, insertReading(Reading{
		ID: s.ids.Next(), CaseID: c.ID, At: now, Kind: kind, StaffID: a.ID, Role: a.Role, UnitID: a.UnitID,
	}))
}

// ErrNotAuditor refuses the record of readings to all but its reader.
var ErrNotAuditor = fault.New(fault.Denied, "procedure.not_auditor")

// Readings lists who opened confidential cases, newest first, before an id.
func (s *Service) Readings(ctx context.Context, a access.Actor, before int64, limit int) ([]Reading, error) {
	if !a.Has(access.AuditAdmin) {
		return nil, ErrNotAuditor
	}
	return readings(ctx, s.db.Read(), before, limit)
}
