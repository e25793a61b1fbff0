package caselead

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

type store struct{ db *db.DB }

// where is a condition with its arguments; each ? becomes the next placeholder.
type where struct {
	parts []string
	args  []any
}

func (w *where) and(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.parts = append(w.parts, cond)
}

func (w where) String() string { return strings.Join(w.parts, " AND ") }

// sight is the rule of core/access, read from the case as it stands now. Units
// that handle do not read the boards of leaders.
func sight(a access.Actor) where {
	var w where
	scope := access.Visible(a)
	if a.Role == access.System {
		w.and("TRUE")
		return w
	}
	if !a.Has(readers...) || !a.Signed() || scope.Nothing {
		w.and("FALSE")
		return w
	}
	for _, t := range scope.Terms {
		op := " = ?"
		if t.Not {
			op = " <> ?"
		}
		w.and("c."+string(t.Field)+op, t.Value)
	}
	return w
}

const (
	ledColumns = `x.id, x.case_id, x.case_no, c.title, c.state, x.leader_id, x.leader_name, x.rule_id, x.area1_id, x.area2_id, x.area3_id,
		x.open, x.version, x.done, x.since_at, x.due_at, x.lapsed_at, x.last_at, x.ended_at, x.reason`
	fromLed = ` FROM led_case x JOIN case_file c ON c.id = x.case_id WHERE `
	endRule = `UPDATE lead_rule SET ended_at = $2 WHERE id = $1 AND ended_at = 0`
)

func scanLed(r db.Rows) (Led, error) {
	var l Led
	var done string
	var since, due, lapsed, last, ended db.Time
	err := r.Scan(&l.ID, &l.CaseID, &l.CaseNo, &l.Title, &l.State, &l.LeaderID, &l.LeaderName, &l.RuleID, &l.Areas[0], &l.Areas[1], &l.Areas[2],
		&l.Open, &l.Version, &done, &since, &due, &lapsed, &last, &ended, &l.Reason)
	l.Done = strings.Fields(done)
	l.Since, l.DueAt, l.LapsedAt, l.LastAt, l.EndedAt = since.Std(), due.Std(), lapsed.Std(), last.Std(), ended.Std()
	return l, err
}

func (s store) led(ctx context.Context, q db.Queryer, a access.Actor, id int64) (Led, error) {
	w := sight(a)
	w.and("x.id = ?", id)
	return one(ctx, q, w)
}

func (s store) ofCase(ctx context.Context, q db.Queryer, a access.Actor, caseID int64) (Led, error) {
	w := sight(a)
	w.and("x.open")
	w.and("x.case_id = ?", caseID)
	return one(ctx, q, w)
}

func one(ctx context.Context, q db.Queryer, w where) (Led, error) {
	l, err := db.One(ctx, q, scanLed, `SELECT `+ledColumns+fromLed+w.String(), w.args...)
	if errors.Is(err, db.ErrNoRows) {
		return l, ErrNotFound
	}
	return l, err
}

// list reads one row more than a page holds.
func (s store) list(ctx context.Context, q db.Queryer, a access.Actor, query Query, now time.Time) ([]Led, error) {
	w := sight(a)
	order := ` ORDER BY x.due_at, x.id LIMIT `
	if query.Ended {
		w.and("NOT x.open")
		order = ` ORDER BY x.id DESC LIMIT `
		if query.After.ID != 0 {
			w.and("x.id < ?", query.After.ID)
		}
	} else {
		w.and("x.open")
		if query.After.ID != 0 {
			w.and("(x.due_at, x.id) > (?, ?)", query.After.Due, query.After.ID)
		}
	}
	if query.LeaderID != 0 {
		w.and("x.leader_id = ?", query.LeaderID)
	}
	if query.Late {
		w.and("x.due_at <= ?", db.At(now))
	}
	return db.List(ctx, q, scanLed, `SELECT `+ledColumns+fromLed+w.String()+order+strconv.Itoa(query.limit()+1), w.args...)
}

func (s store) boards(ctx context.Context, q db.Queryer, a access.Actor, now time.Time) ([]Board, error) {
	w := sight(a)
	w.and("x.open")
	w.args = append(w.args, db.At(now))
	return db.List(ctx, q, func(r db.Rows) (b Board, err error) {
		return b, r.Scan(&b.LeaderID, &b.LeaderName, &b.Open, &b.Late)
	}, `SELECT x.leader_id, min(x.leader_name), count(*), count(*) FILTER (WHERE x.due_at <= $`+strconv.Itoa(len(w.args))+`)`+
		fromLed+w.String()+` GROUP BY x.leader_id ORDER BY 4 DESC, 3 DESC, 1 LIMIT 100`, w.args...)
}

func insertLed(b *db.Batch, l Led) {
	b.Add(`INSERT INTO led_case (id, case_id, case_no, leader_id, leader_name, rule_id, area1_id, area2_id, area3_id, open, version, done, since_at, due_at, lapsed_at, last_at, ended_at, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, 1, '', $10, $11, 0, $10, 0, '')`,
		l.ID, l.CaseID, l.CaseNo, l.LeaderID, l.LeaderName, l.RuleID, l.Areas[0], l.Areas[1], l.Areas[2], db.At(l.Since), db.At(l.DueAt))
}

func updateLed(b *db.Batch, version int64, l Led) {
	b.Expect(1, `UPDATE led_case SET open = $3, version = $4, done = $5, due_at = $6, lapsed_at = $7, last_at = $8, ended_at = $9, reason = $10 WHERE id = $1 AND version = $2`,
		l.ID, version, l.Open, l.Version, strings.Join(l.Done, " "), db.At(l.DueAt), db.At(l.LapsedAt), db.At(l.LastAt), db.At(l.EndedAt), l.Reason)
}

func endLed(b *db.Batch, id int64, now time.Time) {
	b.Add(`UPDATE led_case SET open = FALSE, version = version + 1, due_at = 0, ended_at = $2, last_at = $2 WHERE id = $1 AND open`, id, db.At(now))
}

func markLapsed(b *db.Batch, id int64, now time.Time) {
	b.Expect(1, `UPDATE led_case SET lapsed_at = $2 WHERE id = $1 AND open AND lapsed_at = 0`, id, db.At(now))
}

func (s store) lapsing(ctx context.Context, q db.Queryer, now time.Time, limit int) ([]int64, error) {
	return db.List(ctx, q, db.Value[int64], `SELECT id FROM led_case WHERE open AND lapsed_at = 0 AND due_at <= $1 ORDER BY due_at, id LIMIT `+
		strconv.Itoa(limit)+s.db.Dialect().SkipLocked(), db.At(now))
}

func (s store) leading(ctx context.Context, q db.Queryer, caseIDs []any) ([]int64, error) {
	return db.List(ctx, q, db.Value[int64], `SELECT id FROM led_case WHERE open AND case_id IN (`+marks(len(caseIDs))+`)`, caseIDs...)
}

// unled reads the open cases among some that nobody ever led.
func (s store) unled(ctx context.Context, q db.Queryer, caseIDs []any) ([]casework.Case, error) {
	return db.List(ctx, q, func(r db.Rows) (c casework.Case, err error) {
		return c, r.Scan(&c.ID, &c.No, &c.Title, &c.Category, &c.Urgency, &c.Lane, &c.Areas[0], &c.Areas[1], &c.Areas[2])
	}, `SELECT id, no, title, category, urgency, lane, area1_id, area2_id, area3_id FROM case_file c
		WHERE open AND id IN (`+marks(len(caseIDs))+`) AND NOT EXISTS (SELECT 1 FROM led_case x WHERE x.case_id = c.id)`, caseIDs...)
}

func insertEntry(b *db.Batch, ledID int64, e Entry, actorID int64, key string) {
	b.Add(`INSERT INTO led_entry (id, led_id, verb, duty, text, at, actor_id, actor_name, command_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.ID, ledID, e.Verb, e.Duty, e.Text, db.At(e.At), actorID, e.ActorName, db.OrNull(key))
}

func (s store) entries(ctx context.Context, q db.Queryer, ledID int64) ([]Entry, error) {
	return db.List(ctx, q, func(r db.Rows) (e Entry, err error) {
		var at db.Time
		err = r.Scan(&e.ID, &e.Verb, &e.Duty, &e.Text, &at, &e.ActorName)
		e.At = at.Std()
		return e, err
	}, `SELECT id, verb, duty, text, at, actor_name FROM led_entry WHERE led_id = $1 ORDER BY id`, ledID)
}

func (s store) ledByKey(ctx context.Context, q db.Queryer, key string, actorID int64) (int64, error) {
	id, err := db.One(ctx, q, db.Value[int64], `SELECT led_id FROM led_entry WHERE command_key = $1 AND actor_id = $2`, key, actorID)
	if errors.Is(err, db.ErrNoRows) {
		return 0, ErrNotFound
	}
	return id, err
}

func insertRule(b *db.Batch, r Rule) {
	b.Add(`INSERT INTO lead_rule (id, leader_id, leader_name, area_id, category, urgency, made_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		r.ID, r.LeaderID, r.LeaderName, r.AreaID, r.Category, string(r.Urgency), db.At(r.MadeAt))
}

func (s store) rules(ctx context.Context, q db.Queryer) ([]Rule, error) {
	return db.List(ctx, q, func(r db.Rows) (x Rule, err error) {
		var made db.Time
		err = r.Scan(&x.ID, &x.LeaderID, &x.LeaderName, &x.AreaID, &x.Category, &x.Urgency, &made)
		x.MadeAt = made.Std()
		return x, err
	}, `SELECT id, leader_id, leader_name, area_id, category, urgency, made_at FROM lead_rule WHERE ended_at = 0 ORDER BY id LIMIT 500`)
}

func marks(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(out, ", ")
}
