package account

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
)

// sessionSelect and tokenSelect give the person together with the way in.
const (
	sessionColumns = staffColumns + `, session.token_hash, session.created_at, session.seen_at,
		session.expires_at, session.second_factor, session.agent_text`
	sessionSelect = `SELECT ` + sessionColumns + ` FROM session JOIN staff ON staff.id = session.staff_id
		WHERE session.token_hash = $1`
	tokenSelect = `SELECT ` + staffColumns + `, api_token.expires_at
		FROM api_token JOIN staff ON staff.id = api_token.staff_id WHERE api_token.token_hash = $1`
)

func scanSession(r db.Rows) (Session, error) {
	var se Session
	var created, seen, expires db.Time
	var err error
	se.Staff, err = scanStaff(r, &se.Hash, &created, &seen, &expires, &se.SecondFactor, &se.Agent)
	se.CreatedAt, se.SeenAt, se.ExpiresAt = created.Std(), seen.Std(), expires.Std()
	return se, err
}

func (store) session(ctx context.Context, q db.Queryer, hash []byte) (Session, bool, error) {
	return found(db.One(ctx, q, scanSession, sessionSelect, hash))
}

func (store) insertSession(ctx context.Context, q db.Queryer, se Session) error {
	_, err := q.Exec(ctx, `
		INSERT INTO session (token_hash, staff_id, created_at, seen_at, expires_at, second_factor, agent_text)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		se.Hash, se.Staff.ID, db.At(se.CreatedAt), db.At(se.SeenAt), db.At(se.ExpiresAt), se.SecondFactor, se.Agent)
	return err
}

func (store) touchSession(ctx context.Context, q db.Queryer, hash []byte, now time.Time) error {
	_, err := q.Exec(ctx, `UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2`, hash, db.At(now))
	return err
}

func (store) endSession(ctx context.Context, q db.Queryer, staffID int64, hash []byte) (bool, error) {
	n, err := q.Exec(ctx, `DELETE FROM session WHERE token_hash = $1 AND staff_id = $2`, hash, staffID)
	return n == 1, err
}

func (store) sessionsOf(ctx context.Context, q db.Queryer, staffID int64, limit int) ([]Session, error) {
	return db.List(ctx, q, scanSession, `SELECT `+sessionColumns+`
		FROM session JOIN staff ON staff.id = session.staff_id
		WHERE session.staff_id = $1 ORDER BY session.created_at DESC LIMIT $2`, staffID, limit)
}

// recentSessions pages by (seen_at, token_hash), newest first.
const recentSessions = `SELECT ` + sessionColumns + `
	FROM session JOIN staff ON staff.id = session.staff_id
	WHERE (session.seen_at, session.token_hash) < ($1, $2)
	ORDER BY session.seen_at DESC, session.token_hash DESC LIMIT $3`

func (store) recentSessions(ctx context.Context, q db.Queryer, before SessionCursor, limit int) ([]Session, error) {
	return db.List(ctx, q, scanSession, recentSessions, db.Time(before.SeenAt), before.Hash, limit)
}

// sweep deletes what nobody can use any more.
func (store) sweep(ctx context.Context, q db.Queryer, now, idleSince time.Time) error {
	for _, d := range []struct {
		query string
		at    time.Time
	}{
		{`DELETE FROM session WHERE expires_at <= $1`, now},
		{`DELETE FROM session WHERE seen_at <= $1`, idleSince},
		{`DELETE FROM api_token WHERE expires_at <= $1`, now},
	} {
		if _, err := q.Exec(ctx, d.query, db.At(d.at)); err != nil {
			return err
		}
	}
	return nil
}

// API tokens.

func (store) staffByToken(ctx context.Context, q db.Queryer, hash []byte) (tokenOwner, bool, error) {
	return found(db.One(ctx, q, func(r db.Rows) (tokenOwner, error) {
		var o tokenOwner
		var expires db.Time
		var err error
		o.Staff, err = scanStaff(r, &expires)
		o.expires = expires.Std()
		return o, err
	}, tokenSelect, hash))
}

func (store) insertToken(ctx context.Context, q db.Queryer, staffID int64, t Token) error {
	_, err := q.Exec(ctx, `
		INSERT INTO api_token (token_hash, staff_id, name, expires_at, created_at) VALUES ($1, $2, $3, $4, $5)`,
		t.Hash, staffID, t.Name, db.At(t.ExpiresAt), db.At(t.CreatedAt))
	return err
}

func (store) tokensOf(ctx context.Context, q db.Queryer, staffID int64, limit int) ([]Token, error) {
	return db.List(ctx, q, func(r db.Rows) (Token, error) {
		var t Token
		var expires, created db.Time
		err := r.Scan(&t.Hash, &t.Name, &expires, &created)
		t.ExpiresAt, t.CreatedAt = expires.Std(), created.Std()
		return t, err
	}, `SELECT token_hash, name, expires_at, created_at FROM api_token
		WHERE staff_id = $1 ORDER BY created_at DESC LIMIT $2`, staffID, limit)
}

func (store) endToken(ctx context.Context, q db.Queryer, staffID int64, hash []byte) (bool, error) {
	n, err := q.Exec(ctx, `DELETE FROM api_token WHERE token_hash = $1 AND staff_id = $2`, hash, staffID)
	return n == 1, err
}
