package letter

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// divide splits a new scan by itself where that can be done.
func (s *Service) divide(ctx context.Context, t Scan, sheets []Sheet, how Dividing) error {
	covers := false
	for _, sheet := range sheets {
		covers = covers || sheet.Kind == Cover
	}
	if how == ByHand || how != ByFile && !covers {
		return nil
	}
	var parts [][]Sheet
	for _, sheet := range sheets {
		switch {
		case sheet.Kind == Cover && how != ByFile:
			parts = append(parts, nil)
		case sheet.Kind != Text:
		case len(parts) == 0:
			parts = append(parts, []Sheet{sheet})
		default:
			parts[len(parts)-1] = append(parts[len(parts)-1], sheet)
		}
	}
	return s.enter(ctx, t, parts, t.TakenAt)
}

// Division is how staff split a scan: where letters begin, and which sheets
// belong to none, by id.
type Division struct {
	Begins, Leave map[int64]bool
}

// SplitScan makes letters of a scan by hand.
func (s *Service) SplitScan(ctx context.Context, a access.Actor, id int64, d Division, now time.Time) (int, error) {
	t, sheets, err := s.Scan(ctx, a, id)
	if err != nil {
		return 0, err
	}
	if t.State != Open {
		return 0, errStale
	}
	var parts [][]Sheet
	for _, sheet := range sheets {
		if d.Leave[sheet.ID] {
			continue
		}
		if len(parts) == 0 || d.Begins[sheet.ID] {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], sheet)
	}
	if len(parts) == 0 {
		return 0, fault.New(fault.Invalid, "letter.nothing_left").Field("leave", "letter.nothing_left")
	}
	return len(parts), s.enter(ctx, t, parts, now)
}

// enter writes letters into the register.
func (s *Service) enter(ctx context.Context, t Scan, parts [][]Sheet, now time.Time) error {
	var b db.Batch
	day := calendar.On(now)
	for _, part := range parts {
		if len(part) == 0 {
			continue
		}
		n, err := s.Numbers.Next(ctx, fmt.Sprintf("letter:%d", day.Year))
		if err != nil {
			return err
		}
		l := Letter{ID: s.IDs.Next(), No: fmt.Sprintf("LX%d-%05d", day.Year, n), ScanID: t.ID, UnitID: t.UnitID, AreaID: t.AreaID, Pages: len(part),
			State: Open, ReceivedOn: day.String(), ChangedBy: t.TakenBy, ChangedAt: now, MadeAt: now}
		insertLetter(&b, l)
		for _, sheet := range part {
			bindSheet(&b, sheet.ID, l.ID)
		}
	}
	setScan(&b, t.ID, Split)
	return stale(s.DB.Send(ctx, &b))
}

// SetScanAside says that a scan holds no letters.
func (s *Service) SetScanAside(ctx context.Context, a access.Actor, id int64) error {
	t, _, err := s.Scan(ctx, a, id)
	if err != nil {
		return err
	}
	var b db.Batch
	setScan(&b, t.ID, Aside)
	return stale(s.DB.Send(ctx, &b))
}
