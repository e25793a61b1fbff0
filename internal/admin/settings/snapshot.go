package settings

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
)

// snapshot is all settings at one revision. It is never changed.
type snapshot struct {
	revision   int64
	categories []casework.Category
	byCode     map[string]int
	duties     map[place][]Duty // latest start first
	calendar   calendar.Calendar
	values     map[string]string // parameters that were set
	versions   []Version         // of the rules, the last published first
	inForce    Version
	rules      casework.Rules
	until      time.Time // when another version takes over, zero = never
}

type place struct {
	category string
	area     int64
}

func (s *Service) load(ctx context.Context, revision int64) (*snapshot, error) {
	q := s.DB.Read()
	snap := &snapshot{revision: revision, byCode: map[string]int{}, duties: map[place][]Duty{}}
	var err error
	if snap.categories, err = s.store.categories(ctx, q); err != nil {
		return nil, err
	}
	for i, c := range snap.categories {
		snap.byCode[c.Code] = i
	}
	duties, err := s.store.livingDuties(ctx, q, s.Clock.Now())
	if err != nil {
		return nil, err
	}
	for _, d := range duties {
		key := place{d.Category, d.AreaID}
		snap.duties[key] = append(snap.duties[key], d)
	}
	for _, list := range snap.duties {
		slices.SortFunc(list, func(a, b Duty) int { return b.From.Compare(a.From) })
	}
	days, err := s.store.days(ctx, q)
	if err != nil {
		return nil, err
	}
	snap.calendar = calendar.Load(calendar.Embedded(), days)
	if snap.values, err = s.store.values(ctx, q); err != nil {
		return nil, err
	}
	if snap.versions, err = s.store.versions(ctx, q); err != nil {
		return nil, err
	}
	return snap.at(s.Clock.Now()), nil
}

// at gives the settings with the rules that hold at a moment.
func (old *snapshot) at(now time.Time) *snapshot {
	snap := *old
	snap.inForce, snap.until = holding(order(snap.versions), now)
	snap.rules = casework.Rules{Calendar: snap.calendar, Params: lawful(snap.inForce), Versions: lawfulAll(snap.versions)}
	return &snap
}

// current is the snapshot with the rules of this moment: a version that was
// planned takes over by itself.
func (s *Service) current() *snapshot {
	snap := s.now.Load()
	if now := s.Clock.Now(); !snap.until.IsZero() && !now.Before(snap.until) {
		next := snap.at(now)
		s.now.CompareAndSwap(snap, next)
		return next
	}
	return snap
}

// Calendar says which days are worked.
func (s *Service) Calendar() calendar.Calendar { return s.now.Load().calendar }

// Rules is what every decision on a case needs beside the case: the calendar
// and the lengths of the clocks.
func (s *Service) Rules() casework.Rules { return s.current().rules }

// Categories lists the taxonomy, each major before its sub-categories.
func (s *Service) Categories() []casework.Category { return s.now.Load().categories }

// Category looks a category up by its code.
func (s *Service) Category(code string) (casework.Category, bool) {
	snap := s.now.Load()
	if i, ok := snap.byCode[code]; ok {
		return snap.categories[i], true
	}
	return casework.Category{}, false
}
