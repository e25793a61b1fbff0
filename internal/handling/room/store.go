package room

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
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

// sight is the rule of core/access, read from the case c as it stands now. A
// unit sees what it leads and what it takes part in.
func sight(a access.Actor) where {
	var w where
	w.see(a)
	return w
}

func (w *where) see(a access.Actor) {
	scope := access.Visible(a)
	if !a.Signed() || scope.Nothing {
		w.and("FALSE")
		return
	}
	for _, t := range scope.Terms {
		switch {
		case t.Field == access.FieldLead && !t.Not:
			w.and("(c.lead_unit_id = ? OR EXISTS (SELECT 1 FROM case_party p WHERE p.unit_id = ? AND p.case_id = c.id))", t.Value, t.Value)
		case t.Not:
			w.and("c."+string(t.Field)+" <> ?", t.Value)
		default:
			w.and("c."+string(t.Field)+" = ?", t.Value)
		}
	}
}

const (
	roomColumns = `x.id, x.case_id, x.case_no, c.title, c.state, c.lane, c.urgency, x.round, x.bureau_id, x.chair, x.reason, x.brief, x.opened_at, x.due_at,
		x.closed_at, x.conclusion, x.unit_id, x.tries, x.locked_until_at`
	fromRoom = ` FROM room x JOIN case_file c ON c.id = x.case_id WHERE `
)

func scanRoom(r db.Rows) (Room, error) {
	var x Room
	var opened, due, closed, locked db.Time
	err := r.Scan(&x.ID, &x.Case.ID, &x.Case.No, &x.Case.Title, &x.Case.State, &x.Case.Lane, &x.Case.Urgency, &x.Round, &x.BureauID, &x.Chair,
		&x.Reason, &x.Brief, &opened, &due, &closed, &x.Conclusion, &x.UnitID, &x.tries, &locked)
	x.OpenedAt, x.DueAt, x.ClosedAt, x.lockedTill = opened.Std(), due.Std(), closed.Std(), locked.Std()
	return x, err
}

func one(ctx context.Context, q db.Queryer, w where, order string) (Room, error) {
	x, err := db.One(ctx, q, scanRoom, `SELECT `+roomColumns+fromRoom+w.String()+order, w.args...)
	if errors.Is(err, db.ErrNoRows) {
		return x, ErrNotFound
	}
	return x, err
}

// room reads one that the actor may see; any and newest are for those whose
// right was proven otherwise.
func (s store) room(ctx context.Context, q db.Queryer, a access.Actor, id int64) (Room, error) {
	w := sight(a)
	w.and("x.id = ?", id)
	return one(ctx, q, w, "")
}

func (s store) any(ctx context.Context, q db.Queryer, id int64) (Room, error) {
	var w where
	w.and("x.id = ?", id)
	return one(ctx, q, w, "")
}

func (s store) newest(ctx context.Context, q db.Queryer, caseID int64) (Room, error) {
	var w where
	w.and("x.case_id = ?", caseID)
	return one(ctx, q, w, " ORDER BY x.id DESC LIMIT 1")
}

func (s store) ofCase(ctx context.Context, q db.Queryer, a access.Actor, caseID int64) ([]Room, error) {
	w := sight(a)
	w.and("x.case_id = ?", caseID)
	return db.List(ctx, q, scanRoom, `SELECT `+roomColumns+fromRoom+w.String()+` ORDER BY x.id DESC LIMIT 20`, w.args...)
}

func (s store) rooms(ctx context.Context, q db.Queryer, a access.Actor, query Query, limit int) ([]Room, error) {
	w := sight(a)
	order := ` ORDER BY x.due_at, x.id LIMIT `
	if query.Closed {
		w.and("x.closed_at <> 0")
		order = ` ORDER BY x.id DESC LIMIT `
		if query.After.ID != 0 {
			w.and("x.id < ?", query.After.ID)
		}
	} else {
		w.and("x.closed_at = 0")
		if query.After.ID != 0 {
			w.and("(x.due_at, x.id) > (?, ?)", query.After.Due, query.After.ID)
		}
	}
	return db.List(ctx, q, scanRoom, `SELECT `+roomColumns+fromRoom+w.String()+order+strconv.Itoa(limit), w.args...)
}
