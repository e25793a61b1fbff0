package statistics

import (
	"context"
	"slices"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

var (
	closings   = []string{"case.concluded", "case.replied", "case.declined", "case.diverted", "case.withdrawn", "case.dismissed"}
	dispatches = []string{"case.forwarded", "case.assigned"}
)

// Subscribe counts cases as their events are delivered: each event once, since
// its outbox row goes in the same unit of work as the sums.
func (s *Service) Subscribe(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{
		Name:   "statistics",
		Kinds:  slices.Concat([]string{"case.registered", "case.rated"}, dispatches, closings),
		Handle: count,
	})
}

func count(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	var ids, closed, rated []any
	for _, e := range events {
		ids = append(ids, e.Subject)
		switch {
		case slices.Contains(closings, e.Kind):
			closed = append(closed, e.Subject)
		case e.Kind == "case.rated":
			rated = append(rated, e.ID)
		}
	}
	cases, err := facts(ctx, tx, ids)
	if err != nil {
		return err
	}
	late := map[int64]bool{}
	if len(closed) > 0 {
		if late, err = lateOnes(ctx, tx, closed); err != nil {
			return err
		}
	}
	results := map[int64]int64{}
	if len(rated) > 0 {
		list, err := grades(ctx, tx, rated)
		if err != nil {
			return err
		}
		for _, g := range list {
			results[g.caseID] = g.result
		}
	}
	return tx.Send(ctx, tally(events, cases, late, results))
}

// tally adds the events up by day, district, unit and category.
func tally(events []jobs.Event, cases map[int64]fact, late map[int64]bool, results map[int64]int64) *db.Batch {
	totals := map[key]Sum{}
	for _, e := range events {
		f, ok := cases[e.Subject]
		if !ok {
			continue
		}
		k, s := key{dayOf(e.At), f.area, f.lead, f.category}, Sum{}
		switch {
		case e.Kind == "case.registered":
			k.unit, k.category = 0, ""
			s.Filed = 1
		case e.Kind == "case.rated":
			s.Rated = 1
			if results[e.Subject] >= 3 {
				s.Satisfied = 1
			}
		case slices.Contains(dispatches, e.Kind):
			s.Dispatched = 1
		default:
			s.Closed, s.Days = 1, dayOf(e.At)-dayOf(f.registered)
			if late[e.Subject] {
				s.ClosedLate = 1
			}
		}
		totals[k] = totals[k].add(s)
	}
	keys := make([]key, 0, len(totals))
	for k := range totals {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare) // one order everywhere: no deadlocks between processes
	b := &db.Batch{}
	for _, k := range keys {
		addTo(b, k, totals[k])
	}
	return b
}
