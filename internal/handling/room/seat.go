package room

import (
	"context"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Kind is in which part somebody sits in the room.
type Kind string

// The kinds. The first three lead (三方牵头), the others are invited.
const (
	Petition     Kind = "petition"     // 信访部门
	Justice      Kind = "justice"      // 政法、司法行政机关
	Responsible  Kind = "responsible"  // 责任部门
	Department   Kind = "department"   // 职能部门
	Lawyer       Kind = "lawyer"       // 律师
	Expert       Kind = "expert"       // 专家
	Deputy       Kind = "deputy"       // 人大代表、政协委员
	Organisation Kind = "organisation" // 社会团体
	Press        Kind = "press"        // 新闻媒体
)

// Leads are the three lead roles.
var Leads = []Kind{Petition, Justice, Responsible}

// Inside are the kinds that a unit with staff takes, Outside those of people
// in a public office elsewhere.
var (
	Inside  = []Kind{Department, Justice, Responsible}
	Outside = []Kind{Lawyer, Expert, Deputy, Organisation, Press}
)

// Leading tells whether the kind is one of the three lead roles.
func (k Kind) Leading() bool { return k == Petition || k == Justice || k == Responsible }

func (k Kind) outside() bool {
	return k == Lawyer || k == Expert || k == Deputy || k == Organisation || k == Press
}

func (k Kind) inside() bool { return k == Department || k == Justice || k == Responsible }

// Sees is how far a seat reads.
type Sees string

// The degrees. A unit sees all, by the rule of core/access.
const (
	SeesAll     Sees = "all"     // the case with its requests and tasks
	SeesMatter  Sees = "matter"  // the petitioner's words without who it is, minutes, conclusion
	SeesMinutes Sees = "minutes" // minutes and conclusion
)

// Degrees lists them for outside seats, the usual first.
var Degrees = []Sees{SeesMatter, SeesMinutes, SeesAll}

// Seat is a place in the room.
type Seat struct {
	ID      int64
	RoomID  int64
	Kind    Kind
	Sees    Sees
	UnitID  int64  // of a unit with staff
	Name    string // of somebody from outside
	Office  string
	AddedAt time.Time
	EndedAt time.Time
}

// Outside tells whether somebody from outside sits there.
func (s Seat) Outside() bool { return s.UnitID == 0 }

// reads is how far a seat reads a case that stands where it stands now: of an
// accusation nobody outside reads more than the matter, the press no more of
// any case.
func (s Seat) reads(r Room) Sees {
	if s.Sees == SeesAll && (r.Confidential() || s.Kind == Press) {
		return SeesMatter
	}
	return s.Sees
}

// SeatForm is a seat to be.
type SeatForm struct {
	Key    string
	Kind   Kind
	UnitID int64
	Name   string
	Office string
	Sees   Sees
}

// AddSeat gives somebody a seat. A unit becomes a party of the case.
func (s *Service) AddSeat(ctx context.Context, a access.Actor, roomID int64, in SeatForm, now time.Time) (Seat, error) {
	d, err := s.led(ctx, a, roomID)
	if err != nil {
		return Seat{}, err
	}
	seat := Seat{ID: s.IDs.Next(), RoomID: roomID, Kind: in.Kind, AddedAt: now}
	if in.Kind.inside() {
		seat.UnitID, seat.Sees = in.UnitID, SeesAll
		return s.addUnit(ctx, a, d, seat, in.Key)
	}
	seat.Sees, seat.Office = in.Sees, strings.TrimSpace(in.Office)
	if err := checkOutsider(&seat, in, d.Room); err != nil {
		return seat, err
	}
	for _, other := range d.Seats { // the same form twice is one seat
		if other.EndedAt.IsZero() && other.Kind == seat.Kind && other.Name == seat.Name && other.Office == seat.Office {
			return other, nil
		}
	}
	var b db.Batch
	insertSeat(&b, seat, a.ID)
	return seat, s.DB.Send(ctx, &b)
}

func checkOutsider(seat *Seat, in SeatForm, r Room) error {
	f := fault.New(fault.Invalid, "room.incomplete")
	if !in.Kind.outside() {
		return f.Field("kind", "room.choose")
	}
	var err error
	if seat.Name, err = identity.ParseName(in.Name); err != nil {
		f.Field("name", "room.name")
	}
	words(f, "office", seat.Office, true)
	if plain(seat.Office) != seat.Office {
		f.Field("office", "room.no_numbers")
	}
	switch {
	case seat.Sees != SeesAll && seat.Sees != SeesMatter && seat.Sees != SeesMinutes:
		f.Field("sees", "room.choose")
	case seat.reads(r) != seat.Sees:
		f.Field("sees", "room.matter_only")
	}
	return f.OrNil()
}

// addUnit invites a unit. One that is there already, in another part, takes
// the new part.
func (s *Service) addUnit(ctx context.Context, a access.Actor, d Detail, seat Seat, key string) (Seat, error) {
	for _, other := range d.Seats {
		if other.UnitID == seat.UnitID && seat.UnitID != 0 && other.EndedAt.IsZero() {
			if other.Kind == seat.Kind || other.Kind == Petition {
				return other, nil
			}
			var b db.Batch
			moveSeat(&b, other.ID, seat.Kind)
			other.Kind = seat.Kind
			return other, stale(s.DB.Send(ctx, &b))
		}
	}
	_, err := s.Cases.DoAlong(ctx, casework.Action{No: d.Case.No, Verb: casework.Invite, Actor: a, Key: key, Now: seat.AddedAt,
		Data: casework.Data{UnitID: seat.UnitID}},
		func(b *db.Batch, _ casework.Case) error {
			insertSeat(b, seat, a.ID)
			return nil
		})
	return seat, err
}

// EndSeat takes a seat from somebody outside: the code opens nothing any more.
// Units stay what they are, parties of the case.
func (s *Service) EndSeat(ctx context.Context, a access.Actor, roomID, seatID int64, now time.Time) error {
	if _, err := s.led(ctx, a, roomID); err != nil {
		return err
	}
	var b db.Batch
	endSeat(&b, roomID, seatID, now)
	return stale(s.DB.Send(ctx, &b))
}

// SetBrief keeps what outside seats read of the matter.
func (s *Service) SetBrief(ctx context.Context, a access.Actor, roomID int64, text string) error {
	if _, err := s.led(ctx, a, roomID); err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "brief", text, true)
	if plain(text) != text {
		f.Field("brief", "room.no_numbers")
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	var b db.Batch
	setBrief(&b, roomID, strings.TrimSpace(text))
	return stale(s.DB.Send(ctx, &b))
}

// brief is what outside seats read of the matter: the words as the bureau
// passed them, before that as they came, without numbers of people.
func (s *Service) brief(ctx context.Context, r Room) (string, error) {
	if r.Brief != "" {
		return r.Brief, nil
	}
	m, err := s.Matters.Matter(ctx, r.Case.ID)
	if m.Wish != "" {
		m.Words += "\n\n" + m.Wish
	}
	return plain(m.Words), err
}
