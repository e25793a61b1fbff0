package document

import (
	"context"
	_ "embed"
	"io"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/paper"
	"xinqiao/internal/platform/seal"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// State is where a document stands.
type State string

// The states. A void one keeps its number.
const (
	Draft    State = "draft"    // 拟稿
	Approved State = "approved" // 已签发
	Sealed   State = "sealed"   // 已用印
	Served   State = "served"   // 已送达
	Void     State = "void"     // 作废
)

// States lists the states in the order of a life.
var States = []State{Draft, Approved, Sealed, Served, Void}

// Document is one document.
type Document struct {
	ID      int64
	Version int64
	CaseID  int64 // 0 = of a unit
	CaseNo  string
	Kind    wording.Kind
	UnitID  int64 // who issues it
	State   State
	Secret  bool // names a petitioner who asked to stay unknown to the handling unit

	Word   string // 代字 of its number, "" = not numbered
	Year   int
	Number int64
	Label  string // 名信〔2026〕15号

	Template  int64  // version of the bureau's text; 0 = the program's
	Text      string // filled; only where it was asked for
	DraftedBy int64
	Approver  int64
	SealedBy  int64

	PDFSize   int64
	Digest    string // SM3 of the sealed PDF, hexadecimal
	Signature string // SM2 over the sealed PDF: seal.Signature as JSON
	Code      string // of the verification page

	CreatedAt, ChangedAt, ApprovedAt, SealedAt, ServedAt, OpenedAt time.Time

	textSealed      []byte
	pdfKey, docxKey string
	key             string
	recused         bool // whoever loaded it may not touch the case
}

// Cases reads cases as the one writer keeps them.
type Cases interface {
	// Case reads a case if the actor may see it; hidden is not found.
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	History(ctx context.Context, caseID int64) ([]casework.Event, error)
	// Seen tells which of the cases the actor may see.
	Seen(ctx context.Context, a access.Actor, ids []int64) (map[int64]bool, error)
	// Opened notes that somebody reads a document of a case, or fails.
	Opened(ctx context.Context, a access.Actor, c casework.Case, now time.Time) error
}

// Ask is what a document is to be made of.
type Ask struct {
	Actor access.Actor
	Case  casework.Case // zero for a document of a unit
	Kind  wording.Kind
	Named bool // the text says who the petitioner is
	Now   time.Time
}

// Source tells what is known of a case, the petitioner in clear; that somebody
// read it is on record before it is told.
type Source interface {
	View(ctx context.Context, q Ask) (wording.View, error)
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
}

// File is one file that was handed in with a case.
type File struct {
	ID   int64
	Name string
	Type string
	Size int64
}

// Files are the case's files.
type Files interface {
	OfCase(ctx context.Context, caseID int64) ([]File, error)
	Open(ctx context.Context, a access.Actor, id int64) (io.ReadCloser, error)
}

// Signer signs with the instance's SM2 key.
type Signer interface {
	Sign(file []byte, now time.Time) (seal.Signature, error)
	Verify(file []byte, signature seal.Signature) error
}

// Staff names members of staff.
type Staff interface {
	Names(ctx context.Context, ids []int64) (map[int64]string, error)
}

// IDs makes row ids.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB     *db.DB
	Cases  Cases
	Source Source
	Units  Units
	Files  Files
	Staff  Staff
	Keys   *seal.Keyring
	Blobs  *blob.Store // of its own: sealed files that no attachment knows
	Signer Signer
	IDs    IDs
	Clock  clock.Clock
	Fonts  paper.Fonts
	Base   string // address of the site, for verification
	// Words gives a message in Chinese, for papers: the language of the page
	// does not change what is printed.
	Words func(key string) string
}

// Service is the capability. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, store: store{n.DB}} }

// What people are told.
var (
	ErrUnknown   = fault.New(fault.NotFound, "document.unknown")
	ErrKind      = fault.New(fault.Invalid, "document.kind")
	ErrNotYours  = fault.New(fault.Denied, "document.not_yours")
	ErrOwnDraft  = fault.New(fault.RuleBroken, "document.own_draft")
	ErrRecused   = fault.New(fault.Denied, "document.recused")
	ErrHead      = fault.New(fault.Denied, "document.head_needed")
	ErrState     = fault.New(fault.RuleBroken, "document.wrong_state", "")
	ErrBlanks    = fault.New(fault.RuleBroken, "document.blanks", 0)
	ErrStale     = fault.New(fault.Conflict, "document.changed_meanwhile")
	ErrText      = fault.New(fault.Invalid, "document.text")
	ErrService   = fault.New(fault.Invalid, "document.service")
	ErrReason    = fault.New(fault.Invalid, "document.reason")
	ErrUnlawful  = fault.New(fault.RuleBroken, "document.not_served_so")
	errUnsigned  = fault.New(fault.Unsigned, "document.unsigned")
	errLost      = fault.New(fault.Internal, "document.lost")
	errIncorrect = fault.New(fault.Internal, "document.signature_broken")
)

func wrongState(s State) error {
	return fault.New(ErrState.Kind, ErrState.ID, i18n.Key("document.state."+string(s)))
}

// load reads a document if the actor may see it: the case decides, the unit
// where there is no case. A draft is its unit's own.
func (s *Service) load(ctx context.Context, a access.Actor, id int64) (Document, error) {
	d, err := s.store.byID(ctx, s.DB.Read(), id)
	if err != nil {
		return d, err
	}
	if !a.Signed() || !s.mine(a, d) && (d.State == Draft || hides(a, d)) {
		return Document{}, ErrUnknown
	}
	if d.CaseID == 0 {
		if !s.mine(a, d) && !s.oversees(a, d.UnitID) {
			return Document{}, ErrUnknown
		}
		return d, nil
	}
	c, err := s.Cases.Case(ctx, a, d.CaseNo)
	if fault.KindOf(err) == fault.NotFound {
		return Document{}, ErrUnknown // not even that there is a document
	}
	if err != nil {
		return Document{}, err
	}
	d.recused = slices.Contains(c.Recused, a.ID)
	return d, s.Cases.Opened(ctx, a, c, s.Clock.Now())
}

func (s *Service) mine(a access.Actor, d Document) bool { return a.Signed() && a.UnitID == d.UnitID }

// hides keeps the name of a petitioner who asked for secrecy from the unit
// that handles the case.
func hides(a access.Actor, d Document) bool {
	return d.Secret && a.Has(access.UnitHandler, access.UnitHead)
}

// oversees tells whether a unit lies in the jurisdiction of an overseer.
func (s *Service) oversees(a access.Actor, unitID int64) bool {
	u, ok := s.Units.Unit(unitID)
	if !ok || !a.Has(access.Leader, access.Supervisor, access.Inspector, access.BureauHead) || a.AreaID == 0 {
		return false
	}
	return slices.Contains(u.Areas, a.AreaID)
}

// Show reads a document with its text.
func (s *Service) Show(ctx context.Context, a access.Actor, id int64) (Document, error) {
	d, err := s.load(ctx, a, id)
	if err != nil {
		return d, err
	}
	return s.open(d)
}

// open unseals the text.
func (s *Service) open(d Document) (Document, error) {
	text, err := s.Keys.Unseal(textPurpose(d.ID), d.textSealed)
	if err != nil {
		return d, errLost.Because(err)
	}
	d.Text = string(text)
	return d, nil
}
