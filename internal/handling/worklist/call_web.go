package worklist

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/page"
)

// Calls are the telephone calls from which the form is opened. The token stands
// in the address instead of the caller's number.
type Calls interface {
	// Begin gives the caller's number and the key under which the call is
	// registered once.
	Begin(ctx context.Context, a access.Actor, token string, now time.Time) (phone, key string, err error)
	// Registered ties the case to its call and gives the page to go on with.
	Registered(ctx context.Context, a access.Actor, token, no string, now time.Time) (string, error)
}

// FromCalls sets where calls come from.
func (s *Service) FromCalls(c Calls) { s.calls = c }

// fieldCall carries the token of a call.
const fieldCall = "call"

// beginCall fills the form in for a call.
func (s *Service) beginCall(ctx context.Context, form *page.Form, now time.Time) error {
	token := form.Get(fieldCall)
	if token == "" || s.calls == nil {
		return nil
	}
	phone, key, err := s.calls.Begin(ctx, access.From(ctx), token, now)
	if err != nil {
		return err
	}
	form.Set("phone", phone).Set(page.KeyField, key).Set("channel", string(casework.Phone)).Set("kind", string(casework.Order))
	return nil
}

// endCall tells the call what it was registered as.
func (s *Service) endCall(ctx context.Context, form *page.Form, no string, now time.Time) (string, error) {
	token := form.Get(fieldCall)
	if token == "" || s.calls == nil {
		return "", nil
	}
	return s.calls.Registered(ctx, access.From(ctx), token, no, now)
}
