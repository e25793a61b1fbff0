package network

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
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

// Mode says how a person was helped.
type Mode string

// The modes are counted apart.
const (
	Direct Mode = "direct" // 直办: done on the spot
	Help   Mode = "help"   // 帮办: done together with the person
	Agency Mode = "agency" // 代办: filed in the person's stead, with a mandate
	None   Mode = "none"   // 不予代办: one of the four, told why
)

// Modes lists the modes in display order.
var Modes = []Mode{Direct, Help, Agency, None}

// Deeds are what can be done without a case.
var Deeds = []string{"explained", "phoned", "accompanied", "form", "mediated", "led_on"}

// Mandates are how somebody can give one.
var Mandates = []string{"written", "spoken", "electronic"}

// Filing is what is filed in somebody's stead.
type Filing struct {
	Words, Wish, Place, OccurredOn  string
	AreaID                          int64
	Name, Phone, IDNo, Address, Sex string
	Secret                          bool
	Draft                           string // token of uploaded photos
}

// Act is one service to somebody.
type Act struct {
	Key      string // made by the device: the same act is recorded once
	Actor    access.Actor
	Mode     Mode
	Service  string // code of the list
	Done     string // of Deeds
	Mandate  string // of Mandates
	ReadBack bool   // the words were read back and agreed to
	Told     bool   // the person was told the reason and the open way
	At       time.Time
	Filing   *Filing
}

// Receipt says what was recorded.
type Receipt struct {
	ID       int64
	No, Code string // of the case, when there is one
	Due      time.Time
	Again    bool
}

// Cases files what agents bring, and shows them their own.
type Cases interface {
	Prepare(ctx context.Context, b *db.Batch, a Act, now time.Time) (casework.Case, error)
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	Code(no string) string
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB    *db.DB
	Cases Cases
	Keys  *seal.Keyring
	IDs   IDs
	Clock clock.Clock
}

// Network is the capability. Make it with New.
type Network struct {
	Needs
	store store
}

// New makes the capability.
func New(n Needs) *Network { return &Network{n, store{n.DB}} }

// Errors of this capability.
var (
	ErrDenied   = fault.New(fault.Denied, "network.agents_only")
	ErrNotFound = fault.New(fault.NotFound, "network.not_found")
	ErrReused   = fault.New(fault.Conflict, "network.key_reused")
)

const (
	shortestKey = 16
	longestKey  = 60
)

// Record keeps one service; one in somebody's stead together with its case. A
// key that was used before gives the same receipt, if it is the same service.
func (s *Network) Record(ctx context.Context, a Act, now time.Time) (Receipt, error) {
	if !a.Actor.Has(access.Agent) {
		return Receipt{}, ErrDenied
	}
	if err := check(&a, now); err != nil {
		return Receipt{}, err
	}
	r := record{ID: s.IDs.Next(), Act: a, Digest: digest(a), ReceivedAt: now}
	if before, ok, err := s.store.byKey(ctx, a.Actor.ID, a.Key); err != nil || ok {
		return s.again(ctx, before, r, err)
	}
	var b db.Batch
	var c casework.Case
	if a.Mode == Agency {
		var err error
		if c, err = s.Cases.Prepare(ctx, &b, a, now); err != nil {
			return Receipt{}, err
		}
		r.CaseID, r.CaseNo = c.ID, c.No
	}
	insert(&b, r)
	err := s.DB.Send(ctx, &b)
	if db.IsUnique(err) { // another try of the same came first
		if before, ok, lookup := s.store.byKey(ctx, a.Actor.ID, a.Key); lookup == nil && ok {
			return s.again(ctx, before, r, nil)
		}
	}
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt(r, c, false), nil
}

func (s *Network) receipt(r record, c casework.Case, again bool) Receipt {
	out := Receipt{ID: r.ID, No: r.CaseNo, Due: c.NextDueAt, Again: again}
	if r.CaseNo != "" {
		out.Code = s.Cases.Code(r.CaseNo)
	}
	return out
}

// again gives the receipt of what was recorded, to who sends the same.
func (s *Network) again(ctx context.Context, before, now record, err error) (Receipt, error) {
	if err != nil {
		return Receipt{}, err
	}
	if before.Digest != now.Digest {
		return Receipt{}, ErrReused
	}
	var c casework.Case
	if before.CaseNo != "" {
		if c, err = s.Cases.Case(ctx, now.Actor, before.CaseNo); err != nil {
			return Receipt{}, err
		}
	}
	return s.receipt(before, c, true), nil
}

// digest tells one act from another without keeping its words.
func digest(a Act) string {
	a.Actor, a.Key, a.At = access.Actor{}, "", time.Time{}
	text, _ := json.Marshal(a) // plain values always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// check settles an act and tells all that has to be corrected.
func check(a *Act, now time.Time) error {
	bad := fault.New(fault.Invalid, "network.incomplete")
	if len(a.Key) < shortestKey || len(a.Key) > longestKey {
		bad.Field("key", "network.key")
	}
	service, ok := find(a.Service)
	switch {
	case !ok:
		bad.Field("service", "network.service")
	case !service.Agents:
		a.Mode, a.Done, a.Mandate, a.ReadBack, a.Filing = None, "", "", false, nil
		if !a.Told {
			bad.Field("told", "network.told")
		}
	default:
		a.Told = false
		checkMode(bad, a)
	}
	// A phone's clock may be wrong; what it says counts within a month.
	if a.At.IsZero() || a.At.After(now) || now.Sub(a.At) > 31*24*time.Hour {
		a.At = now
	}
	return bad.OrNil()
}

func checkMode(bad *fault.Error, a *Act) {
	switch a.Mode {
	case Direct, Help:
		a.Mandate, a.ReadBack, a.Filing = "", false, nil
		if !slices.Contains(Deeds, a.Done) {
			bad.Field("done", "network.done")
		}
	case Agency:
		a.Done = ""
		if !slices.Contains(Mandates, a.Mandate) {
			bad.Field("mandate", "network.mandate")
		}
		if !a.ReadBack {
			bad.Field("read_back", "network.read_back")
		}
		if a.Filing == nil {
			bad.Field("words", "network.filing")
		}
	default:
		bad.Field("mode", "network.mode")
	}
}

// NoteKinds are what agents note about a case of theirs.
var NoteKinds = []string{"visit", "feedback", "look_back"}

const longestNote = 2000

// Note is what an agent saw or told on a visit.
type Note struct {
	ID         int64
	Key        string
	CaseID     int64
	Kind       string
	Text       string
	At         time.Time
	ReceivedAt time.Time
}

const notePurpose = "agent_note"

// Add keeps a note about a case that the agent filed.
func (s *Network) Add(ctx context.Context, a access.Actor, no string, n Note, now time.Time) (int64, error) {
	if !a.Has(access.Agent) {
		return 0, ErrDenied
	}
	n.Text = strings.TrimSpace(n.Text)
	bad := fault.New(fault.Invalid, "network.incomplete")
	if len(n.Key) < shortestKey || len(n.Key) > longestKey {
		bad.Field("key", "network.key")
	}
	if !slices.Contains(NoteKinds, n.Kind) {
		bad.Field("kind", "network.note_kind")
	}
	if length := len([]rune(n.Text)); length == 0 || length > longestNote {
		bad.Field("text", "network.note_text", longestNote)
	}
	no, ok := casework.CheckNumber(no)
	if !ok {
		bad.Field("no", "network.case_no")
	}
	if err := bad.OrNil(); err != nil {
		return 0, err
	}
	c, err := s.Cases.Case(ctx, a, no)
	if err != nil {
		return 0, err
	}
	if n.At.IsZero() || n.At.After(now) {
		n.At = now
	}
	n.ID, n.CaseID, n.ReceivedAt = s.IDs.Next(), c.ID, now
	var b db.Batch
	insertNote(&b, a.ID, n, s.Keys.Seal(notePurpose, []byte(n.Text)))
	if err := s.DB.Send(ctx, &b); err == nil || !db.IsUnique(err) {
		return n.ID, err
	}
	return s.store.noteByKey(ctx, a.ID, n.Key)
}

// Own is a service with how its case stands.
type Own struct {
	record
	Case casework.Case
}

// page is how many services a page shows.
const pageSize = 20

// Mine lists an agent's own services, the last first, from before an id on.
func (s *Network) Mine(ctx context.Context, a access.Actor, before int64) ([]Own, error) {
	list, err := s.store.mine(ctx, a.ID, before, pageSize+1)
	out := make([]Own, 0, len(list))
	for _, r := range list {
		o := Own{record: r}
		if r.CaseNo != "" {
			// One that went out of sight, into another lane, keeps its row.
			if o.Case, err = s.Cases.Case(ctx, a, r.CaseNo); fault.KindOf(err) == fault.NotFound {
				err = nil
			}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, err
}

// One gives a service of one's own with its notes.
func (s *Network) One(ctx context.Context, a access.Actor, id int64) (Own, []Note, error) {
	r, err := s.store.one(ctx, a.ID, id)
	if err != nil {
		return Own{}, nil, err
	}
	o := Own{record: r}
	if r.CaseNo == "" {
		return o, nil, nil
	}
	if o.Case, err = s.Cases.Case(ctx, a, r.CaseNo); err != nil {
		return o, nil, err
	}
	notes, err := s.store.notes(ctx, a.ID, r.CaseID, func(sealed []byte) (string, error) {
		text, err := s.Keys.Unseal(notePurpose, sealed)
		return string(text), err
	})
	return o, notes, err
}

// Counts tells how many services of each mode an agent gave.
func (s *Network) Counts(ctx context.Context, a access.Actor) (map[Mode]int, error) {
	return s.store.counts(ctx, a.ID)
}
