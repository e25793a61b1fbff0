package mailbox

import (
	"context"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"strings"
	"time"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
)

// The ways in which the connection is protected. Plain is for a server on this
// machine.
const (
	overTLS  = "tls"
	startTLS = "starttls"
	plain    = "plain"
)

// Memory keeps where a mailbox was read to, and which mail belongs to which
// thread.
type Memory interface {
	Mark(ctx context.Context, door string) (Mark, error)
	SetMark(ctx context.Context, door string, m Mark) error
	// Thread finds the arrival that the first known of some Message-IDs belongs to.
	Thread(ctx context.Context, door string, ids []string) (key string, err error)
	AddThread(ctx context.Context, door, id, key string) error
}

// Mark is how far a mailbox was read.
type Mark struct{ Validity, UID uint32 }

// Needs is what the door works with.
type Needs struct {
	Memory Memory
	Clock  clock.Clock
	Log    *slog.Logger
	Roots  *x509.CertPool // nil: the system's; for a server behind the house's own CA
}

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Kind describes the door for the registry.
func Kind(n Needs) door.Kind {
	return door.Kind{
		Name: "mailbox",
		Fields: []door.Field{
			{Name: "server", Need: true},
			{Name: "security", Need: true, Default: overTLS, Choices: []string{overTLS, startTLS, plain}},
			{Name: "user", Need: true},
			{Name: "password", Need: true, Secret: true},
			{Name: "address"},
			{Name: "folder", Default: "INBOX"},
			{Name: "done", Default: "Processed"},
			{Name: "since"},
		},
		Open: func(s door.Setting) (door.Door, error) { return open(n, s) },
	}
}

// Box is one mailbox. It implements door.Door.
type Box struct {
	Needs
	code           string
	setting        door.Setting
	host, server   string
	security       string
	user, password string
	own            string // our address: mail from it is our own
	folder, done   string
	since          time.Time
}

var ports = map[string]string{overTLS: "993", startTLS: "143", plain: "143"}

func open(n Needs, s door.Setting) (*Box, error) {
	get := func(name, otherwise string) string {
		if v := strings.TrimSpace(s.Values[name]); v != "" {
			return v
		}
		return otherwise
	}
	b := &Box{Needs: n, code: s.Code, setting: s, security: get("security", overTLS), user: get("user", ""), password: s.Values["password"],
		own: strings.ToLower(get("address", get("user", ""))), folder: get("folder", "INBOX"), done: s.Values["done"]}
	if ports[b.security] == "" {
		return nil, fmt.Errorf("security: %q is none of tls, starttls, plain", b.security)
	}
	server := get("server", "")
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		host, port = server, ports[b.security]
	}
	if host == "" || strings.ContainsAny(host, " /") {
		return nil, errors.New("server: give the mail server as host or host:port")
	}
	if b.security == plain && !loopback(host) {
		return nil, errors.New("security: a password is sent without TLS to this machine only")
	}
	if b.user == "" || b.password == "" {
		return nil, errors.New("user: the name and the password of the mailbox are needed")
	}
	if a := get("address", ""); a != "" {
		if _, err := mail.ParseAddress(a); err != nil {
			return nil, errors.New("address: this is no mail address")
		}
	}
	if day := get("since", ""); day != "" {
		if b.since, err = time.Parse("2006-01-02", day); err != nil {
			return nil, errors.New("since: write the day as 2006-01-02")
		}
	}
	b.host, b.server = host, net.JoinHostPort(host, port)
	return b, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
