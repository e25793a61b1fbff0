package telephone

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// allowed are the requests that we understand.
const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"

// serve says what happens with requests from outside.
func (l *Line) serve(s *sipgo.Server) {
	s.OnInvite(l.invited)
	s.OnAck(func(req *sip.Request, tx sip.ServerTransaction) {
		if c := l.find(req); c != nil {
			if d, ok := c.dialog.(*sipgo.DialogServerSession); ok {
				d.ReadAck(req, tx)
			}
		}
	})
	s.OnBye(func(req *sip.Request, tx sip.ServerTransaction) {
		c := l.find(req)
		if c == nil {
			reply(tx, req, sip.StatusCallTransactionDoesNotExists)
			return
		}
		c.ended() // before the answer, which races with our own goodbye
		c.dialog.ReadBye(req, tx)
	})
	s.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) {
		res := sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)
		res.AppendHeader(sip.NewHeader("Allow", allowed))
		tx.Respond(res)
	})
	s.OnInfo(l.informed)
}

// reply answers a request without words.
func reply(tx sip.ServerTransaction, req *sip.Request, code int) {
	tx.Respond(sip.NewResponseFromRequest(req, code, "", nil))
}

// informed hears keys from gateways that send them as INFO instead of in the
// sound.
func (l *Line) informed(req *sip.Request, tx sip.ServerTransaction) {
	c := l.find(req)
	if c == nil {
		reply(tx, req, sip.StatusCallTransactionDoesNotExists)
		return
	}
	reply(tx, req, sip.StatusOK)
	for line := range strings.Lines(string(req.Body())) {
		name, value, _ := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		if strings.EqualFold(strings.TrimSpace(name), "signal") && len(value) == 1 && strings.Contains(keys, value) {
			c.media.press(rune(value[0]))
		}
	}
}

// invited answers a new call, or a question about one that is on: then with
// what holds already.
func (l *Line) invited(req *sip.Request, tx sip.ServerTransaction) {
	if to := req.To(); to != nil && to.Params.Has("tag") {
		c := l.find(req)
		if c == nil {
			reply(tx, req, sip.StatusCallTransactionDoesNotExists)
			return
		}
		res := sip.NewSDPResponseFromRequest(req, l.terms(c))
		res.AppendHeader(sip.HeaderClone(&l.dialogs.ContactHDR))
		tx.Respond(res)
		return
	}
	if l.answer == nil {
		reply(tx, req, sip.StatusTemporarilyUnavailable)
		return
	}
	t, err := understand(req.Body())
	if err != nil {
		reply(tx, req, sip.StatusNotAcceptableHere)
		return
	}
	d, err := l.dialogs.ReadInvite(req, tx)
	if err != nil {
		reply(tx, req, sip.StatusBadRequest)
		return
	}
	l.accept(d, t)
}

// terms describes our end of a call that is on.
func (l *Line) terms(c *Call) []byte {
	return describe(netip.AddrPortFrom(l.announced, c.media.port()), c.session, &c.terms)
}

// accept takes a call and hands it over. The library keeps a transaction only
// for as long as its handler runs, so this returns when the call is over.
func (l *Line) accept(d *sipgo.DialogServerSession, t terms) {
	m, err := openMedia(l.local, l.c.Ports)
	if err != nil {
		d.Respond(sip.StatusServiceUnavailable, "", nil)
		return
	}
	c := &Call{id: string(*d.InviteRequest.CallID()), line: l, media: m, terms: t, session: rand.Uint64() >> 1, dialog: d, dialogID: d.ID,
		contact: d.InviteRequest.Contact().Address, over: make(chan struct{})}
	if from := d.InviteRequest.From(); from != nil {
		c.from = from.Address.User
	}
	l.keep(c)
	m.start(t)
	ctx, cancel := context.WithCancel(l.ctx)
	defer cancel()
	defer c.HangUp(ctx)
	if d.RespondSDP(l.terms(c)) == nil {
		l.answer(ctx, c)
	}
}
