package room

import (
	"context"
	_ "embed"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Cases carries out the acts on a case that a room leads to.
type Cases interface {
	DoAlong(ctx context.Context, a casework.Action, also func(*db.Batch, casework.Case) error) (casework.Case, error)
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	Story(ctx context.Context, q db.Queryer, caseID int64) (casework.Case, []casework.Event, error)
	Rules() casework.Rules
}

// Matter is what a petitioner wrote, without who it was.
type Matter struct{ Words, Wish, Place string }

// Matters reads people's own words.
type Matters interface {
	Matter(ctx context.Context, caseID int64) (Matter, error)
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Keys derives the codes of seats and signs who entered.
type Keys interface {
	Index(purpose, normalised string) []byte
	Sign(purpose, payload string, until time.Time) string
	Signed(purpose, token string, now time.Time) (string, bool)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB      *db.DB
	Cases   Cases
	Matters Matters
	Units   Units
	Keys    Keys
	IDs     IDs
	Clock   clock.Clock
}

// Service is the capability. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, store: store{n.DB}} }

// Errors of this capability.
var (
	ErrNotFound = fault.New(fault.NotFound, "room.not_found")
	ErrDenied   = fault.New(fault.Denied, "room.not_yours")
	ErrClosed   = fault.New(fault.RuleBroken, "room.closed")
	errStale    = fault.New(fault.Conflict, "room.changed_meanwhile")
)

// Room is a joint room with the case that it is about.
type Room struct {
	ID         int64
	Case       casework.Case // as lists need it; whole after Open
	Round      int
	BureauID   int64 // who convened it
	Chair      string
	Reason     string
	Brief      string // what outside seats read of the matter, once the bureau looked at it
	OpenedAt   time.Time
	DueAt      time.Time
	ClosedAt   time.Time
	Conclusion string
	UnitID     int64 // responsible, by the conclusion
	tries      int
	lockedTill time.Time
}

// Sits tells whether the room has no conclusion yet.
func (r Room) Sits() bool { return r.ClosedAt.IsZero() }

// Confidential tells whether the case travels in the confidential lane.
func (r Room) Confidential() bool { return r.Case.Lane == access.LaneConfidential }

// Detail is a room with everything in it.
type Detail struct {
	Room
	Seats     []Seat
	Sessions  []Session
	Opinions  []Opinion
	Decisions []Decision
	May       []casework.Verb // what the reader may do with the case
}

// Leads tells whether the reader leads the room: may bring it to its end.
func (d Detail) Leads() bool { return d.Sits() && slices.Contains(d.May, casework.CloseRoom) }

// Seat gives a seat of the room.
func (d Detail) Seat(id int64) (Seat, bool) {
	for _, s := range d.Seats {
		if s.ID == id {
			return s, true
		}
	}
	return Seat{}, false
}

// Own gives the seat of the actor's unit.
func (d Detail) Own(a access.Actor) (Seat, bool) {
	for _, s := range d.Seats {
		if s.UnitID != 0 && s.UnitID == a.UnitID && s.EndedAt.IsZero() {
			return s, true
		}
	}
	return Seat{}, false
}

// Convening opens a room.
type Convening struct {
	Key       string
	CaseNo    string
	Reason    string
	Days      int
	Chair     string
	JusticeID int64 // the second lead role, may be named later
}

// Convene opens a room on a case: the bureau and the responsible unit sit in
// it from the start.
func (s *Service) Convene(ctx context.Context, a access.Actor, in Convening, now time.Time) (Room, error) {
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "chair", in.Chair, false)
	if err := f.OrNil(); err != nil {
		return Room{}, err
	}
	c, err := s.Cases.DoAlong(ctx, casework.Action{No: in.CaseNo, Verb: casework.Convene, Actor: a, Key: in.Key, Now: now,
		Data: casework.Data{Reason: strings.TrimSpace(in.Reason), Days: in.Days}},
		func(b *db.Batch, c casework.Case) error {
			r := begin(s.IDs.Next(), c, a.UnitID, now)
			r.Chair, r.Reason = strings.TrimSpace(in.Chair), strings.TrimSpace(in.Reason)
			s.open(b, r, a)
			return nil
		})
	if err != nil {
		return Room{}, err
	}
	r, err := s.store.newest(ctx, s.DB.Read(), c.ID)
	if err != nil || in.JusticeID == 0 {
		return r, err
	}
	_, err = s.AddSeat(ctx, a, r.ID, SeatForm{Key: derive(in.Key, "justice"), Kind: Justice, UnitID: in.JusticeID}, now)
	return r, err
}

// begin is a room as its convening makes it.
func begin(id int64, c casework.Case, bureau int64, now time.Time) Room {
	r := Room{ID: id, Case: c, Round: c.Round, BureauID: bureau, OpenedAt: now, DueAt: now}
	if o, ok := c.Running(casework.Room); ok {
		r.DueAt = o.DueAt
	}
	return r
}

// open writes a room and its first seats.
func (s *Service) open(b *db.Batch, r Room, a access.Actor) {
	insertRoom(b, r)
	seats := []Seat{{Kind: Petition, UnitID: r.BureauID}}
	if lead := r.Case.LeadUnitID; lead != 0 && lead != r.BureauID {
		seats = append(seats, Seat{Kind: Responsible, UnitID: lead})
	}
	for _, seat := range seats {
		seat.ID, seat.RoomID, seat.Sees, seat.AddedAt = s.IDs.Next(), r.ID, SeesAll, r.OpenedAt
		insertSeat(b, seat, a.ID)
	}
}

// Room reads a room for whoever may see its case.
func (s *Service) Room(ctx context.Context, a access.Actor, id int64) (Detail, error) {
	var d Detail
	r, err := s.store.room(ctx, s.DB.Read(), a, id)
	if err != nil {
		return d, err
	}
	if r.Case, err = s.Cases.Case(ctx, a, r.Case.No); err != nil {
		return d, err
	}
	if d, err = s.fill(ctx, r); err != nil {
		return d, err
	}
	d.May = casework.Permitted(r.Case, a, s.Clock.Now(), s.Cases.Rules())
	return d, nil
}

// fill reads what belongs to a room.
func (s *Service) fill(ctx context.Context, r Room) (d Detail, err error) {
	d.Room = r
	if d.Seats, err = s.store.seats(ctx, s.DB.Read(), r.ID); err != nil {
		return d, err
	}
	if d.Sessions, err = s.store.sessions(ctx, s.DB.Read(), r.ID); err != nil {
		return d, err
	}
	if d.Opinions, err = s.store.opinions(ctx, s.DB.Read(), r.ID); err != nil {
		return d, err
	}
	d.Decisions, err = s.store.decisions(ctx, s.DB.Read(), r.ID)
	return d, err
}

// led reads a room that the actor leads.
func (s *Service) led(ctx context.Context, a access.Actor, id int64) (Detail, error) {
	d, err := s.Room(ctx, a, id)
	switch {
	case err != nil:
		return d, err
	case !d.Sits():
		return d, ErrClosed
	case !d.Leads():
		return d, ErrDenied
	}
	return d, nil
}

// Query selects rooms of a list.
type Query struct {
	Closed bool
	After  Key
	Limit  int
}

// Key is where a page ended.
type Key struct{ Due, ID int64 }

// Rooms lists the rooms of the cases that an actor may see: those that sit by
// what is due first, those that are done newest first.
func (s *Service) Rooms(ctx context.Context, a access.Actor, q Query) (list []Room, next *Key, err error) {
	limit := pageOf(q.Limit)
	list, err = s.store.rooms(ctx, s.DB.Read(), a, q, limit+1)
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = &Key{int64(db.At(last.DueAt)), last.ID}
	}
	return list, next, err
}

// OfCase lists the rooms of a case, newest first, for who sees the case.
func (s *Service) OfCase(ctx context.Context, a access.Actor, caseID int64) ([]Room, error) {
	return s.store.ofCase(ctx, s.DB.Read(), a, caseID)
}

const (
	longest  = 5000
	pageRows = 50
)

func pageOf(limit int) int {
	if limit < 1 || limit > pageRows {
		return pageRows
	}
	return limit
}

// derive makes the key of a step that belongs to another one.
func derive(key, step string) string {
	if key == "" {
		return ""
	}
	return key + "/" + step
}

func words(f *fault.Error, name, text string, must bool) {
	n := len([]rune(strings.TrimSpace(text)))
	if must && n == 0 {
		f.Field(name, "room.required")
	} else if n > longest {
		f.Field(name, "room.too_long", longest)
	}
}

func stale(err error) error {
	if errors.Is(err, db.ErrStale) {
		return errStale.Because(err)
	}
	return err
}

func (s *Service) unitName(id int64, lang string) string {
	if u, ok := s.Units.Unit(id); ok {
		return u.Name(lang)
	}
	return ""
}

// within tells whether a unit serves the actor's area.
func (s *Service) within(a access.Actor, id int64) bool {
	u, ok := s.Units.Unit(id)
	return ok && u.Active && u.Kind != access.Government && slices.Contains(u.Areas, a.AreaID)
}

// light is that of a date a fifth ahead of which, or three days, it warns.
func light(since, due, now time.Time) casework.Light {
	whole := due.Sub(since)
	return casework.LightFor(due, due.Add(-min(max(whole/5, 72*time.Hour), whole/2)), now)
}

// dayEnd is the moment at which a day is over.
func dayEnd(d calendar.Date) time.Time { return d.Add(1).Start().UTC() }

var digits = regexp.MustCompile(`[0-9０-９][0-9０-９ \-—]{5,}[0-9０-９Xx]`)

// plain takes out of a text what looks like the number of a person: phone,
// identity card, account.
func plain(text string) string { return digits.ReplaceAllString(text, "＊＊＊") }
