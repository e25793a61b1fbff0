package kiosk

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
)

type store struct{ db *db.DB }

// beat notes that a machine was heard of, and what its bridge has.
func (s store) beat(ctx context.Context, code, devices string, now time.Time) error {
	var b db.Batch
	b.Add(`INSERT INTO kiosk_beat (door, seen_at, devices) VALUES ($1, $2, $3)
		ON CONFLICT (door) DO UPDATE SET seen_at = excluded.seen_at, devices = excluded.devices`, code, db.At(now), devices)
	return s.db.Send(ctx, &b)
}

func (s store) seen(ctx context.Context, code string) (time.Time, error) {
	at, err := db.One(ctx, s.db.Read(), func(r db.Rows) (t db.Time, err error) { return t, r.Scan(&t) }, `SELECT seen_at FROM kiosk_beat WHERE door = $1`, code)
	if errors.Is(err, db.ErrNoRows) {
		return time.Time{}, nil
	}
	return at.Std(), err
}

// use counts one touch of a tile.
func (s store) use(ctx context.Context, code, tile string, now time.Time) error {
	var b db.Batch
	b.Add(`INSERT INTO kiosk_use (door, day, tile, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (door, day, tile) DO UPDATE SET n = kiosk_use.n + 1`, code, calendar.On(now).String(), tile)
	return s.db.Send(ctx, &b)
}

// seenLast is a machine as it was last heard of.
type seenLast struct {
	Code    string
	At      time.Time
	Devices string
}

func (s store) machines(ctx context.Context) ([]seenLast, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (m seenLast, err error) {
		var at db.Time
		err = r.Scan(&m.Code, &at, &m.Devices)
		m.At = at.Std()
		return m, err
	}, `SELECT door, seen_at, devices FROM kiosk_beat ORDER BY door LIMIT 1000`)
}

// used is how often a tile was touched.
type used struct {
	Code, Tile string
	N          int64
}

const usedQuery = `SELECT door, tile, CAST(SUM(n) AS BIGINT) FROM kiosk_use WHERE day >= $1 GROUP BY door, tile ORDER BY door, 3 DESC, tile LIMIT 5000`

func (s store) used(ctx context.Context, from calendar.Date) ([]used, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (u used, err error) { return u, r.Scan(&u.Code, &u.Tile, &u.N) }, usedQuery, from.String())
}

func (s store) notices(ctx context.Context, code string) (string, error) {
	return db.One(ctx, s.db.Read(), func(r db.Rows) (t string, err error) { return t, r.Scan(&t) }, `SELECT notices FROM kiosk_content WHERE door = $1`, code)
}

func (s store) setNotices(ctx context.Context, code, text string, by int64, now time.Time) error {
	var b db.Batch
	b.Add(`INSERT INTO kiosk_content (door, notices, updated_by, updated_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (door) DO UPDATE SET notices = excluded.notices, updated_by = excluded.updated_by, updated_at = excluded.updated_at`, code, text, by, db.At(now))
	return s.db.Send(ctx, &b)
}
