package telephone

import (
	"context"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// dialog is the library's part of a call, made or taken.
type dialog interface {
	WriteBye(ctx context.Context, bye *sip.Request) error
	ReadBye(req *sip.Request, tx sip.ServerTransaction) error
	Close() error
}

// Call (通话) is a conversation that was answered.
type Call struct {
	id       string
	line     *Line
	media    *media
	terms    terms
	session  uint64 // of our description
	dialog   dialog
	dialogID string
	contact  sip.Uri // where the other side wants the rest of our requests
	from     string

	over chan struct{} // closed when the other side hangs up
	once sync.Once
}

// ID is the Call-ID, under which exchanges and operators file the call.
func (c *Call) ID() string { return c.id }

// From is the number that a call from outside shows; it may be forged or empty.
func (c *Call) From() string { return c.from }

// Over is closed when the other side has hung up.
func (c *Call) Over() <-chan struct{} { return c.over }

// Keys gives the keys that the other side presses.
func (c *Call) Keys() <-chan rune { return c.media.digits }

// Record passes what is heard from now on to fn, 8 kHz and mostly 20 ms at a
// time; nil ends it. What gets lost on the way is missing.
func (c *Call) Record(fn func([]int16)) { c.media.record(fn) }

// Play speaks 8 kHz sound in real time and tells how much was sent. It stops
// when ctx ends or the other side hangs up (ErrHungUp).
func (c *Call) Play(ctx context.Context, pcm []int16) (time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-c.over:
			cancel(ErrHungUp)
		case <-ctx.Done():
		}
	}()
	played, err := c.media.play(ctx, pcm)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return played, err
}

// HangUp ends the call. ErrNoReply says that the other side was not there any
// more to hear it, since we do not know when.
func (c *Call) HangUp(ctx context.Context) error {
	defer c.media.close()
	defer c.line.drop(c)
	defer c.dialog.Close()
	select {
	case <-c.over:
		return nil
	default:
	}
	// Even a cancelled job says goodbye.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.line.c.Reply)
	defer cancel()
	bye := sip.NewRequest(sip.BYE, *c.contact.Clone())
	bye.Laddr = c.line.laddr // or the library would take a new port
	err := c.dialog.WriteBye(ctx, bye)
	select {
	case <-c.over: // both hung up at once
		return nil
	default:
	}
	if err != nil {
		return ErrNoReply
	}
	return nil
}

// ended notes that the other side hung up.
func (c *Call) ended() { c.once.Do(func() { close(c.over) }) }
