package room

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/jobs"
)

// Schedule follows what happens to cases elsewhere and marks late tasks of the
// conference.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{
		Name: "room.follow",
		Kinds: []string{"case.room_convened", "case.unit_invited", "case.room_closed", "case.concluded", "case.replied",
			"case.withdrawn", "case.declined", "case.diverted", "case.ended"},
		Handle: s.follow,
	})
	j.Periodic("room.sweep", time.Minute, s.Sweep)
}

// follow keeps rooms in step with cases: a room may also be convened, invited
// to and closed on the page of the case or over the API, and a case that ends
// ends its room.
func (s *Service) follow(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	seen := map[int64]bool{}
	for _, e := range events {
		if seen[e.Subject] {
			continue
		}
		seen[e.Subject] = true
		c, story, err := s.Cases.Story(ctx, tx, e.Subject)
		if err != nil {
			return err
		}
		if err := s.keepUp(ctx, tx, c, story); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) keepUp(ctx context.Context, tx db.Tx, c casework.Case, story []casework.Event) error {
	r, err := s.store.newest(ctx, tx, c.ID)
	none := fault.KindOf(err) == fault.NotFound
	if err != nil && !none {
		return err
	}
	var b db.Batch
	sits := !none && r.Sits()
	if !c.Room {
		if sits {
			closed := last(story, casework.CloseRoom)
			if closed.At.Before(r.OpenedAt) { // the case ended first
				closed = casework.Event{At: c.ClosedAt}
			}
			closeRoom(&b, r.ID, closed.Data.Text, closed.Data.UnitID, closed.At)
			return tx.Send(ctx, &b)
		}
		return nil
	}
	if !sits {
		e := last(story, casework.Convene)
		r = begin(s.IDs.Next(), c, e.ActorUnit, e.At)
		r.Reason = e.Data.Reason
		s.open(&b, r, access.Actor{ID: e.ActorID})
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
	}
	return s.seatInvited(ctx, tx, r, story)
}

// seatInvited gives units that were invited to this room elsewhere a seat.
func (s *Service) seatInvited(ctx context.Context, tx db.Tx, r Room, story []casework.Event) error {
	seats, err := s.store.seats(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	sitting := map[int64]bool{}
	for _, seat := range seats {
		sitting[seat.UnitID] = true
	}
	var b db.Batch
	for _, e := range story {
		if e.Verb == casework.Invite && !e.At.Before(r.OpenedAt) && !sitting[e.Data.UnitID] {
			sitting[e.Data.UnitID] = true
			insertSeat(&b, Seat{ID: s.IDs.Next(), RoomID: r.ID, Kind: Department, Sees: SeesAll, UnitID: e.Data.UnitID, AddedAt: e.At}, e.ActorID)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return tx.Send(ctx, &b)
}

func last(story []casework.Event, v casework.Verb) (found casework.Event) {
	for _, e := range story {
		if e.Verb == v {
			found = e
		}
	}
	return found
}

const sweepBatch = 100

// Sweep marks every task of a conference whose day has passed, once.
func (s *Service) Sweep(ctx context.Context) error {
	for n := sweepBatch; n == sweepBatch; {
		err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			now := s.Clock.Now()
			late, err := s.store.lateItems(ctx, tx, now, sweepBatch)
			n = len(late)
			if err != nil || n == 0 {
				return err
			}
			var b db.Batch
			for _, id := range late {
				lapseItem(&b, id, now)
				jobs.Publish(&b, jobs.Event{ID: s.IDs.Next(), Kind: "room.item_lapsed", Subject: id, At: now})
			}
			return tx.Send(ctx, &b)
		})
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
