package door

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/seal"
)

// Filing is an arrival on its way to a case: its draft, as the door read it or
// as staff completed it.
type Filing struct {
	Draft
	Door       string // code of the door
	Key        string // registers once
	Actor      access.Actor
	AccusedID  int64
	RelatedNo  string
	Persons    int
	ReceivedAt time.Time
	Files      string // token of its files
}

// Intake makes cases of filings.
type Intake interface {
	// Prepare adds the registration to a batch, so that the arrival is marked in
	// the same unit of work.
	Prepare(ctx context.Context, b *db.Batch, f Filing, now time.Time) (casework.Case, error)
	// Code gives the query code of a case.
	Code(no string) string
}

// Cases are what arrivals can be added to.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	DoAlong(ctx context.Context, a casework.Action, also func(*db.Batch, casework.Case) error) (casework.Case, error)
}

// Files takes attachments under a token until their case exists.
type Files interface {
	// Receive keeps a file; by is a member of staff, or 0.
	Receive(ctx context.Context, token, name string, r io.Reader, by int64) error
	// IDs lists what is under a token.
	IDs(ctx context.Context, token string) ([]int64, error)
}

// Staff finds who confirmed an arrival.
type Staff interface {
	Actor(ctx context.Context, id int64) (access.Actor, bool, error)
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Journal records what administrators do.
type Journal interface {
	Note(ctx context.Context, q db.Queryer, action, object, detail string) error
}

// Scanner looks for harm in a file; platform/virus does.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) error
}

// Needs is what New wires together.
type Needs struct {
	DB     *db.DB
	Keys   *seal.Keyring
	Blobs  *blob.Store // of arrivals only
	IDs    IDs
	Clock  clock.Clock
	Log    *slog.Logger
	Intake Intake
	Cases  Cases
	Files  Files
	Staff  Staff
	Units  Units

	Journal Journal
	Scan    Scanner // nil: parts are handed out as they came
}

// Service keeps the registry of doors and the tray of arrivals. It is the Sink
// of all doors. Make it with New.
type Service struct {
	Needs
	kinds map[string]Kind
	names []string // of kinds, as registered

	owner string        // of leases: this process
	wake  chan struct{} // the registry changed
}

// New makes the service.
func New(n Needs) *Service {
	return &Service{Needs: n, kinds: map[string]Kind{}, owner: rand.Text(), wake: make(chan struct{}, 1)}
}

// Register tells the kinds that this program has. Call it before Run.
func (s *Service) Register(kinds ...Kind) {
	for _, k := range kinds {
		if _, twice := s.kinds[k.Name]; twice {
			panic("door: two kinds are called " + k.Name)
		}
		s.kinds[k.Name] = k
		s.names = append(s.names, k.Name)
	}
}

// registrars complete, join and set aside arrivals: who registers at the desk.
var registrars = []access.Role{access.Operator, access.Agent, access.BureauClerk, access.BureauHead}
