package intake

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/page"
)

// Hints tells who is about to send a filing what resembles it. It never keeps
// anybody from sending: what goes wrong with it is not shown.
type Hints interface {
	// Offer draws what resembles a filing, as fields of its last step; nil for
	// nothing. again says that it was drawn before.
	Offer(ctx context.Context, f Filing, again bool) (templ.Component, error)
	// Filed tells what became of an offer.
	Filed(ctx context.Context, c casework.Case, f Filing, chosen string) error
}

// Hint sets who tells.
func (s *Service) Hint(h Hints) { s.hints = h }

// What an offer puts into the last step.
const (
	fieldOffered = "offered"
	fieldChosen  = "follow"
)

// offer draws the hints of the last step.
func (s *Service) offer(ctx context.Context, form *page.Form) templ.Component {
	f := filing(form)
	if s.hints == nil || f.Purpose != Request && f.Purpose != Consultation {
		return nil
	}
	c, err := s.hints.Offer(ctx, f, form.Has(fieldOffered, "1"))
	if err != nil {
		return nil
	}
	return c
}

// answered tells what became of an offer. The filing is registered, whatever
// happens here.
func (s *Service) answered(ctx context.Context, c casework.Case, form *page.Form) {
	if s.hints != nil && form.Has(fieldOffered, "1") {
		_ = s.hints.Filed(ctx, c, filing(form), form.Get(fieldChosen))
	}
}
