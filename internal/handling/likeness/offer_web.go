package likeness

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// OffersPanel draws what resembles a filing before it is sent; nil where
// nothing does. It is counted once.
func (h *Web) OffersPanel(ctx context.Context, t Text, again bool) (templ.Component, error) {
	list, err := h.Offers(ctx, t)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if !again {
		if err := h.Count(ctx, "public", Shown, h.Clock.Now()); err != nil {
			return nil, err
		}
	}
	return h.offersPanel(list), nil
}

func hasFollow(list []Offer) bool {
	for _, o := range list {
		if o.Follow {
			return true
		}
	}
	return false
}

// follows are the choices of who files: by itself, or with an open case.
func (h *Web) follows(ctx context.Context, list []Offer) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "likeness.offer_alone")}}
	for _, o := range list {
		if o.Follow {
			out = append(out, ui.Option{Value: o.Token, Label: h.offerText(ctx, o)})
		}
	}
	return out
}

// offerText says of a case what strangers may know.
func (h *Web) offerText(ctx context.Context, o Offer) string {
	lang := i18n.Lang(ctx)
	category, _ := h.Names.Category(o.Category)
	town, _ := h.Names.Unit(o.TownID)
	if o.Follow {
		return i18n.T(ctx, "likeness.offer_open", category.Name(lang), town.Name(lang), i18n.Key("state."+string(o.State)), i18n.Date(ctx, o.Since))
	}
	return i18n.T(ctx, "likeness.offer_done", category.Name(lang), town.Name(lang), i18n.Key("outcome."+string(o.Outcome)), o.Days)
}
