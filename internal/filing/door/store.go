package door

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

const trayColumns = `id, door, key_index, thread_index, from_index, from_mask, state, lane, at, created_at, payload,
	case_id, case_no, staff_id, decided_at, reason, attempts, next_at`

func scanTray(r db.Rows) (t Tray, err error) {
	var at, created, decided, next db.Time
	err = r.Scan(&t.ID, &t.Door, &t.key, &t.thread, &t.from, &t.Mask, &t.State, &t.Lane, &at, &created, &t.payload,
		db.Null(&t.CaseID), &t.CaseNo, &t.StaffID, &decided, &t.Reason, &t.Attempts, &next)
	t.At, t.CreatedAt, t.DecidedAt, t.NextAt = at.Std(), created.Std(), decided.Std(), next.Std()
	return t, err
}

func addTray(b *db.Batch, t Tray) {
	b.Add(`INSERT INTO arrival (`+trayColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, '', 0, 0, $12, 0, $13)`,
		t.ID, t.Door, t.key, orNull(t.thread), orNull(t.from), t.Mask, string(t.State), string(t.Lane), db.At(t.At), db.At(t.CreatedAt), t.payload,
		t.Reason, db.At(t.NextAt))
	for _, key := range t.blobs {
		b.Add(`INSERT INTO arrival_blob (blob_key, arrival_id) VALUES ($1, $2)`, key, t.ID)
	}
}

func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func (s *Service) tray(ctx context.Context, id int64) (Tray, error) {
	t, err := db.One(ctx, s.DB.Read(), scanTray, `SELECT `+trayColumns+` FROM arrival WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrNotFound
	}
	return t, err
}

// keyed finds an arrival by its sender's key; nil when there is none.
func (s *Service) keyed(ctx context.Context, door string, index []byte) (*Tray, error) {
	t, err := db.One(ctx, s.DB.Read(), scanTray, `SELECT `+trayColumns+` FROM arrival WHERE door = $1 AND key_index = $2`, door, index)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return &t, err
}

// verdict is what becomes of an arrival.
type verdict struct {
	state  State
	caseID int64
	caseNo string
	lane   access.Lane
	staff  int64
	reason string
	at     time.Time
}

// decide sets a verdict, unless somebody decided meanwhile.
func decide(b *db.Batch, t Tray, v verdict) {
	b.Expect(1, `UPDATE arrival SET state = $1, case_id = $2, case_no = $3, lane = $4, staff_id = $5, reason = $6, decided_at = $7
		WHERE id = $8 AND state = $9`,
		string(v.state), db.OrNull(v.caseID), v.caseNo, string(v.lane), v.staff, v.reason, db.At(v.at), t.ID, string(t.State))
}

// decided names the failure of decide.
func decided(err error) error {
	if errors.Is(err, db.ErrStale) {
		return ErrDecided.Because(err)
	}
	return err
}

func postpone(b *db.Batch, id int64, next time.Time) {
	b.Add(`UPDATE arrival SET attempts = attempts + 1, next_at = $1 WHERE id = $2 AND state = 'received'`, db.At(next), id)
}

const dueQuery = `SELECT id FROM arrival WHERE state = 'received' AND next_at <= $1 ORDER BY next_at, id LIMIT $2`

func (s *Service) due(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	return db.List(ctx, s.DB.Read(), db.Value[int64], dueQuery, db.At(now), limit)
}

func (s *Service) knownBlobs(ctx context.Context, keys []string) (map[string]bool, error) {
	marks, args := "", []any{}
	for i, k := range keys {
		if i > 0 {
			marks += ", "
		}
		args = append(args, k)
		marks += fmt.Sprintf("$%d", len(args))
	}
	found, err := db.List(ctx, s.DB.Read(), db.Value[string], `SELECT blob_key FROM arrival_blob WHERE blob_key IN (`+marks+`)`, args...)
	set := make(map[string]bool, len(found))
	for _, k := range found {
		set[k] = true
	}
	return set, err
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

const addHour = `INSERT INTO door_hour (door, hour, probes, failures, arrivals, filed, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (door, hour) DO UPDATE SET probes = door_hour.probes + excluded.probes, failures = door_hour.failures + excluded.failures,
	arrivals = door_hour.arrivals + excluded.arrivals, filed = door_hour.filed + excluded.filed,
	last_at = CASE WHEN excluded.last_at > door_hour.last_at THEN excluded.last_at ELSE door_hour.last_at END`

func countArrival(b *db.Batch, door string, now time.Time) {
	b.Add(addHour, door, hourOf(now), 0, 0, 1, 0, db.At(now))
}

func countFiled(b *db.Batch, door string, now time.Time) {
	b.Add(addHour, door, hourOf(now), 0, 0, 0, 1, 0)
}

// countProbe notes a probe; failure is "" when the door works.
func countProbe(b *db.Batch, door, failure string, now time.Time) {
	failed := 0
	if failure != "" {
		failed = 1
		b.Add(`UPDATE door SET probed_at = $1, error = $2 WHERE code = $3`, db.At(now), failure, door)
	} else {
		b.Add(`UPDATE door SET probed_at = $1, ok_at = $1, error = '' WHERE code = $2`, db.At(now), door)
	}
	b.Add(addHour, door, hourOf(now), 1, failed, 0, 0, 0)
}

// Backlog is what waits in the tray.
type Backlog struct {
	Received, Held, Stuck int64
	Oldest                time.Time // of those that wait for a person
}

// Backlog counts what waits, up to 100,000 of each.
func (s *Service) Backlog(ctx context.Context) (Backlog, error) {
	return db.One(ctx, s.DB.Read(), func(r db.Rows) (b Backlog, err error) {
		var oldest db.Time
		err = r.Scan(&b.Received, &b.Held, &b.Stuck, db.Null(&oldest))
		b.Oldest = oldest.Std()
		return b, err
	}, `SELECT (SELECT count(*) FROM (SELECT 1 FROM arrival WHERE state = 'received' LIMIT 100000) AS a),
		(SELECT count(*) FROM (SELECT 1 FROM arrival WHERE state = 'held' LIMIT 100000) AS b),
		(SELECT count(*) FROM (SELECT 1 FROM arrival WHERE state = 'received' AND attempts >= $1 LIMIT 100000) AS c),
		(SELECT at FROM arrival WHERE state = 'held' ORDER BY id LIMIT 1)`, stuckAfter)
}
