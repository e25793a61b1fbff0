// Package smtp sends mail through the house's mail server.
//
// A mail server does not drop a repeated message and cannot be asked about one,
// so Unknown ends in sender.Wait. The Message-ID is made of the key: the
// reader's own mail program usually shows such a pair once, and the operator
// finds it in the server's log.
package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/sender"
)

// Security says how the connection is protected.
type Security string

// The kinds of protection. Plain is for a relay on the same machine or wire;
// credentials are never sent over it.
const (
	StartTLS Security = "starttls"
	TLS      Security = "tls"
	Plain    Security = "plain"
)

// Config describes the mail server and us.
type Config struct {
	Host     string
	Port     int // 0: 587, 465 or 25 by the security
	Security Security
	User     string // empty: no authentication
	Password string
	From     string // address
	FromName string
	Out      sender.Outgoing
}

// Sender sends mail.
type Sender struct {
	c      Config
	domain string // of our address, the right side of message ids
}

var ports = map[Security]int{StartTLS: 587, TLS: 465, Plain: 25}

// New makes a sender and refuses what cannot work.
func New(c Config) (*Sender, error) {
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail: our address %q: %w", c.From, err)
	}
	if c.Host == "" {
		return nil, errors.New("mail: no server")
	}
	if ports[c.Security] == 0 {
		return nil, fmt.Errorf("mail: security %q is none of starttls, tls, plain", c.Security)
	}
	if c.Security == Plain && c.User != "" {
		return nil, errors.New("mail: a password is not sent over a plain connection")
	}
	if c.Port == 0 {
		c.Port = ports[c.Security]
	}
	if c.Out.Clock == nil {
		c.Out.Clock = clock.System
	}
	if c.Out.Timeout == 0 {
		c.Out.Timeout = 20 * time.Second
	}
	c.From = from.Address
	return &Sender{c: c, domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:]}, nil
}

// Way is mail.
func (s *Sender) Way() sender.Way { return sender.Mail }

// Name names the protocol.
func (s *Sender) Name() string { return "smtp" }

// Send delivers one mail to the server.
func (s *Sender) Send(ctx context.Context, m sender.Message) (sender.Receipt, error) {
	msg, err := s.compose(m)
	if err != nil {
		return sender.Receipt{}, err
	}
	ctx, done := context.WithCancel(ctx)
	defer done()
	client, err := s.dial(ctx)
	if err != nil {
		return sender.Receipt{}, err
	}
	// The server has answered for the message before the connection is closed:
	// what goes wrong then concerns nobody.
	defer func() { _ = client.Close() }()
	err = client.Send(msg)
	if err == nil && !msg.IsDelivered() { // cannot be, and must not pass for done
		err = errors.New("neither sent nor refused")
	}
	if err != nil && !msg.IsDelivered() {
		return sender.Receipt{}, judge(err)
	}
	return sender.Receipt{ID: msg.GetMessageID(), At: s.c.Out.Clock.Now(), Note: note(msg.ServerResponse(), m.To)}, nil
}

// Check signs in and leaves.
func (s *Sender) Check(ctx context.Context) error {
	ctx, done := context.WithCancel(ctx)
	defer done()
	client, err := s.dial(ctx)
	if err != nil {
		return err
	}
	return client.Close()
}

// messageID is what may stand in a header as one.
var messageID = regexp.MustCompile(`^<[!-;=?-~]{3,250}>$`)

func (s *Sender) compose(m sender.Message) (*mail.Msg, error) {
	if !sender.ValidKey(m.Key) {
		return nil, sender.Refused("key", errors.New("the key is malformed"))
	}
	// go-mail encodes the headers; a bare address keeps "Name <a@b>" and lists
	// of addresses out.
	to, err := netmail.ParseAddress(m.To)
	if err != nil || to.Address != m.To {
		return nil, sender.Dead("address", errors.New("the address is malformed"))
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.FromFormat(s.c.FromName, s.c.From), msg.To(m.To)); err != nil {
		return nil, sender.Dead("address", errors.New("the address cannot be written to"))
	}
	msg.Subject(m.Title)
	msg.SetMessageIDWithValue(m.Key + "@" + s.domain)
	msg.SetDateWithValue(s.c.Out.Clock.Now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: holidays need not answer
	if messageID.MatchString(m.InReplyTo) {
		msg.SetGenHeader("In-Reply-To", m.InReplyTo)
		msg.SetGenHeader("References", m.InReplyTo)
		msg.SetGenHeader("Auto-Submitted", "auto-replied")
	}
	msg.SetGenHeader("Content-Language", m.Lang)
	msg.SetBodyString(mail.TypeTextPlain, plain(m))
	html, err := page(m)
	if err != nil {
		return nil, sender.Refused("html", err)
	}
	msg.AddAlternativeString(mail.TypeTextHTML, html)
	return msg, nil
}

// dial connects, protects and signs in. Nothing has been sent when it fails.
func (s *Sender) dial(whole context.Context) (*mail.Client, error) {
	conf := &tls.Config{ServerName: s.c.Host, MinVersion: tls.VersionTLS12, RootCAs: s.c.Out.Roots}
	dialer := &net.Dialer{Timeout: s.c.Out.Timeout}
	options := []mail.Option{
		mail.WithPort(s.c.Port), mail.WithTimeout(s.c.Out.Timeout), mail.WithTLSConfig(conf), mail.WithHELO(s.domain),
		mail.WithDialContextFunc(func(ctx context.Context, network, addr string) (net.Conn, error) {
			dial := dialer.DialContext
			if s.c.Security == TLS {
				dial = (&tls.Dialer{NetDialer: dialer, Config: conf}).DialContext
			}
			conn, err := dial(ctx, network, addr)
			if err == nil {
				// go-mail minds the context until it is connected, and deadlines
				// of its own later: cut the line when the context ends.
				context.AfterFunc(whole, func() { _ = conn.Close() })
			}
			return conn, err
		}),
	}
	switch s.c.Security {
	case TLS:
		options = append(options, mail.WithSSL())
	case StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.c.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.c.User), mail.WithPassword(s.c.Password))
	}
	client, err := mail.NewClient(s.c.Host, options...)
	if err != nil {
		return nil, sender.Unset("client", err)
	}
	if err := client.DialWithContext(whole); err != nil {
		return nil, dialError(err)
	}
	return client, nil
}

// dialError tells a server that is away from one that does not want us.
func dialError(err error) error {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		code := strconv.Itoa(answer.Code)
		if answer.Code < 500 {
			return sender.Later(code, 0, errors.New("the mail server is busy"))
		}
		return sender.Unset(code, errors.New("the mail server does not accept our credentials"))
	}
	var away net.Error
	if errors.As(err, &away) || errors.Is(err, context.Canceled) || errors.Is(err, net.ErrClosed) {
		return sender.Later("unreachable", 0, err)
	}
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return sender.Unset("certificate", err)
	}
	return sender.Later("session", 0, err)
}

// nobody are the codes of RFC 3463 for an address that does not exist: unknown
// mailbox, unknown host, malformed, moved away, accepts no mail.
var nobody = map[string]bool{"5.1.1": true, "5.1.2": true, "5.1.3": true, "5.1.6": true, "5.1.10": true}

// judge reads at which word the conversation ended. Until the final dot the
// server has taken nothing; after it only the server's answer tells. Its texts
// repeat the address, so that only the code is kept.
func judge(err error) error {
	var e *mail.SendError
	if !errors.As(err, &e) {
		return sender.Lost(errors.New("the conversation ended"))
	}
	code, why := strconv.Itoa(e.ErrorCode()), errors.New(e.Reason.String())
	if esc := e.EnhancedStatusCode(); esc != "" {
		code += " " + esc
	}
	switch {
	case e.ErrorCode() == 0 && e.Reason == mail.ErrSMTPDataClose:
		return sender.Lost(why)
	case e.ErrorCode() < 500:
		return sender.Later(code, 0, why)
	case e.ErrorCode() == 530 || e.ErrorCode() == 535:
		return sender.Unset(code, why)
	case e.Reason == mail.ErrSMTPRcptTo && nobody[e.EnhancedStatusCode()]:
		return sender.Dead(code, why)
	}
	return sender.Refused(code, why)
}

// note keeps the server's answer, with its queue number, without the address.
func note(answer, to string) string {
	answer = strings.ReplaceAll(strings.ToValidUTF8(answer, ""), to, "…")
	return answer[:min(len(answer), 120)]
}
