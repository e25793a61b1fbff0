package hotline

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"log/slog"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Keys seal what is personal and sign links; platform/seal does it.
type Keys interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
	Index(purpose, normalised string) []byte
	Sign(purpose, payload string, until time.Time) string
	Signed(purpose, token string, now time.Time) (string, bool)
}

// Files keeps recordings sealed; platform/blob does it.
type Files interface {
	Keep(ctx context.Context, r io.Reader, limit int64) (blob.Ref, error)
	Load(ctx context.Context, key string) ([]byte, error)
	Sweep(ctx context.Context, before time.Time, known blob.Known) (int, error)
	Delete(key string) error
}

// Fetcher gets a recording from the call centre. It asks nobody but the origin
// and follows nothing that leads elsewhere.
type Fetcher interface {
	Fetch(ctx context.Context, origin, url string, limit int64) ([]byte, error)
}

// Earlier is what a caller filed before, as the operator may know it.
type Earlier struct {
	No    string
	Title string
	State casework.State
	Day   time.Time
	Opens bool // the operator may open it
}

// Candidate is an open case that may be about the same matter (一号响应).
type Candidate struct {
	Earlier
	Why []string // reasons in the reader's language
}

// History tells what was filed before under a number.
type History interface {
	Earlier(ctx context.Context, a access.Actor, phone string) ([]Earlier, error)
}

// Candidates finds the same person's same matter. Without it the page shows
// the history alone.
type Candidates interface {
	Candidates(ctx context.Context, a access.Actor, phone, words string) ([]Candidate, error)
}

// Words are what was registered, to be read back.
type Words struct {
	No, Title, Text, Wish, Place string
}

// Cases reads registered cases: the words only for whom they are meant, the id
// for the program itself.
type Cases interface {
	CaseID(ctx context.Context, no string) (int64, error)
	Words(ctx context.Context, a access.Actor, no string) (Words, error)
}

// ErrLater: the speech model is busy or resting; the recording waits.
var ErrLater = errors.New("hotline: written down later")

// Transcriber (语音识别) writes down what is heard. Ready says what is missing.
type Transcriber interface {
	Transcribe(ctx context.Context, wav []byte) (string, error)
	Ready(ctx context.Context) error
}

// Doors is the registry. A post may reach a process that does not run the
// door itself, so the open lines are asked for there.
type Doors interface {
	Active(ctx context.Context, kind string) ([]door.Setting, error)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together. Candidates and Transcriber may be nil.
type Needs struct {
	DB          *db.DB
	IDs         IDs
	Clock       clock.Clock
	Log         *slog.Logger
	Keys        Keys
	Files       Files
	Fetcher     Fetcher
	Doors       Doors
	Cases       Cases
	History     History
	Candidates  Candidates
	Transcriber Transcriber
}

// Service is the door. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, store: store{n.DB}} }

// Errors of this door.
var (
	ErrNotFound = fault.New(fault.NotFound, "hotline.not_found")
	ErrUnsigned = fault.New(fault.Unsigned, "hotline.unsigned")
	ErrForged   = fault.New(fault.Unsigned, "hotline.forged")
	ErrClosed   = fault.New(fault.NotFound, "hotline.closed")
	errEvent    = fault.New(fault.Invalid, "hotline.event")
	errLink     = fault.New(fault.Denied, "hotline.link")
	errDone     = fault.New(fault.Conflict, "hotline.done")
	errEarly    = fault.New(fault.Conflict, "hotline.early")
	errNone     = fault.New(fault.NotFound, "hotline.no_recording")
	errBroken   = fault.New(fault.Invalid, "hotline.broken")
	errSecond   = fault.New(fault.Conflict, "hotline.second_recording")
)

// Outcome is how a call ended for us.
type Outcome string

// The outcomes of a call.
const (
	Open     Outcome = ""         // not settled yet
	Filed    Outcome = "case"     // 已登记
	Answered Outcome = "answered" // 当场答复
	Nothing  Outcome = "nothing"  // 无须登记: wrong number, silence
)

// Call (来电) is one telephone call.
type Call struct {
	ID                                       int64
	Door, External                           string
	Mask                                     string // of the caller's number; "" was withheld
	Seat                                     string // as the call centre names who answered
	StaffID                                  int64  // who took it on our screen
	FirstAt, RangAt, AnsweredAt, EndedAt     time.Time
	Outcome                                  Outcome
	CaseID                                   int64
	CaseNo                                   string
	PassedAt                                 time.Time // to the tray, as missed
	ReadBackAt                               time.Time
	ReadBackBy                               int64
	Recording                                string // "", wanted, kept, lost
	RecordingSum, RecordingKey, RecordingTyp string
	RecordingSize                            int64
	RecordingTries                           int
	RecordingDue                             time.Time
	Transcript                               string // "", wanted, machine, person, failed
	TranscriptAt                             time.Time

	from, url, text, note []byte // sealed
	index                 []byte
}

// Ringing tells whether nobody has answered yet.
func (c Call) Ringing() bool { return c.AnsweredAt.IsZero() && c.EndedAt.IsZero() }

// Live tells whether the call is on.
func (c Call) Live() bool { return c.EndedAt.IsZero() }

// Missed tells whether it ended without an answer.
func (c Call) Missed() bool { return c.AnsweredAt.IsZero() && !c.EndedAt.IsZero() }

// Waited is how long it rang before the answer or the end; false if unknown.
func (c Call) Waited() (time.Duration, bool) {
	until := c.AnsweredAt
	if until.IsZero() {
		until = c.EndedAt
	}
	if c.RangAt.IsZero() || until.IsZero() {
		return 0, false
	}
	return max(0, until.Sub(c.RangAt)), true
}

// takers work with calls; readers look at the figures.
var (
	takers  = []access.Role{access.Operator, access.BureauClerk, access.BureauHead}
	readers = []access.Role{access.Operator, access.BureauClerk, access.BureauHead, access.Supervisor, access.Inspector, access.Leader}
)

func purpose(id int64, field string) string { return "hotline/" + number(id) + "/" + field }

// phonePurpose is the blind index of callers' numbers, apart from person's.
const phonePurpose = "hotline/phone"

// phone gives the caller's number in clear, for those who serve the call.
func (s *Service) phone(c Call) string {
	return s.clear(c, "from", c.from)
}

// clear unseals a field; an absent one is empty.
func (s *Service) clear(c Call, field string, sealed []byte) string {
	if sealed == nil {
		return ""
	}
	b, err := s.Keys.Unseal(purpose(c.ID, field), sealed)
	if err != nil {
		s.Log.Error("a field of a call cannot be unsealed", "call", c.ID, "field", field)
	}
	return string(b)
}
