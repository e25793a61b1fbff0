package inspection

import (
	"context"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Team is a supervision team (督查组) with the units that it was given.
type Team struct {
	ID      int64
	Name    string
	Task    string
	Areas   [3]int64
	Members []Colleague
	Units   []int64
	MadeAt  time.Time
	EndedAt time.Time
}

// Visit is the record of an on-site visit (实地督查).
type Visit struct {
	ID     int64
	TeamID int64
	UnitID int64
	Day    calendar.Date
	Record string
	MadeAt time.Time
	Items  []Item
}

// Item is one line of a visit's rectification list (整改清单).
type Item struct {
	ID        int64
	VisitID   int64
	UnitID    int64
	Text      string
	DueAt     time.Time
	LapsedAt  time.Time
	Report    string // what the unit says it did
	DoneAt    time.Time
	CheckedAt time.Time // a member of the team looked
}

// TeamForm is a team to be.
type TeamForm struct {
	Name    string
	Task    string
	Members []int64
	Units   []int64
}

// Members lists whom a team may have: those who watch, in the actor's area.
func (s *Service) Members(ctx context.Context, a access.Actor) ([]Colleague, error) {
	all, err := s.Staff.Colleagues(ctx)
	return slices.DeleteFunc(all, func(c Colleague) bool {
		u, ok := s.Units.Unit(c.UnitID)
		return !ok || !slices.Contains(u.Areas, a.AreaID) || c.Role == access.Leader
	}), err
}

// MakeTeam makes a team and gives it its units.
func (s *Service) MakeTeam(ctx context.Context, a access.Actor, in TeamForm, now time.Time) (int64, error) {
	if !watches(a) {
		return 0, ErrDenied
	}
	own, _ := s.Units.Unit(a.UnitID)
	t := Team{ID: s.IDs.Next(), Name: strings.TrimSpace(in.Name), Task: strings.TrimSpace(in.Task), MadeAt: now}
	copy(t.Areas[:], own.Areas)
	f := fault.New(fault.Invalid, "inspection.incomplete")
	words(f, "name", t.Name, true)
	words(f, "task", t.Task, true)
	offered, err := s.Members(ctx, a)
	if err != nil {
		return 0, err
	}
	for _, c := range offered {
		if slices.Contains(in.Members, c.ID) {
			t.Members = append(t.Members, c)
		}
	}
	if len(t.Members) < 2 {
		f.Field("members", "inspection.two_members")
	}
	for _, id := range in.Units {
		if u, ok := s.Units.Unit(id); ok && u.Active && slices.Contains(u.Areas, a.AreaID) {
			t.Units = append(t.Units, id)
		}
	}
	if len(t.Units) == 0 {
		f.Field("units", "inspection.choose")
	}
	if err := f.OrNil(); err != nil {
		return 0, err
	}
	var b db.Batch
	insertTeam(&b, t, a.ID)
	return t.ID, s.DB.Send(ctx, &b)
}

// Teams lists the teams of the actor's area, newest first.
func (s *Service) Teams(ctx context.Context, a access.Actor, after int64) (list []Team, next int64, err error) {
	if !watches(a) {
		return nil, 0, ErrDenied
	}
	list, err = s.store.teams(ctx, s.DB.Read(), a, after, pageRows+1)
	if len(list) > pageRows {
		list = list[:pageRows]
		next = list[pageRows-1].ID
	}
	return list, next, err
}

// Team reads one with its visits, newest first.
func (s *Service) Team(ctx context.Context, a access.Actor, id int64) (Team, []Visit, error) {
	if !watches(a) {
		return Team{}, nil, ErrNotFound
	}
	t, err := s.store.team(ctx, s.DB.Read(), a, id)
	if err != nil {
		return t, nil, err
	}
	visits, err := s.store.visits(ctx, s.DB.Read(), id)
	return t, visits, err
}

// EndTeam ends a team; its visits and lists stay.
func (s *Service) EndTeam(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	if _, _, err := s.Team(ctx, a, id); err != nil {
		return err
	}
	var b db.Batch
	b.Expect(1, endTeam, id, db.At(now))
	return stale(s.DB.Send(ctx, &b))
}

// VisitForm is the record of a visit to be. Items are lines of the
// rectification list, to be done within Days.
type VisitForm struct {
	UnitID int64
	Day    calendar.Date
	Record string
	Items  []string
	Days   int
}

// RecordVisit keeps what a team found in a unit and what is to be put right.
func (s *Service) RecordVisit(ctx context.Context, a access.Actor, teamID int64, in VisitForm, now time.Time) error {
	t, _, err := s.Team(ctx, a, teamID)
	if err != nil {
		return err
	}
	v := Visit{ID: s.IDs.Next(), TeamID: teamID, UnitID: in.UnitID, Day: in.Day, Record: strings.TrimSpace(in.Record), MadeAt: now}
	f := fault.New(fault.Invalid, "inspection.incomplete")
	if !slices.Contains(t.Units, v.UnitID) || v.UnitID == a.UnitID || !t.EndedAt.IsZero() {
		f.Field("unit", "inspection.choose")
	}
	if v.Day.IsZero() || now.Before(v.Day.Start()) {
		f.Field("day", "inspection.day")
	}
	words(f, "record", v.Record, true)
	for _, line := range in.Items {
		if line = strings.TrimSpace(line); line != "" {
			v.Items = append(v.Items, Item{ID: s.IDs.Next(), UnitID: v.UnitID, Text: line})
		}
	}
	if len(v.Items) > 0 && (in.Days < 1 || in.Days > mostDays) {
		f.Field("days", "inspection.days", mostDays)
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	for i := range v.Items {
		v.Items[i].DueAt = s.within(now, in.Days)
	}
	var b db.Batch
	insertVisit(&b, v, a.ID)
	return s.DB.Send(ctx, &b)
}

// OwnItems lists what a unit still has to put right or did lately.
func (s *Service) OwnItems(ctx context.Context, a access.Actor) ([]Item, error) {
	if !a.Has(answerers...) {
		return nil, nil
	}
	return s.store.itemsOf(ctx, s.DB.Read(), a.UnitID)
}

// ReportItem is the unit's word on an item; CheckItem the team's that it is
// done, or not: then it is open again.
func (s *Service) ReportItem(ctx context.Context, a access.Actor, id int64, report string, now time.Time) error {
	f := fault.New(fault.Invalid, "inspection.incomplete")
	words(f, "report", strings.TrimSpace(report), true)
	if err := f.OrNil(); err != nil {
		return err
	}
	if !a.Has(answerers...) {
		return ErrDenied
	}
	var b db.Batch
	b.Expect(1, reportItem, id, a.UnitID, strings.TrimSpace(report), db.At(now))
	return stale(s.DB.Send(ctx, &b))
}

// Check is a team's word on an item of its list.
type Check struct {
	TeamID, ItemID int64
	Done           bool
}

// CheckItem tells whether what a unit reported was found done.
func (s *Service) CheckItem(ctx context.Context, a access.Actor, c Check, now time.Time) error {
	if _, _, err := s.Team(ctx, a, c.TeamID); err != nil {
		return err
	}
	var b db.Batch
	if c.Done {
		b.Expect(1, checkItem, c.ItemID, db.At(now), a.UnitID, c.TeamID)
	} else {
		b.Expect(1, reopenItem, c.ItemID, a.UnitID, c.TeamID)
	}
	return stale(s.DB.Send(ctx, &b))
}
