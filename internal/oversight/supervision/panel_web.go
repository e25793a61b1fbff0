package supervision

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
)

// Panel draws on the case page the directives about a case, as far as the
// actor sees them, and offers to open one; nil when there is neither.
func (h *Web) Panel(ctx context.Context, a access.Actor, caseID int64, no string) (templ.Component, error) {
	if w, answers := Sides(a); !w && !answers {
		return nil, nil
	}
	list, err := h.OfCase(ctx, a, caseID)
	if err != nil || len(list) == 0 && !watches(a) {
		return nil, err
	}
	return casePanel(list, a, no), nil
}
