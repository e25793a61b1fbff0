package notify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// News (消息) is what is addressed to somebody beside the duties of a case: a
// letter of supervision, an entry in the duty record, a leader's progress that
// is late. It lies in the tray until it is read. The zero value concerns
// nobody.
type News struct {
	CaseID int64 // 0: of no case
	DueAt  time.Time
	Path   string // page on which it is read
	Posts  []Post
	Staff  []int64 // 0 is nobody
}

// Post is a role in a unit.
type Post struct {
	UnitID int64
	Role   access.Role
}

// Source (消息来源) is a capability some of whose events are news. Its words are
// "notify.news.<kind>".
type Source struct {
	Kinds []string
	// Read tells whom an event concerns.
	Read func(ctx context.Context, e jobs.Event) (News, error)
	// Sees tells whether somebody may open what it is about, by the rule of the
	// page that shows it.
	Sees func(ctx context.Context, a access.Actor, subject int64) (bool, error)
}

// Follow lays the news of a source into trays. Call it before Subscribe.
func (s *Service) Follow(list ...Source) {
	for _, src := range list {
		for _, k := range src.Kinds {
			s.sources[k] = src
		}
	}
}

// hearNews gives each event to whom it concerns, once, and to nobody who may
// not open it.
func (s *Service) hearNews(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	r := roster{}
	for _, e := range events {
		if s.Clock.Now().Sub(e.At) > noticeAge {
			continue
		}
		src := s.sources[e.Kind]
		n, err := src.Read(ctx, e)
		if err != nil {
			return fmt.Errorf("news of %s: %w", e.Kind, err)
		}
		readers, err := s.readers(ctx, r, n)
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(readers)) {
			sees, err := src.Sees(ctx, readers[id], e.Subject)
			if err != nil {
				return err
			}
			if !sees {
				continue
			}
			if err := s.store.newsToInbox(ctx, tx, trayRow{
				Item: Item{ID: s.IDs.Next(), CaseID: n.CaseID, DueAt: n.DueAt, At: e.At, Kind: e.Kind, Subject: e.Subject, Path: n.Path}, reminderID: e.ID,
			}, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// readers are the people in service whom news concern.
func (s *Service) readers(ctx context.Context, r roster, n News) (map[int64]access.Actor, error) {
	out := map[int64]access.Actor{}
	for _, p := range n.Posts {
		list, err := s.holders(ctx, r, post{p.UnitID, p.Role})
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			out[a.ID] = a
		}
	}
	for _, id := range n.Staff {
		if id == 0 {
			continue
		}
		a, active, err := s.People.Actor(ctx, id)
		if err != nil {
			return nil, err
		}
		if active {
			out[id] = a
		}
	}
	return out, nil
}

// openable tells whether news in a tray can still be opened by its reader.
func (s *Service) openable(ctx context.Context, a access.Actor, it Item) (bool, error) {
	src, known := s.sources[it.Kind]
	if !known {
		return false, nil
	}
	return src.Sees(ctx, a, it.Subject)
}
