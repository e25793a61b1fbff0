// Package fault is the one error type that crosses layers. A fault says what
// kind of thing went wrong, names it by a stable id that the message catalogue
// knows ("fault." + ID), and keeps the cause for the log. It never carries
// personal data: arguments are numbers, dates, codes and names of units.
package fault

import (
	"errors"
	"fmt"
)

// Kind is the closed list of ways in which a request can fail. platform/web
// maps each to one HTTP status.
type Kind int

// The kinds, with the HTTP status that each becomes.
const (
	Internal    Kind = iota // 500, a bug or a broken machine
	Invalid                 // 422, the input needs correction
	NotFound                // 404, or not visible to this actor
	Conflict                // 409, somebody else was faster
	Denied                  // 403, the actor may not
	Unsigned                // 401, nobody is signed in
	RuleBroken              // 409, the table of verbs or the law refuses
	TooLarge                // 413
	TooMany                 // 429, with Retry-After
	Unavailable             // 503, try again
)

// Field is one input that needs correction. Name is the form field or JSON
// pointer, ID the message, Args its arguments.
type Field struct {
	Name string
	ID   string
	Args []any
}

// Error is a fault. Compare ids with Is or by As.
type Error struct {
	Kind   Kind
	ID     string // stable, "capability.what_went_wrong"
	Args   []any
	Fields []Field
	Err    error // the cause, for the log only
}

// New makes a fault of a kind with a stable id and message arguments.
func New(kind Kind, id string, args ...any) *Error {
	return &Error{Kind: kind, ID: id, Args: args}
}

// Fieldf starts (or extends) an Invalid fault that names a field.
func (e *Error) Field(name, id string, args ...any) *Error {
	e.Fields = append(e.Fields, Field{Name: name, ID: id, Args: args})
	return e
}

// OrNil returns nil when no field was named, so that a validator can collect
// and return in one line.
func (e *Error) OrNil() error {
	if e == nil || len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Because returns a copy that keeps the cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Error is for logs and tests; people see the catalogue's text.
func (e *Error) Error() string {
	s := e.ID
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Name, f.ID)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is matches another fault by id, so that errors.Is(err, ErrX) works for
// package-level faults that were given arguments or a cause on the way.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.ID == e.ID
}

// KindOf tells the kind of any error; what is no fault is Internal.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// As extracts the fault from an error chain.
func As(err error) (*Error, bool) {
	var f *Error
	ok := errors.As(err, &f)
	return f, ok
}
