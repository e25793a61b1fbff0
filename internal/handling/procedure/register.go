package procedure

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Register adds a new case to a batch: row, event, duty and outbox. Nothing is
// stored until the caller sends the batch; a filing key used before then fails
// with a unique violation, which WasFiled explains.
func (s *Service) Register(ctx context.Context, b *db.Batch, r casework.Registration) (casework.Case, error) {
	c, events, err := s.begin(ctx, r)
	if err != nil {
		return c, err
	}
	ids, err := s.insert(b, c, events, r.Key)
	announce(b, ids, events)
	return c, err
}

// Enact adds a case with a life that it has had already, in another system or
// in a benchmark: each step is decided as if it happened at its moment. A step
// that the law refuses is left out. Nothing is announced; what subscribers keep
// is to be built anew afterwards.
func (s *Service) Enact(ctx context.Context, b *db.Batch, r casework.Registration, life []casework.Action) (casework.Case, error) {
	c, events, err := s.begin(ctx, r)
	if err != nil {
		return c, err
	}
	rules := s.law.Rules()
	for _, a := range life {
		if a.Actor.Role == access.Petitioner {
			a.Actor.CaseID = c.ID
		}
		more, err := casework.Decide(c, casework.Command{Verb: a.Verb, Actor: a.Actor, Data: a.Data}, a.Now, rules)
		if err != nil {
			continue
		}
		for _, e := range more {
			c = casework.Apply(c, e, rules)
		}
		events = append(events, more...)
	}
	_, err = s.insert(b, c, events, r.Key)
	return c, err
}

// begin numbers and decides a new case.
func (s *Service) begin(ctx context.Context, r casework.Registration) (casework.Case, []casework.Event, error) {
	year := r.Now.In(calendar.China).Year()
	n, err := s.numbers.Next(ctx, "case-"+strconv.Itoa(year))
	if err != nil {
		return casework.Case{}, nil, fmt.Errorf("procedure: taking a case number: %w", err)
	}
	r.Data.UpperID = s.upper(r.Data.BureauID)
	r.Data.No = casework.NewNumber(s.place, year, n)
	rules := s.law.Rules()
	c := casework.Case{ID: s.ids.Next()}
	events, err := casework.Decide(c, casework.Command{Verb: casework.Register, Actor: r.Actor, Data: r.Data}, r.Now, rules)
	if err != nil {
		return c, nil, mapError(err)
	}
	for _, e := range events {
		c = casework.Apply(c, e, rules)
	}
	return c, events, nil
}

// WasFiled finds the case of a filing key; ok is false when there is none.
func (s *Service) WasFiled(ctx context.Context, key string) (casework.Case, bool, error) {
	no, err := filedAs(ctx, s.db.Read(), key)
	if errors.Is(err, db.ErrNoRows) {
		return casework.Case{}, false, nil
	}
	if err != nil {
		return casework.Case{}, false, err
	}
	c, err := s.load(ctx, s.db.Read(), no, "")
	return c, err == nil, err
}

// Filed tells which of many filing keys have a case.
func (s *Service) Filed(ctx context.Context, keys []string) (map[string]bool, error) {
	known, err := filedAmong(ctx, s.db.Read(), keys)
	out := make(map[string]bool, len(known))
	for _, k := range known {
		out[k] = true
	}
	return out, err
}
