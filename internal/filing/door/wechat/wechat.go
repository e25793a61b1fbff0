package wechat

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/sender"
	api "xinqiao/internal/platform/sender/wechat"
)

// Words gives the words of a message in a language.
type Words interface {
	Text(lang, key string, args ...any) string
}

// State is what somebody who follows a case is told of it here.
type State struct {
	No    string
	Title string
	State string // key of its words
}

// Cases answers those who ask how their case stands.
type Cases interface {
	// State gives a case to its petitioner.
	State(ctx context.Context, no string) (State, error)
	// Proves tells whether a query code belongs to a number, with the patience
	// that guessing deserves.
	Proves(ctx context.Context, no, code, who string) bool
}

// Areas finds the place that somebody names.
type Areas interface {
	AreaOf(text string) int64
}

// Keys seal dialogues.
type Keys interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
	Index(purpose, normalised string) []byte
}

// Doors is the registry.
type Doors interface {
	Active(ctx context.Context, kind string) ([]door.Setting, error)
}

// Fates tells what became of an arrival.
type Fates interface {
	Became(ctx context.Context, door, key string) (door.Taken, bool, error)
}

// Memory keeps dialogues and what was answered.
type Memory interface {
	Dialogue(ctx context.Context, t Talk) (Dialogue, error)
	Answered(ctx context.Context, t Talk, key string) (string, bool, error)
	// Turn writes a turn down as one unit; ErrMeanwhile when another message of
	// the same person came between.
	Turn(ctx context.Context, t Talk, n Note) error
	Files(ctx context.Context, t Talk, id string) ([]door.Part, error)
	// Own lists the keys of what somebody filed here, the newest first.
	Own(ctx context.Context, t Talk) ([]string, error)
}

// Talk is one person at one account.
type Talk struct{ Door, Who string }

// Note is what a turn leaves.
type Note struct {
	Key    string // of the message
	Answer string
	Next   Dialogue
	File   *door.Part
	Filed  string // key of an arrival that came of it
	At     time.Time
}

// ErrMeanwhile: WeChat sent the same message again while the first was looked at.
var ErrMeanwhile = errors.New("wechat: another message of the same person came meanwhile")

// Needs is what the door works with.
type Needs struct {
	Doors  Doors
	Sink   door.Sink
	Fates  Fates
	Memory Memory
	Cases  Cases
	Areas  Areas
	Words  Words
	Clock  clock.Clock
	Log    *slog.Logger
	Base   string      // public address of the site
	Report sender.Take // of template messages, for an account whose only address is ours
}

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

const kind = "wechat"

// Kind describes the door for the registry.
func Kind(n Needs) door.Kind {
	return door.Kind{
		Name: kind, Action: "wechat-menu",
		Fields: []door.Field{
			{Name: "app_id", Need: true}, {Name: "secret", Need: true, Secret: true}, {Name: "token", Need: true, Secret: true},
			{Name: "aes_key", Secret: true}, {Name: "url", Default: "https://api.weixin.qq.com"},
		},
		Open: func(s door.Setting) (door.Door, error) { return open(n, s) },
	}
}

// account is one official account. It implements door.Door.
type account struct {
	Needs
	setting door.Setting
	lock    lock
	api     *api.Sender
}

func open(n Needs, s door.Setting) (*account, error) {
	v := s.Values
	if v["app_id"] == "" || v["secret"] == "" || v["token"] == "" {
		return nil, errors.New("app_id: the AppID, the AppSecret and the token are needed")
	}
	if u, err := url.Parse(v["url"]); v["url"] != "" && (err != nil || u.Host == "") {
		return nil, errors.New("url: this is no address")
	}
	l, err := newLock(strings.TrimSpace(v["token"]), v["app_id"], strings.TrimSpace(v["aes_key"]))
	if err != nil {
		return nil, err
	}
	out := sender.Outgoing{Clock: n.Clock, Timeout: 4 * time.Second}
	calls, err := api.New(api.Config{URL: v["url"], AppID: v["app_id"], Secret: strings.TrimSpace(v["secret"]), Out: out})
	if err != nil {
		return nil, errors.New("app_id: the AppID or the AppSecret is missing")
	}
	return &account{Needs: n, setting: s, lock: l, api: calls}, nil
}

// Run waits: WeChat calls us.
func (a *account) Run(ctx context.Context, _ door.Sink) error { <-ctx.Done(); return nil }

// Probe asks WeChat whether it knows us.
func (a *account) Probe(ctx context.Context) error { return a.api.Reach(ctx) }

// accounts keeps opened accounts, so that each has one token.
type accounts struct {
	Needs
	mu     sync.Mutex
	opened map[string]*account
}

// find gives the open account of a code.
func (s *accounts) find(ctx context.Context, code string) (*account, error) {
	all, err := s.Doors.Active(ctx, kind)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, set := range all {
		if set.Code != code {
			continue
		}
		if a := s.opened[code]; a != nil && same(a.setting, set) {
			return a, nil
		}
		a, err := open(s.Needs, set)
		if err == nil {
			s.opened[code] = a
		}
		return a, err
	}
	return nil, nil
}

func same(a, b door.Setting) bool {
	if len(a.Values) != len(b.Values) || a.Channel != b.Channel {
		return false
	}
	for k, v := range a.Values {
		if b.Values[k] != v {
			return false
		}
	}
	return true
}

// Menu is the menu that an account gets: to file, to ask, to read.
func (a *account) menu() map[string]any {
	word := func(key string) string { return a.Words.Text("zh", "wechat."+key) }
	return map[string]any{"button": []map[string]any{
		{"type": "click", "name": word("menu_file"), "key": "FILE"},
		{"type": "click", "name": word("menu_query"), "key": "QUERY"},
		{"name": word("menu_more"), "sub_button": []map[string]any{
			{"type": "view", "name": word("menu_site"), "url": a.Base + "/"},
			{"type": "view", "name": word("menu_about"), "url": a.Base + "/about"},
			{"type": "click", "name": word("menu_help"), "key": "HELP"},
		}},
	}}
}
