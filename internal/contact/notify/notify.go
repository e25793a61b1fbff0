package notify

import (
	"context"
	_ "embed"
	"log/slog"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/sender"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Cases reads cases.
type Cases interface {
	ByIDs(ctx context.Context, ids []int64) (map[int64]casework.Case, error)
	Rules() casework.Rules
}

// People finds members of staff in active service.
type People interface {
	Holders(ctx context.Context, unitID int64, role access.Role) ([]access.Actor, error)
	Actor(ctx context.Context, id int64) (access.Actor, bool, error)
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Petitioners opens the phone number of a case's petitioner at the moment of
// sending, and writes that down. "" when there is none to send to.
type Petitioners interface {
	Mobile(ctx context.Context, personID, caseID int64, now time.Time) (string, error)
}

// Keys seal addresses.
type Keys interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
	Index(purpose, normalised string) []byte
}

// IDs makes identifiers that grow with time.
type IDs interface{ Next() int64 }

// Journal is the administrators' log.
type Journal interface {
	Note(ctx context.Context, q db.Queryer, action, object, detail string) error
}

// Needs is what New wires together.
type Needs struct {
	DB       *db.DB
	IDs      IDs
	Clock    clock.Clock
	Log      *slog.Logger
	Cases    Cases
	People   People
	Units    Units
	Visitors Petitioners
	Signers  Signers // nil: nobody co-signs
	Keys     Keys
	Journal  Journal
	Words    *i18n.Catalogue
	Base     string // address that people type, for links
	// Senders are the configured ways out; what is missing is "not configured".
	Senders []sender.Sender
	// Threads may be nil: then our mails begin threads of their own. Codes makes
	// the query code of a number, for mails that answer one.
	Threads Threads
	Codes   func(no string) string
	// PushKey is the public VAPID key that browsers subscribe with; "" = no push.
	PushKey string
}

// Service reminds and delivers. Make it with New.
type Service struct {
	Needs
	store   store
	senders map[sender.Way]sender.Sender
	sources map[string]Source // by kind of event
	wake    map[lane]chan struct{}
}

// New makes the service.
func New(n Needs) *Service {
	s := &Service{Needs: n, store: store{n.DB}, senders: map[sender.Way]sender.Sender{}, sources: map[string]Source{}, wake: map[lane]chan struct{}{}}
	for l, n := range workers {
		s.wake[l] = make(chan struct{}, n)
	}
	for _, each := range n.Senders {
		s.senders[each.Way()] = each
	}
	n.DB.OnCommit(topic, s.nudge)
	return s
}

// topic wakes the worker when messages were queued.
const topic = "delivery"

func (s *Service) nudge() {
	for _, wake := range s.wake {
		for range cap(wake) {
			select {
			case wake <- struct{}{}:
			default: // they are awake already
			}
		}
	}
}

// Configured tells whether a way leads out of the house, and by which carrier.
func (s *Service) Configured(w sender.Way) (carrier string, ok bool) {
	if w == sender.InApp {
		return "", true
	}
	each, ok := s.senders[w]
	if !ok {
		return "", false
	}
	return each.Name(), true
}

func (s *Service) calendar() calendar.Calendar { return s.Cases.Rules().Calendar }
