package room

import (
	"context"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Modes are the ways to meet.
var Modes = []string{"onsite", "video", "phone"}

// Session is a meeting of the room.
type Session struct {
	ID        int64
	RoomID    int64
	MeetsAt   time.Time
	Mode      string
	Place     string // or the link of a video meeting
	Agenda    string
	Attendees string
	Minutes   string
	HeldAt    time.Time
}

// Held tells whether it has minutes.
func (s Session) Held() bool { return !s.HeldAt.IsZero() }

// Appointment is a session to be.
type Appointment struct {
	MeetsAt time.Time
	Mode    string
	Place   string
	Agenda  string
}

// Appoint names time, way and agenda of a session.
func (s *Service) Appoint(ctx context.Context, a access.Actor, roomID int64, in Appointment, now time.Time) (Session, error) {
	if _, err := s.led(ctx, a, roomID); err != nil {
		return Session{}, err
	}
	x := Session{ID: s.IDs.Next(), RoomID: roomID, MeetsAt: in.MeetsAt, Mode: in.Mode, Place: strings.TrimSpace(in.Place), Agenda: strings.TrimSpace(in.Agenda)}
	f := fault.New(fault.Invalid, "room.incomplete")
	if x.MeetsAt.IsZero() || x.MeetsAt.Before(now.AddDate(0, 0, -30)) || x.MeetsAt.After(now.AddDate(1, 0, 0)) {
		f.Field("day", "room.moment")
	}
	if !slices.Contains(Modes, x.Mode) {
		f.Field("mode", "room.choose")
	}
	words(f, "place", x.Place, true)
	words(f, "agenda", x.Agenda, true)
	if err := f.OrNil(); err != nil {
		return Session{}, err
	}
	var b db.Batch
	insertSession(&b, x, a.ID, now)
	return x, s.DB.Send(ctx, &b)
}

// Minutes are the record of a session that was held.
type Minutes struct {
	Key       string
	SessionID int64
	Attendees string
	Text      string
}

// Hold records a session: the consultation is an event of the case.
func (s *Service) Hold(ctx context.Context, a access.Actor, roomID int64, in Minutes, now time.Time) error {
	d, err := s.led(ctx, a, roomID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Sessions, func(x Session) bool { return x.ID == in.SessionID })
	if i < 0 {
		return ErrNotFound
	}
	x := d.Sessions[i]
	if now.Before(x.MeetsAt) {
		return fault.New(fault.RuleBroken, "room.not_yet")
	}
	x.Attendees, x.Minutes, x.HeldAt = strings.TrimSpace(in.Attendees), strings.TrimSpace(in.Text), now
	_, err = s.Cases.DoAlong(ctx, casework.Action{No: d.Case.No, Verb: casework.Consult, Actor: a, Key: in.Key, Now: now,
		Data: casework.Data{Method: x.Mode, Attendees: x.Attendees, Text: x.Minutes}},
		func(b *db.Batch, _ casework.Case) error {
			holdSession(b, x)
			return nil
		})
	return stale(err)
}

// Opinion is what a seat says in writing.
type Opinion struct {
	ID     int64
	SeatID int64
	Text   string
	Basis  string // the item of the duty list, the law
	At     time.Time
}

// OpinionForm is an opinion to be.
type OpinionForm struct {
	Key   string
	Text  string
	Basis string
}

// Say records the written opinion of the actor's unit.
func (s *Service) Say(ctx context.Context, a access.Actor, roomID int64, in OpinionForm, now time.Time) (Opinion, error) {
	d, err := s.Room(ctx, a, roomID)
	if err != nil {
		return Opinion{}, err
	}
	seat, ok := d.Own(a)
	if !ok || !a.Has(access.UnitHandler, access.UnitHead, access.BureauClerk, access.BureauHead) {
		return Opinion{}, ErrDenied
	}
	return s.say(ctx, chair{d.Room, seat, a.ID}, in, now)
}

// chair is from where somebody speaks.
type chair struct {
	room Room
	seat Seat
	by   int64 // staff
}

func (s *Service) say(ctx context.Context, from chair, in OpinionForm, now time.Time) (Opinion, error) {
	r, seat := from.room, from.seat
	if !r.Sits() {
		return Opinion{}, ErrClosed
	}
	o := Opinion{ID: s.IDs.Next(), SeatID: seat.ID, Text: strings.TrimSpace(in.Text), Basis: strings.TrimSpace(in.Basis), At: now}
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "text", o.Text, true)
	words(f, "basis", o.Basis, !seat.Outside() && seat.Kind != Petition)
	if err := f.OrNil(); err != nil {
		return o, err
	}
	var b db.Batch
	insertOpinion(&b, r.ID, o, from.by, in.Key)
	err := s.DB.Send(ctx, &b)
	if db.IsUnique(err) {
		return s.store.opinionByKey(ctx, s.DB.Read(), in.Key, seat.ID)
	}
	return o, err
}
