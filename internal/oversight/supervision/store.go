package supervision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

const (
	fixed  = `id, kind, variant, case_id, case_no, on_clock, parent_id, candidate_id, team_id, area1_id, area2_id, area3_id, unit_id, from_unit_id, issued_by, leader_id, leader_name, title, text, facts, basis, wanted, evidence, opened_at`
	living = `state, open, version, days, adoption, result, due_at, lapsed_at, lapses, last_at, closed_at`
)

var (
	columns     = fixed + ", " + living
	fromX       = "x." + strings.ReplaceAll(columns, ", ", ", x.")
	livingCount = strings.Count(living, ",") + 1
)

func livingArgs(d Directive) []any {
	return []any{string(d.State), d.State.Open(), d.Version, d.Days, d.Adoption, d.Result,
		db.At(d.DueAt), db.At(d.LapsedAt), d.Lapses, db.At(d.LastAt), db.At(d.ClosedAt)}
}

func insertDirective(b *db.Batch, d Directive) {
	evidence, err := json.Marshal(d.Evidence)
	if err != nil {
		evidence = []byte("[]")
	}
	args := []any{d.ID, string(d.Kind), d.Variant, d.CaseID, d.CaseNo, d.OnClock, d.ParentID, d.CandidateID, d.TeamID,
		d.Areas[0], d.Areas[1], d.Areas[2], d.UnitID, d.FromUnitID, d.IssuedBy, d.LeaderID, d.LeaderName,
		d.Title, d.Text, d.Facts, d.Basis, d.Wanted, string(evidence), db.At(d.OpenedAt)}
	args = append(args, livingArgs(d)...)
	b.Add(`INSERT INTO directive (`+columns+`) VALUES (`+marks(1, len(args))+`)`, args...)
}

// updateDirective saves what a verb changed, if nobody was faster.
func updateDirective(b *db.Batch, version int64, d Directive) {
	b.Expect(1, `UPDATE directive SET (`+living+`) = (`+marks(3, livingCount)+`) WHERE id = $1 AND version = $2`,
		append([]any{d.ID, version}, livingArgs(d)...)...)
}

func scanDirective(r db.Rows) (Directive, error) {
	var d Directive
	var open bool
	var evidence db.JSON
	var opened, due, lapsed, last, closed db.Time
	err := r.Scan(&d.ID, &d.Kind, &d.Variant, &d.CaseID, &d.CaseNo, &d.OnClock, &d.ParentID, &d.CandidateID, &d.TeamID,
		&d.Areas[0], &d.Areas[1], &d.Areas[2], &d.UnitID, &d.FromUnitID, &d.IssuedBy, &d.LeaderID, &d.LeaderName,
		&d.Title, &d.Text, &d.Facts, &d.Basis, &d.Wanted, &evidence, &opened,
		&d.State, &open, &d.Version, &d.Days, &d.Adoption, &d.Result, &due, &lapsed, &d.Lapses, &last, &closed)
	if err != nil {
		return d, err
	}
	d.OpenedAt, d.DueAt, d.LapsedAt, d.LastAt, d.ClosedAt = opened.Std(), due.Std(), lapsed.Std(), last.Std(), closed.Std()
	if err := json.Unmarshal(evidence, &d.Evidence); err != nil {
		return d, fmt.Errorf("supervision: reading the evidence of %d: %w", d.ID, err)
	}
	return d, nil
}

func (s store) directive(ctx context.Context, q db.Queryer, a access.Actor, id int64, lock string) (Directive, error) {
	w := directiveSight(a)
	w.and("x.id = ?", id)
	if lock != "" {
		lock += " OF x"
	}
	d, err := db.One(ctx, q, scanDirective, `SELECT `+fromX+` FROM directive x`+caseOf+` WHERE `+w.String()+lock, w.args...)
	if errors.Is(err, db.ErrNoRows) {
		return d, ErrNotFound
	}
	return d, err
}

// byKey finds what a command key did, if this actor sees it.
func (s store) byKey(ctx context.Context, q db.Queryer, key string, a access.Actor) (Directive, error) {
	id, err := db.One(ctx, q, db.Value[int64], `SELECT directive_id FROM directive_entry WHERE command_key = $1 AND actor_id = $2`, key, a.ID)
	if errors.Is(err, db.ErrNoRows) {
		return Directive{}, ErrNotFound
	}
	if err != nil {
		return Directive{}, err
	}
	return s.directive(ctx, q, a, id, "")
}

func (s store) following(ctx context.Context, q db.Queryer, a access.Actor, id int64) ([]Directive, error) {
	w := directiveSight(a)
	w.and("x.parent_id = ?", id)
	return db.List(ctx, q, scanDirective, `SELECT `+fromX+` FROM directive x`+caseOf+` WHERE `+w.String()+` ORDER BY x.id LIMIT 50`, w.args...)
}

func (s store) ofCase(ctx context.Context, q db.Queryer, a access.Actor, caseID int64) ([]Directive, error) {
	w := directiveSight(a)
	w.and("x.case_id = ?", caseID)
	return db.List(ctx, q, scanDirective, `SELECT `+fromX+` FROM directive x`+caseOf+` WHERE `+w.String()+` ORDER BY x.id DESC LIMIT 50`, w.args...)
}

// list reads one row more than a page holds, in the order of the view.
func (s store) list(ctx context.Context, q db.Queryer, w where, query Query) ([]Directive, error) {
	text, args := listQuery(w, query)
	return db.List(ctx, q, scanDirective, text, args...)
}

func listQuery(w where, query Query) (string, []any) {
	order := " ORDER BY x.due_at, x.id LIMIT "
	if query.View == Done {
		order = " ORDER BY x.id DESC LIMIT "
		if query.After.ID != 0 {
			w.and("x.id < ?", query.After.ID)
		}
	} else if query.After.ID != 0 {
		w.and("(x.due_at, x.id) > (?, ?)", query.After.Due, query.After.ID)
	}
	return `SELECT ` + fromX + ` FROM directive x` + caseOf + ` WHERE ` + w.String() + order + strconv.Itoa(query.limit()+1), w.args
}

// count counts a view, at most 1,000.
func (s store) count(ctx context.Context, q db.Queryer, w where) (int, error) {
	n, err := db.One(ctx, q, db.Value[int64], `SELECT count(*) FROM (SELECT 1 FROM directive x`+caseOf+` WHERE `+w.String()+` LIMIT 1000) bounded`, w.args...)
	return int(n), err
}

func insertEntry(b *db.Batch, directiveID int64, e Entry, key string) {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		detail = []byte("{}")
	}
	b.Add(`INSERT INTO directive_entry (id, directive_id, seq, verb, at, state, actor_id, actor_role, actor_unit_id, actor_cleared, text, detail, command_key, tell, told_at, told_fault)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, '')`,
		e.ID, directiveID, e.Seq, string(e.Verb), db.At(e.At), string(e.State), e.Actor.ID, string(e.Actor.Role),
		e.Actor.UnitID, e.Actor.Cleared, e.Text, string(detail), db.OrNull(key), string(e.Tell))
}

func (s store) entries(ctx context.Context, q db.Queryer, id int64) ([]Entry, error) {
	return db.List(ctx, q, func(r db.Rows) (Entry, error) {
		var e Entry
		var at, told db.Time
		var detail db.JSON
		if err := r.Scan(&e.ID, &e.Seq, &e.Verb, &at, &e.State, &e.Actor.ID, &e.Actor.Role, &e.Actor.UnitID, &e.Text, &detail, &e.Tell, &told, &e.ToldFault); err != nil {
			return e, err
		}
		e.At, e.ToldAt = at.Std(), told.Std()
		return e, json.Unmarshal(detail, &e.Detail)
	}, `SELECT id, seq, verb, at, state, actor_id, actor_role, actor_unit_id, text, detail, tell, told_at, told_fault
		FROM directive_entry WHERE directive_id = $1 ORDER BY seq`, id)
}

// untold lists entries from an id on that their case has not heard of.
func (s store) untold(ctx context.Context, q db.Queryer, from int64, limit int) ([]telling, error) {
	return db.List(ctx, q, func(r db.Rows) (telling, error) {
		var t telling
		var due db.Time
		var detail db.JSON
		if err := r.Scan(&t.entryID, &t.does, &t.verb, &t.d.ID, &t.d.CaseID, &due, &t.no, &t.text, &detail, &t.actor.ID, &t.actor.Role, &t.actor.UnitID,
			&t.actor.Cleared, &t.d.Title, &t.d.UnitID); err != nil {
			return t, err
		}
		var more Detail
		err := json.Unmarshal(detail, &more)
		t.days, t.d.DueAt = more.Days, due.Std()
		return t, err
	}, `SELECT e.id, e.verb, e.tell, d.id, d.case_id, d.due_at, d.case_no, e.text, e.detail, e.actor_id, e.actor_role, e.actor_unit_id, e.actor_cleared, d.title, d.unit_id
		FROM directive_entry e JOIN directive d ON d.id = e.directive_id
		WHERE e.tell <> '' AND e.told_at = 0 AND e.id >= $1 ORDER BY e.id LIMIT `+strconv.Itoa(limit), from)
}

func (s store) told(ctx context.Context, entryID int64, now time.Time, refused string) error {
	var b db.Batch
	b.Add(`UPDATE directive_entry SET told_at = $2, told_fault = $3 WHERE id = $1 AND told_at = 0`, entryID, db.At(now), refused)
	return s.db.Send(ctx, &b)
}

// lapsing finds open directives past their moment that no sweep has marked,
// the oldest first.
func (s store) lapsing(ctx context.Context, q db.Queryer, now time.Time, limit int) ([]Directive, error) {
	return db.List(ctx, q, scanDirective, `SELECT `+columns+` FROM directive WHERE open AND lapsed_at = 0 AND due_at <= $1
		ORDER BY due_at, id LIMIT `+strconv.Itoa(limit)+s.db.Dialect().SkipLocked(), db.At(now))
}
