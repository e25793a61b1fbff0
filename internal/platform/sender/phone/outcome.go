package phone

import (
	"context"
	"errors"
	"strconv"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/telephone"
)

// How long to wait before ringing again.
const (
	afterBusy     = 3 * time.Minute
	afterUnheard  = 15 * time.Minute // nobody there, or no ear for it
	afterOverload = time.Minute
)

// undialled says what a call that nobody took means for the message. Nobody has
// heard anything then, so the only question is whether to ring again.
func undialled(err error) *sender.Error {
	var no *telephone.Refusal
	switch {
	case errors.As(err, &no):
		return refused(no)
	case errors.Is(err, telephone.ErrNoAnswer):
		return sender.Later("no-answer", afterUnheard, err)
	case errors.Is(err, telephone.ErrNoSound):
		return sender.Refused("no-sound", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return sender.Later("interrupted", 0, err)
	}
	return sender.Later("unreachable", afterOverload, err)
}

// refused reads a SIP answer (RFC 3261, 21).
func refused(no *telephone.Refusal) *sender.Error {
	code := strconv.Itoa(no.Code)
	later := func(d time.Duration) *sender.Error { return sender.Later(code, max(no.After, d), no) }
	if no.After > 0 {
		return sender.Later(code, no.After, no)
	}
	switch no.Code {
	case 404, 410, 604: // no such number, never or no more
		return sender.Dead(code, no)
	case 486, 600:
		return later(afterBusy)
	case 408, 480, 487: // does not answer, is switched off
		return later(afterUnheard)
	case 482, 491: // an exchange sees a call of this key: ours, from a process that died?
		return sender.Lost(no)
	case 429:
		return later(afterOverload)
	}
	switch {
	case no.Credentials():
		return sender.Unset(code, no)
	case no.Code >= 500 && no.Code < 600:
		return later(afterOverload)
	}
	// 603 declined, 484 incomplete, 488 no common sound, 3xx moved elsewhere…
	return sender.Refused(code, no)
}
