package notify

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
)

// Item is a reminder, or news, in somebody's tray.
type Item struct {
	ID        int64
	CaseID    int64
	Condition Condition
	Level     Level
	Seq       int
	DueAt     time.Time
	At        time.Time
	ReadAt    time.Time

	Kind    string // of news; "" is a reminder
	Subject int64  // what the news is of
	Path    string // where it is read

	Case  casework.Case       // as the reader may see it now
	Duty  casework.Obligation // the duty spoken of
	Stale bool                // the reminder is no longer true
}

const trayPage = 30

// Tray pages through the actor's reminders, newest first. What the actor may
// no longer see is left out.
func (s *Service) Tray(ctx context.Context, unread bool, before int64) (items []Item, more bool, err error) {
	me := access.From(ctx)
	list, err := s.store.tray(ctx, me.ID, unread, before, trayPage+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > trayPage; more {
		list = list[:trayPage]
	}
	ids := make([]int64, len(list))
	for i, it := range list {
		ids[i] = it.CaseID
	}
	cases, err := s.Cases.ByIDs(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	now := s.Clock.Now()
	for _, it := range list {
		if it.Kind != "" {
			if it, err = s.news(ctx, me, it, cases); err != nil {
				return nil, false, err
			}
			items = append(items, it)
			continue
		}
		c, known := cases[it.CaseID]
		if !known || !maySee(me, c) {
			it.Case, it.Stale = casework.Case{}, true
			items = append(items, it)
			continue
		}
		it.Case, it.Stale = c, true
		for _, o := range c.Obligations {
			if o.Seq == it.Seq {
				it.Duty = o
			}
		}
		for _, x := range Holding(c, now) {
			it.Stale = it.Stale && !(x.Seq == it.Seq && x.Condition == it.Condition)
		}
		items = append(items, it)
	}
	return items, more, nil
}

// news completes an item of news; one that its reader may not open any more
// says nothing.
func (s *Service) news(ctx context.Context, me access.Actor, it Item, cases map[int64]casework.Case) (Item, error) {
	open, err := s.openable(ctx, me, it)
	if err != nil {
		return it, err
	}
	it.Stale = !open
	if !open {
		it.Path = ""
	} else if c, known := cases[it.CaseID]; known && maySee(me, c) {
		it.Case = c
	}
	return it, nil
}

// mostUnread bounds the count in the page's head.
const mostUnread = 100

// Unread counts the actor's unread reminders, up to 100.
func (s *Service) Unread(ctx context.Context) (int, error) {
	return s.store.unread(ctx, access.From(ctx).ID, mostUnread)
}

// MarkRead marks one item of the actor's tray as read and gives the page that
// it leads to; 0 marks all.
func (s *Service) MarkRead(ctx context.Context, id int64) (path string, err error) {
	me := access.From(ctx)
	if id == 0 {
		return "", s.store.readAll(ctx, me.ID, s.Clock.Now())
	}
	it, known, err := s.store.trayItem(ctx, me.ID, id)
	if err != nil || !known {
		return "", orMissing(err)
	}
	if err := s.store.read(ctx, me.ID, it, s.Clock.Now()); err != nil {
		return "", err
	}
	if it.Kind != "" {
		open, err := s.openable(ctx, me, it.Item)
		if err == nil && !open {
			err = errMissing
		}
		return it.Path, err
	}
	cases, err := s.Cases.ByIDs(ctx, []int64{it.CaseID})
	if err != nil {
		return "", err
	}
	c, known := cases[it.CaseID]
	if !known || !maySee(me, c) {
		return "", errMissing
	}
	return "/desk/cases/" + c.No, nil
}

var errMissing = fault.New(fault.NotFound, "notify.missing")

func orMissing(err error) error {
	if err == nil {
		return errMissing
	}
	return err
}
