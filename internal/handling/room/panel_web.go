package room

import (
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

type panelView struct {
	no      string
	convene bool
	now     time.Time
}

// Panel draws the rooms of a case on its page, or offers to convene one; nil
// when there is neither.
func (h *Web) Panel(ctx context.Context, a access.Actor, c casework.Case, verbs []casework.Verb) (templ.Component, error) {
	if !a.Has(readers...) {
		return nil, nil
	}
	list, err := h.OfCase(ctx, a, c.ID)
	v := panelView{no: c.No, convene: slices.Contains(verbs, casework.Convene), now: h.Clock.Now()}
	if err != nil || len(list) == 0 && !v.convene {
		return nil, err
	}
	return casePanel(list, v), nil
}

// degrees are how far an outside seat of this case may read.
func (v roomView) degrees(ctx context.Context) []ui.Option {
	list := labelled(ctx, "room.sees.", Degrees)
	if v.Confidential() {
		return slices.DeleteFunc(list, func(o ui.Option) bool { return o.Value == string(SeesAll) })
	}
	for i := range list {
		list[i].Help = i18n.T(ctx, "room.sees."+list[i].Value+".help")
	}
	return list
}
