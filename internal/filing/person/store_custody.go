package person

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/platform/db"
)

// askPurpose binds a sealed reason to its request.
const askPurpose = "reveal_request/%d/reason"

func hasPermit(ctx context.Context, tx db.Tx, ask Request) (bool, error) {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM reveal_request
		WHERE person_id = $1 AND asked_by = $2 AND state = 'approved' AND expires_at > $3`, ask.PersonID, ask.AskedBy, db.At(ask.AskedAt))
	return n > 0, err
}

func insertRequest(ctx context.Context, tx db.Tx, r Request) error {
	_, err := tx.Exec(ctx, `INSERT INTO reveal_request (id, person_id, case_id, asked_by, reason, asked_at, state, decided_by, decided_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'asked', 0, 0, 0) ON CONFLICT DO NOTHING`,
		r.ID, r.PersonID, r.CaseID, r.AskedBy, r.Reason, db.At(r.AskedAt))
	return err
}

func (s *Service) waitingRequests(ctx context.Context, since time.Time) ([]Request, error) {
	return db.List(ctx, s.store.db.Read(), func(rows db.Rows) (r Request, err error) {
		var at db.Time
		if err = rows.Scan(&r.ID, &r.PersonID, &r.CaseID, &r.AskedBy, &r.Reason, &at); err != nil {
			return r, err
		}
		r.AskedAt = at.Std()
		r.Reason, err = s.keys.UnsealText(fmt.Sprintf(askPurpose, r.ID), r.Reason)
		return r, err
	}, `SELECT id, person_id, case_id, asked_by, reason, asked_at FROM reveal_request
		WHERE state = 'asked' AND asked_at > $1 ORDER BY id LIMIT $2`, db.At(since), mostAsking)
}

func (s *Service) decideRequest(ctx context.Context, id, by int64, approve bool, now time.Time) error {
	state, until := "refused", time.Time{}
	if approve {
		state, until = "approved", now.Add(permitted)
	}
	var b db.Batch
	b.Expect(1, `UPDATE reveal_request SET state = $2, decided_by = $3, decided_at = $4, expires_at = $5 WHERE id = $1 AND state = 'asked'`,
		id, state, by, db.At(now), db.At(until))
	return s.store.db.Send(ctx, &b)
}

func (s *Service) revealed(ctx context.Context, before int64, limit int) ([]Disclosure, error) {
	return db.List(ctx, s.store.db.Read(), s.scanDisclosure, `SELECT id, person_id, case_id, staff_id, reason, fields, at
		FROM person_reveal WHERE ($1 = 0 OR id < $1) AND staff_id <> 0 ORDER BY id DESC LIMIT $2`, before, limit)
}
