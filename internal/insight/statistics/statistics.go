// Package statistics (统计分析) counts what happened and shows a leader the state
// of things on one page. Flows (filed, closed, rated) are kept per day in the
// table stat_day, which it owns and feeds from the events; what is open now is
// read from the live queues, bounded. Every figure carries its denominator,
// unrated is never satisfied, and the confidential lane is counted nowhere.
package statistics

import (
	"context"
	_ "embed"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Units names units.
type Units interface {
	Unit(id int64) (access.Unit, bool)
}

// Taxonomy names categories.
type Taxonomy interface {
	Category(code string) (casework.Category, bool)
	Rules() casework.Rules
}

// Service counts. Make it with New.
type Service struct {
	db       *db.DB
	units    Units
	taxonomy Taxonomy
	clock    clock.Clock
}

// New makes the service.
func New(d *db.DB, u Units, t Taxonomy, c clock.Clock) *Service {
	return &Service{db: d, units: u, taxonomy: t, clock: c}
}

// ErrNothing: the actor's role sees no figures.
var ErrNothing = fault.New(fault.Denied, "statistics.nothing")

// window is how many days an overview looks back, today included.
const window = 30

// ceiling bounds counts of open cases: more is shown as "9999+".
const ceiling = 10_000

// Sum are the flows of a period.
type Sum struct {
	Filed, Dispatched, Closed, ClosedLate, Days, Rated, Satisfied int64
}

// add sums two periods.
func (s Sum) add(o Sum) Sum {
	return Sum{s.Filed + o.Filed, s.Dispatched + o.Dispatched, s.Closed + o.Closed, s.ClosedLate + o.ClosedLate,
		s.Days + o.Days, s.Rated + o.Rated, s.Satisfied + o.Satisfied}
}

// Slice is one unit or category with its figures.
type Slice struct {
	UnitID   int64
	Category string
	Open     int64 // of units: open now; of categories: dispatched in the window
	Soon     int64
	Overdue  int64
}

// Overview is what the first page of a leader shows.
type Overview struct {
	Today      Sum
	Days       []Sum // the last 30 days, oldest first, today last
	First      time.Time
	Total      Sum // of the 30 days
	Before     Sum // of the 30 days before them
	Open       int64
	Soon       int64
	Overdue    int64
	ByUnit     []Slice // most overdue first
	ByCategory []Slice // most first
}

// dayOf numbers days in Beijing.
func dayOf(t time.Time) int64 {
	_, offset := t.In(calendar.China).Zone()
	return (t.Unix() + int64(offset)) / 86400
}

// Overview counts for one actor, within what that actor may see.
func (s *Service) Overview(ctx context.Context, actor access.Actor) (Overview, error) {
	scope := access.Visible(actor)
	if scope.Nothing || actor.Role == access.Operator || actor.Role == access.Agent || actor.Role == access.Petitioner {
		return Overview{}, ErrNothing
	}
	now := s.clock.Now()
	today := dayOf(now)
	o := Overview{Days: make([]Sum, window), First: now.AddDate(0, 0, 1-window)}
	flows, err := flowsByDay(ctx, s.db.Read(), scope, today-2*window+1, today)
	if err != nil {
		return o, err
	}
	for day, sum := range flows {
		if at := day - (today - window + 1); at >= 0 {
			o.Days[at] = sum
			o.Total = o.Total.add(sum)
		} else {
			o.Before = o.Before.add(sum)
		}
	}
	o.Today = o.Days[window-1]
	if o.Open, o.Soon, o.Overdue, err = openNow(ctx, s.db.Read(), scope, now); err != nil {
		return o, err
	}
	if o.ByUnit, err = openByUnit(ctx, s.db.Read(), scope, now); err != nil {
		return o, err
	}
	o.ByCategory, err = byCategory(ctx, s.db.Read(), scope, today-window+1)
	return o, err
}
