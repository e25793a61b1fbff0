package network

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/platform/db"
)

type store struct{ db *db.DB }

// record is an act as it is kept: without words and without a person, which
// are the case's.
type record struct {
	ID int64
	Act
	Digest     string
	CaseID     int64
	CaseNo     string
	ReceivedAt time.Time
}

const recordColumns = `id, act_key, mode, service, done, mandate, read_back, told, digest, case_id, case_no, at, received_at`

func insert(b *db.Batch, r record) {
	b.Add(`INSERT INTO agent_service (staff_id, unit_id, `+recordColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.Actor.ID, r.Actor.UnitID, r.ID, r.Key, string(r.Mode), r.Service, r.Done, r.Mandate, r.ReadBack, r.Told,
		r.Digest, r.CaseID, r.CaseNo, db.At(r.At), db.At(r.ReceivedAt))
}

func scanRecord(rows db.Rows) (r record, err error) {
	var at, received db.Time
	err = rows.Scan(&r.ID, &r.Key, &r.Mode, &r.Service, &r.Done, &r.Mandate, &r.ReadBack, &r.Told, &r.Digest, &r.CaseID, &r.CaseNo, &at, &received)
	r.At, r.ReceivedAt = at.Std(), received.Std()
	return r, err
}

func (s store) byKey(ctx context.Context, staff int64, key string) (record, bool, error) {
	r, err := db.One(ctx, s.db.Read(), scanRecord, `SELECT `+recordColumns+` FROM agent_service WHERE staff_id = $1 AND act_key = $2`, staff, key)
	if errors.Is(err, db.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

func (s store) one(ctx context.Context, staff, id int64) (record, error) {
	r, err := db.One(ctx, s.db.Read(), scanRecord, `SELECT `+recordColumns+` FROM agent_service WHERE id = $1 AND staff_id = $2`, id, staff)
	if errors.Is(err, db.ErrNoRows) {
		return r, ErrNotFound
	}
	return r, err
}

const mineQuery = `SELECT ` + recordColumns + ` FROM agent_service WHERE staff_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`

func (s store) mine(ctx context.Context, staff, before int64, limit int) ([]record, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.List(ctx, s.db.Read(), scanRecord, mineQuery, staff, before, limit)
}

// countQuery walks the index of one person's own work, which one life bounds.
const countQuery = `SELECT COUNT(*) FROM agent_service WHERE staff_id = $1 AND mode = $2`

func (s store) counts(ctx context.Context, staff int64) (map[Mode]int, error) {
	out := map[Mode]int{}
	for _, m := range Modes {
		n, err := db.One(ctx, s.db.Read(), func(r db.Rows) (n int, err error) { return n, r.Scan(&n) }, countQuery, staff, string(m))
		if err != nil {
			return nil, err
		}
		out[m] = n
	}
	return out, nil
}

func insertNote(b *db.Batch, staff int64, n Note, sealed []byte) {
	b.Add(`INSERT INTO agent_note (id, staff_id, note_key, case_id, kind, text_sealed, at, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.ID, staff, n.Key, n.CaseID, n.Kind, sealed, db.At(n.At), db.At(n.ReceivedAt))
}

func (s store) noteByKey(ctx context.Context, staff int64, key string) (int64, error) {
	return db.One(ctx, s.db.Read(), func(r db.Rows) (id int64, err error) { return id, r.Scan(&id) },
		`SELECT id FROM agent_note WHERE staff_id = $1 AND note_key = $2`, staff, key)
}

const notesQuery = `SELECT id, note_key, case_id, kind, text_sealed, at, received_at FROM agent_note WHERE staff_id = $1 AND case_id = $2 ORDER BY id DESC LIMIT 100`

func (s store) notes(ctx context.Context, staff, caseID int64, open func([]byte) (string, error)) ([]Note, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (n Note, err error) {
		var at, received db.Time
		var sealed []byte
		if err = r.Scan(&n.ID, &n.Key, &n.CaseID, &n.Kind, &sealed, &at, &received); err != nil {
			return n, err
		}
		n.At, n.ReceivedAt = at.Std(), received.Std()
		n.Text, err = open(sealed)
		return n, err
	}, notesQuery, staff, caseID)
}
