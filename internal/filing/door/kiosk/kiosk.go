package kiosk

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/seal"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Registry is where doors are configured, and the sink of what they receive.
type Registry interface {
	Active(ctx context.Context, kind string) ([]door.Setting, error)
	door.Sink
}

// Units is the unit tree: the places that a matter can be about.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Needs is what New wires together.
type Needs struct {
	DB    *db.DB
	Doors Registry
	Units Units
	Keys  *seal.Keyring
	Clock clock.Clock
	// Check tells what has to be corrected before a draft can be registered.
	Check func(d door.Draft, now time.Time) error
	Base  string // public address, for the codes that a phone reads
}

// Service is the kiosks. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{n, store{n.DB}} }

// Errors of this door.
var (
	ErrPair   = fault.New(fault.Denied, "kiosk.pair")
	errBeat   = fault.New(fault.Unavailable, "kiosk.silent")
	errNoTile = fault.New(fault.NotFound, "kiosk.no_tile")
)

const (
	kindName = "kiosk"
	beatTime = 30 * time.Second
	stale    = 3 * beatTime // then it counts as not working
	pairTime = 366 * 24 * time.Hour
	shortest = 16 // of a device key
)

// Fields are what can be set of one kiosk.
func fields() []door.Field {
	out := []door.Field{
		{Name: "key", Secret: true, Need: true},
		{Name: "idle", Default: "60"},
		{Name: "bridge", Default: "17890"},
		{Name: "paper", Default: "80", Choices: []string{"80", "58"}},
	}
	for _, p := range platforms {
		if p.Link {
			out = append(out, door.Field{Name: p.Name})
		}
	}
	return out
}

// Kind describes the door to the registry.
func Kind(s *Service) door.Kind {
	return door.Kind{Name: kindName, Fields: fields(), Open: func(set door.Setting) (door.Door, error) {
		m, err := machineOf(set)
		return &opened{s, m}, err
	}}
}

// machine is one kiosk as it is configured.
type machine struct {
	Code, key, Bridge string
	Idle, Paper       int
	links             map[string]string
}

func machineOf(set door.Setting) (machine, error) {
	m := machine{Code: set.Code, key: set.Values["key"], links: map[string]string{}}
	bad := fault.New(fault.Invalid, "kiosk.setting")
	if len(m.key) < shortest {
		bad.Field("key", "kiosk.key_short", shortest)
	}
	m.Idle = whole(bad, "idle", set.Values["idle"], span{60, 15, 600})
	port := whole(bad, "bridge", set.Values["bridge"], span{17890, 0, 65535})
	if port > 0 {
		m.Bridge = "ws://127.0.0.1:" + strconv.Itoa(port)
	}
	m.Paper = 80
	if set.Values["paper"] == "58" {
		m.Paper = 58
	}
	for _, p := range platforms {
		link := set.Values[p.Name]
		if link != "" && !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
			bad.Field(p.Name, "kiosk.link")
		}
		m.links[p.Name] = link
	}
	return m, bad.OrNil()
}

// span is which numbers a setting may have, and which it has by itself.
type span struct{ usual, low, high int }

func whole(bad *fault.Error, name, text string, s span) int {
	if text == "" {
		return s.usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < s.low || n > s.high {
		bad.Field(name, "kiosk.number", s.low, s.high)
	}
	return n
}

// opened is a kiosk that the registry has opened.
type opened struct {
	s *Service
	machine
}

// Run implements door.Door: a kiosk calls us.
func (o *opened) Run(ctx context.Context, _ door.Sink) error {
	<-ctx.Done()
	return nil
}

// Probe implements door.Door: a machine that works was heard of just now.
func (o *opened) Probe(ctx context.Context) error {
	seen, err := o.s.store.seen(ctx, o.Code)
	if err != nil {
		return err
	}
	if o.s.Clock.Now().Sub(seen) > stale {
		return errBeat
	}
	return nil
}

// machine finds an open kiosk by its code.
func (s *Service) machine(ctx context.Context, code string) (machine, error) {
	list, err := s.Doors.Active(ctx, kindName)
	if err != nil {
		return machine{}, err
	}
	for _, set := range list {
		if set.Code == code {
			return machineOf(set)
		}
	}
	return machine{}, ErrPair
}

const pairPurpose = "kiosk-pair"

// pair gives a browser its proof, for the key that was typed.
func (s *Service) pair(ctx context.Context, code, key string, now time.Time) (string, error) {
	m, err := s.machine(ctx, code)
	if err != nil {
		return "", ErrPair.Because(err)
	}
	if subtle.ConstantTimeCompare([]byte(m.key), []byte(key)) != 1 {
		return "", ErrPair
	}
	return s.Keys.Sign(pairPurpose, m.proof(s.Keys), now.Add(pairTime)), nil
}

// proof names a machine and its key: a new key ends all pairings.
func (m machine) proof(keys *seal.Keyring) string {
	return m.Code + " " + hex.EncodeToString(keys.Index(pairPurpose, m.key)[:8])
}

// paired finds the machine of a proof.
func (s *Service) paired(ctx context.Context, token string, now time.Time) (machine, error) {
	payload, ok := s.Keys.Signed(pairPurpose, token, now)
	code, _, _ := strings.Cut(payload, " ")
	if !ok {
		return machine{}, ErrPair
	}
	m, err := s.machine(ctx, code)
	if err == nil && m.proof(s.Keys) != payload {
		err = ErrPair
	}
	return m, err
}

// file hands a matter to the sink. A key that was used before gives the same
// receipt.
func (s *Service) file(ctx context.Context, a door.Arrival) (door.Taken, error) {
	if err := s.Check(a.Draft, a.At); err != nil {
		return door.Taken{}, err
	}
	return s.Doors.Take(ctx, a)
}

// Notice (服务) is a tile with a text that a hall wants shown.
type Notice struct {
	TitleZH, TitleEN, TextZH, TextEN, Link string
}

const mostNotices = 12

// readNotices reads the texts of a hall: one a line, title | English title |
// text | English text | address. What is wrong is named by its line.
func readNotices(text string) ([]Notice, error) {
	var out []Notice
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.Split(strings.ReplaceAll(line, "｜", "|"), "|")
		for j := range parts {
			parts[j] = strings.TrimSpace(parts[j])
		}
		parts = slices.Concat(parts, make([]string, max(0, 5-len(parts))))
		n := Notice{parts[0], parts[1], parts[2], parts[3], parts[4]}
		if len(parts) > 5 || n.TitleZH == "" || n.TitleEN == "" || n.TextZH == "" || n.TextEN == "" || len([]rune(line)) > 2000 {
			return nil, fault.New(fault.Invalid, "kiosk.setting").Field("notices", "kiosk.notice_line", i+1)
		}
		out = append(out, n)
	}
	if len(out) > mostNotices {
		return nil, fault.New(fault.Invalid, "kiosk.setting").Field("notices", "kiosk.notices_many", mostNotices)
	}
	return out, nil
}

// notices are those of one machine.
func (s *Service) notices(ctx context.Context, code string) ([]Notice, error) {
	text, err := s.store.notices(ctx, code)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readNotices(text)
}

// SetNotices replaces the texts of a hall.
func (s *Service) SetNotices(ctx context.Context, by int64, code, text string, now time.Time) error {
	if _, err := readNotices(text); err != nil {
		return err
	}
	return s.store.setNotices(ctx, code, text, by, now)
}
