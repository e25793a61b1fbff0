package caselead

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// Query asks for a page of led cases: open ones by what is due first, ended
// ones newest first.
type Query struct {
	LeaderID int64
	Ended    bool
	Late     bool
	After    Key
	Limit    int
}

// Key is the place of a row in the order of its list.
type Key struct{ Due, ID int64 }

const pageRows = 50

func (q Query) limit() int {
	if q.Limit < 1 || q.Limit > pageRows {
		return pageRows
	}
	return q.Limit
}

// Board is one leader with figures of what that leader leads.
type Board struct {
	LeaderID   int64
	LeaderName string
	Open       int
	Late       int
}

// List gives a page of led cases; next is nil on the last.
func (s *Service) List(ctx context.Context, a access.Actor, q Query, now time.Time) (rows []Led, next *Key, err error) {
	rows, err = s.store.list(ctx, s.DB.Read(), a, q, now)
	if n := q.limit(); len(rows) > n {
		rows = rows[:n]
		next = &Key{int64(db.At(rows[n-1].DueAt)), rows[n-1].ID}
	}
	return rows, next, err
}

// Boards counts for each leader what the actor sees of it, the most overdue
// first.
func (s *Service) Boards(ctx context.Context, a access.Actor, now time.Time) ([]Board, error) {
	return s.store.boards(ctx, s.DB.Read(), a, now)
}

// Led reads one if the actor may see it.
func (s *Service) Led(ctx context.Context, a access.Actor, id int64) (Led, error) {
	return s.store.led(ctx, s.DB.Read(), a, id)
}

// OfCase gives who leads a case now; false when nobody does or the actor may
// not know.
func (s *Service) OfCase(ctx context.Context, a access.Actor, caseID int64) (Led, bool, error) {
	l, err := s.store.ofCase(ctx, s.DB.Read(), a, caseID)
	if errors.Is(err, ErrNotFound) {
		return l, false, nil
	}
	return l, err == nil, err
}

// Entries reads what happened to a led case, oldest first.
func (s *Service) Entries(ctx context.Context, a access.Actor, id int64) ([]Entry, error) {
	if _, err := s.Led(ctx, a, id); err != nil {
		return nil, err
	}
	return s.store.entries(ctx, s.DB.Read(), id)
}

func stale(err error) error {
	if errors.Is(err, db.ErrStale) {
		return errStale.Because(err)
	}
	return err
}
