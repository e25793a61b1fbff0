package client

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
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
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/hook"
	"xinqiao/internal/platform/seal"
)

// Messages are this package's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Scope is what a key is good for.
type Scope string

// The scopes.
const (
	File   Scope = "file"   // register filings and upload their files
	Follow Scope = "follow" // read and act on cases, with number and query code
)

// Scopes lists the scopes in display order.
var Scopes = []Scope{File, Follow}

// Prefix marks keys, so that scanners for leaked secrets can find them.
const Prefix = "xqc_"

// Client is a program with a key.
type Client struct {
	ID        int64
	Name      string
	Hint      string // the last characters of the key
	Scopes    []Scope
	Door      string // of the registry
	PerMinute int
	PerDay    int
	Origins   []string // of browsers that may send the key; empty: none
	Webhook   string
	Active    bool
	Version   int64
	CreatedAt time.Time

	createdBy int64
	secret    []byte // sealed
}

// What a client is told.
var (
	ErrKey      = fault.New(fault.Unsigned, "client.key_unknown")
	ErrScope    = fault.New(fault.Denied, "client.scope")
	ErrOrigin   = fault.New(fault.Denied, "client.origin")
	ErrNotFound = fault.New(fault.NotFound, "client.unknown")
	errDenied   = fault.New(fault.Denied, "client.not_yours")
	errStale    = fault.New(fault.Conflict, "client.changed_meanwhile")
)

// Doors is the registry.
type Doors interface {
	Entry(ctx context.Context, code string) (door.Entry, error)
	Entries(ctx context.Context) ([]door.Entry, error)
}

// Cases tells how a case stands now.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB      *db.DB
	Keys    *seal.Keyring
	IDs     IDs
	Clock   clock.Clock
	Log     *slog.Logger
	Doors   Doors
	Cases   Cases
	Hook    *hook.Caller
	Journal door.Journal
}

// Service is the capability. Make it with New.
type Service struct{ Needs }

// New makes the service.
func New(n Needs) *Service { return &Service{n} }

type clientKey struct{}

// From gives the client whose key came with a request; false when none did.
func From(ctx context.Context) (Client, bool) {
	c, ok := ctx.Value(clientKey{}).(Client)
	return c, ok
}

// Enter finds the client of a key, checks what it may, and counts the use. An
// error of the quota names the moment from which it holds again.
func (s *Service) Enter(ctx context.Context, key string, want Scope, origin string) (context.Context, error) {
	c, err := s.byKey(ctx, key)
	if err != nil {
		return ctx, err
	}
	switch {
	case !c.Active:
		return ctx, ErrKey
	case !slices.Contains(c.Scopes, want):
		return ctx, ErrScope
	case origin != "" && !slices.Contains(c.Origins, origin):
		return ctx, ErrOrigin
	}
	if err := s.spend(ctx, c, s.Clock.Now()); err != nil {
		return ctx, err
	}
	return context.WithValue(ctx, clientKey{}, c), nil
}

// Source implements intake's Sources: cases of a client have the channel of its
// door.
func (s *Service) Source(ctx context.Context) (casework.Channel, string, bool) {
	c, ok := From(ctx)
	if !ok {
		return "", "", false
	}
	e, err := s.Doors.Entry(ctx, c.Door)
	if err != nil {
		return casework.API, c.Door, true
	}
	return e.Channel, c.Door, true
}

// Mark implements intake's Sources: it notes in the unit of work of the
// registration which client filed a case.
func (s *Service) Mark(ctx context.Context, b *db.Batch, c casework.Case) {
	if own, ok := From(ctx); ok {
		b.Add(markCase, c.ID, c.No, own.ID)
	}
}

func hashOf(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

func newKey() (key, hint string) {
	key = Prefix + rand.Text()
	return key, key[len(key)-4:]
}

const secretPurpose = "client-secret"

// Form is a client as an administrator fills it in.
type Form struct {
	Name      string
	Scopes    []Scope
	Door      string
	PerMinute int
	PerDay    int
	Origins   string // one a line
	Webhook   string
	Active    bool
}

// Issued is shown once.
type Issued struct {
	ID     int64
	Key    string
	Secret string // signs webhooks; "" when there is none
}

var administrators = []access.Role{access.SystemAdmin}

// Add makes a client and its key.
func (s *Service) Add(ctx context.Context, a access.Actor, f Form) (Issued, error) {
	c, err := s.check(ctx, a, f)
	if err != nil {
		return Issued{}, err
	}
	out := Issued{ID: s.IDs.Next()}
	out.Key, c.Hint = newKey()
	c.ID, c.CreatedAt, c.createdBy = out.ID, s.Clock.Now(), a.ID
	out.Secret, c.secret = s.newSecret()
	return out, s.write(ctx, "client.add", c, func(b *db.Batch) { insert(b, c, hashOf(out.Key)) })
}

func (s *Service) newSecret() (string, []byte) {
	secret := rand.Text() + rand.Text()
	return secret, s.Keys.Seal(secretPurpose, []byte(secret))
}

// Edit changes a client; its key and secret stay.
func (s *Service) Edit(ctx context.Context, a access.Actor, id, version int64, f Form) error {
	c, err := s.check(ctx, a, f)
	if err != nil {
		return err
	}
	c.ID, c.Version = id, version
	return s.write(ctx, "client.edit", c, func(b *db.Batch) { update(b, c) })
}

// Renew gives a client a new key and a new secret; the old ones are worth
// nothing from then on.
func (s *Service) Renew(ctx context.Context, a access.Actor, id int64) (Issued, error) {
	if !a.Has(administrators...) {
		return Issued{}, errDenied
	}
	c, err := s.Client(ctx, id)
	if err != nil {
		return Issued{}, err
	}
	out := Issued{ID: id}
	out.Key, c.Hint = newKey()
	out.Secret, c.secret = s.newSecret()
	return out, s.write(ctx, "client.renew", c, func(b *db.Batch) { rekey(b, c, hashOf(out.Key)) })
}

func (s *Service) write(ctx context.Context, action string, c Client, add func(*db.Batch)) error {
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var b db.Batch
		add(&b)
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, action, c.Name, strings.Join(texts(c.Scopes), " "))
	})
	if errors.Is(err, db.ErrStale) {
		return errStale.Because(err)
	}
	return err
}

// The largest quotas that make sense to promise.
const (
	mostPerMinute = 6000
	mostPerDay    = 1_000_000
)

func (s *Service) check(ctx context.Context, a access.Actor, f Form) (Client, error) {
	if !a.Has(administrators...) {
		return Client{}, errDenied
	}
	c := Client{Name: strings.TrimSpace(f.Name), Scopes: f.Scopes, Door: f.Door, PerMinute: f.PerMinute, PerDay: f.PerDay,
		Origins: strings.Fields(f.Origins), Webhook: strings.TrimSpace(f.Webhook), Active: f.Active}
	bad := fault.New(fault.Invalid, "client.invalid")
	if n := len([]rune(c.Name)); n < 2 || n > 60 {
		bad.Field("name", "client.name_length")
	}
	if len(c.Scopes) == 0 || slices.ContainsFunc(c.Scopes, func(x Scope) bool { return !slices.Contains(Scopes, x) }) {
		bad.Field("scopes", "client.scopes_missing")
	}
	if _, err := s.Doors.Entry(ctx, c.Door); errors.Is(err, door.ErrUnknown) {
		bad.Field("door", "client.door_missing")
	} else if err != nil {
		return c, err
	}
	if c.PerMinute < 1 || c.PerMinute > mostPerMinute {
		bad.Field("per_minute", "client.quota_range", mostPerMinute)
	}
	if c.PerDay < 1 || c.PerDay > mostPerDay {
		bad.Field("per_day", "client.quota_range", mostPerDay)
	}
	for _, o := range c.Origins {
		if u, err := url.Parse(o); err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" {
			bad.Field("origins", "client.origin_form")
			break
		}
	}
	if c.Webhook != "" {
		if err := s.Hook.Check(c.Webhook); errors.Is(err, hook.ErrInternal) {
			bad.Field("webhook", "client.webhook_internal")
		} else if err != nil || len(c.Webhook) > 400 {
			bad.Field("webhook", "client.webhook_form")
		}
	}
	return c, bad.OrNil()
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
