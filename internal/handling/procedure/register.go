package procedure

import (
	"context"
	"errors"
	"fmt"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Register adds a new case to a batch: row, event, duty and outbox. Nothing is
// stored until the caller sends the batch; a filing key used before then fails
// with a unique violation, which WasFiled explains.
func (s *Service) Register(ctx context.Context, b *db.Batch, r casework.Registration) (casework.Case, error) {
	year := r.Now.In(calendar.China).Year()
	n, err := s.numbers.Next(ctx, fmt.Sprintf("case-%d", year))
	if err != nil {
		return casework.Case{}, fmt.Errorf("procedure: taking a case number: %w", err)
	}
	r.Data.No = casework.NewNumber(s.place, year, n)
	rules := s.law.Rules()
	before := casework.Case{ID: s.ids.Next()}
	events, err := casework.Decide(before, casework.Command{Verb: casework.Register, Actor: r.Actor, Data: r.Data}, r.Now, rules)
	if err != nil {
		return casework.Case{}, mapError(err)
	}
	c := before
	for _, e := range events {
		c = casework.Apply(c, e, rules)
	}
	return c, s.insert(b, c, events, r.Key)
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
	c, err := load(ctx, s.db.Read(), no, "")
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
