package triage

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// Schedule has choices remembered and models learned.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{Name: "triage.verdicts", Kinds: []string{"case.triaged", "case.forwarded", "case.assigned"}, Handle: s.heard})
	j.Periodic("triage.learn", 15*time.Second, s.Tick)
}

// heard compares what people chose with what is suggested for the case. It
// runs after the choice is on disk: nobody waits for it.
func (s *Service) heard(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	at := map[int64]time.Time{}
	var ids []int64
	for _, e := range events {
		if e.At.After(at[e.Subject]) {
			at[e.Subject] = e.At
		}
		ids = append(ids, e.Subject)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	list, err := s.History.Decided(ctx, tx, ids)
	if err != nil {
		return err
	}
	var b db.Batch
	for _, d := range list {
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id == d.CaseID })
		guesses, err := s.Guesses(ctx, d.Matter)
		if err != nil {
			return err
		}
		for _, g := range guesses {
			if chosen := d.answer(g.Question); chosen != "" {
				putVerdict(&b, verdict{d.CaseID, g.Question, g.Options[0].Label, g.Options[0].P, g.Level != Unsure, g.ModelID, chosen, at[d.CaseID]})
			}
		}
	}
	if len(ids) > 0 {
		dropVerdicts(&b, ids) // they went into the confidential lane
	}
	if b.Len() == 0 {
		return nil
	}
	return tx.Send(ctx, &b)
}
