package intake

import (
	"context"
	_ "embed"
	"io"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/puzzle"
	"xinqiao/internal/platform/seal"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Purpose is what a person comes for (诉求目的).
type Purpose string

// The purposes.
const (
	Request      Purpose = "request"      // 求决: wants something done
	Suggestion   Purpose = "suggestion"   // 建议
	Accusation   Purpose = "accusation"   // 检举控告: into the confidential lane
	Retaliation  Purpose = "retaliation"  // 打击报复投诉: confidential, away from the accused and its line (Art. 18)
	Consultation Purpose = "consultation" // 咨询
	Thanks       Purpose = "thanks"       // 感谢
)

// Purposes lists every purpose in display order.
var Purposes = []Purpose{Request, Suggestion, Accusation, Retaliation, Consultation, Thanks}

// mayBeAnonymous tells for what nobody must give a name.
func (p Purpose) mayBeAnonymous() bool { return p == Suggestion || p.accuses() }

// accuses tells whether somebody is accused, who must not learn of it.
func (p Purpose) accuses() bool { return p == Accusation || p == Retaliation }

// Petitioner is who files: personal data on its way to package person.
type Petitioner struct {
	Name    string // of an organisation: the contact
	OrgName string // not empty: an organisation files
	Phone   string
	IDType  identity.DocumentKind // an ID card when not said
	IDNo    string
	Address string

	Sex       string // "1" male, "2" female, "9" not said (GB/T 2261.1)
	Household string // 户籍地址, where it differs from Address
}

// Filing is one matter as a door takes it.
type Filing struct {
	Kind       casework.Kind // petition, or a hotline order; "" is a petition
	Key        string        // the same key of the same door is registered once
	Actor      access.Actor  // staff who register for somebody; zero: the petitioner
	Channel    casework.Channel
	Purpose    Purpose
	Title      string // from the first sentence when empty
	Words      string // facts and reasons, in the person's own words
	Wish       string // what is asked for
	AreaID     int64  // unit of the place; 0: the whole city
	Place      string
	OccurredOn string // 2006-01-02, or not known
	AccusedID  int64  // unit accused; of an accusation only
	RelatedNo  string // of a complaint of retaliation: the petition for which it was suffered
	Persons    int    // how many people file together
	Anonymous  bool
	Secret     bool // keep my identity from the unit that handles it
	Who        Petitioner
	ReceivedAt time.Time // when a letter, call or old case came; zero: now
	Draft      string    // token of uploaded files, if any
	Via        string    // token of the code (二维码) that was scanned
	Door       string    // code of the door that took it from another system; "" is a person at ours
}

// Receipt is the proof of a filing.
type Receipt struct {
	No   string
	Code string
	Case casework.Case
	// Above names the bureaus that a visit should go to, when it came to a
	// higher level than the law's (Art. 20). It never bars registration.
	Above []access.Unit
	Again bool // this key was registered before; nothing was added
}

// Cases is the one writer of cases.
type Cases interface {
	Register(ctx context.Context, b *db.Batch, r casework.Registration) (casework.Case, error)
	WasFiled(ctx context.Context, key string) (casework.Case, bool, error)
	Filed(ctx context.Context, keys []string) (map[string]bool, error)
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	Rules() casework.Rules
}

// People keeps persons sealed.
type People interface {
	Check(p Petitioner, now time.Time) error
	Add(b *db.Batch, p Petitioner, now time.Time) (int64, error)
}

// Units is the unit tree, kept in memory.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// File is an uploaded file as its owner sees it.
type File struct {
	ID   int64
	Name string
	Size int64
	Type string
}

// Files keeps uploads under a secret token until their case exists.
type Files interface {
	Upload(ctx context.Context, draft, name string, r io.Reader, now time.Time) (File, error)
	Uploaded(ctx context.Context, draft string) ([]File, error)
	Discard(ctx context.Context, draft string, id int64) error
	ClaimDraft(b *db.Batch, draft string, caseID, seq int64)
}

// Vias notes which code a filing came through.
type Vias interface {
	Came(b *db.Batch, token string, caseID int64)
}

// Sources tell through whose program a filing came, if not ours.
type Sources interface {
	// Source gives the channel and the door of the program whose key the
	// request carries.
	Source(ctx context.Context) (casework.Channel, string, bool)
	// Mark notes beside the registration whose it is.
	Mark(ctx context.Context, b *db.Batch, c casework.Case)
}

// Needs is what New wires together.
type Needs struct {
	DB     *db.DB
	Cases  Cases
	People People
	Units  Units
	Files  Files
	Keys   *seal.Keyring
	Clock  clock.Clock // of the pages; the use cases are told the time
	Base   string      // public address for QR codes, "https://…"; "" takes the request's
}

// Service registers filings. Make it with New.
type Service struct {
	// Sources may be nil: then everything comes through our own pages.
	Sources Sources
	// Puzzles may be nil: then nothing is asked of browsers.
	Puzzles *puzzle.Maker

	db     *db.DB
	cases  Cases
	people People
	units  Units
	files  Files
	keys   *seal.Keyring
	codes  Codes
	clock  clock.Clock
	base   string
	hints  Hints
	vias   Vias
}

// Attach names what notes the codes that filings came through; it is made
// after the service.
func (s *Service) Attach(v Vias) { s.vias = v }

// New makes the service.
func New(n Needs) *Service {
	return &Service{
		db: n.DB, cases: n.Cases, people: n.People, units: n.Units, files: n.Files,
		keys: n.Keys, codes: NewCodes(n.Keys), clock: n.Clock, base: n.Base,
	}
}

// Codes gives the maker of query codes, for those who check one.
func (s *Service) Codes() Codes { return s.codes }
