package worklist

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/page"
)

// Before draws what somebody at the desk should look at before a filing is
// registered; nil for nothing.
type Before func(ctx context.Context, form *page.Form) (templ.Component, error)

// LookFirst sets who tells.
func (s *Service) LookFirst(b Before) { s.before = b }

// fieldLooked says that the registrar has seen the hints, beside the form or
// on a page of their own.
const fieldLooked = "looked"

// lookFirst draws the hints for who works without script, once.
func (s *Service) lookFirst(ctx context.Context, form *page.Form) (templ.Component, error) {
	if s.before == nil || !form.OK() || form.Has(fieldLooked, "1") {
		return nil, nil
	}
	return s.before(ctx, form)
}

// typedFields are the fields of a form by name, to be sent on.
func typedFields(form *page.Form) []string {
	var names []string
	for name := range form.Values() {
		if name != fieldLooked {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
