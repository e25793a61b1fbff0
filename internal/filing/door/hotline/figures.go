package hotline

import (
	"context"
	"time"

	"xinqiao/internal/core/calendar"
)

// promptly is the quarter of a minute within which a call should be answered
// (15秒应答).
const promptly = 15 * time.Second

// Figures count the calls of an hour or a day. Rates are given with what they
// are of; there are none of people.
type Figures struct {
	From     time.Time
	Offered  int64 // calls that were answered or ended
	Answered int64
	Prompt   int64 // answered within 15 s of the first ring
	Missed   int64 // ended without an answer
	Talks    int64 // answered and over
	Talk     time.Duration
}

// add sums up.
func (f *Figures) add(g Figures) {
	f.Offered, f.Answered, f.Prompt, f.Missed = f.Offered+g.Offered, f.Answered+g.Answered, f.Prompt+g.Prompt, f.Missed+g.Missed
	f.Talks, f.Talk = f.Talks+g.Talks, f.Talk+g.Talk
}

// AverageTalk is how long a conversation took; false when there was none.
func (f Figures) AverageTalk() (time.Duration, bool) {
	if f.Talks == 0 {
		return 0, false
	}
	return (f.Talk / time.Duration(f.Talks)).Round(time.Second), true
}

// Count counts the calls of a line, all lines for "", on a day by the hour, or
// by day for the days up to it. Empty spans are there too.
func (s *Service) Count(ctx context.Context, door string, day calendar.Date, days int) (all Figures, parts []Figures, err error) {
	hours, from := int64(1), day.Start().UTC()
	to := from.Add(24 * time.Hour)
	if days > 1 {
		hours, from = 24, from.Add(-time.Duration(days-1)*24*time.Hour)
	}
	found, err := s.store.count(ctx, door, from, to, hours)
	if err != nil {
		return all, nil, err
	}
	at := map[int64]Figures{}
	for _, f := range found {
		at[f.From.Unix()] = f
		all.add(f)
	}
	for t := from; t.Before(to); t = t.Add(time.Duration(hours) * time.Hour) {
		f := at[t.Unix()]
		f.From = t
		parts = append(parts, f)
	}
	all.From = from
	return all, parts, nil
}
