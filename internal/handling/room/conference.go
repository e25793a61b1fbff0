package room

import (
	"context"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Conference is a meeting of the joint conference of an area.
type Conference struct {
	ID        int64
	Title     string
	Areas     [3]int64
	UnitID    int64
	MeetsAt   time.Time
	Place     string
	Chair     string
	Attendees string
	Minutes   string
	HeldAt    time.Time
	Items     []Item
}

// Held tells whether it has minutes.
func (c Conference) Held() bool { return !c.HeldAt.IsZero() }

// Item is a line of the agenda, with what was decided and whether it was done.
type Item struct {
	ID           int64
	ConferenceID int64
	CaseID       int64
	CaseNo       string
	Topic        string
	Decision     string
	UnitID       int64
	DecidedAt    time.Time
	DueAt        time.Time
	LapsedAt     time.Time
	Report       string
	DoneAt       time.Time
}

// Owed tells whether something is still to be done.
func (i Item) Owed() bool { return !i.DueAt.IsZero() && i.DoneAt.IsZero() }

var (
	conveners = []access.Role{access.BureauHead, access.Leader}
	attending = []access.Role{access.BureauHead, access.Leader, access.Supervisor}
)

// ConferenceForm is a meeting to be.
type ConferenceForm struct {
	Title   string
	MeetsAt time.Time
	Place   string
	Chair   string
	Topics  []string
}

// Call appoints a meeting of the actor's area, with the first topics.
func (s *Service) Call(ctx context.Context, a access.Actor, in ConferenceForm, now time.Time) (int64, error) {
	if !a.Has(conveners...) {
		return 0, ErrDenied
	}
	own, _ := s.Units.Unit(a.UnitID)
	c := Conference{ID: s.IDs.Next(), Title: strings.TrimSpace(in.Title), UnitID: a.UnitID, MeetsAt: in.MeetsAt, Place: strings.TrimSpace(in.Place), Chair: strings.TrimSpace(in.Chair)}
	copy(c.Areas[:], own.Areas)
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "title", c.Title, true)
	words(f, "place", c.Place, true)
	words(f, "chair", c.Chair, true)
	if c.MeetsAt.IsZero() || c.MeetsAt.Before(now.AddDate(-1, 0, 0)) || c.MeetsAt.After(now.AddDate(1, 0, 0)) {
		f.Field("day", "room.moment")
	}
	if err := f.OrNil(); err != nil {
		return 0, err
	}
	var b db.Batch
	insertConference(&b, c, a.ID, now)
	for _, topic := range in.Topics {
		if topic = strings.TrimSpace(topic); topic != "" {
			insertItem(&b, Item{ID: s.IDs.Next(), ConferenceID: c.ID, Topic: topic})
		}
	}
	return c.ID, s.DB.Send(ctx, &b)
}

// Conferences lists the meetings of the actor's area, newest first.
func (s *Service) Conferences(ctx context.Context, a access.Actor, after int64) (list []Conference, next int64, err error) {
	if !a.Has(attending...) {
		return nil, 0, ErrDenied
	}
	list, err = s.store.conferences(ctx, s.DB.Read(), a, after, pageRows+1)
	if len(list) > pageRows {
		list = list[:pageRows]
		next = list[pageRows-1].ID
	}
	return list, next, err
}

// Conference reads one with those lines of its agenda that the actor may see.
func (s *Service) Conference(ctx context.Context, a access.Actor, id int64) (Conference, error) {
	if !a.Has(attending...) {
		return Conference{}, ErrNotFound
	}
	c, err := s.store.conference(ctx, s.DB.Read(), a, id)
	if err != nil {
		return c, err
	}
	c.Items, err = s.store.items(ctx, s.DB.Read(), a, id)
	return c, err
}

// OpenItems lists what the conferences of the area still wait for, what is due
// first.
func (s *Service) OpenItems(ctx context.Context, a access.Actor) ([]Item, error) {
	if !a.Has(attending...) {
		return nil, ErrDenied
	}
	return s.store.openItems(ctx, s.DB.Read(), a)
}

// Item is one line of an agenda, for who may attend and for the program.
func (s *Service) Item(ctx context.Context, a access.Actor, id int64) (Item, error) {
	if !a.Has(attending...) && a.Role != access.System {
		return Item{}, ErrNotFound
	}
	return s.store.item(ctx, s.DB.Read(), a, id)
}

// AddItem puts a case or a topic on the agenda.
func (s *Service) AddItem(ctx context.Context, a access.Actor, id int64, caseNo, topic string) error {
	if _, err := s.convened(ctx, a, id); err != nil {
		return err
	}
	it := Item{ID: s.IDs.Next(), ConferenceID: id, Topic: strings.TrimSpace(topic)}
	f := fault.New(fault.Invalid, "room.incomplete")
	if caseNo = strings.TrimSpace(caseNo); caseNo != "" {
		no, _ := casework.CheckNumber(caseNo)
		c, err := s.Cases.Case(ctx, a, no)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			f.Field("case", "room.no_case")
		case err != nil:
			return err
		case it.Topic == "":
			it.Topic = c.Title
		}
		it.CaseID, it.CaseNo = c.ID, c.No
	}
	if len(f.Fields) == 0 {
		words(f, "topic", it.Topic, true)
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	var b db.Batch
	insertItem(&b, it)
	return s.DB.Send(ctx, &b)
}

// Meeting is the record of a meeting of the conference.
type Meeting struct {
	ConferenceID       int64
	Attendees, Minutes string
}

// Meet keeps the minutes of a meeting that was held.
func (s *Service) Meet(ctx context.Context, a access.Actor, in Meeting, now time.Time) error {
	c, err := s.convened(ctx, a, in.ConferenceID)
	if err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "attendees", in.Attendees, true)
	words(f, "minutes", in.Minutes, true)
	if err := f.OrNil(); err != nil {
		return err
	}
	if now.Before(c.MeetsAt) {
		return fault.New(fault.RuleBroken, "room.not_yet")
	}
	var b db.Batch
	holdConference(&b, c.ID, strings.TrimSpace(in.Attendees), strings.TrimSpace(in.Minutes), now)
	return stale(s.DB.Send(ctx, &b))
}

// Ruling is what a conference decides on a line of its agenda.
type Ruling struct {
	ConferenceID, ItemID int64
	Text                 string
	UnitID               int64 // 0 = nothing is to be done
	Due                  calendar.Date
}

// Resolve decides a line: who does what until when.
func (s *Service) Resolve(ctx context.Context, a access.Actor, in Ruling, now time.Time) error {
	if _, err := s.convened(ctx, a, in.ConferenceID); err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "decision", in.Text, true)
	it := Item{ID: in.ItemID, ConferenceID: in.ConferenceID, Decision: strings.TrimSpace(in.Text), UnitID: in.UnitID, DecidedAt: now}
	if in.UnitID != 0 {
		if !s.within(a, in.UnitID) {
			f.Field("unit", "room.choose")
		}
		if it.DueAt = dayEnd(in.Due); in.Due.IsZero() || !it.DueAt.After(now) {
			it.DueAt = time.Time{}
			f.Field("due", "room.due")
		}
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	var b db.Batch
	decideItem(&b, it)
	return stale(s.DB.Send(ctx, &b))
}

// FollowUp is a word on how far a task is.
type FollowUp struct {
	ConferenceID, ItemID int64
	Report               string
	Done                 bool
}

// Follow records how far a task of a conference is, or that it is done.
func (s *Service) Follow(ctx context.Context, a access.Actor, in FollowUp, now time.Time) error {
	c, err := s.Conference(ctx, a, in.ConferenceID)
	if err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "report", in.Report, true)
	if err := f.OrNil(); err != nil {
		return err
	}
	for _, it := range c.Items {
		if it.ID == in.ItemID && it.Owed() {
			var b db.Batch
			reportItem(&b, it.ID, strings.TrimSpace(in.Report), in.Done, now)
			return stale(s.DB.Send(ctx, &b))
		}
	}
	return errStale
}

// convened reads a meeting that the actor's own place convenes.
func (s *Service) convened(ctx context.Context, a access.Actor, id int64) (Conference, error) {
	c, err := s.Conference(ctx, a, id)
	if err == nil && !a.Has(conveners...) {
		err = ErrDenied
	}
	return c, err
}
