package triage

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/learn"
)

type store struct{ db *db.DB }

// Version is one model that was learned for a question.
type Version struct {
	ID        int64
	Question  Question
	Number    int
	TrainedAt time.Time
	Examples  int
	Active    bool
	Worse     bool // than the one in use when it was learned
	By        string
	Note      string
	Report    learn.Report
}

// Checked tells whether the report rests on texts that were not learned from.
func (v Version) Checked() bool { return v.Report.Examples > 0 }

const versionColumns = `id, question, version, trained_at, examples, active, worse, by_name, note, report`

func scanVersion(r db.Rows) (v Version, err error) {
	var at db.Time
	var report string
	if err = r.Scan(&v.ID, &v.Question, &v.Number, &at, &v.Examples, &v.Active, &v.Worse, &v.By, &v.Note, &report); err != nil {
		return v, err
	}
	v.TrainedAt = at.Std()
	return v, json.Unmarshal([]byte(report), &v.Report)
}

const (
	activeQuery   = `SELECT ` + versionColumns + ` FROM triage_model WHERE question = $1 AND active`
	versionsQuery = `SELECT ` + versionColumns + ` FROM triage_model WHERE question = $1 ORDER BY version DESC LIMIT 50`
	// A week begins on Monday in Beijing, 80 hours before the time 0.
	weeksQuery = `SELECT at - (at + 288000000000) % 604800000000, count(*), count(*) FILTER (WHERE kept), count(*) FILTER (WHERE sure), count(*) FILTER (WHERE kept AND sure)
		FROM triage_verdict WHERE question = $1 AND at >= $2 GROUP BY 1 ORDER BY 1`
	freshQuery = `SELECT 1 FROM triage_verdict WHERE question = $1 AND at > $2 LIMIT 10000`
)

// activeIDs lists the models in use: the revision that Watch compares.
func (s store) activeIDs(ctx context.Context, q db.Queryer) (map[Question]int64, error) {
	out := map[Question]int64{}
	_, err := db.List(ctx, q, func(r db.Rows) (id int64, err error) {
		var of Question
		err = r.Scan(&of, &id)
		out[of] = id
		return id, err
	}, `SELECT question, id FROM triage_model WHERE active LIMIT 20`)
	return out, err
}

func (s store) active(ctx context.Context, q db.Queryer, of Question) (v Version, ok bool, err error) {
	v, err = db.One(ctx, q, scanVersion, activeQuery, string(of))
	if errors.Is(err, db.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

func (s store) version(ctx context.Context, q db.Queryer, id int64) (Version, error) {
	v, err := db.One(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM triage_model WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return v, ErrNoModel
	}
	return v, err
}

func (s store) versions(ctx context.Context, of Question) ([]Version, error) {
	return db.List(ctx, s.db.Read(), scanVersion, versionsQuery, string(of))
}

func (s store) model(ctx context.Context, id int64) ([]byte, error) {
	return db.One(ctx, s.db.Read(), db.Value[[]byte], `SELECT model FROM triage_model WHERE id = $1`, id)
}

// keptVersions is how many versions of a question are kept beside the one in
// use; a model may have tens of megabytes.
const keptVersions = 12

func (s store) insert(ctx context.Context, tx db.Tx, v Version, model []byte) error {
	report, err := json.Marshal(v.Report)
	if err != nil {
		return err
	}
	var b db.Batch
	if v.Active {
		b.Add(`UPDATE triage_model SET active = FALSE WHERE question = $1 AND active`, string(v.Question))
	}
	b.Add(`INSERT INTO triage_model (`+versionColumns+`, model) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		v.ID, string(v.Question), v.Number, db.At(v.TrainedAt), v.Examples, v.Active, v.Worse, v.By, v.Note, string(report), model)
	b.Add(`DELETE FROM triage_model WHERE question = $1 AND NOT active AND version <= $2`, string(v.Question), v.Number-keptVersions)
	return tx.Send(ctx, &b)
}

func (s store) lastNumber(ctx context.Context, q db.Queryer, of Question) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT coalesce(max(version), 0) FROM triage_model WHERE question = $1`, string(of))
}

func (s store) activate(ctx context.Context, tx db.Tx, v Version) error {
	var b db.Batch
	b.Add(`UPDATE triage_model SET active = FALSE WHERE question = $1 AND active`, string(v.Question))
	b.Expect(1, `UPDATE triage_model SET active = TRUE WHERE id = $1`, v.ID)
	return tx.Send(ctx, &b)
}

// verdict is what was suggested and what people chose.
type verdict struct {
	caseID      int64
	question    Question
	suggested   string
	probability float64
	sure        bool
	modelID     int64
	chosen      string
	at          time.Time
}

// putVerdict keeps the first suggestion and the last choice.
func putVerdict(b *db.Batch, v verdict) {
	b.Add(`INSERT INTO triage_verdict (case_id, question, suggested, probability, sure, model_id, chosen, kept, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (case_id, question) DO UPDATE SET
		chosen = excluded.chosen, kept = (triage_verdict.suggested = excluded.chosen), at = excluded.at`,
		v.caseID, string(v.question), v.suggested, v.probability, v.sure, v.modelID, v.chosen, v.suggested == v.chosen, db.At(v.at))
}

func dropVerdicts(b *db.Batch, ids []int64) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	b.Add(`DELETE FROM triage_verdict WHERE case_id IN (`+strings.Join(marks, ", ")+`)`, args...)
}

// Week is how many suggestions of a week people kept.
type Week struct {
	From                      time.Time
	All, Kept, Sure, SureKept int64
}

func (s store) weeks(ctx context.Context, of Question, from time.Time) ([]Week, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (w Week, err error) {
		var at db.Time
		err = r.Scan(&at, &w.All, &w.Kept, &w.Sure, &w.SureKept)
		w.From = at.Std()
		return w, err
	}, weeksQuery, string(of), db.At(from))
}

// fresh counts the choices after a moment, ten thousand at most.
func (s store) fresh(ctx context.Context, of Question, after time.Time) (int, error) {
	return db.One(ctx, s.db.Read(), db.Value[int], `SELECT count(*) FROM (`+freshQuery+`) AS fresh`, string(of), db.At(after))
}

// Run is the learning that goes on, was asked for, or ended last.
type Run struct {
	AskedAt     time.Time
	AskedBy     string
	Running     bool
	Question    Question
	Done, Steps int
	BeatAt      time.Time
	EndedAt     time.Time
	Failed      bool
}

func (s store) run(ctx context.Context, q db.Queryer) (Run, error) {
	return db.One(ctx, q, func(r db.Rows) (x Run, err error) {
		var asked, beat, ended db.Time
		err = r.Scan(&asked, &x.AskedBy, &x.Running, &x.Question, &x.Done, &x.Steps, &beat, &ended, &x.Failed)
		x.AskedAt, x.BeatAt, x.EndedAt = asked.Std(), beat.Std(), ended.Std()
		return x, err
	}, `SELECT asked_at, asked_by, running, question, done, steps, beat_at, ended_at, failed FROM triage_run WHERE id = 1`)
}

func (s store) ask(ctx context.Context, tx db.Tx, by string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE triage_run SET asked_at = $1, asked_by = $2 WHERE id = 1 AND asked_at = 0`, db.At(now), by)
	return err
}

// claim begins the run for one process; one that has not beaten for a while
// died.
func (s store) claim(ctx context.Context, now time.Time) (bool, error) {
	var n int64
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		n, err = tx.Exec(ctx, `UPDATE triage_run SET running = TRUE, question = '', done = 0, steps = 0, beat_at = $1
			WHERE id = 1 AND (NOT running OR beat_at < $2)`, db.At(now), db.At(now.Add(-deadAfter)))
		return err
	})
	return n == 1, err
}

func (s store) beat(ctx context.Context, of Question, done, steps int, now time.Time) error {
	var b db.Batch
	b.Add(`UPDATE triage_run SET question = $1, done = $2, steps = $3, beat_at = $4 WHERE id = 1`, string(of), done, steps, db.At(now))
	return s.db.Send(ctx, &b)
}

func (s store) end(ctx context.Context, failed bool, now time.Time) error {
	var b db.Batch
	b.Add(`UPDATE triage_run SET running = FALSE, asked_at = 0, asked_by = '', question = '', ended_at = $1, failed = $2 WHERE id = 1`, db.At(now), failed)
	return s.db.Send(ctx, &b)
}
