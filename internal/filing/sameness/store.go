package sameness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"xinqiao/internal/core/matching"
	"xinqiao/internal/platform/db"
)

type store struct{ db *db.DB }

const columns = `id, low_id, high_id, case_id, weight, evidence, state, how, version, created_at, decided_at`

func scan(r db.Rows) (Link, error) {
	var l Link
	var weight int64
	var evidence, how string
	var created, decided db.Time
	if err := r.Scan(&l.ID, &l.Low, &l.High, &l.CaseID, &weight, &evidence, &l.State, &how, &l.Version, &created, &decided); err != nil {
		return l, err
	}
	l.Result.Weight, l.Auto, l.CreatedAt, l.DecidedAt = float64(weight)/1000, how == "auto", created.Std(), decided.Std()
	if err := json.Unmarshal([]byte(evidence), &l.Result.Fields); err != nil {
		return l, fmt.Errorf("sameness: evidence of link %d: %w", l.ID, err)
	}
	return l, nil
}

func how(l Link) string {
	if l.Auto {
		return "auto"
	}
	return "human"
}

func thousandths(w float64) int64 { return int64(math.Round(1000 * w)) }

// insert adds a pair that was not looked at before; of one that was, what was
// found stands.
func insert(b *db.Batch, l Link) {
	evidence, err := json.Marshal(l.Result.Fields)
	if err != nil {
		panic(fmt.Sprintf("sameness: evidence is plain data: %v", err))
	}
	b.Add(`INSERT INTO person_link (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (low_id, high_id) DO NOTHING`,
		l.ID, l.Low, l.High, l.CaseID, thousandths(l.Result.Weight), string(evidence), string(l.State), how(l), l.Version, db.At(l.CreatedAt), db.At(l.DecidedAt))
}

func (s store) known(ctx context.Context, low, high int64) (bool, error) {
	_, err := db.One(ctx, s.db.Read(), db.Value[int64], `SELECT id FROM person_link WHERE low_id = $1 AND high_id = $2`, low, high)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func update(b *db.Batch, before int64, l Link) {
	b.Expect(1, `UPDATE person_link SET state = $3, how = $4, version = $5, decided_at = $6 WHERE id = $1 AND version = $2`,
		l.ID, before, string(l.State), how(l), l.Version, db.At(l.DecidedAt))
}

func (s store) link(ctx context.Context, q db.Queryer, id int64) (Link, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM person_link WHERE id = $1`, id)
}

func (s store) links(ctx context.Context, state State) ([]Link, error) {
	order := "id"
	if state != Task {
		order = "id DESC"
	}
	return db.List(ctx, s.db.Read(), scan, `SELECT `+columns+` FROM person_link WHERE state = $1 ORDER BY `+order+` LIMIT `+strconv.Itoa(mostRead), string(state))
}

func (s store) ofPerson(ctx context.Context, q db.Queryer, id int64) ([]Link, error) {
	return db.List(ctx, q, scan, `SELECT `+columns+` FROM person_link WHERE low_id = $1 AND state = 'same' UNION ALL
		SELECT `+columns+` FROM person_link WHERE high_id = $1 AND state = 'same' ORDER BY id DESC LIMIT 20`, id)
}

func (s store) sameAs(ctx context.Context, q db.Queryer, id int64) ([]int64, error) {
	return db.List(ctx, q, db.Value[int64], `SELECT high_id FROM person_link WHERE low_id = $1 AND state = 'same' UNION ALL
		SELECT low_id FROM person_link WHERE high_id = $1 AND state = 'same' ORDER BY 1 DESC LIMIT `+strconv.Itoa(mostGroup), id)
}

// noteRow is a note as it is kept.
type noteRow struct {
	id, linkID int64
	Note
	staffID int64
}

func note(b *db.Batch, n noteRow) {
	b.Add(`INSERT INTO person_link_note (id, link_id, what, reason, staff_id, staff_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		n.id, n.linkID, n.What, n.Reason, n.staffID, n.StaffName, db.At(n.At))
}

func (s store) notes(ctx context.Context, linkID int64) ([]Note, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (n Note, err error) {
		var at db.Time
		err = r.Scan(&n.What, &n.Reason, &n.StaffName, &at)
		n.At = at.Std()
		return n, err
	}, `SELECT what, reason, staff_name, at FROM person_link_note WHERE link_id = $1 ORDER BY id LIMIT 100`, linkID)
}

func (s store) thresholds(ctx context.Context, q db.Queryer) (matching.Thresholds, error) {
	t, err := db.One(ctx, q, func(r db.Rows) (t matching.Thresholds, err error) {
		var high, middle int64
		err = r.Scan(&high, &middle)
		return matching.Thresholds{High: float64(high) / 1000, Middle: float64(middle) / 1000}, err
	}, `SELECT high, middle FROM person_threshold ORDER BY id DESC LIMIT 1`)
	if errors.Is(err, db.ErrNoRows) {
		return matching.Defaults, nil
	}
	return t, err
}

func (s store) setThresholds(ctx context.Context, id int64, t matching.Thresholds, staffID int64, now time.Time) error {
	var b db.Batch
	b.Add(`INSERT INTO person_threshold (id, high, middle, staff_id, at) VALUES ($1, $2, $3, $4, $5)`, id, thousandths(t.High), thousandths(t.Middle), staffID, db.At(now))
	return s.db.Send(ctx, &b)
}
