package sender

import (
	"errors"
	"time"
)

// Kind is which of the three ways a delivery failed.
type Kind int

// The kinds. Unknown is the zero value: what nobody classified may have left.
const (
	Unknown Kind = iota
	Retryable
	Permanent
)

// String names the kind for logs.
func (k Kind) String() string {
	switch k {
	case Retryable:
		return "retryable"
	case Permanent:
		return "permanent"
	}
	return "unknown"
}

// Error is a failed delivery. Its text holds no address and no text of the
// message.
type Error struct {
	Kind       Kind
	Code       string        // the carrier's, such as "45009"; may be empty
	RetryAfter time.Duration // at least, for Retryable; 0 leaves it to the queue
	Gone       bool          // the address itself is dead: forget it
	Err        error
}

// Error is for logs.
func (e *Error) Error() string {
	s := e.Kind.String()
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Refused makes a permanent error.
func Refused(code string, err error) *Error { return &Error{Kind: Permanent, Code: code, Err: err} }

// Later makes a retryable error.
func Later(code string, after time.Duration, err error) *Error {
	return &Error{Kind: Retryable, Code: code, RetryAfter: after, Err: err}
}

// Lost makes an error of unknown outcome.
func Lost(err error) *Error { return &Error{Kind: Unknown, Err: err} }

// Dead makes a permanent error of an address that exists no more.
func Dead(code string, err error) *Error {
	return &Error{Kind: Permanent, Code: code, Gone: true, Err: err}
}

// KindOf classifies any error. What is no *Error is Unknown, since it cannot
// be excluded that the message left.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Unknown
}

// RetryAfter tells how long the carrier asks to wait; 0 if it does not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// Gone tells whether the address is dead.
func Gone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Gone
}

// What an Asker answers besides a report.
var (
	ErrUnheard   = errors.New("the carrier does not know the message")
	ErrUndecided = errors.New("the carrier has the message and no end yet")
)
