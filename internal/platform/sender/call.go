package sender

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"xinqiao/internal/platform/clock"
)

const (
	callTimeout = 20 * time.Second
	dialTimeout = 8 * time.Second
	answerLimit = 1 << 20

	// fixTime is how long to wait when the fault is in our settings: somebody
	// has to mend them first.
	fixTime = 15 * time.Minute
)

// Outgoing is what all carriers need to be called.
type Outgoing struct {
	Clock   clock.Clock
	Timeout time.Duration  // of a whole call; 0 is 20 s
	Roots   *x509.CertPool // nil: the system's. For a carrier behind the house's own CA
}

// Caller makes HTTP calls that either certainly failed, certainly were
// answered, or are reported as lost. It honours HTTPS_PROXY, follows no
// redirect, reads a limited answer and keeps addresses out of its errors.
type Caller struct {
	client *http.Client
	clock  clock.Clock
}

// Answer is what a carrier said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewCaller makes a caller.
//
// Connections are not kept: on one that the carrier closed while it idled, a
// request dies in a way that cannot be told from one that arrived, and a
// handshake costs less than a message in limbo.
func NewCaller(o Outgoing) *Caller {
	if o.Timeout == 0 {
		o.Timeout = callTimeout
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	return &Caller{clock: o.Clock, client: &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: min(dialTimeout, o.Timeout)}).DialContext,
			TLSHandshakeTimeout:    min(dialTimeout, o.Timeout),
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
			ForceAttemptHTTP2:      true,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: answerLimit >> 4,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Now tells the caller's time.
func (c *Caller) Now() time.Time { return c.clock.Now() }

// Client gives the HTTP client, for libraries that make the request
// themselves. Its errors may name addresses: pass them through Lose.
func (c *Caller) Client() *http.Client { return c.client }

// Do sends the request. Its error is an *Error: Retryable when nothing left,
// Unknown when something did and no whole answer came.
func (c *Caller) Do(req *http.Request) (Answer, error) { return c.DoUpTo(req, answerLimit) }

// DoUpTo is Do for an answer of at most limit bytes; what is longer is cut.
func (c *Caller) DoUpTo(req *http.Request, limit int64) (Answer, error) {
	ctx, left := Watch(req.Context())
	resp, err := c.client.Do(req.WithContext(ctx))
	if err != nil {
		return Answer{}, Lose(err, left())
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return Answer{}, Lose(err, true)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// Watch notes whether a request made with the context begins to leave.
func Watch(ctx context.Context) (context.Context, func() bool) {
	var left atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { left.Store(true) },
		WroteRequest: func(i httptrace.WroteRequestInfo) { left.Store(true) },
	}), left.Load
}

// Lose classifies the error of a call by whether something had left, and strips
// the address, which may hold a number or a token.
func Lose(err error, left bool) *Error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if left {
		return Lost(err)
	}
	return Later("unreachable", 0, err)
}

// Judge turns the status of an answer into an error, nil for 2xx. 429 and 503
// promise that nothing was taken, the rest of the 500s promise nothing.
func (c *Caller) Judge(a Answer) error {
	code, err := strconv.Itoa(a.Status), errors.New("the carrier answered "+http.StatusText(a.Status))
	switch {
	case a.Status >= 200 && a.Status < 300:
		return nil
	case a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable:
		return Later(code, c.wait(a.Header), err)
	case a.Status >= 500:
		return Lost(fmt.Errorf("%w (%s)", err, code))
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden,
		a.Status == http.StatusProxyAuthRequired || a.Status < 400:
		return Unset(code, err)
	}
	return Refused(code, err)
}

// wait reads Retry-After, seconds or a date.
func (c *Caller) wait(h http.Header) time.Duration {
	s := h.Get("Retry-After")
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, at.Sub(c.Now()))
	}
	return 0
}

// Unset makes the error of wrong settings on our side: the message is sound and
// is kept until somebody has mended them.
func Unset(code string, err error) *Error { return Later(code, fixTime, err) }
