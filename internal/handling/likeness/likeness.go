package likeness

import (
	"context"
	_ "embed"
	"encoding/binary"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/minhash"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Cases reads cases as the one writer keeps them, and carries out verbs.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	ByIDs(ctx context.Context, ids []int64) (map[int64]casework.Case, error)
	Story(ctx context.Context, q db.Queryer, caseID int64) (casework.Case, []casework.Event, error)
	Do(ctx context.Context, a casework.Action) (casework.Case, error)
	// After lists cases by id, for the way through all of them.
	After(ctx context.Context, id int64, limit int) ([]int64, error)
}

// Text is what a petitioner told, as far as it is compared.
type Text struct {
	Title, Words, Wish, Place string
}

// compared is title and words; a title that was cut from the words says nothing
// of its own.
func (t Text) compared() string {
	if title := strings.TrimSuffix(t.Title, "…"); strings.HasPrefix(t.Words, title) {
		return t.Words
	}
	return t.Title + "\n" + t.Words
}

// Texts reads what was told.
type Texts interface {
	Text(ctx context.Context, caseID int64) (Text, error)
}

// People finds cases by who stands behind them. What it gives is not yet
// measured by what the actor may see.
type People interface {
	// CasesOf lists the other cases of whoever filed one, newest first.
	CasesOf(ctx context.Context, personID int64) ([]int64, error)
	// CasesBy lists the cases of whom a phone or a number belongs to.
	CasesBy(ctx context.Context, phone, idNo string) ([]int64, error)
}

// Words finds cases that share words or a place, by the word index.
type Words interface {
	Similar(ctx context.Context, a access.Actor, text string) ([]int64, error)
}

// Names gives units and categories their names.
type Names interface {
	Unit(id int64) (access.Unit, bool)
	Category(code string) (casework.Category, bool)
}

// Secrets make blind values.
type Secrets interface {
	Index(purpose, normalised string) []byte
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB     *db.DB
	Cases  Cases
	Texts  Texts
	People People
	Words  Words
	Names  Names
	Keys   Secrets
	IDs    IDs
	Clock  clock.Clock
}

// Service finds and groups. Make it with New.
type Service struct {
	Needs
	store store
	hash  minhash.Hasher
}

// New makes the service.
func New(n Needs) *Service {
	seed := binary.BigEndian.Uint64(n.Keys.Index("likeness", "seed"))
	return &Service{Needs: n, store: store{n.DB}, hash: minhash.New(seed)}
}

// Near is the likeness of words from which on two cases are shown as alike;
// docs/sameness.md says how well it finds near-duplicates.
const Near = 0.4

// ErrNotFound: there is no such case, or not for this actor.
var ErrNotFound = fault.New(fault.NotFound, "likeness.not_found")

var program = access.Actor{Role: access.System}

// Hint is what became of similar cases that were shown before filing.
type Hint string

// The hints counted. Who was shown some and never filed withdrew.
const (
	Shown  Hint = "shown"
	Joined Hint = "joined"
	Filed  Hint = "filed"
)

// Count notes a hint at a place ("desk", "public").
func (s *Service) Count(ctx context.Context, place string, h Hint, now time.Time) error {
	return s.store.count(ctx, now, place, h)
}
