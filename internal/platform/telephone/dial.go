package telephone

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Target is who to ring, how long, and for which matter. The same Key makes the
// same Call-ID and tag, by which exchanges recognise that a call is on already.
type Target struct {
	Key    string
	Number string
	Ring   time.Duration
}

// attempt is a call that is not answered yet.
type attempt struct {
	line     *Line
	media    *media
	offer    uint64
	session  *sipgo.DialogClientSession
	replied  chan struct{} // closed by the first sign of life
	answered chan error
	chatter  int
}

// settle is how long the end of a call that we gave up is waited for.
const settle = 2 * time.Second

// Dial rings until somebody answers. Its error is a *Refusal, ErrNoReply,
// ErrNoAnswer, ErrNoSound or that of ctx; whatever it is, the ringing was ended.
func (l *Line) Dial(ctx context.Context, t Target) (*Call, error) {
	a, err := l.invite(t)
	if err != nil {
		return nil, err
	}
	ringing, cancel := context.WithCancel(l.ctx)
	l.group.Go(func() { a.answered <- a.wait(ringing) })
	reply, ring := time.NewTimer(l.c.Reply), time.NewTimer(t.Ring)
	defer reply.Stop()
	defer ring.Stop()
	replied := a.replied
	for {
		select {
		case err := <-a.answered:
			cancel()
			return a.take(err)
		case <-replied:
			reply.Stop()
			replied = nil
			continue
		case <-reply.C:
			err = ErrNoReply
		case <-ring.C:
			err = ErrNoAnswer
		case <-ctx.Done():
			err = ctx.Err()
		}
		a.giveUp(cancel, replied == nil)
		return nil, err
	}
}

// invite sends the first request of a call.
func (l *Line) invite(t Target) (*attempt, error) {
	m, err := openMedia(l.local, l.c.Ports)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte("xinqiao call " + t.Key))
	req := l.request(sip.INVITE, t.Number)
	from := sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: l.c.CallerID, Host: l.c.Domain}}
	from.Params.Add("tag", hex.EncodeToString(sum[16:24]))
	id := sip.CallIDHeader(hex.EncodeToString(sum[:16]))
	req.AppendHeader(&from)
	req.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: t.Number, Host: l.c.Domain}})
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE})
	req.AppendHeader(sip.HeaderClone(&l.dialogs.ContactHDR))
	req.AppendHeader(sip.NewHeader("Allow", allowed))
	req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	a := &attempt{line: l, media: m, offer: rand.Uint64() >> 1, replied: make(chan struct{}), answered: make(chan error, 1)}
	req.SetBody(describe(netip.AddrPortFrom(l.announced, m.port()), a.offer, nil))
	if a.session, err = l.dialogs.WriteInvite(l.ctx, req); err != nil {
		m.close()
		return nil, ErrNoReply
	}
	return a, nil
}

// wait waits for an answer. The library takes ten responses for a loop, but a
// gateway may well say "ringing" more often: then it is asked again.
func (a *attempt) wait(ctx context.Context) error {
	options := sipgo.AnswerOptions{Username: a.line.c.User, Password: a.line.c.Secret, OnResponse: func(*sip.Response) error {
		if a.chatter++; a.chatter == 1 {
			close(a.replied)
		}
		return nil
	}}
	for {
		before := a.chatter
		err := a.session.WaitAnswer(ctx, options)
		if err == nil || ctx.Err() != nil || a.chatter-before <= 10 {
			return err
		}
	}
}

// take makes a call of an attempt that came to an end by itself.
func (a *attempt) take(err error) (*Call, error) {
	if err != nil {
		a.media.close()
		a.session.Close()
		var no *sipgo.ErrDialogResponse
		if errors.As(err, &no) {
			return nil, refusal(no.Res)
		}
		return nil, ErrNoReply
	}
	t, err := understand(a.session.InviteResponse.Body())
	c := &Call{id: string(*a.session.InviteRequest.CallID()), line: a.line, media: a.media, terms: t, session: a.offer, dialog: a.session,
		dialogID: a.session.ID, contact: a.session.InviteRequest.Recipient, over: make(chan struct{})}
	if to := a.session.InviteResponse.Contact(); to != nil {
		c.contact = to.Address
	}
	if err == nil {
		a.media.start(t)
	}
	a.line.keep(c)
	if ack := a.session.Ack(a.line.ctx); ack != nil {
		err = ErrNoReply
	}
	if err != nil {
		c.HangUp(a.line.ctx)
		if errors.Is(err, errNoMedia) {
			err = ErrNoSound
		}
		return nil, err
	}
	return c, nil
}

// giveUp cancels and sees to it that a call which is answered all the same, at
// that moment or by a trunk that wakes up late, is hung up. With a trunk that is
// awake it is a matter of milliseconds; for another nobody waits.
func (a *attempt) giveUp(cancel context.CancelFunc, awake bool) {
	cancel()
	done := make(chan struct{})
	a.line.group.Go(func() {
		defer close(done)
		err := <-a.answered
		if r := a.session.InviteResponse; r != nil && r.IsSuccess() {
			err = nil
			a.session.ID, _ = sip.DialogIDFromResponse(r)
		}
		if c, _ := a.take(err); c != nil {
			c.HangUp(a.line.ctx)
		}
	})
	if !awake {
		return
	}
	select {
	case <-done:
	case <-time.After(settle):
	}
}
