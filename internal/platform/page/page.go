// Package page holds what a page knows about its request: where it is, how the
// reader wants it, which form was sent and what failed. platform/web fills it
// and ui reads it, so that neither imports the other.
package page

import (
	"context"
	"crypto/rand"
)

// View is the request as a layout needs it.
type View struct {
	Path      string // with query; where a preference switch returns to
	Large     bool   // large print
	RequestID string
	Flash     *Flash
	Tray      bool // the reader has a tray of reminders
	Unread    int  // of them
	Kiosk     *Kiosk
}

// Kiosk is the public machine that a page is shown on; nil on a device of
// one's own.
type Kiosk struct {
	Idle   int    // seconds without a touch until it asks
	Grace  int    // seconds more until everything is wiped
	Bridge string // WebSocket address of its reader, scanner and printer; "" has none
}

// Flash is a message that survived one redirect.
type Flash struct {
	Key  string
	Args []any
}

// Failure is an error as a person sees it.
type Failure struct {
	Status    int
	ID        string // stable fault id
	Title     string
	Message   string
	Advice    string
	RequestID string
	Retry     int // seconds, 0 = not known
	Fragment  bool
	Fields    []FieldFailure
}

// FieldFailure is one input to correct.
type FieldFailure struct {
	Name    string `json:"field"`
	Message string `json:"detail"`
}

type viewKey struct{}

// With puts the view into a context.
func With(ctx context.Context, v *View) context.Context {
	return context.WithValue(ctx, viewKey{}, v)
}

// From gives the view; an empty one outside a request.
func From(ctx context.Context) *View {
	if v, ok := ctx.Value(viewKey{}).(*View); ok {
		return v
	}
	return &View{}
}

// NewKey makes a random idempotency key: 26 letters and digits.
func NewKey() string { return rand.Text() }
