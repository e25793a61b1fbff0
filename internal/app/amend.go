package app

import (
	"context"
	"fmt"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// amendments has each ruling on disputed ownership amend the duty list, where
// whoever ruled said so, so that the next such case finds its unit at once.
func (a *App) amendments() jobs.Subscriber {
	return jobs.Subscriber{Name: "duty-list", Kinds: []string{"case.ruled", "case.dispute_settled"},
		Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
			for _, e := range events {
				if err := a.amend(ctx, tx, e); err != nil {
					return fmt.Errorf("amending the duty list after case %d: %w", e.Subject, err)
				}
			}
			return nil
		}}
}

func (a *App) amend(ctx context.Context, tx db.Tx, told jobs.Event) error {
	c, history, err := a.Procedure.Story(ctx, tx, told.Subject)
	if err != nil {
		return err
	}
	var suggested, lead int64
	for _, e := range history {
		switch {
		case e.Verb == casework.Object:
			suggested, lead = e.Data.SuggestID, e.ActorUnit
		case e.At.Equal(told.At) && (e.Verb == casework.Rule || e.Verb == casework.SettleDispute):
			if unit := ruledUnit(e, suggested, lead); e.Data.Amend && unit != 0 && c.Category != "" {
				return a.Settings.Amend(ctx, tx, casework.Duty{
					Category: c.Category, AreaID: nearest(c.Areas), UnitID: unit, Basis: e.Data.Duty,
				}, e.At)
			}
			return nil
		}
	}
	return nil
}

// ruledUnit is whom a ruling makes responsible: the unit it names, the one
// that objected in vain, or the one that an upheld objection suggested.
func ruledUnit(e casework.Event, suggested, objector int64) int64 {
	switch {
	case e.Verb == casework.SettleDispute:
		return e.Data.UnitID
	case e.Data.Upheld:
		return suggested
	}
	return objector
}

// nearest is the lowest government above a place.
func nearest(areas [3]int64) int64 {
	for i := len(areas) - 1; i >= 0; i-- {
		if areas[i] != 0 {
			return areas[i]
		}
	}
	return 0
}
