package telephone

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

const (
	registeredFor = 300 * time.Second // asked for; the trunk decides
	registerAgain = 30 * time.Second  // after a failure
)

// keepRegistered registers and renews at half time until the line closes.
func (l *Line) keepRegistered() {
	for {
		ctx, cancel := context.WithTimeout(l.ctx, l.c.Reply)
		granted, err := l.register(ctx, registeredFor)
		cancel()
		l.mu.Lock()
		l.registered = err
		l.mu.Unlock()
		wait := granted / 2
		if err != nil {
			wait = registerAgain
		}
		select {
		case <-l.ctx.Done():
			if err == nil {
				l.unregister()
			}
			return
		case <-time.After(wait):
		}
	}
}

// unregister tells the trunk that we are here no more, or it would go on
// sending calls to a port that somebody else may have got.
func (l *Line) unregister() {
	ctx, cancel := context.WithTimeout(context.Background(), min(l.c.Reply, time.Second))
	defer cancel()
	_, _ = l.register(ctx, 0)
}

// register tells the trunk where we are, and gives how long it remembers.
func (l *Line) register(ctx context.Context, keep time.Duration) (time.Duration, error) {
	req := l.request(sip.REGISTER, "")
	me := sip.Uri{Scheme: "sip", User: l.c.User, Host: l.c.Domain}
	from := sip.FromHeader{Address: me}
	from.Params.Add("tag", sip.GenerateTagN(16))
	req.AppendHeader(&from)
	req.AppendHeader(&sip.ToHeader{Address: me})
	// One Call-ID for all, or the trunk would take each for another telephone.
	req.AppendHeader(&l.registration)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: l.registrations.Add(2), MethodName: sip.REGISTER}) // the one between is the answer to a challenge
	req.AppendHeader(sip.HeaderClone(&l.dialogs.ContactHDR))
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(keep.Seconds()))))
	res, err := l.ask(ctx, req)
	if err != nil {
		return 0, err
	}
	if !res.IsSuccess() {
		return 0, refusal(res)
	}
	return lifetime(res), nil
}

// lifetime reads how long a registration holds.
func lifetime(res *sip.Response) time.Duration {
	value := ""
	if h := res.GetHeader("Expires"); h != nil {
		value = h.Value()
	}
	if c := res.Contact(); c != nil {
		value = c.Params.GetOr("expires", value)
	}
	s, err := strconv.Atoi(value)
	if err != nil || s <= 0 {
		return registeredFor
	}
	return max(time.Duration(s)*time.Second, 10*time.Second)
}

// ask sends a request outside of calls, with credentials when they are asked for.
func (l *Line) ask(ctx context.Context, req *sip.Request) (*sip.Response, error) {
	res, err := l.client.Do(ctx, req)
	if err == nil && (res.StatusCode == sip.StatusUnauthorized || res.StatusCode == sip.StatusProxyAuthRequired) && l.c.Secret != "" {
		res, err = l.client.DoDigestAuth(ctx, req, res, sipgo.DigestAuth{Username: l.c.User, Password: l.c.Secret})
	}
	if err != nil {
		return nil, ErrNoReply
	}
	return res, nil
}

// Check tells whether the trunk can be reached and accepts our credentials. It
// rings nowhere: it registers, or else asks what the trunk can do (OPTIONS),
// to which any answer but a refusal of credentials will do.
func (l *Line) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.c.Reply)
	defer cancel()
	if l.c.Register {
		_, err := l.register(ctx, registeredFor)
		return err
	}
	res, err := l.ask(ctx, l.request(sip.OPTIONS, ""))
	if err != nil {
		return err
	}
	r := refusal(res)
	if r.Credentials() || res.StatusCode >= 500 && res.StatusCode < 600 && res.StatusCode != sip.StatusNotImplemented {
		return r
	}
	return nil
}

// Registered is nil while the trunk knows where we are.
func (l *Line) Registered() error {
	if !l.c.Register {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.registered
}

// Refusal is what the trunk or the called side answered instead of a call.
type Refusal struct {
	Code  int
	After time.Duration // when to try again, where it says so
}

// Error gives the code alone: the words beside it may quote the number.
func (r *Refusal) Error() string { return "SIP " + strconv.Itoa(r.Code) }

// Credentials tells that it is we who were refused, not the call.
func (r *Refusal) Credentials() bool {
	return r.Code == sip.StatusUnauthorized || r.Code == sip.StatusProxyAuthRequired || r.Code == sip.StatusForbidden
}

// refusal reads a response that is no success.
func refusal(res *sip.Response) *Refusal {
	r := &Refusal{Code: res.StatusCode}
	if h := res.GetHeader("Retry-After"); h != nil {
		digits := h.Value()
		for i, c := range digits {
			if c < '0' || c > '9' {
				digits = digits[:i]
				break
			}
		}
		if s, err := strconv.Atoi(digits); err == nil {
			r.After = time.Duration(s) * time.Second
		}
	}
	return r
}

// What can come of dialling beside a Refusal.
var (
	ErrNoReply  = errors.New("the trunk does not reply")
	ErrNoAnswer = errors.New("nobody answered")
	ErrHungUp   = errors.New("the other side hung up")
	ErrNoSound  = errors.New("the other side speaks no G.711")
)
