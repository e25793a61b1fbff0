// Package hook tells other systems by HTTP that something happened
// (webhooks). An address that somebody typed in may be anybody's, so a caller
// goes to public addresses only: what a name resolves to is looked at when the
// connection is made, not before, and no redirect is followed. Each message is
// signed with a secret that both sides know.
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// What callers compare with errors.Is. No error holds an address.
var (
	ErrInternal = errors.New("hook: the address lies in a network that is not called")
	ErrAddress  = errors.New("hook: no address that can be called")
	ErrAway     = errors.New("hook: the other side does not answer")
)

// The headers of a message.
const (
	HeaderEvent     = "X-Xinqiao-Event-Id"
	HeaderTime      = "X-Xinqiao-Timestamp"
	HeaderSignature = "X-Xinqiao-Signature"
)

// Options say where a caller may go.
type Options struct {
	Allow   []netip.Prefix // networks that are called although they are internal
	Timeout time.Duration  // of a whole call; 0 is 10 s
	Roots   *x509.CertPool // nil: the system's
}

// Caller makes calls. It may be shared.
type Caller struct {
	client *http.Client
	allow  []netip.Prefix
}

// New makes a caller.
func New(o Options) *Caller {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	c := &Caller{allow: o.Allow}
	dialer := &net.Dialer{Timeout: o.Timeout / 2, Control: func(_, address string, _ syscall.RawConn) error { return c.check(address) }}
	c.client = &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{ // no proxy: it would resolve the name out of our sight
			DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// internal are the networks that are nobody's on the public internet, beyond
// those that netip knows.
var internal = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"),
}

// check looks at the address that is about to be dialled.
func (c *Caller) check(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrAddress
	}
	ip := at.Addr().WithZone("").Unmap()
	in := func(list []netip.Prefix) bool {
		return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(ip) })
	}
	if in(c.allow) {
		return nil
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || in(internal) {
		return ErrInternal
	}
	return nil
}

// Check tells whether an address can be called, as far as can be told without
// calling it: https, or http into an allowed network by number.
func (c *Caller) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return ErrAddress
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		if u.Scheme == "http" {
			return ErrAddress
		}
		return nil // a name: looked at when it is called
	}
	if err := c.check(netip.AddrPortFrom(ip, 443).String()); err != nil {
		return err
	}
	if u.Scheme == "http" && !slices.ContainsFunc(c.allow, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) }) {
		return ErrAddress
	}
	return nil
}

// Message is what is told.
type Message struct {
	ID     string
	At     time.Time // of this attempt; part of what is signed
	Body   []byte    // JSON
	Secret []byte
}

// Sign gives the signature of a body sent at a moment: HMAC-SHA256 over the
// seconds since 1970, a dot and the body.
func Sign(secret []byte, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(strconv.FormatInt(at.Unix(), 10)))
	mac.Write([]byte{'.'})
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Post tells the other side; without an error it has answered 2xx.
func (c *Caller) Post(ctx context.Context, address string, m Message) error {
	if err := c.Check(address); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(m.Body))
	if err != nil {
		return ErrAddress
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "xinqiao-hook")
	req.Header.Set(HeaderEvent, m.ID)
	req.Header.Set(HeaderTime, strconv.FormatInt(m.At.Unix(), 10))
	req.Header.Set(HeaderSignature, Sign(m.Secret, m.At, m.Body))
	resp, err := c.client.Do(req)
	if errors.Is(err, ErrInternal) {
		return ErrInternal
	}
	if err != nil {
		return ErrAway
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)); err != nil {
		return ErrAway
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("hook: the other side answered %d", resp.StatusCode)
	}
	return nil
}
