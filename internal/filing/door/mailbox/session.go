package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"xinqiao/internal/filing/door"
)

// How long things may take. A connection that idles is asked now and then
// whether it still lives: firewalls forget what is silent for long.
const (
	dialTime  = 15 * time.Second
	stepTime  = 2 * time.Minute
	idleTime  = 9 * time.Minute
	pollTime  = time.Minute // of a server without IDLE
	firstWait = time.Second
	mostWait  = 5 * time.Minute
)

// Run reads until ctx ends. A connection that breaks is made again, at first
// at once and then ever more patiently; only a refused sign-in ends it.
func (b *Box) Run(ctx context.Context, sink door.Sink) error {
	wait := firstWait
	for {
		read, err := b.session(ctx, sink)
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, errRefused) {
			return err
		}
		if read {
			wait = firstWait
		}
		b.Log.Warn("the mailbox is read again in a while", "door", b.code, "wait", wait, "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait + rand.N(wait/4+1)):
		}
		wait = min(2*wait, mostWait)
	}
}

// Probe signs in, opens the folder and leaves.
func (b *Box) Probe(ctx context.Context) error {
	c, err := b.dial(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Select(b.folder, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return c.Logout().Wait()
}

var errRefused = errors.New("user: the mail server refuses the name or the password")

// dial connects, protects and signs in. The connection is cut when ctx ends.
func (b *Box) dial(ctx context.Context, news func()) (*imapclient.Client, error) {
	ctx, cut := context.WithCancel(ctx)
	dialer := &net.Dialer{Timeout: dialTime}
	conn, err := dialer.DialContext(ctx, "tcp", b.server)
	if err != nil {
		cut()
		return nil, fmt.Errorf("server: %w", err)
	}
	conf := &tls.Config{ServerName: b.host, MinVersion: tls.VersionTLS12, RootCAs: b.Roots}
	o := &imapclient.Options{TLSConfig: conf, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil && news != nil {
				news()
			}
		},
	}}
	var c *imapclient.Client
	switch b.security {
	case overTLS:
		c = imapclient.New(tls.Client(conn, conf), o)
	case startTLS:
		c, err = imapclient.NewStartTLS(conn, o)
	default:
		c = imapclient.New(conn, o)
	}
	if err != nil {
		cut()
		_ = conn.Close()
		return nil, fmt.Errorf("security: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	go func() { <-c.Closed(); cut() }()
	if err := b.signIn(ctx, conn, c); err != nil {
		cut()
		return nil, err
	}
	return c, nil
}

func (b *Box) signIn(ctx context.Context, conn net.Conn, c *imapclient.Client) error {
	patience := time.AfterFunc(stepTime, func() { _ = conn.Close() })
	defer patience.Stop()
	if err := c.WaitGreeting(); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	err := c.Login(b.user, b.password).Wait()
	var no *imap.Error
	switch {
	case errors.As(err, &no) && no.Type == imap.StatusResponseTypeNo && no.Code != imap.ResponseCodeUnavailable:
		return errRefused
	case err != nil:
		return fmt.Errorf("server: %w", err)
	}
	if c.Caps().Has(imap.CapID) { // some mail houses in China serve only programs that say who they are
		_, _ = c.ID(&imap.IDData{Name: "Xinqiao", Vendor: "Xinqiao"}).Wait()
	}
	return ctx.Err()
}

// session reads what is there and then waits for more, until something breaks.
// read tells whether it came so far as to read.
func (b *Box) session(ctx context.Context, sink door.Sink) (read bool, err error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	news := make(chan struct{}, 1)
	c, err := b.dial(ctx, func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return false, err
	}
	defer func() { _ = c.Close() }()
	selected, err := c.Select(b.folder, nil).Wait()
	if err != nil {
		return false, fmt.Errorf("folder: %w", err)
	}
	r := &reader{Box: b, c: c, sink: sink, validity: selected.UIDValidity}
	for {
		if err := r.pass(ctx); err != nil {
			return read, err
		}
		read = true
		if err := r.wait(ctx, news); err != nil {
			return read, err
		}
	}
}

// wait returns when there may be something new.
func (r *reader) wait(ctx context.Context, news <-chan struct{}) error {
	if !r.c.Caps().Has(imap.CapIdle) {
		if err := sleep(ctx, pollTime, news, r.c.Closed()); err != nil {
			return err
		}
		return r.c.Noop().Wait()
	}
	idle, err := r.c.Idle()
	if err != nil {
		return err
	}
	slept := sleep(ctx, idleTime, news, r.c.Closed())
	if err := idle.Close(); err != nil {
		return err
	}
	if err := idle.Wait(); err != nil {
		return err
	}
	return slept
}

var errClosed = errors.New("the mail server closed the connection")

func sleep(ctx context.Context, d time.Duration, news, closed <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-closed:
		return errClosed
	case <-news:
	case <-t.C:
	}
	return nil
}
