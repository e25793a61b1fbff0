package account

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// store holds all SQL of the capability; store_*.go go on with it.
type store struct{}

const staffColumns = `staff.id, staff.login, staff.name, staff.unit_id, staff.role, staff.cleared,
	staff.password_hash, staff.password_at, staff.totp_sealed, staff.totp_pending,
	staff.failed, staff.locked_until_at, staff.active, staff.created_at`

// scanStaff reads staffColumns and then whatever more the query selects.
func scanStaff(r db.Rows, more ...any) (Staff, error) {
	var st Staff
	var password, locked, created db.Time
	err := r.Scan(append([]any{
		&st.ID, &st.Login, &st.Name, &st.UnitID, &st.Role, &st.Cleared,
		&st.passwordHash, &password, &st.totpSealed, &st.totpPending,
		&st.Failed, &locked, &st.Active, &created,
	}, more...)...)
	st.PasswordAt, st.LockedUntil, st.CreatedAt = password.Std(), locked.Std(), created.Std()
	st.SecondFactor = len(st.totpSealed) > 0
	return st, err
}

func scanOneStaff(r db.Rows) (Staff, error) { return scanStaff(r) }

func (store) staff(ctx context.Context, q db.Queryer, id int64) (Staff, bool, error) {
	return found(db.One(ctx, q, scanOneStaff, `SELECT `+staffColumns+` FROM staff WHERE id = $1`, id))
}

func (store) staffByLogin(ctx context.Context, q db.Queryer, login string) (Staff, bool, error) {
	return found(db.One(ctx, q, scanOneStaff, `SELECT `+staffColumns+` FROM staff WHERE login = $1`, login))
}

// found turns "no rows" into an answer.
func found[T any](v T, err error) (T, bool, error) {
	if errors.Is(err, db.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

// The four shapes of the staff list, each on its own index.
const (
	listAll    = `SELECT ` + staffColumns + ` FROM staff WHERE login > $1 ORDER BY login LIMIT $2`
	listInUnit = `SELECT ` + staffColumns + ` FROM staff WHERE unit_id = $3 AND login > $1
		AND ($4 = '' OR role = $4) ORDER BY login LIMIT $2`
	listByRole = `SELECT ` + staffColumns + ` FROM staff WHERE role = $3 AND login > $1 ORDER BY login LIMIT $2`
	listByWord = `SELECT ` + staffColumns + ` FROM staff WHERE login > $1 AND login >= $3 AND login < $4
		ORDER BY login LIMIT $2`
	listByName = `SELECT ` + staffColumns + ` FROM staff WHERE name = $3 AND login > $1 ORDER BY login LIMIT $2`
)

func (store) listStaff(ctx context.Context, q db.Queryer, f StaffFilter) ([]Staff, error) {
	switch {
	case f.Words != "" && isASCII(f.Words):
		word := tidyLogin(f.Words)
		return db.List(ctx, q, scanOneStaff, listByWord, f.After, f.Limit, word, word+"\x7f")
	case f.Words != "":
		return db.List(ctx, q, scanOneStaff, listByName, f.After, f.Limit, f.Words)
	case f.UnitID != 0:
		return db.List(ctx, q, scanOneStaff, listInUnit, f.After, f.Limit, f.UnitID, string(f.Role))
	case f.Role != "":
		return db.List(ctx, q, scanOneStaff, listByRole, f.After, f.Limit, string(f.Role))
	}
	return db.List(ctx, q, scanOneStaff, listAll, f.After, f.Limit)
}

func isASCII(s string) bool {
	for _, r := range s {
		if r > 0x7e {
			return false
		}
	}
	return true
}

func (store) unitHasStaff(ctx context.Context, q db.Queryer, id int64) (bool, error) {
	n, err := db.One(ctx, q, db.Value[int64],
		`SELECT count(*) FROM (SELECT 1 FROM staff WHERE unit_id = $1 AND active LIMIT 1) AS s`, id)
	return n > 0, err
}

func (store) insertStaff(ctx context.Context, q db.Queryer, st Staff) error {
	_, err := q.Exec(ctx, `
		INSERT INTO staff (id, login, name, unit_id, role, cleared, password_hash, password_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		st.ID, st.Login, st.Name, st.UnitID, string(st.Role), st.Cleared,
		st.passwordHash, db.At(st.PasswordAt), db.At(st.CreatedAt))
	return err
}

func (store) updateStaff(ctx context.Context, q db.Queryer, id int64, f StaffForm) error {
	_, err := q.Exec(ctx, `UPDATE staff SET login = $2, name = $3, unit_id = $4 WHERE id = $1`,
		id, f.Login, f.Name, f.UnitID)
	return err
}

func (store) activateStaff(ctx context.Context, q db.Queryer, id int64, active bool) error {
	_, err := q.Exec(ctx, `UPDATE staff SET active = $2 WHERE id = $1`, id, active)
	return err
}

func (store) grantRole(ctx context.Context, q db.Queryer, id int64, role access.Role, cleared bool) error {
	_, err := q.Exec(ctx, `UPDATE staff SET role = $2, cleared = $3 WHERE id = $1`, id, string(role), cleared)
	return err
}

func (store) setPassword(ctx context.Context, q db.Queryer, id int64, hash string, at time.Time) error {
	_, err := q.Exec(ctx, `UPDATE staff SET password_hash = $2, password_at = $3 WHERE id = $1`,
		id, hash, db.At(at))
	return err
}

func (store) lock(ctx context.Context, q db.Queryer, id int64, until time.Time) error {
	_, err := q.Exec(ctx, `UPDATE staff SET locked_until_at = $2 WHERE id = $1`, id, db.At(until))
	return err
}

func (store) unlock(ctx context.Context, q db.Queryer, id int64) error {
	_, err := q.Exec(ctx, `UPDATE staff SET failed = 0, locked_until_at = 0 WHERE id = $1`, id)
	return err
}

// countAttempt counts an attempt before its outcome is known, so that many at
// once can't slip through; it answers false while the record is locked.
func (store) countAttempt(ctx context.Context, q db.Queryer, id int64, now time.Time) (int, bool, error) {
	return found(db.One(ctx, q, db.Value[int], `
		UPDATE staff SET failed = failed + 1 WHERE id = $1 AND locked_until_at <= $2 RETURNING failed`,
		id, db.At(now)))
}

// uncountAttempt takes one back: the password was right, the second factor is
// still to come.
func (store) uncountAttempt(ctx context.Context, q db.Queryer, id int64) error {
	_, err := q.Exec(ctx, `
		UPDATE staff SET failed = failed - 1, locked_until_at = 0 WHERE id = $1 AND failed > 0`, id)
	return err
}

// endAccess ends every session and token of a person.
func (s store) endAccess(ctx context.Context, q db.Queryer, id int64) error {
	if _, err := q.Exec(ctx, `DELETE FROM api_token WHERE staff_id = $1`, id); err != nil {
		return err
	}
	return s.endSessions(ctx, q, id, nil)
}

// endSessions ends every session of a person but one.
func (store) endSessions(ctx context.Context, q db.Queryer, id int64, but []byte) error {
	if but == nil {
		but = []byte{}
	}
	_, err := q.Exec(ctx, `DELETE FROM session WHERE staff_id = $1 AND token_hash <> $2`, id, but)
	return err
}

// Second factor.

func (store) pendTOTP(ctx context.Context, q db.Queryer, id int64, sealed []byte) error {
	_, err := q.Exec(ctx, `UPDATE staff SET totp_pending = $2 WHERE id = $1`, id, sealed)
	return err
}

func (store) enrolTOTP(ctx context.Context, q db.Queryer, id int64, sealed []byte, step int64) error {
	_, err := q.Exec(ctx, `
		UPDATE staff SET totp_sealed = $2, totp_pending = NULL, totp_step = $3 WHERE id = $1`, id, sealed, step)
	return err
}

func (store) removeTOTP(ctx context.Context, q db.Queryer, id int64) error {
	if _, err := q.Exec(ctx, `DELETE FROM recovery_code WHERE staff_id = $1`, id); err != nil {
		return err
	}
	_, err := q.Exec(ctx, `
		UPDATE staff SET totp_sealed = NULL, totp_pending = NULL, totp_step = 0 WHERE id = $1`, id)
	return err
}

// useStep burns a time step, so that a code is good for one sign-in.
func (store) useStep(ctx context.Context, q db.Queryer, id, step int64) (bool, error) {
	n, err := q.Exec(ctx, `UPDATE staff SET totp_step = $2 WHERE id = $1 AND totp_step < $2`, id, step)
	return n == 1, err
}

func (store) useRecovery(ctx context.Context, q db.Queryer, id int64, hash []byte) (bool, error) {
	n, err := q.Exec(ctx, `DELETE FROM recovery_code WHERE staff_id = $1 AND code_hash = $2`, id, hash)
	return n == 1, err
}

func (store) replaceRecovery(ctx context.Context, q db.Queryer, id int64, hashes [][]byte) error {
	if _, err := q.Exec(ctx, `DELETE FROM recovery_code WHERE staff_id = $1`, id); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := q.Exec(ctx, `INSERT INTO recovery_code (staff_id, code_hash) VALUES ($1, $2)`, id, h); err != nil {
			return err
		}
	}
	return nil
}

func (store) countRecovery(ctx context.Context, q db.Queryer, id int64) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT count(*) FROM recovery_code WHERE staff_id = $1`, id)
}
