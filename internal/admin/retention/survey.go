package retention

import (
	"cmp"
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
)

// Survey is what would go and what would stay.
type Survey struct {
	Schedule Schedule
	Lines    []Line // what goes first, oldest first
	Due      int
	Open     int
	Young    int // ended more recently than any class asks
}

// pageOf is how many cases are looked at in one read.
const pageOf = 500

// Survey looks through what has ended and tells what would go now.
func (s *Service) Survey(ctx context.Context, a access.Actor, now time.Time) (Survey, error) {
	if !a.Has(readers...) && a.Role != access.System {
		return Survey{}, ErrNotYours
	}
	inForce, err := s.Schedule(ctx)
	if err != nil {
		return Survey{}, err
	}
	before := db.At(now.AddDate(-inForce.least(), 0, 0))
	tally := map[Line]int{}
	var last candidate
	for {
		list, err := candidates(ctx, s.DB.Read(), place{last.closedAt, last.id}, before, pageOf)
		if err != nil {
			return Survey{}, err
		}
		for _, c := range list {
			tally[Line{Class: c.class(), Year: c.closedAt.Std().In(calendar.China).Year(), Reason: c.stays(inForce, now)}]++
		}
		if len(list) < pageOf {
			break
		}
		last = list[pageOf-1]
	}
	rest, err := rest(ctx, s.DB.Read(), before)
	if err != nil {
		return Survey{}, err
	}
	out := Survey{Schedule: inForce, Open: rest.open, Young: rest.young}
	for line, n := range tally {
		line.Count = n
		out.Lines = append(out.Lines, line)
		if line.Reason == Due {
			out.Due += n
		}
	}
	slices.SortFunc(out.Lines, func(x, y Line) int {
		return cmp.Or(cmp.Compare(slices.Index(Reasons, x.Reason), slices.Index(Reasons, y.Reason)), cmp.Compare(x.Year, y.Year),
			cmp.Compare(slices.Index(Classes, x.Class), slices.Index(Classes, y.Class)))
	})
	return out, nil
}
