package supervision

import (
	"context"
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// Panel draws on the case page what supervision has to say about a case: its
// directives as far as the actor sees them, the three first hands, and the six
// checklists. Units that only handle see the checklists of their own work too:
// what is expected is no secret.
func (h *Web) Panel(ctx context.Context, a access.Actor, c casework.Case, events []casework.Event) (templ.Component, error) {
	if w, answers := Sides(a); !w && !answers {
		return nil, nil
	}
	list, err := h.OfCase(ctx, a, c.ID)
	if err != nil {
		return nil, err
	}
	return checklistPanel(pointGroups(Checklist(c, events)), h.handTerms(ctx, events), list), nil
}

func (h *Web) handTerms(ctx context.Context, events []casework.Event) []ui.Term {
	received, forwarded, handled := Hands(events)
	var out []ui.Term
	for i, hand := range []Hand{received, forwarded, handled} {
		text := i18n.T(ctx, "supervision.hand.none")
		switch {
		case hand.At.IsZero():
		case hand.UnitID == 0:
			text = i18n.T(ctx, "supervision.hand.self", i18n.Date(ctx, hand.At))
		default:
			text = i18n.T(ctx, "supervision.hand.by", h.unitName(hand.UnitID, i18n.Lang(ctx)), i18n.Date(ctx, hand.At))
		}
		out = append(out, ui.Term{Label: i18n.T(ctx, "supervision.hand."+[]string{"received", "forwarded", "handled"}[i]), Text: text})
	}
	return out
}

// tally says how many points of a list are met, of those that arise.
func tally(list []Checked) string {
	met, all := 0, 0
	for _, c := range list {
		if c.Mark == Exempt {
			continue
		}
		all++
		if c.Mark == Met {
			met++
		}
	}
	if slices.ContainsFunc(list, func(c Checked) bool { return c.Mark == Unmet }) {
		return fmt.Sprintf("■ %d/%d", met, all)
	}
	return fmt.Sprintf("%d/%d", met, all)
}
