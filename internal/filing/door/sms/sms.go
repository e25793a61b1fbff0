package sms

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/fault"
)

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Doors is the registry; a message may reach a process that does not run the
// door itself.
type Doors interface {
	Active(ctx context.Context, kind string) ([]door.Setting, error)
}

// Standing is how a case stands, as its petitioner may know it.
type Standing struct {
	State casework.State
	Due   time.Time // of the next answer; zero when nothing is owed
}

// Proof opens a case. The visitor is who asks, for slowing down guesses.
type Proof struct{ No, Code, Visitor string }

// Cases carries out what a proof allows; the same key urges once.
type Cases interface {
	Standing(ctx context.Context, p Proof, now time.Time) (Standing, error)
	Urge(ctx context.Context, p Proof, key string, now time.Time) error
}

// Text gives a message in a language.
type Text func(lang, key string, args ...any) string

// Needs is what New wires together.
type Needs struct {
	Doors Doors
	Sink  door.Sink
	Cases Cases
	Clock clock.Clock
	Log   *slog.Logger
	Text  Text
	Base  string // of our public pages
	Ping  func(ctx context.Context) error
}

// Service takes short messages. Make it with New.
type Service struct{ Needs }

// New makes the service.
func New(n Needs) *Service { return &Service{n} }

const (
	kindName    = "sms"
	leastSecret = 16
	mostText    = 20000 // characters; the longest message has 255 parts of 67
)

// Errors of this door.
var (
	ErrForged = fault.New(fault.Denied, "sms.forged")
	ErrClosed = fault.New(fault.NotFound, "sms.closed")
	errEmpty  = fault.New(fault.Invalid, "sms.empty")
)

// gateway is one open door.
type gateway struct {
	*Service
	code, secret string
	silent       bool // answers nothing
}

// Kind describes the door to the registry.
func Kind(s *Service) door.Kind {
	return door.Kind{
		Name: kindName,
		Fields: []door.Field{
			{Name: "secret", Secret: true, Need: true},
			{Name: "answer", Default: "yes", Choices: []string{"yes", "no"}},
		},
		Open: func(st door.Setting) (door.Door, error) { return s.open(st) },
	}
}

func (s *Service) open(st door.Setting) (*gateway, error) {
	if len(st.Values["secret"]) < leastSecret {
		return nil, fmt.Errorf("secret: at least %d characters", leastSecret)
	}
	return &gateway{Service: s, code: st.Code, secret: st.Values["secret"], silent: st.Values["answer"] == "no"}, nil
}

// Run waits: Kannel calls.
func (g *gateway) Run(ctx context.Context, _ door.Sink) error {
	<-ctx.Done()
	return nil
}

// Probe tells whether messages can be kept.
func (g *gateway) Probe(ctx context.Context) error { return g.Ping(ctx) }

// gateway finds an open door and proves the caller.
func (s *Service) gateway(ctx context.Context, code, secret string) (*gateway, error) {
	all, err := s.Doors.Active(ctx, kindName)
	if err != nil {
		return nil, err
	}
	for _, st := range all {
		if st.Code != code {
			continue
		}
		g, err := s.open(st)
		if err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare([]byte(g.secret), []byte(secret)) != 1 {
			return nil, ErrForged
		}
		return g, nil
	}
	return nil, ErrClosed
}

// message is a short message as Kannel posts it.
type message struct {
	id, from, text string
	at             time.Time
}

// key names a message: Kannel's id, or what it consists of.
func (m message) key() string {
	if m.id != "" && len(m.id) <= 100 {
		return m.id
	}
	sum := sha256.Sum256([]byte(m.from + "\x00" + m.at.UTC().Format(time.RFC3339) + "\x00" + m.text))
	return "sum:" + hex.EncodeToString(sum[:])
}

// receive carries a message out or hands it to the tray, and gives the answer.
// An error means that it is not received.
func (g *gateway) receive(ctx context.Context, m message) (string, error) {
	m.text = strings.TrimSpace(m.text)
	if m.text == "" {
		return "", errEmpty
	}
	if utf8.RuneCountInString(m.text) > mostText {
		m.text = string([]rune(m.text)[:mostText])
	}
	now := g.Clock.Now()
	if m.at.IsZero() || m.at.After(now) {
		m.at = now
	}
	if phone, err := identity.ParsePhone(m.from); err == nil {
		m.from = phone.Number
	}
	lang := langOf(m.text)
	switch a := read(m.text); a.what {
	case explain:
		return g.Text(lang, "sms.help", g.Base), nil
	case query:
		st, err := g.Cases.Standing(ctx, Proof{a.no, a.code, m.visitor()}, now)
		if text, done := g.refused(lang, err); done {
			return text, nil
		}
		return g.standing(lang, a.no, st), err
	case urge:
		err := g.Cases.Urge(ctx, Proof{a.no, a.code, m.visitor()}, "sms:"+g.code+":"+m.key(), now)
		if text, done := g.refused(lang, err); done {
			return text, nil
		}
		return g.Text(lang, "sms.urged", a.no), err
	}
	taken, err := g.Sink.Take(ctx, g.arrival(m))
	if err != nil {
		return "", err
	}
	if taken.No != "" {
		return g.Text(lang, "sms.filed", taken.No, g.Base), nil
	}
	return g.Text(lang, "sms.received", g.Base), nil
}

// visitor is who writes, for counting.
func (m message) visitor() string { return "sms:" + m.from }

// refused gives the answer to a command that cannot be carried out. A machine
// that fails is no such thing: then Kannel tries again.
func (g *gateway) refused(lang string, err error) (string, bool) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.NotFound:
		return g.Text(lang, "sms.no_match"), err != nil
	case fault.TooMany:
		return g.Text(lang, "sms.too_many"), true
	case fault.RuleBroken, fault.Denied, fault.Conflict:
		return g.Text(lang, "sms.not_now", g.Base), true
	}
	return "", false
}

func (g *gateway) standing(lang, no string, st Standing) string {
	state := g.Text(lang, "state."+string(st.State))
	if st.Due.IsZero() {
		return g.Text(lang, "sms.state", no, state, g.Base)
	}
	return g.Text(lang, "sms.state_due", no, state, st.Due.Add(-time.Second).In(beijing).Format("2006-01-02"), g.Base)
}

var beijing = time.FixedZone("CST", 8*3600)

// langOf answers in the language of the message.
func langOf(text string) string {
	for _, r := range text {
		if r >= 0x3400 {
			return "zh"
		}
	}
	return "en"
}

func (g *gateway) arrival(m message) door.Arrival {
	a := door.Arrival{Door: g.code, Key: m.key(), At: m.at, From: m.from,
		Raw:   door.Part{Name: "message.txt", Type: "text/plain", Data: []byte(m.text)},
		Draft: door.Draft{Channel: casework.SMS, Words: m.text}}
	if m.from != "" {
		a.Thread = "sms:" + m.from
	}
	if p, err := identity.ParsePhone(m.from); err == nil {
		a.Draft.Person.Phone = p.Number
	}
	return a
}
