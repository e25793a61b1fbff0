package inspection

import (
	"context"
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// Panel draws on the case page the three first hands and the six checklists.
// Units see those of their own work too: what is expected is no secret.
func (h *Web) Panel(ctx context.Context, a access.Actor, c casework.Case, events []casework.Event) templ.Component {
	if !a.Has(watchers...) && !a.Has(answerers...) {
		return nil
	}
	return checklistPanel(pointGroups(conduct.Checklist(c, events)), h.handTerms(ctx, events))
}

func (h *Web) handTerms(ctx context.Context, events []casework.Event) []ui.Term {
	received, forwarded, handled := conduct.Hands(events)
	var out []ui.Term
	for i, hand := range []conduct.Hand{received, forwarded, handled} {
		text := i18n.T(ctx, "inspection.hand.none")
		switch {
		case hand.At.IsZero():
		case hand.UnitID == 0:
			text = i18n.T(ctx, "inspection.hand.self", i18n.Date(ctx, hand.At))
		default:
			text = i18n.T(ctx, "inspection.hand.by", h.unitName(hand.UnitID, i18n.Lang(ctx)), i18n.Date(ctx, hand.At))
		}
		out = append(out, ui.Term{Label: i18n.T(ctx, "inspection.hand."+[]string{"received", "forwarded", "handled"}[i]), Text: text})
	}
	return out
}

// tally says how many points of a list are met, of those that arise.
func tally(list []conduct.Checked) string {
	met, all := 0, 0
	for _, c := range list {
		if c.Mark == conduct.Exempt {
			continue
		}
		all++
		if c.Mark == conduct.Met {
			met++
		}
	}
	if slices.ContainsFunc(list, func(c conduct.Checked) bool { return c.Mark == conduct.Unmet }) {
		return fmt.Sprintf("■ %d/%d", met, all)
	}
	return fmt.Sprintf("%d/%d", met, all)
}
