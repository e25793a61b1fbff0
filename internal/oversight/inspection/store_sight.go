package inspection

import (
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

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

// sight is who may see rows of x (an entry of the duty record), joined
// with its case as c. It is the rule of core/access, read from the case as it
// stands now: who watches sees the own jurisdiction, everybody else what is
// addressed to the own unit; nobody sees more of the confidential lane here
// than of the case itself.
func sight(a access.Actor) where {
	var w where
	if !a.Signed() && a.Role != access.System {
		w.and("FALSE")
		return w
	}
	scope := access.Visible(a)
	if a.Role != access.System && !watches(a) {
		w.unit(a)
		return w
	}
	if scope.Nothing {
		w.and("FALSE")
	}
	for _, t := range scope.Terms {
		w.term(t)
	}
	return w
}

// unit is the sight of those who answer.
func (w *where) unit(a access.Actor) {
	if !a.Has(answerers...) {
		w.and("FALSE")
		return
	}
	w.and("x.unit_id = ?", a.UnitID)
	w.lane(a)
}

func (w *where) lane(a access.Actor) {
	if a.Cleared {
		w.and("(c.barred_unit_id IS NULL OR c.barred_unit_id <> ?)", a.UnitID)
	} else {
		w.and("(x.case_id = 0 OR c.lane = ?)", string(access.LaneOpen))
	}
}

func (w *where) term(t access.Term) {
	switch t.Field {
	case access.FieldArea1, access.FieldArea2, access.FieldArea3:
		w.and("x."+string(t.Field)+" = ?", t.Value)
	case access.FieldBarred:
		w.and("(c.barred_unit_id IS NULL OR c.barred_unit_id <> ?)", t.Value)
	case access.FieldLane:
		w.and("(x.case_id = 0 OR c.lane = ?)", t.Value)
	default: // a rule that is newer than this code: what it cannot read it hides
		op := " = ?"
		if t.Not {
			op = " <> ?"
		}
		w.and("c."+string(t.Field)+op, t.Value)
	}
}

const caseOf = ` LEFT JOIN case_file c ON c.id = x.case_id`

func marks(first, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(out, ", ")
}

type store struct{ db *db.DB }
