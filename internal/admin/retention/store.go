package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xinqiao/internal/platform/db"
)

// schedule reads a version; 0 is the one in force.
func schedule(ctx context.Context, q db.Queryer, version int64) (s Schedule, err error) {
	rules, err := db.List(ctx, q, func(r db.Rows) (x Rule, err error) {
		var made db.Time
		err = r.Scan(&s.Version, &x.Class, &x.Years, &x.Basis, &s.MadeBy, &made)
		s.MadeAt = made.Std()
		return x, err
	}, `SELECT version, class, years, basis, made_by, made_at FROM retention_schedule WHERE version = CASE WHEN $1 = 0 THEN (SELECT max(version) FROM retention_schedule) ELSE $1 END`, version)
	for _, c := range Classes {
		for _, r := range rules {
			if r.Class == c {
				s.Rules = append(s.Rules, r)
			}
		}
	}
	return s, err
}

const runColumns = `id, version, state, planned, proposed_by, proposed_at, expires_at, decided_by, decided_at, withdrawn_by, after_at, after_id, cases, persons, spared, ended_at`

func insertRule(b *db.Batch, s Schedule, r Rule) {
	b.Add(`INSERT INTO retention_schedule (version, class, years, basis, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.Version, r.Class, r.Years, r.Basis, s.MadeBy, db.At(s.MadeAt))
}

func dropExpired(b *db.Batch, now time.Time) {
	b.Add(`UPDATE retention_run SET state = 'withdrawn', ended_at = $1 WHERE state = 'proposed' AND expires_at <= $1`, db.At(now))
}

func approve(b *db.Batch, id, by int64, now time.Time) {
	b.Expect(1, `UPDATE retention_run SET state = 'approved', decided_by = $2, decided_at = $3 WHERE id = $1 AND state = 'proposed'`, id, by, db.At(now))
}

func withdraw(ctx context.Context, tx db.Tx, id, by int64, now time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE retention_run SET state = 'withdrawn', withdrawn_by = $2, ended_at = $3 WHERE id = $1 AND state IN ('proposed', 'approved')`, id, by, db.At(now))
}

func scanRun(rows db.Rows) (r Run, err error) {
	var proposed, expires, decided, ended db.Time
	err = rows.Scan(&r.ID, &r.Version, &r.State, &r.Planned, &r.ProposedBy, &proposed, &expires, &r.DecidedBy, &decided, &r.WithdrawnBy,
		&r.afterAt, &r.afterID, &r.Cases, &r.Persons, &r.Spared, &ended)
	r.ProposedAt, r.ExpiresAt, r.DecidedAt, r.EndedAt = proposed.Std(), expires.Std(), decided.Std(), ended.Std()
	return r, err
}

func insertRun(b *db.Batch, r Run) {
	b.Add(`INSERT INTO retention_run (`+runColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
		r.ID, r.Version, r.State, r.Planned, r.ProposedBy, db.At(r.ProposedAt), db.At(r.ExpiresAt))
}

func runByID(ctx context.Context, q db.Queryer, id int64) (Run, error) {
	r, err := db.One(ctx, q, scanRun, `SELECT `+runColumns+` FROM retention_run WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return r, ErrNotFound
	}
	return r, err
}

func runs(ctx context.Context, q db.Queryer) ([]Run, error) {
	return db.List(ctx, q, scanRun, `SELECT `+runColumns+` FROM retention_run ORDER BY id DESC LIMIT 50`)
}

func (s *Service) disposal(ctx context.Context, caseID int64) (d Disposal, found bool, err error) {
	var runID int64
	d, err = db.One(ctx, s.DB.Read(), func(r db.Rows) (d Disposal, err error) {
		var at db.Time
		err = r.Scan(&d.Class, &at, &runID)
		d.At = at.Std()
		return d, err
	}, `SELECT class, at, run_id FROM retention_disposed WHERE case_id = $1`, caseID)
	if errors.Is(err, db.ErrNoRows) {
		return d, false, nil
	}
	if err == nil {
		d.Run, err = runByID(ctx, s.DB.Read(), runID)
	}
	return d, err == nil, err
}

func isDisposed(ctx context.Context, q db.Queryer, caseID int64) (bool, error) {
	n, err := db.One(ctx, q, db.Value[int64], `SELECT count(*) FROM retention_disposed WHERE case_id = $1`, caseID)
	return n > 0, err
}

func (s *Service) numbered(ctx context.Context, no string) (int64, error) {
	id, err := db.One(ctx, s.DB.Read(), db.Value[int64], `SELECT id FROM case_file WHERE no = $1`, no)
	if errors.Is(err, db.ErrNoRows) {
		return 0, ErrNotFound
	}
	return id, err
}

func (s *Service) insertHold(ctx context.Context, tx db.Tx, h Hold) error {
	_, err := tx.Exec(ctx, `INSERT INTO retention_hold (id, case_id, case_no, reason, set_by, set_at, lift_reason, lifted_by, lifted_at) VALUES ($1, $2, $3, $4, $5, $6, '', 0, 0)`,
		h.ID, h.CaseID, h.CaseNo, s.Keys.SealText(fmt.Sprintf(reasonPurpose, h.ID), h.Reason), h.SetBy, db.At(h.SetAt))
	return err
}

// endHold ends the hold of a case; h tells by whom, when and why.
func (s *Service) endHold(ctx context.Context, tx db.Tx, h Hold) error {
	id, err := db.One(ctx, tx, db.Value[int64], `SELECT id FROM retention_hold WHERE case_id = $1 AND lifted_at = 0`, h.CaseID)
	if errors.Is(err, db.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	var b db.Batch
	b.Expect(1, `UPDATE retention_hold SET lift_reason = $2, lifted_by = $3, lifted_at = $4 WHERE id = $1 AND lifted_at = 0`,
		id, s.Keys.SealText(fmt.Sprintf(liftPurpose, id), h.Reason), h.SetBy, db.At(h.SetAt))
	return tx.Send(ctx, &b)
}

func (s *Service) holds(ctx context.Context, where string, args ...any) ([]Hold, error) {
	return db.List(ctx, s.DB.Read(), func(r db.Rows) (h Hold, err error) {
		var at db.Time
		if err = r.Scan(&h.ID, &h.CaseID, &h.CaseNo, &h.Reason, &h.SetBy, &at); err != nil {
			return h, err
		}
		h.SetAt = at.Std()
		h.Reason, err = s.Keys.UnsealText(fmt.Sprintf(reasonPurpose, h.ID), h.Reason)
		return h, err
	}, `SELECT id, case_id, case_no, reason, set_by, set_at FROM retention_hold WHERE `+where, args...)
}
