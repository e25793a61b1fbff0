package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/sendertest"
)

const (
	user     = "notice"
	password = "an-invented-password"
)

// post is a mail server that fails on demand.
type post struct {
	t     *testing.T
	addr  string
	tls   *tls.Config
	roots *x509.CertPool

	mu     sync.Mutex
	server *gosmtp.Server
	door   net.Listener
	mails  map[string][]*netmail.Message // by message id
	parts  map[string]map[string]string  // by message id, content type → text
	next   error                         // answer to the next message
	hang   chan struct{}
}

func newPost(t *testing.T) *post {
	web := httptest.NewTLSServer(nil) // only for its certificate, which names 127.0.0.1
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	conf := &tls.Config{Certificates: web.TLS.Certificates}
	web.Close()
	p := &post{t: t, addr: "127.0.0.1:0", tls: conf, roots: roots,
		mails: map[string][]*netmail.Message{}, parts: map[string]map[string]string{}}
	p.up()
	t.Cleanup(p.down)
	return p
}

func (p *post) up() {
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.addr = l.Addr().String()
	s := gosmtp.NewServer(p)
	s.Domain, s.TLSConfig, s.ErrorLog = "post.example", p.tls, silent{}
	p.mu.Lock()
	p.server, p.door = s, l
	p.mu.Unlock()
	go func() { _ = s.Serve(l) }()
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

func (p *post) down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hang != nil {
		close(p.hang)
		p.hang = nil
	}
	_ = p.door.Close() // the server may not have got to it yet
	_ = p.server.Close()
}

// NewSession lets a client in.
func (p *post) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &visit{post: p}, nil }

type visit struct {
	post   *post
	signed bool
}

func (v *visit) Reset()                   {}
func (v *visit) Logout() error            { return nil }
func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }
func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, u, pw string) error {
		if u != user || pw != password {
			return gosmtp.ErrAuthFailed
		}
		v.signed = true
		return nil
	}), nil
}

func (v *visit) Mail(string, *gosmtp.MailOptions) error {
	if !v.signed {
		return gosmtp.ErrAuthRequired
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "<" + to + ">: unknown"}
	}
	return nil
}

func (v *visit) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	p := v.post
	p.mu.Lock()
	next, hang := p.next, p.hang
	p.next = nil
	p.mu.Unlock()
	if next != nil {
		return next
	}
	p.keep(b)
	if hang != nil {
		<-hang
	}
	return nil
}

func (p *post) keep(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		p.t.Error(err)
		return
	}
	id := m.Header.Get("Message-ID")
	p.mails[id] = append(p.mails[id], m)
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		p.t.Error(err)
		return
	}
	p.parts[id] = map[string]string{}
	for mr := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := mr.NextRawPart()
		if err != nil {
			return
		}
		var r io.Reader = part
		switch part.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			r = quotedprintable.NewReader(part)
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, part)
		}
		text, _ := io.ReadAll(r)
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		p.parts[id][kind] = strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
}

func (p *post) config(security Security) Config {
	_, port, _ := net.SplitHostPort(p.addr)
	n, _ := net.LookupPort("tcp", port)
	return Config{Host: "127.0.0.1", Port: n, Security: security, User: user, Password: password,
		From: "notice@xinfang.example", FromName: "名川市信访局", Out: sender.Outgoing{Timeout: 700 * time.Millisecond, Roots: p.roots}}
}

func message(key string) sender.Message {
	return sender.Message{Key: key, To: "reader@mail.example", Lang: "zh", Title: "信访件 MC26-0A1B-7K3F 已受理",
		Text: "您的信访件已受理。\n办理期限以告知书为准 <b>。\n\n名川市信访局"}
}

func id(key string) string { return "<" + key + "@xinfang.example>" }

func TestExercise(t *testing.T) {
	sendertest.Exercise(t, func(t *testing.T) *sendertest.Bench {
		p := newPost(t)
		with := func(change func(*Config)) sender.Sender {
			c := p.config(StartTLS)
			change(&c)
			s, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		return &sendertest.Bench{
			Sender: with(func(*Config) {}), Message: message, Secrets: []string{password},
			Arrived: func(key string) int { p.mu.Lock(); defer p.mu.Unlock(); return len(p.mails[id(key)]) },
			Text:    func(key string) string { p.mu.Lock(); defer p.mu.Unlock(); return p.parts[id(key)]["text/plain"] },
			Down:    p.down, Up: p.up,
			Refused: func(key string) sender.Message { m := message(key); m.To = "nobody@mail.example"; return m },
			Hang:    func() { p.mu.Lock(); p.hang = make(chan struct{}); p.mu.Unlock() },
			Misset:  func() sender.Sender { return with(func(c *Config) { c.Password = "another" }) },
		}
	})
}

func TestAnswersOfTheServer(t *testing.T) {
	p := newPost(t)
	s, err := New(p.config(StartTLS))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		kind sender.Kind
	}{{451, sender.Retryable}, {452, sender.Retryable}, {552, sender.Permanent}, {554, sender.Permanent}} {
		p.next = &gosmtp.SMTPError{Code: c.code, Message: "no, reader@mail.example"}
		_, err := s.Send(t.Context(), message("answers-1"))
		if sender.KindOf(err) != c.kind || strings.Contains(err.Error(), "reader@") {
			t.Errorf("%d: %v", c.code, err)
		}
	}
	m := message("answers-1")
	m.To = "nobody@mail.example"
	if _, err := s.Send(t.Context(), m); !sender.Gone(err) {
		t.Errorf("an unknown mailbox: %v", err)
	}
}

// TestContext: a caller that gives up does not wait for the server's patience.
func TestContext(t *testing.T) {
	p := newPost(t)
	c := p.config(StartTLS)
	c.Out.Timeout = time.Minute
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	p.hang = make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, err := s.Send(ctx, message("context-1")); sender.KindOf(err) != sender.Unknown || time.Since(begun) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
}

func TestWhatIsWritten(t *testing.T) {
	p := newPost(t)
	s, err := New(p.config(StartTLS))
	if err != nil {
		t.Fatal(err)
	}
	m := message("written-1")
	m.URL = "https://xinfang.example/follow/MC26-0A1B-7K3F"
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := p.mails[id(m.Key)][0].Header
	subject, _ := new(mime.WordDecoder).DecodeHeader(got.Get("Subject"))
	if subject != m.Title || got.Get("Auto-Submitted") != "auto-generated" || got.Get("Date") == "" {
		t.Errorf("header %v", got)
	}
	parts := p.parts[id(m.Key)]
	if parts["text/plain"] != m.Text+"\n\n"+m.URL {
		t.Errorf("text %q", parts["text/plain"])
	}
	html := parts["text/html"]
	if !strings.Contains(html, `href="`+m.URL+`"`) || !strings.Contains(html, "&lt;b&gt;") || strings.Contains(html, "<b>") {
		t.Errorf("html %s", html)
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	p := newPost(t)
	s, err := New(p.config(StartTLS))
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"", "nobody", "A <a@b.example>", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example"} {
		m := message("address-1")
		m.To = to
		if _, err := s.Send(t.Context(), m); !sender.Gone(err) {
			t.Errorf("%q: %v", to, err)
		}
	}
}

func TestProtection(t *testing.T) {
	p := newPost(t)
	c := p.config(StartTLS)
	c.Out.Roots = x509.NewCertPool()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Send(t.Context(), message("tls-1"))
	var e *sender.Error
	if !errors.As(err, &e) || e.Code != "certificate" {
		t.Errorf("an unknown certificate: %v", err)
	}
	c = p.config(Plain)
	if _, err := New(c); err == nil {
		t.Error("a password over a plain connection is accepted")
	}
	c.User = ""
	if s, err = New(c); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(context.Background(), message("plain-1")); sender.KindOf(err) != sender.Permanent && sender.KindOf(err) != sender.Retryable {
		t.Errorf("without signing in: %v", err)
	}
}
