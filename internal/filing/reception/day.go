package reception

import (
	"context"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Day is a time at which a leader receives people.
type Day struct {
	ID          int64
	BureauID    int64 // who keeps the list
	Day         calendar.Date
	Begins      string // 09:00
	Ends        string
	Place       string
	Leader      string
	StaffID     int64 // when the leader has an account
	Subject     string
	CancelledAt time.Time
	Why         string // it was cancelled
}

// Cancelled tells whether it does not take place.
func (d Day) Cancelled() bool { return !d.CancelledAt.IsZero() }

// Month is the days of one month, in order.
type Month struct {
	First calendar.Date
	Days  []Day
}

// Previous gives the month before.
func (m Month) Previous() calendar.Date { return firstOf(m.First.Add(-1)) }

// Next gives the month after.
func (m Month) Next() calendar.Date { return firstOf(m.First.Add(31)) }

func firstOf(d calendar.Date) calendar.Date {
	return calendar.Date{Year: d.Year, Month: d.Month, Day: 1}
}

// Of lists what takes place on a day.
func (m Month) Of(d calendar.Date) []Day {
	var out []Day
	for _, x := range m.Days {
		if x.Day == d {
			out = append(out, x)
		}
	}
	return out
}

// Weeks are the days of the month, Monday first; a zero date is outside it.
func (m Month) Weeks() [][7]calendar.Date {
	var out [][7]calendar.Date
	var week [7]calendar.Date
	for d := m.First; d.Month == m.First.Month; d = d.Add(1) {
		column := (int(d.Weekday()) + 6) % 7
		week[column] = d
		if column == 6 || d.Add(1).Month != d.Month {
			out = append(out, week)
			week = [7]calendar.Date{}
		}
	}
	return out
}

// In gives the days of the month that a date is in, past ones too. Zero bureau
// means all.
func (s *Service) In(ctx context.Context, date calendar.Date, bureauID int64) (Month, error) {
	m := Month{First: firstOf(date)}
	var err error
	m.Days, err = s.store.days(ctx, s.DB.Read(), m.First, m.Next().Add(-1), bureauID)
	return m, err
}

// Planned lists the days of the actor's own bureau from a date on, next first.
func (s *Service) Planned(ctx context.Context, a access.Actor, from calendar.Date) ([]Day, error) {
	if !a.Has(planners...) {
		return nil, ErrDenied
	}
	return s.store.days(ctx, s.DB.Read(), from, from.Add(366), s.bureauOf(a))
}

// bureauOf is the bureau whose list an actor keeps.
func (s *Service) bureauOf(a access.Actor) int64 {
	u, _ := s.Units.Unit(a.UnitID)
	if u.Kind == access.Bureau {
		return u.ID
	}
	for _, b := range s.bureaus() {
		if b.Area == u.Area {
			return b.ID
		}
	}
	return u.BureauID
}

// Choices are the leaders of the actor's place and below.
func (s *Service) Choices(ctx context.Context, a access.Actor) ([]access.Actor, error) {
	list, err := s.Leaders.Leaders(ctx)
	return slices.DeleteFunc(slices.Clone(list), func(l access.Actor) bool {
		u, ok := s.Units.Unit(l.UnitID)
		return !ok || !slices.Contains(u.Areas, a.AreaID)
	}), err
}

// DayForm is a day to be. The leader is one of the staff or a name.
type DayForm struct {
	Day     calendar.Date
	Begins  string
	Ends    string
	Place   string
	StaffID int64
	Leader  string
	Subject string
}

// Announce publishes a day, at the latest the day before.
func (s *Service) Announce(ctx context.Context, a access.Actor, in DayForm, now time.Time) (Day, error) {
	if !a.Has(planners...) {
		return Day{}, ErrDenied
	}
	d := Day{ID: s.IDs.Next(), BureauID: s.bureauOf(a), Day: in.Day, Begins: in.Begins, Ends: in.Ends, StaffID: in.StaffID,
		Place: strings.TrimSpace(in.Place), Leader: strings.TrimSpace(in.Leader), Subject: strings.TrimSpace(in.Subject)}
	f := fault.New(fault.Invalid, "reception.incomplete")
	if today := calendar.On(now); !today.Before(d.Day) || d.Day.Sub(today) > 366 {
		f.Field("day", "reception.ahead")
	}
	if !isTime(d.Begins) || !isTime(d.Ends) || d.Ends <= d.Begins {
		f.Field("ends", "reception.times")
	}
	short(f, "place", d.Place, true)
	short(f, "subject", d.Subject, false)
	if err := s.nameLeader(ctx, a, &d, f); err != nil {
		return d, err
	}
	if err := f.OrNil(); err != nil {
		return d, err
	}
	var b db.Batch
	insertDay(&b, d, a.ID, now)
	return d, s.DB.Send(ctx, &b)
}

func (s *Service) nameLeader(ctx context.Context, a access.Actor, d *Day, f *fault.Error) error {
	if d.StaffID == 0 {
		name, err := identity.ParseName(d.Leader)
		if err != nil {
			f.Field("leader", "reception.leader")
		}
		d.Leader = name
		return nil
	}
	list, err := s.Choices(ctx, a)
	if err != nil {
		return err
	}
	for _, l := range list {
		if l.ID == d.StaffID {
			d.Leader = l.Name
			return nil
		}
	}
	f.Field("staff", "reception.leader")
	return nil
}

// Cancel says that a day does not take place, and why. It stays to be read.
func (s *Service) Cancel(ctx context.Context, a access.Actor, id int64, why string, now time.Time) error {
	if !a.Has(planners...) {
		return ErrDenied
	}
	f := fault.New(fault.Invalid, "reception.incomplete")
	short(f, "why", strings.TrimSpace(why), true)
	if err := f.OrNil(); err != nil {
		return err
	}
	var b db.Batch
	cancelDay(&b, Day{ID: id, BureauID: s.bureauOf(a), Day: calendar.On(now), CancelledAt: now, Why: strings.TrimSpace(why)})
	return stale(s.DB.Send(ctx, &b))
}

func isTime(text string) bool {
	_, err := time.Parse("15:04", text)
	return err == nil && len(text) == 5
}

func short(f *fault.Error, name, text string, must bool) {
	n := len([]rune(text))
	if must && n == 0 {
		f.Field(name, "reception.required")
	} else if n > 300 {
		f.Field(name, "reception.too_long", 300)
	}
}
