package supervision

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/db"
)

// look notes that supervision should look at cases.
func look(b *db.Batch, ids []int64, at time.Time) {
	for _, id := range ids {
		b.Add(`INSERT INTO supervision_look (case_id, at) VALUES ($1, $2) ON CONFLICT (case_id) DO UPDATE SET at = excluded.at`, id, db.At(at))
	}
}

// glance is a case to look at.
type glance struct {
	caseID int64
	at     db.Time
	no     string
}

func (s store) glances(ctx context.Context, q db.Queryer, limit int) ([]glance, error) {
	return db.List(ctx, q, func(r db.Rows) (g glance, err error) {
		return g, r.Scan(&g.caseID, &g.at, &g.no)
	}, `SELECT l.case_id, l.at, c.no FROM supervision_look l JOIN case_file c ON c.id = l.case_id ORDER BY l.case_id LIMIT `+strconv.Itoa(limit))
}

// looked crosses a case off, unless something happened meanwhile.
func looked(b *db.Batch, g glance) {
	b.Add(`DELETE FROM supervision_look WHERE case_id = $1 AND at = $2`, g.caseID, g.at)
}

const candidateColumns = `x.id, x.case_id, x.cause, x.unit_id, x.seqs, x.last_seq, x.found_at, x.state, x.reason, x.decided_at, x.directive_id, c.no, c.title, c.lane`

func scanCandidate(r db.Rows) (Candidate, error) {
	var c Candidate
	var seqs db.JSON
	var found, decided db.Time
	if err := r.Scan(&c.ID, &c.CaseID, &c.Cause, &c.UnitID, &seqs, &c.last, &found, &c.State, &c.Reason, &decided,
		&c.DirectiveID, &c.CaseNo, &c.CaseTitle, &c.Lane); err != nil {
		return c, err
	}
	c.FoundAt, c.DecidedAt = found.Std(), decided.Std()
	return c, json.Unmarshal(seqs, &c.Seqs)
}

// candidate reads one that the actor may see.
func (s store) candidate(ctx context.Context, q db.Queryer, a access.Actor, id int64) (Candidate, error) {
	w := sight(a)
	w.and("x.id = ?", id)
	c, err := db.One(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM supervision_candidate x JOIN case_file c ON c.id = x.case_id WHERE `+w.String(), w.args...)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	return c, err
}

func (s store) candidates(ctx context.Context, q db.Queryer, w where, limit int) ([]Candidate, error) {
	return db.List(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM supervision_candidate x JOIN case_file c ON c.id = x.case_id
		WHERE `+w.String()+` ORDER BY x.id DESC LIMIT `+strconv.Itoa(limit), w.args...)
}

// candidateSeqs reads the evidence of a candidate of this case and unit.
func (s store) candidateSeqs(ctx context.Context, q db.Queryer, id, caseID, unitID int64) ([]int64, error) {
	raw, err := db.One(ctx, q, db.Value[db.JSON], `SELECT seqs FROM supervision_candidate WHERE id = $1 AND case_id = $2 AND unit_id = $3`, id, caseID, unitID)
	if err != nil {
		return nil, err
	}
	var seqs []int64
	return seqs, json.Unmarshal(raw, &seqs)
}

// newest gives the newest candidate of each cause and unit of a case.
func (s store) newest(ctx context.Context, q db.Queryer, caseID int64) ([]Candidate, error) {
	return db.List(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM supervision_candidate x JOIN case_file c ON c.id = x.case_id
		WHERE x.case_id = $1 AND NOT EXISTS (SELECT 1 FROM supervision_candidate y
			WHERE y.case_id = x.case_id AND y.cause = x.cause AND y.unit_id = x.unit_id AND y.id > x.id)`, caseID)
}

func addCandidate(b *db.Batch, id int64, c casework.Case, t conduct.Trigger, now time.Time) {
	seqs, _ := json.Marshal(t.Seqs) // numbers always can be written
	b.Add(`INSERT INTO supervision_candidate (id, case_id, cause, unit_id, area1_id, area2_id, area3_id, seqs, last_seq, found_at, state, reason, decided_by, decided_at, directive_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', '', 0, 0, 0)`,
		id, c.ID, string(t.Cause), t.UnitID, c.Areas[0], c.Areas[1], c.Areas[2], string(seqs), t.Last(), db.At(now))
}

func growCandidate(b *db.Batch, id int64, t conduct.Trigger) {
	seqs, _ := json.Marshal(t.Seqs)
	b.Add(`UPDATE supervision_candidate SET seqs = $2, last_seq = $3 WHERE id = $1 AND state = 'open'`, id, string(seqs), t.Last())
}

// decision is what a person made of a candidate.
type decision struct {
	id          int64
	state       string
	reason      string
	by          int64
	at          time.Time
	directiveID int64
}

func (s store) decideCandidate(ctx context.Context, tx db.Tx, d decision) error {
	n, err := tx.Exec(ctx, `UPDATE supervision_candidate SET state = $2, reason = $3, decided_by = $4, decided_at = $5, directive_id = $6 WHERE id = $1 AND state = 'open'`,
		d.id, d.state, d.reason, d.by, db.At(d.at), d.directiveID)
	if err == nil && n == 0 {
		return refuse("candidate_decided")
	}
	return err
}

// spoken reads events that were not told from here, with their cases.
func (s store) spoken(ctx context.Context, q db.Queryer, words Words, eventIDs []any) ([]spoken, error) {
	return db.List(ctx, q, func(r db.Rows) (x spoken, err error) {
		var at db.Time
		var data db.JSON
		var sealed string
		if err = r.Scan(&x.eventID, &x.verb, &at, &x.actor.ID, &x.actor.Role, &x.actor.UnitID, &data, &sealed,
			&x.c.ID, &x.c.No, &x.c.Title, &x.c.OwnerUnitID, &x.c.Areas[0], &x.c.Areas[1], &x.c.Areas[2]); err != nil {
			return x, err
		}
		x.at = at.Std()
		if words == nil {
			return x, json.Unmarshal(data, &x.data)
		}
		x.data, err = words.ReadData(x.eventID, data, sealed)
		return x, err
	}, `SELECT e.id, e.verb, e.at, e.actor_id, e.actor_role, e.actor_unit_id, e.data, e.words, c.id, c.no, c.title, c.owner_unit_id, c.area1_id, c.area2_id, c.area3_id
		FROM case_event e JOIN case_file c ON c.id = e.case_id
		WHERE e.id IN (`+marks(1, len(eventIDs))+`) AND (e.command_key IS NULL OR e.command_key NOT LIKE 'supervision/%') AND c.owner_unit_id <> 0 ORDER BY e.id`, eventIDs...)
}

// waiting finds the oldest directive of a case and kind that waits for a unit.
func (s store) waiting(ctx context.Context, q db.Queryer, caseID int64, kind Kind, unitID int64) (Directive, error) {
	return db.One(ctx, q, scanDirective, `SELECT `+columns+` FROM directive WHERE case_id = $1 AND kind = $2 AND unit_id = $3
		AND state IN ('served', 'returned') ORDER BY id LIMIT 1`, caseID, string(kind), unitID)
}
