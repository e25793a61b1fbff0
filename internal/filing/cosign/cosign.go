package cosign

import (
	"context"
	_ "embed"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/seal"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Signer is who signs: personal data on its way to package person.
type Signer struct {
	Name    string
	Phone   string
	IDNo    string
	Address string
}

// Mask is a signer as staff see one: 王**, 138****0000.
type Mask struct{ Name, Phone string }

// People keeps persons sealed.
type People interface {
	Check(p Signer, now time.Time) error
	Add(b *db.Batch, p Signer, now time.Time) (int64, error)
	Masks(ctx context.Context, ids []int64) (map[int64]Mask, error)
	ByPhoneIndex(ctx context.Context, phone string) ([]int64, error)
}

// Cases is the one writer of cases.
type Cases interface {
	DoAlong(ctx context.Context, a casework.Action, also func(*db.Batch, casework.Case) error) (casework.Case, error)
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	Rules() casework.Rules
}

// Told is what a join page shows of a matter beside its title.
type Told struct{ Wish string }

// Matters keeps what was told.
type Matters interface {
	Told(ctx context.Context, caseID int64) (Told, error)
}

// Codes makes query codes from numbers.
type Codes interface {
	Code(no string) string
	// Read gives a typed code its normal form.
	Read(typed string) string
}

// Needs is what New wires together.
type Needs struct {
	DB      *db.DB
	Cases   Cases
	People  People
	Matters Matters
	Codes   Codes
	Keys    *seal.Keyring
	Clock   clock.Clock // of the pages; the use cases are told the time
	Base    string      // public address for links, "https://…"; "" takes the request's
}

// Service keeps signers. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{n, store{n.DB, n.Keys}} }

// What can go wrong.
var (
	ErrNoLink  = fault.New(fault.NotFound, "cosign.no_link")
	ErrNotYet  = fault.New(fault.RuleBroken, "cosign.not_open")
	ErrSigned  = fault.New(fault.Conflict, "cosign.signed")
	ErrOwn     = fault.New(fault.Conflict, "cosign.own")
	ErrRated   = fault.New(fault.Conflict, "cosign.rated")
	ErrNobody  = fault.New(fault.NotFound, "cosign.nobody")
	ErrReused  = fault.New(fault.Conflict, "cosign.key_reused")
	ErrNoStaff = fault.New(fault.Denied, "cosign.not_registrar")
)

// program reads cases for those who hold a link or a code.
var program = access.Actor{Role: access.System}

// registrars add signers of letters and visits.
var registrars = []access.Role{access.Operator, access.Agent, access.BureauClerk, access.BureauHead}

// joinable tells whether a case takes more signers at all: open, in the open
// lane, and no review of another.
func joinable(c casework.Case) bool {
	return c.State.Open() && c.Lane == access.LaneOpen && !c.IsReview()
}

// MayAdd tells whether an actor may add signers to a case at the desk.
func (s *Service) MayAdd(a access.Actor, c casework.Case, now time.Time) bool {
	return a.Has(registrars...) && joinable(c) && casework.Refused(c, a, casework.Cosign, now, s.Cases.Rules().For(c)) == nil
}
