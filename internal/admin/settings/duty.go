package settings

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Duty is one row of the duty list (责任清单) with the time for which it holds.
type Duty struct {
	casework.Duty
	ID   int64
	From time.Time
	To   time.Time // exclusive; zero: until it is ended
}

// Holds tells whether the row is in force.
func (d Duty) Holds(at time.Time) bool {
	return !at.Before(d.From) && (d.To.IsZero() || at.Before(d.To))
}

// Responsible looks up who handles a category in a place, now. The nearest
// area decides first (属地管理): within it a row for the sub-category goes
// before one for its major; only then the area above is asked.
func (s *Service) Responsible(category string, areas [3]int64) (unitID int64, basis string, ok bool) {
	return s.ResponsibleAt(category, areas, s.Clock.Now())
}

// ResponsibleAt is Responsible at another moment than now; the past reaches
// back to the last change of the settings.
func (s *Service) ResponsibleAt(category string, areas [3]int64, at time.Time) (unitID int64, basis string, ok bool) {
	snap := s.now.Load()
	codes := []string{category}
	if i, known := snap.byCode[category]; known && snap.categories[i].Parent != "" {
		codes = append(codes, snap.categories[i].Parent)
	}
	for i := len(areas) - 1; i >= 0; i-- {
		if areas[i] == 0 {
			continue
		}
		for _, code := range codes {
			for _, d := range snap.duties[place{code, areas[i]}] {
				if d.Holds(at) {
					return d.UnitID, d.Basis, true
				}
			}
		}
	}
	return 0, "", false
}

// DutyForm is what an administrator says about a row.
type DutyForm struct {
	Category string
	AreaID   int64
	UnitID   int64
	Basis    string
	From     calendar.Date
}

// AddDuty adds a row from a day on. What held for the same category and area
// before ends on that day.
func (s *Service) AddDuty(ctx context.Context, f DutyForm) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	if err := s.checkDuty(&f); err != nil {
		return err
	}
	d := Duty{
		ID: s.IDs.Next(), From: f.From.Start(),
		Duty: casework.Duty{Category: f.Category, AreaID: f.AreaID, UnitID: f.UnitID, Basis: f.Basis},
	}
	return s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.supersedeDuty(ctx, tx, d); err != nil {
			return err
		}
		var b db.Batch
		s.store.insertDuty(&b, d)
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		detail := fmt.Sprintf("%s area/%d → unit/%d from %s", d.Category, d.AreaID, d.UnitID, f.From)
		return s.journal.Note(ctx, tx, "duty.added", dutyObject(d.ID), detail)
	})
}

// AddDuties adds many rows at once, for imports and the demo; they must not
// overlap.
func (s *Service) AddDuties(ctx context.Context, duties []casework.Duty, from time.Time) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	rows := make([]Duty, len(duties))
	for i, d := range duties {
		rows[i] = Duty{ID: s.IDs.Next(), Duty: d, From: from}
	}
	return s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		var b db.Batch
		for _, d := range rows {
			s.store.insertDuty(&b, d)
		}
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		return s.journal.Note(ctx, tx, "duty.imported", "duty", fmt.Sprintf("%d", len(rows)))
	})
}

// EndDuty ends a row now.
func (s *Service) EndDuty(ctx context.Context, id int64) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	now := s.Clock.Now()
	return s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		ended, err := s.store.endDuty(ctx, tx, id, now)
		if err != nil {
			return err
		}
		if !ended {
			return fault.New(fault.NotFound, "settings.duty_unknown")
		}
		return s.journal.Note(ctx, tx, "duty.ended", dutyObject(id), "")
	})
}

// DutyFilter chooses what a list shows. Category may be a major: then its
// sub-categories are shown too. After is the last row seen.
type DutyFilter struct {
	AreaID   int64
	Category string
	Ended    bool // also rows that hold no more
	After    DutyCursor
	Limit    int
}

// DutyCursor is a place in the list.
type DutyCursor struct {
	Category string
	AreaID   int64
	ID       int64
}

// Duties lists rows by category and area.
func (s *Service) Duties(ctx context.Context, f DutyFilter) ([]Duty, error) {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return nil, err
	}
	return s.store.listDuties(ctx, s.DB.Read(), f, s.Clock.Now())
}

func (s *Service) checkDuty(f *DutyForm) error {
	wrong := fault.New(fault.Invalid, "settings.form")
	f.Basis = strings.TrimSpace(f.Basis)
	if c, ok := s.Category(f.Category); !ok || !c.Active {
		wrong.Field("category", "settings.choose")
	}
	area, ok := s.units.Unit(f.AreaID)
	if !ok || area.Area != area.ID {
		wrong.Field("area", "settings.choose")
	}
	if u, ok := s.units.Unit(f.UnitID); !ok || !u.Active {
		wrong.Field("unit", "settings.choose")
	}
	if utf8.RuneCountInString(f.Basis) > 200 {
		wrong.Field("basis", "settings.length", 0, 200)
	}
	if f.From.IsZero() {
		wrong.Field("from", "settings.date")
	}
	return wrong.OrNil()
}

func dutyObject(id int64) string { return fmt.Sprintf("duty/%d", id) }
