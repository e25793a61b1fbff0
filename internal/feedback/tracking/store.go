package tracking

import (
	"context"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

type store struct{ db *db.DB }

// lockedUntil is the latest moment until which one of the subjects must wait.
func (s store) lockedUntil(ctx context.Context, subjects ...string) (time.Time, error) {
	args := make([]any, len(subjects))
	for i, v := range subjects {
		args[i] = v
	}
	until, err := db.One(ctx, s.db.Read(), db.Value[db.Time],
		`SELECT COALESCE(MAX(until_at), 0) FROM attempt WHERE subject IN (`+marks(len(args))+`)`, args...)
	return until.Std(), err
}

// noteFailure counts a failure of a subject; after limit failures, none of
// them older than the pause, it has to wait as long as the pause.
func noteFailure(b *db.Batch, subject string, limit int, pause time.Duration, now time.Time) {
	b.Add(`INSERT INTO attempt (subject, failed, last_at, until_at) VALUES ($1, 1, $2, 0)
		ON CONFLICT (subject) DO UPDATE SET
			failed = CASE WHEN attempt.last_at < $3 THEN 1 ELSE attempt.failed + 1 END,
			until_at = CASE WHEN attempt.last_at >= $3 AND attempt.failed + 1 >= $4 THEN CAST($5 AS BIGINT) ELSE 0 END,
			last_at = excluded.last_at`,
		subject, db.At(now), db.At(now.Add(-pause)), limit, db.At(now.Add(pause)))
}

// keepCode replaces the phone's code unless one was sent a moment ago.
func (s store) keepCode(ctx context.Context, index, hash []byte, now time.Time) (bool, error) {
	kept := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO phone_code (phone_index, code_hash, sent_at, expires_at, tries) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (phone_index) DO UPDATE SET code_hash = excluded.code_hash, sent_at = excluded.sent_at,
				expires_at = excluded.expires_at, tries = 0
			WHERE phone_code.sent_at <= $5`, index, hash, db.At(now), db.At(now.Add(codeTime)), db.At(now.Add(-resendAfter)))
		kept = n == 1
		return err
	})
	return kept, err
}

// tryCode counts a try and tells whether the code was right; a right code is
// used up, and none is left after the last try.
func (s store) tryCode(ctx context.Context, index, hash []byte, tries int, now time.Time) (bool, error) {
	right := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		right = false
		n, err := tx.Exec(ctx, `DELETE FROM phone_code WHERE phone_index = $1 AND code_hash = $2 AND expires_at > $3 AND tries < $4`,
			index, hash, db.At(now), tries)
		if err != nil || n == 1 {
			right = n == 1
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE phone_code SET tries = tries + 1 WHERE phone_index = $1`, index)
		return err
	})
	return right, err
}

// forget drops what is of no use any more.
func (s store) forget(ctx context.Context, now, before time.Time) error {
	var b db.Batch
	b.Add(`DELETE FROM attempt WHERE last_at < $1`, db.At(before))
	b.Add(`DELETE FROM phone_code WHERE expires_at < $1`, db.At(now))
	return s.db.Send(ctx, &b)
}

// own is a case in the list of its petitioner.
type own struct {
	ID           int64
	No           string
	Title        string
	State        casework.State
	RegisteredAt time.Time
	NextDueAt    time.Time
	NextWarnAt   time.Time
	Joint        bool // signed beside the one who filed it
}

// Light is the light of what comes next.
func (o own) Light(now time.Time) casework.Light {
	return casework.LightFor(o.NextDueAt, o.NextWarnAt, now)
}

const ownColumns = `id, no, title, state, registered_at, next_due_at, next_warn_at`

func scanOwn(r db.Rows) (o own, err error) {
	var registered, due, warn db.Time
	err = r.Scan(&o.ID, &o.No, &o.Title, &o.State, &registered, &due, &warn)
	o.RegisteredAt, o.NextDueAt, o.NextWarnAt = registered.Std(), due.Std(), warn.Std()
	return o, err
}

// ownCases lists the cases of some persons, newest first, before an id. What
// is confidential asks for its number and code.
func (s store) ownCases(ctx context.Context, people []int64, before int64, limit int) ([]own, error) {
	if len(people) == 0 {
		return nil, nil
	}
	query, args := ownQuery(people, before, limit)
	return db.List(ctx, s.db.Read(), scanOwn, query, args...)
}

// casesByID lists some cases like ownCases.
func (s store) casesByID(ctx context.Context, ids []int64, before int64, limit int) ([]own, error) {
	query, args := byIDQuery(ids, before, limit)
	return db.List(ctx, s.db.Read(), scanOwn, query, args...)
}

func byIDQuery(ids []int64, before int64, limit int) (string, []any) {
	query, args := ownQuery(ids, before, limit)
	return strings.Replace(query, "petitioner_id IN", "id IN", 1), args
}

func ownQuery(people []int64, before int64, limit int) (string, []any) {
	args := make([]any, 0, len(people)+3)
	for _, id := range people {
		args = append(args, id)
	}
	n := len(people)
	args = append(args, string(access.LaneOpen), before, limit)
	return `SELECT ` + ownColumns + ` FROM case_file
		WHERE petitioner_id IN (` + marks(n) + `) AND petitioner_id <> 0 AND lane = $` + strconv.Itoa(n+1) + ` AND id < $` + strconv.Itoa(n+2) + `
		ORDER BY id DESC LIMIT $` + strconv.Itoa(n+3), args
}

// marks writes "$1, $2, …".
func marks(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(list, ", ")
}
