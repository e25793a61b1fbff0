package notify

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// store holds all SQL of the capability; store_*.go go on with it.
type store struct{ db *db.DB }

// What cases to look at.

// watch has a case looked at at once.
func watch(b *db.Batch, caseID int64, now time.Time) {
	b.Add(`INSERT INTO reminder_watch (case_id, next_at) VALUES ($1, $2)
		ON CONFLICT (case_id) DO UPDATE SET next_at = excluded.next_at`, caseID, db.At(now))
}

// rewatch has a case looked at at once if it is watched at all.
func rewatch(b *db.Batch, caseID int64, now time.Time) {
	b.Add(`UPDATE reminder_watch SET next_at = $2 WHERE case_id = $1`, caseID, db.At(now))
}

const watchedQuery = `SELECT case_id FROM reminder_watch WHERE next_at <= $1 ORDER BY next_at, case_id LIMIT $2`

// takeWatched takes the cases whose moment has come; another process skips them.
func (s store) takeWatched(ctx context.Context, tx db.Tx, now time.Time, limit int) ([]int64, error) {
	return db.List(ctx, tx, db.Value[int64], watchedQuery+s.db.Dialect().SkipLocked(), db.At(now), limit)
}

func (store) watchNext(ctx context.Context, tx db.Tx, caseID int64, next time.Time) error {
	if next.IsZero() {
		_, err := tx.Exec(ctx, `DELETE FROM reminder_watch WHERE case_id = $1`, caseID)
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE reminder_watch SET next_at = $2 WHERE case_id = $1`, caseID, db.At(next))
	return err
}

// rewatchAll has every watched case looked at again, after the matrix changed.
func (store) rewatchAll(ctx context.Context, tx db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE reminder_watch SET next_at = $1 WHERE next_at > $1`, db.At(now))
	return err
}

// recent lists the cases that are watched or that somebody was reminded of
// since a moment, newest first: what a preview replays.
func (s store) recent(ctx context.Context, since time.Time, limit int) ([]int64, error) {
	return db.List(ctx, s.db.Read(), db.Value[int64], `
		SELECT case_id FROM (SELECT case_id FROM reminder_watch UNION SELECT case_id FROM reminder WHERE at >= $1) AS seen
		ORDER BY case_id DESC LIMIT $2`, db.At(since), limit)
}

// Reminders.

// reminder is a step that was given.
type reminder struct {
	ID int64
	Step
	At     time.Time
	AreaID int64
	Told   int
}

// past tells what was given of a case, by subject and level.
func (store) past(ctx context.Context, q db.Queryer, caseID int64) (map[subjectKey]map[Level]Past, error) {
	out := map[subjectKey]map[Level]Past{}
	_, err := db.List(ctx, q, func(r db.Rows) (Past, error) {
		var k subjectKey
		var l Level
		var p Past
		var at db.Time
		err := r.Scan(&k.seq, &k.dueAt, &k.condition, &l, &p.Given, &at)
		p.LastAt = at.Std()
		if out[k] == nil {
			out[k] = map[Level]Past{}
		}
		out[k][l] = p
		return p, err
	}, `SELECT duty_seq, due_at, condition, level, MAX(step), MAX(at) FROM reminder
		WHERE case_id = $1 GROUP BY duty_seq, due_at, condition, level`, caseID)
	return out, err
}

// addReminder notes a step; false when it was given before.
func (store) addReminder(ctx context.Context, tx db.Tx, r reminder) (bool, error) {
	n, err := tx.Exec(ctx, `
		INSERT INTO reminder (id, case_id, duty_seq, due_at, condition, level, step, at, since_at, unit_id, area_id, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (case_id, duty_seq, due_at, condition, level, step) DO NOTHING`,
		r.ID, r.CaseID, r.Seq, db.At(r.DueAt), string(r.Condition), string(r.Level), r.Number,
		db.At(r.At), db.At(r.Since), r.UnitID, r.AreaID, r.Told)
	return n == 1, err
}

func scanReminder(r db.Rows) (reminder, error) {
	var m reminder
	var due, at, since db.Time
	err := r.Scan(&m.ID, &m.CaseID, &m.Seq, &due, &m.Condition, &m.Level, &m.Number, &at, &since, &m.UnitID, &m.AreaID)
	m.DueAt, m.At, m.Since = due.Std(), at.Std(), since.Std()
	return m, err
}

// itemsOf lists the reminders that a delivery tells of.
func (store) itemsOf(ctx context.Context, q db.Queryer, deliveryID int64) ([]reminder, error) {
	return db.List(ctx, q, scanReminder, `
		SELECT r.id, r.case_id, r.duty_seq, r.due_at, r.condition, r.level, r.step, r.at, r.since_at, r.unit_id, r.area_id
		FROM delivery_item i JOIN reminder r ON r.id = i.reminder_id
		WHERE i.delivery_id = $1 ORDER BY r.id LIMIT 1000`, deliveryID)
}

// load counts the single messages to an address, by day from today on.
func (store) load(ctx context.Context, q db.Queryer, k outlet, today calendar.Date) (map[calendar.Date]int, error) {
	out := map[calendar.Date]int{}
	_, err := db.List(ctx, q, func(r db.Rows) (int, error) {
		var day string
		var n int
		if err := r.Scan(&day, &n); err != nil {
			return 0, err
		}
		date, err := calendar.ParseDate(day)
		out[date] = n
		return n, err
	}, `SELECT day, COUNT(*) FROM delivery WHERE point_id = $1 AND way = $2 AND day >= $3 AND NOT digest GROUP BY day`, k.point, string(k.way), today.String())
	return out, err
}

// Alarms.

func (store) raise(ctx context.Context, tx db.Tx, p post, c casework.Case, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO reminder_alarm (unit_id, role, area_id, case_id, since_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (unit_id, role) DO NOTHING`, p.unit, string(p.role), areaOf(c), c.ID, db.At(now))
	return err
}

func (store) calm(ctx context.Context, tx db.Tx, p post) error {
	_, err := tx.Exec(ctx, `DELETE FROM reminder_alarm WHERE unit_id = $1 AND role = $2`, p.unit, string(p.role))
	return err
}

// Alarm is a post that nobody holds, though somebody there was to be reminded.
type Alarm struct {
	UnitID int64
	Role   string
	AreaID int64
	Since  time.Time
}

func (store) alarms(ctx context.Context, q db.Queryer) ([]Alarm, error) {
	return db.List(ctx, q, func(r db.Rows) (Alarm, error) {
		var a Alarm
		var since db.Time
		err := r.Scan(&a.UnitID, &a.Role, &a.AreaID, &since)
		a.Since = since.Std()
		return a, err
	}, `SELECT unit_id, role, area_id, since_at FROM reminder_alarm ORDER BY since_at, unit_id, role LIMIT 200`)
}

// Matrices.

// Version is a matrix as it was saved.
type Version struct {
	AreaID    int64
	Number    int64 // 0 = the built-in one
	Matrix    Matrix
	ChangedBy int64
	ChangedAt time.Time
}

func scanVersion(r db.Rows) (Version, error) {
	var v Version
	var body db.JSON
	var at db.Time
	if err := r.Scan(&v.AreaID, &v.Number, &body, &v.ChangedBy, &at); err != nil {
		return v, err
	}
	v.ChangedAt = at.Std()
	return v, json.Unmarshal(body, &v.Matrix)
}

const versionColumns = `area_id, version, body, changed_by, changed_at`

func (store) lastMatrix(ctx context.Context, q db.Queryer, area int64) (Version, bool, error) {
	return found(db.One(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM reminder_matrix WHERE area_id = $1
		ORDER BY version DESC LIMIT 1`, area))
}

func (store) matrixVersions(ctx context.Context, q db.Queryer, area int64) ([]Version, error) {
	return db.List(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM reminder_matrix WHERE area_id = $1
		ORDER BY version DESC LIMIT 20`, area)
}

// addMatrix saves the next version; ErrUnique when somebody else was faster.
func (store) addMatrix(ctx context.Context, tx db.Tx, v Version) error {
	body, err := json.Marshal(v.Matrix)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO reminder_matrix (`+versionColumns+`) VALUES ($1, $2, $3, $4, $5)`,
		v.AreaID, v.Number, db.JSON(body), v.ChangedBy, db.At(v.ChangedAt))
	return err
}

// found turns "no rows" into an answer.
func found[T any](v T, err error) (T, bool, error) {
	if errors.Is(err, db.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}
