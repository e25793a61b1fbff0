package notify

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/sender"
)

// Faults of the administration.
var (
	errNotYours = fault.New(fault.Denied, "notify.not_yours")
	errMoved    = fault.New(fault.Conflict, "notify.moved")
)

// overseer says which area's messages an actor may look at, and whether those
// of the confidential lane too. The log shows neither case nor address.
func overseer(a access.Actor) (areaID int64, hidden bool, err error) {
	switch a.Role {
	case access.SystemAdmin, access.System:
		return 0, true, nil
	case access.BureauHead:
		if a.AreaDepth <= 1 {
			return 0, a.Cleared, nil
		}
		return a.AreaID, a.Cleared, nil
	}
	return 0, false, errNotYours
}

// Line is a delivery as the log shows it.
type Line struct {
	ID       int64
	Way      sender.Way
	Template string
	To       string // a name of staff, or "" for a petitioner
	Mask     string // of the address
	State    State
	Class    Class
	Code     string
	Carrier  string
	Attempts int

	CreatedAt, NextAt, SentAt, DeliveredAt, ReadAt time.Time
}

const logPage = 50

// Outgoing pages through the deliveries that an overseer may look at, newest first;
// a state, such as Stuck, limits it.
func (s *Service) Outgoing(ctx context.Context, state State, before int64) (lines []Line, more bool, err error) {
	area, hidden, err := overseer(access.From(ctx))
	if err != nil {
		return nil, false, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	if !slices.Contains(States, state) {
		state = ""
	}
	list, err := s.store.log(ctx, LogFilter{AreaID: area, Hidden: hidden, State: state, Before: before, Limit: logPage + 1})
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > logPage; more {
		list = list[:logPage]
	}
	for _, d := range list {
		l, err := s.line(ctx, d)
		if err != nil {
			return nil, false, err
		}
		lines = append(lines, l)
	}
	return lines, more, nil
}

func (s *Service) line(ctx context.Context, d delivery) (Line, error) {
	l := Line{
		ID: d.ID, Way: d.Way, Template: d.Template, State: d.State, Class: d.Class, Code: d.Code, Carrier: d.Carrier, Attempts: d.Attempts,
		CreatedAt: d.CreatedAt, NextAt: d.NextAt, SentAt: d.SentAt, DeliveredAt: d.DeliveredAt, ReadAt: d.ReadAt,
	}
	if d.StaffID != 0 {
		who, _, err := s.People.Actor(ctx, d.StaffID)
		if err != nil {
			return l, err
		}
		l.To = who.Name
	}
	if d.PointID != 0 {
		p, _, err := s.store.point(ctx, s.DB.Read(), d.PointID)
		if err != nil {
			return l, err
		}
		l.Mask = p.Mask
	}
	return l, nil
}

// Alarms lists the posts that nobody holds, within an overseer's area.
func (s *Service) Alarms(ctx context.Context) ([]Alarm, error) {
	area, _, err := overseer(access.From(ctx))
	if err != nil {
		return nil, err
	}
	list, err := s.store.alarms(ctx, s.DB.Read())
	return slices.DeleteFunc(list, func(a Alarm) bool { return area != 0 && a.AreaID != area }), err
}

// stuck reads a stuck message that an overseer may decide about.
func (s *Service) stuck(ctx context.Context, id int64) (delivery, error) {
	area, hidden, err := overseer(access.From(ctx))
	if err != nil {
		return delivery{}, err
	}
	d, known, err := s.store.delivery(ctx, s.DB.Read(), id)
	if err != nil {
		return d, err
	}
	if !known || area != 0 && d.AreaID != area || d.Hidden && !hidden {
		return d, errMissing
	}
	if d.State != Stuck {
		return d, errMoved
	}
	return d, nil
}

// Retry sends a stuck message again. The one who decides so accepts that a
// message of unknown outcome may arrive twice.
func (s *Service) Retry(ctx context.Context, id int64) error {
	return s.decide(ctx, id, "message.retried", func(b *db.Batch, d delivery) error {
		s.store.again(b, d, d.Key+"."+short(s.IDs.Next()%46656), s.Clock.Now())
		return nil
	})
}

// Dismiss gives a stuck message up.
func (s *Service) Dismiss(ctx context.Context, id int64) error {
	return s.decide(ctx, id, "message.dismissed", func(b *db.Batch, d delivery) error {
		s.store.dismiss(b, d)
		return nil
	})
}

// Another sends a stuck message by another way in its place.
func (s *Service) Another(ctx context.Context, id int64, way sender.Way) error {
	return s.decide(ctx, id, "message.other_way", func(b *db.Batch, d delivery) error {
		now := s.Clock.Now()
		points, err := s.others(ctx, d, way)
		if err != nil {
			return err
		}
		s.store.dismiss(b, d)
		for _, p := range points {
			fresh := d
			fresh.ID, fresh.Way, fresh.PointID = s.IDs.Next(), way, p.ID
			fresh.Key = "o" + short(fresh.ID)
			fresh.State, fresh.Attempts, fresh.Class, fresh.Code, fresh.Carrier, fresh.CarrierID = Queued, 0, NoError, "", "", ""
			fresh.NextAt, fresh.CreatedAt, fresh.SentAt, fresh.Day = now, now, time.Time{}, calendar.On(now).String()
			s.store.otherWay(b, d, fresh)
		}
		return nil
	})
}

// others are the addresses of another way.
func (s *Service) others(ctx context.Context, d delivery, way sender.Way) ([]point, error) {
	refuse := fault.New(fault.Invalid, "notify.form").Field("way", "notify.way_closed")
	if s.senders[way] == nil || way == d.Way {
		return nil, refuse
	}
	if d.StaffID == 0 && (way == sender.SMS || way == sender.Phone) {
		return []point{{CaseID: d.CaseID, Way: way}}, nil
	}
	k := contacts{}
	var err error
	if d.StaffID != 0 {
		k, err = s.store.contacts(ctx, s.DB.Read(), d.StaffID)
	} else {
		k.Points, err = s.store.points(ctx, s.DB.Read(), 0, d.CaseID)
	}
	if err != nil {
		return nil, err
	}
	list := k.of(way, d.StaffID)
	if len(list) == 0 {
		return nil, refuse
	}
	return list, nil
}

// decide runs one logged decision about a stuck message.
func (s *Service) decide(ctx context.Context, id int64, action string, do func(*db.Batch, delivery) error) error {
	d, err := s.stuck(ctx, id)
	if err != nil {
		return err
	}
	var b db.Batch
	if err := do(&b, d); err != nil {
		return err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, action, "message/"+short(d.ID), string(d.Way)+" "+string(d.Class))
	})
	if errors.Is(err, db.ErrStale) {
		return errMoved
	}
	return err
}

// Backlog is what waits, for metrics; counts are bounded.
type Backlog struct{ Waiting, Stuck, Nobody int64 }

// Backlog counts what waits.
func (s *Service) Backlog(ctx context.Context) (Backlog, error) { return s.store.backlog(ctx) }
