package room

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// alphabet is that of case numbers (GB 32100-2015): no I, O, S, V, Z.
const (
	alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	symbols  = 10
)

// Wrong codes are forgiven a few times, then the room has to wait. After its
// end a room can be read for some time.
const (
	tries     = 10
	pause     = 15 * time.Minute
	readAfter = 30 * 24 * time.Hour
)

// Code is what an outside seat enters with. Nothing is stored: the same seat
// always has the same code.
func (s *Service) Code(seat Seat) string {
	v := binary.BigEndian.Uint64(s.Keys.Index("room-code", strconv.FormatInt(seat.ID, 36)))
	var out strings.Builder
	for i := range symbols {
		if i == symbols/2 {
			out.WriteByte('-')
		}
		out.WriteByte(alphabet[v%uint64(len(alphabet))])
		v /= uint64(len(alphabet))
	}
	return out.String()
}

var slips = strings.NewReplacer("O", "0", "I", "1", "S", "5", "Z", "2", "V", "U")

// readCode forgives case, spaces, full-width characters and slips of the ear.
func readCode(typed string) string {
	var out strings.Builder
	for _, r := range slips.Replace(strings.ToUpper(identity.Narrow(typed))) {
		if strings.ContainsRune(alphabet, r) {
			if out.Len() == symbols/2 {
				out.WriteByte('-')
			}
			out.WriteRune(r)
		}
	}
	return out.String()
}

// Enter finds the outside seat of a room that a code opens.
func (s *Service) Enter(ctx context.Context, roomID int64, code string, now time.Time) (Seat, error) {
	no := fault.New(fault.Invalid, "room.incomplete").Field("code", "room.no_match")
	r, err := s.store.any(ctx, s.DB.Read(), roomID)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return Seat{}, no
		}
		return Seat{}, err
	}
	if now.Before(r.lockedTill) {
		return Seat{}, fault.New(fault.TooMany, "room.locked", r.lockedTill).Field("code", "room.locked", r.lockedTill)
	}
	seats, err := s.store.seats(ctx, s.DB.Read(), roomID)
	if err != nil {
		return Seat{}, err
	}
	typed := []byte(readCode(code))
	for _, seat := range seats {
		if seat.Outside() && admits(r, seat, now) && subtle.ConstantTimeCompare(typed, []byte(s.Code(seat))) == 1 {
			return seat, nil
		}
	}
	var b db.Batch
	noteTry(&b, roomID, now)
	if err := s.DB.Send(ctx, &b); err != nil {
		return Seat{}, err
	}
	return Seat{}, no
}

func admits(r Room, seat Seat, now time.Time) bool {
	return seat.EndedAt.IsZero() && (r.Sits() || now.Before(r.ClosedAt.Add(readAfter)))
}

// Visit is what an outside seat reads.
type Visit struct {
	Seat       Seat
	Sees       Sees
	OpenedAt   time.Time
	DueAt      time.Time
	ClosedAt   time.Time
	Title      string // of the case and its number, for who sees all
	CaseNo     string
	Requests   []casework.Request
	Tasks      []casework.Task
	Matter     string // for who sees the matter
	Sessions   []Session
	Own        []Opinion // newest first
	Conclusion string
	UnitID     int64
}

// Visit reads a room for an outside seat. What the seat may not see is not in
// it.
func (s *Service) Visit(ctx context.Context, roomID, seatID int64, now time.Time) (Visit, error) {
	r, seat, err := s.seated(ctx, roomID, seatID, now)
	if err != nil {
		return Visit{}, err
	}
	d, err := s.fill(ctx, r)
	if err != nil {
		return Visit{}, err
	}
	v := Visit{Seat: seat, Sees: seat.reads(r), OpenedAt: r.OpenedAt, DueAt: r.DueAt, ClosedAt: r.ClosedAt,
		Sessions: d.Sessions, Conclusion: r.Conclusion, UnitID: r.UnitID}
	for i := len(d.Opinions) - 1; i >= 0; i-- {
		if d.Opinions[i].SeatID == seat.ID {
			v.Own = append(v.Own, d.Opinions[i])
		}
	}
	if v.Sees == SeesMinutes {
		return v, nil
	}
	if v.Matter, err = s.brief(ctx, r); err != nil || v.Sees == SeesMatter {
		return v, err
	}
	c, _, err := s.Cases.Story(ctx, s.DB.Read(), r.Case.ID)
	v.Title, v.CaseNo, v.Tasks = plain(c.Title), c.No, c.Tasks
	if len(c.Requests) > 0 {
		v.Requests = c.Requests
	}
	return v, err
}

// SayFor records the written opinion of an outside seat.
func (s *Service) SayFor(ctx context.Context, roomID, seatID int64, in OpinionForm, now time.Time) (Opinion, error) {
	r, seat, err := s.seated(ctx, roomID, seatID, now)
	if err != nil {
		return Opinion{}, err
	}
	return s.say(ctx, chair{r, seat, 0}, in, now)
}

// seated reads a room and an outside seat that still admits to it.
func (s *Service) seated(ctx context.Context, roomID, seatID int64, now time.Time) (Room, Seat, error) {
	r, err := s.store.any(ctx, s.DB.Read(), roomID)
	if err != nil {
		return r, Seat{}, err
	}
	seats, err := s.store.seats(ctx, s.DB.Read(), roomID)
	if err != nil {
		return r, Seat{}, err
	}
	for _, seat := range seats {
		if seat.ID == seatID && seat.Outside() && admits(r, seat, now) {
			return r, seat, nil
		}
	}
	return r, Seat{}, ErrNotFound
}
