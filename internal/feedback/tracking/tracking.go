package tracking

import (
	"context"
	_ "embed"
	"io"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/web"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Cases is the one writer of cases.
type Cases interface {
	Do(ctx context.Context, a casework.Action) (casework.Case, error)
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	History(ctx context.Context, caseID int64) ([]casework.Event, error)
	Rules() casework.Rules
}

// Codes tells whether a query code belongs to a case number, and which does.
type Codes interface {
	Check(no, typed string) bool
	// Code is the query code of a number, for the review that a case begins.
	Code(no string) string
}

// Units is the unit tree, kept in memory.
type Units interface {
	Unit(id int64) (access.Unit, bool)
}

// People finds persons by their phone, newest first.
type People interface {
	ByPhoneIndex(ctx context.Context, phone string) ([]int64, error)
}

// File is a file of a case or of a draft.
type File struct {
	ID       int64
	EventSeq int64 // of the event that it came with
	Name     string
	Size     int64
}

// Files keeps what people hand in.
type Files interface {
	OfCase(ctx context.Context, caseID int64) ([]File, error)
	Upload(ctx context.Context, draft, name string, r io.Reader, now time.Time) (File, error)
	Uploaded(ctx context.Context, draft string) ([]File, error)
}

// Letter is a document that was served on the person.
type Letter struct {
	ID       int64
	Name     string
	Number   string
	Issuer   string
	ServedAt time.Time
	Unread   bool
}

// Letters are the served documents of a case, newest first.
type Letters interface {
	OfCase(ctx context.Context, caseID int64) ([]Letter, error)
}

// Signers are the people who signed a case beside the one who filed it.
type Signers interface {
	// Check finds whose code it is: the signer's number, 0 for nobody's.
	Check(ctx context.Context, caseID int64, no, typed string) (int64, error)
	// Stands tells whether a signature was not taken back, and whether its
	// owner has rated.
	Stands(ctx context.Context, caseID, seq int64) (stands, rated bool, err error)
	// Of lists what some persons signed: case to number.
	Of(ctx context.Context, people []int64) (map[int64]int64, error)
	Rate(ctx context.Context, a casework.Action) (casework.Case, error)
}

// Told is what the person told, as it was told.
type Told struct {
	Purpose    string
	Words      string
	Wish       string
	Place      string
	OccurredOn string
	ReceivedAt time.Time
}

// Matters reads what people told, which lies sealed with intake.
type Matters interface {
	Told(ctx context.Context, caseID int64) (Told, error)
}

// Sender brings a one-time code to a phone.
type Sender interface {
	SendCode(ctx context.Context, phone, code string) error
}

// Needs is what New wires together.
type Needs struct {
	DB     *db.DB
	Cases  Cases
	Told   Matters
	Codes  Codes
	Units  Units
	People People
	Files  Files
	// Download serves the file {id} of the path to the actor of the context.
	Download web.Handler
	// Letters lists served documents, and Document serves the one {id} of the
	// path to the actor of the context; nil where there are none.
	Letters  Letters
	Document web.Handler
	// Signers are who co-signed, and Joint draws the panel about them; nil where
	// nobody co-signs.
	Signers Signers
	Joint   JointPanel
	Sender  Sender // nil: codes reach nobody
	Demo    bool   // show codes on the page, marked as a demonstration
	Keys    *seal.Keyring
	Clock   clock.Clock
}

// Service is the petitioner's view. Make it with New.
type Service struct {
	Needs
	store store
	notes []Note
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, store: store{n.DB}} }
