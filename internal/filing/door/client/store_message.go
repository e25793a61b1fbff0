package client

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
)

// message is an event on its way to a client.
type message struct {
	ID       int64
	ClientID int64
	CaseNo   string
	Event    string
	At       time.Time
	Attempts int
	Error    string
}

const messageColumns = `m.id, m.client_id, c.case_no, m.event, m.at, m.attempts, m.error`

func scanMessage(r db.Rows) (m message, err error) {
	var at db.Time
	err = r.Scan(&m.ID, &m.ClientID, &m.CaseNo, &m.Event, &at, &m.Attempts, &m.Error)
	m.At = at.Std()
	return m, err
}

// queue writes an event down for the client that filed its case and wants to
// be called; an event that is there already stays.
func queue(ctx context.Context, tx db.Tx, caseID int64, m message) error {
	_, err := tx.Exec(ctx, `INSERT INTO client_message (id, client_id, case_id, event, at, attempts, next_at, dead, error)
		SELECT CAST($1 AS BIGINT), c.client_id, c.case_id, CAST($2 AS TEXT), CAST($3 AS BIGINT), 0, CAST($3 AS BIGINT), FALSE, ''
		FROM client_case c JOIN client k ON k.id = c.client_id WHERE c.case_id = $4 AND k.webhook <> '' AND k.active
		ON CONFLICT (id) DO NOTHING`, m.ID, m.Event, db.At(m.At), caseID)
	return err
}

const dueMessages = `SELECT ` + messageColumns + ` FROM client_message m JOIN client_case c ON c.case_id = m.case_id
	WHERE NOT m.dead AND m.next_at <= $1 ORDER BY m.next_at, m.id LIMIT $2`

func (s *Service) due(ctx context.Context, now time.Time, limit int) ([]message, error) {
	return db.List(ctx, s.DB.Read(), scanMessage, dueMessages, db.At(now), limit)
}

// claim takes a message for one attempt; false when another process has it. A
// process that dies leaves it to the others after the lease.
func (s *Service) claim(ctx context.Context, m message, now, until time.Time) (bool, error) {
	var n int64
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		n, err = tx.Exec(ctx, `UPDATE client_message SET attempts = attempts + 1, next_at = $1 WHERE id = $2 AND NOT dead AND next_at <= $3`,
			db.At(until), m.ID, db.At(now))
		return err
	})
	return n == 1, err
}

func delivered(b *db.Batch, id int64) {
	b.Add(`DELETE FROM client_message WHERE id = $1`, id)
}

func failed(b *db.Batch, id int64, next time.Time, dead bool, text string) {
	b.Add(`UPDATE client_message SET next_at = $1, dead = $2, error = $3 WHERE id = $4`, db.At(next), dead, text, id)
}

// mostDead is how many of the dead a page shows.
const mostDead = 50

func (s *Service) dead(ctx context.Context, id int64) ([]message, error) {
	return db.List(ctx, s.DB.Read(), scanMessage, `SELECT `+messageColumns+` FROM client_message m JOIN client_case c ON c.case_id = m.case_id
		WHERE m.client_id = $1 AND m.dead ORDER BY m.id DESC LIMIT $2`, id, mostDead)
}

// revive lets the dead of a client be tried again.
func (s *Service) revive(ctx context.Context, id int64, now time.Time) error {
	var b db.Batch
	b.Add(`UPDATE client_message SET dead = FALSE, attempts = 0, next_at = $1 WHERE client_id = $2 AND dead`, db.At(now), id)
	return s.DB.Send(ctx, &b)
}

func (s *Service) waiting(ctx context.Context, id int64) (int, error) {
	return db.One(ctx, s.DB.Read(), db.Value[int], `SELECT count(*) FROM (SELECT 1 FROM client_message WHERE client_id = $1 AND NOT dead LIMIT 10000) AS w`, id)
}
