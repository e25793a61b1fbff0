package inspection

import (
	"context"
	"strconv"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/db"
)

const breachColumns = `x.id, x.case_id, x.case_no, x.seq, x.kind, x.clock, x.unit_id, x.at, x.state, x.served_at, x.due_at, x.lapsed_at, x.answer, x.answered_at, x.ruling, x.ruled_at`

func scanBreach(r db.Rows) (Breach, error) {
	var x Breach
	var at, served, due, lapsed, answered, ruled db.Time
	err := r.Scan(&x.ID, &x.CaseID, &x.CaseNo, &x.Seq, &x.Kind, &x.Clock, &x.UnitID, &at, &x.State, &served, &due, &lapsed,
		&x.Answer, &answered, &x.Ruling, &ruled)
	x.At, x.ServedAt, x.DueAt, x.LapsedAt = at.Std(), served.Std(), due.Std(), lapsed.Std()
	x.AnsweredAt, x.RuledAt = answered.Std(), ruled.Std()
	return x, err
}

func (s store) breaches(ctx context.Context, q db.Queryer, w where, limit int) ([]Breach, error) {
	return db.List(ctx, q, scanBreach, `SELECT `+breachColumns+` FROM breach x`+caseOf+` WHERE `+w.String()+` ORDER BY x.id DESC LIMIT `+strconv.Itoa(limit), w.args...)
}

// addBreach records a missed duty, once.
func addBreach(b *db.Batch, id int64, c casework.Case, m conduct.Missed) {
	b.Add(`INSERT INTO breach (id, case_id, case_no, seq, kind, clock, unit_id, area1_id, area2_id, area3_id, at, state, served_at, due_at, lapsed_at, answer, answered_at, ruling, ruled_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'recorded', 0, 0, 0, '', 0, '', 0) ON CONFLICT (case_id, seq, kind, unit_id) DO NOTHING`,
		id, c.ID, c.No, m.Seq, string(m.Kind), string(m.Clock), m.UnitID, c.Areas[0], c.Areas[1], c.Areas[2], db.At(m.At))
}

// saveBreach saves what a verb changed, if it still stands where it stood.
func saveBreach(b *db.Batch, before string, x Breach) {
	b.Expect(1, `UPDATE breach SET state = $3, served_at = $4, due_at = $5, lapsed_at = $6, answer = $7, answered_at = $8, ruling = $9, ruled_at = $10 WHERE id = $1 AND state = $2`,
		x.ID, before, x.State, db.At(x.ServedAt), db.At(x.DueAt), db.At(x.LapsedAt), x.Answer, db.At(x.AnsweredAt), x.Ruling, db.At(x.RuledAt))
}

func (s store) lateBreaches(ctx context.Context, q db.Queryer, now time.Time, limit int) ([]Breach, error) {
	return db.List(ctx, q, scanBreach, `SELECT `+breachColumns+` FROM breach x WHERE state = 'served' AND lapsed_at = 0 AND due_at <= $1
		ORDER BY due_at, id LIMIT `+strconv.Itoa(limit)+s.db.Dialect().SkipLocked(), db.At(now))
}
