package procedure

import (
	"context"
	"fmt"

	"xinqiao/internal/platform/db"
)

// recountPage is how many open cases share a unit of work.
const recountPage = 200

// Recount derives the due moments of all open cases anew when the parameters
// or the calendar have changed since the last time: a new year's holidays move
// dates, and no date is left from a rule that no longer holds. It works in
// pages, notes how far it came, and goes on there after a crash.
func (s *Service) Recount(ctx context.Context) error {
	rules := s.law.Rules()
	version := "2 " + rules.Calendar.Version()
	for {
		more, err := s.recountPage(ctx, version)
		if err != nil {
			return fmt.Errorf("procedure: recounting due moments: %w", err)
		}
		if !more {
			return nil
		}
	}
}

// recountPage works the next page under a version; false when all is done.
func (s *Service) recountPage(ctx context.Context, version string) (more bool, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		at, err := recountState(ctx, tx, s.db.Dialect().ForUpdate())
		if err != nil || at.version == version && at.doneID == allDone {
			more = false
			return err
		}
		if at.version != version {
			at = recountAt{version: version}
		}
		cases, err := s.openAfter(ctx, tx, at.doneID, recountPage, s.db.Dialect().ForUpdate())
		if err != nil {
			return err
		}
		var b db.Batch
		rules := s.law.Rules()
		for _, before := range cases {
			if after := before.Recounted(rules); !after.NextDueAt.Equal(before.NextDueAt) || dutiesDiffer(before, after) {
				correct(&b, before, after)
			}
			at.doneID = before.ID
		}
		if more = len(cases) == recountPage; !more {
			at.doneID = allDone
		}
		saveRecount(&b, at)
		return tx.Send(ctx, &b)
	})
	return more, err
}
