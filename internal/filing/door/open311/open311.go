package open311

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
)

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Keys knows the clients (接入方) that may file.
type Keys interface {
	// Client gives the name of the key's owner; false when it is nobody's.
	Client(ctx context.Context, key string) (string, bool, error)
}

// Doors is the registry.
type Doors interface {
	Active(ctx context.Context, kind string) ([]door.Setting, error)
}

// Fates tells what became of an arrival.
type Fates interface {
	Became(ctx context.Context, door, key string) (door.Taken, bool, error)
}

// Cases reads cases by number.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
}

// Directory names categories, places and units.
type Directory interface {
	Categories() []casework.Category
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Media fetches files from servers that the settings name.
type Media interface {
	Fetch(ctx context.Context, origin, address string, limit int64) ([]byte, error)
}

// Memory keeps which client filed what.
type Memory interface {
	Add(ctx context.Context, r Record) error
	Find(ctx context.Context, door, token string) (Record, error)
	ByNo(ctx context.Context, door, no string) (Record, error)
	List(ctx context.Context, q Query) ([]Record, error)
	Number(ctx context.Context, token, no string) error
}

// Record is one request as it was filed.
type Record struct {
	Token, Door, Client, Key, No, Service string

	Place Place
	At    time.Time
}

// Place is where it is and what was sent along. It is sealed: it may be
// somebody's home.
type Place struct {
	Address string `json:"address,omitempty"`
	Lat     string `json:"lat,omitempty"`
	Long    string `json:"long,omitempty"`
	Media   string `json:"media,omitempty"` // media_url as given
	Words   string `json:"words,omitempty"`
}

// Query asks for requests, newest first.
type Query struct {
	Door, Client string // client "" is all
	Services     []string
	From, To     time.Time
	Waiting      bool // only those without a number
	Limit        int
}

// ErrNone: no such request.
var ErrNone = errors.New("open311: no such request")

// Needs is what the door works with.
type Needs struct {
	Doors     Doors
	Sink      door.Sink
	Fates     Fates
	Memory    Memory
	Cases     Cases
	Directory Directory
	Media     Media
	Keys      Keys // nil: only those of the settings
	Index     func(purpose, text string) []byte
	Rules     func() casework.Rules
	Clock     clock.Clock
	Log       *slog.Logger
	Base      string
	City      string
}

const kind = "open311"

// Kind describes the door for the registry.
func Kind(n Needs) door.Kind {
	return door.Kind{
		Name: kind,
		Fields: []door.Field{
			{Name: "jurisdiction", Need: true}, {Name: "keys", Secret: true}, {Name: "services"},
			{Name: "publish", Default: "no", Choices: []string{"no", "status"}}, {Name: "media"}, {Name: "contact"},
		},
		Open: func(s door.Setting) (door.Door, error) { return open(n, s) },
	}
}

// point is the opened door.
type point struct {
	Needs
	setting      door.Setting
	jurisdiction string
	services     []string // codes or beginnings of codes; none: all
	keys         map[string][32]byte
	media        []string // origins
	public       bool
}

func open(n Needs, s door.Setting) (*point, error) {
	p := &point{Needs: n, setting: s, jurisdiction: strings.TrimSpace(s.Values["jurisdiction"]), keys: map[string][32]byte{}, public: s.Values["publish"] == "status"}
	if p.jurisdiction == "" {
		return nil, errors.New("jurisdiction: give the id by which clients know the city, such as its domain")
	}
	split := func(r rune) bool { return strings.ContainsRune(" ,;\n\t，；", r) }
	p.services = strings.FieldsFunc(s.Values["services"], split)
	for _, pair := range strings.FieldsFunc(s.Values["keys"], split) {
		name, key, ok := strings.Cut(pair, "=")
		if !ok || name == "" || len(key) < 16 {
			return nil, errors.New("keys: write each as name=key, the key with 16 characters at least")
		}
		p.keys[name] = sha256.Sum256([]byte(key))
	}
	for _, origin := range strings.FieldsFunc(s.Values["media"], split) {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "https" && u.Hostname() != "127.0.0.1" || u.Host == "" {
			return nil, errors.New("media: write the beginnings of addresses, such as https://files.example.org/")
		}
		p.media = append(p.media, origin)
	}
	return p, nil
}

// Run waits: clients call us.
func (p *point) Run(ctx context.Context, _ door.Sink) error { <-ctx.Done(); return nil }

// Probe tells that there is something to offer.
func (p *point) Probe(context.Context) error {
	if len(p.offered()) == 0 {
		return errors.New("services: no category is offered")
	}
	return nil
}

// current is the open door, nil when there is none.
func (n Needs) current(ctx context.Context) (*point, error) {
	all, err := n.Doors.Active(ctx, kind)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return open(n, all[0])
}

// client finds whose key it is; "" for nobody's.
func (p *point) client(ctx context.Context, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	sum := sha256.Sum256([]byte(key))
	found := ""
	for name, want := range p.keys {
		if subtle.ConstantTimeCompare(sum[:], want[:]) == 1 {
			found = name
		}
	}
	if found == "" && p.Keys != nil {
		name, ok, err := p.Keys.Client(ctx, key)
		if err != nil || !ok {
			return "", err
		}
		return name, nil
	}
	return found, nil
}

// offered lists the categories that can be chosen: the subcategories in use.
func (p *point) offered() []casework.Category {
	var out []casework.Category
	for _, c := range p.Directory.Categories() {
		named := len(p.services) == 0 || slices.ContainsFunc(p.services, func(s string) bool { return strings.HasPrefix(c.Code, s) })
		if c.Active && c.Parent != "" && named {
			out = append(out, c)
		}
	}
	return out
}

func (p *point) service(code string) (casework.Category, bool) {
	for _, c := range p.offered() {
		if c.Code == code {
			return c, true
		}
	}
	return casework.Category{}, false
}

// token is what a request is asked for by, before it has a number. The same
// request has the same.
func (p *point) token(key string) string {
	return hex.EncodeToString(p.Index("open311-token:"+p.setting.Code, key)[:12])
}
