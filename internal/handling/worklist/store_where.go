package worklist

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// where is the condition of a view: what list, count, search and case page
// have in common. Placeholders count from $1.
type where struct {
	parts []string
	args  []any
	party bool // the rows begin with case_party, not with case_file
}

// from is what the condition is about, and id the column of the case's number
// in the order of its index.
func (w where) from() (table, id string) {
	if w.party {
		return "case_party CROSS JOIN case_file", "case_id"
	}
	return "case_file", "id"
}

// and adds a condition; each ? becomes the next placeholder.
func (w *where) and(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.parts = append(w.parts, cond)
}

func (w where) String() string { return strings.Join(w.parts, " AND ") }

// led are the fields of the visibility rule that have indexes of their own.
// The indexes leave out zero, and a query must say so to use them.
var led = map[access.Field]bool{
	access.FieldLead: true, access.FieldOrigin: true, access.FieldArea2: true, access.FieldArea3: true,
}

// scope applies the visibility rule. Where another condition is narrower, the
// rule's fields are written +field, so that no index of theirs is taken.
func (w *where) scope(s access.Scope, narrower bool) {
	if s.Nothing {
		w.and("FALSE")
		return
	}
	conds := make([]db.Cond, len(s.Terms))
	for i, t := range s.Terms {
		conds[i] = db.Cond{Column: string(t.Field), Not: t.Not, Value: t.Value}
		switch {
		case !led[t.Field] || t.Not:
		case narrower:
			conds[i].Column = "+" + conds[i].Column
		default:
			w.and(string(t.Field) + " <> 0")
		}
	}
	text, args := db.Where(conds, len(w.args)+1)
	w.parts = append(w.parts, text)
	w.args = append(w.args, args...)
}

// leads tells whether the rule shows a unit the cases that it leads. Such a
// unit also finds the cases in which it takes part.
func leads(s access.Scope) bool {
	return slices.ContainsFunc(s.Terms, func(t access.Term) bool { return t.Field == access.FieldLead })
}

// beside is the rule for those who take part: without the term on the lead.
func beside(s access.Scope) access.Scope {
	s.Terms = slices.DeleteFunc(slices.Clone(s.Terms), func(t access.Term) bool { return t.Field == access.FieldLead })
	return s
}

// partner begins a condition on the cases in which the unit takes part and
// that it does not lead.
func (w *where) partner(s access.Scope, unitID int64) {
	w.party = true
	w.and("unit_id = ?", unitID)
	w.and("id = case_id")
	w.and("lead_unit_id <> ?", unitID)
	w.scope(beside(s), true)
}

// found applies the rule to cases that something else has found.
func (w *where) found(s access.Scope, unitID int64) {
	if !leads(s) {
		w.scope(s, true)
		return
	}
	w.scope(beside(s), true)
	w.and("(+lead_unit_id = ? OR EXISTS (SELECT 1 FROM case_party p WHERE p.unit_id = ? AND p.case_id = id))", unitID, unitID)
}

// joined is the register of the cases in which the reader's unit took part.
func (g sight) joined(f Filter) where {
	var w where
	w.partner(g.scope, g.actor.UnitID)
	w.and("NOT open")
	if f.UnitID != 0 {
		w.and("+lead_unit_id = ?", f.UnitID)
	}
	w.filter(f, Closed, g.now)
	return w
}

// sight is what one actor may see at one moment.
type sight struct {
	actor access.Actor
	scope access.Scope
	now   time.Time
}

func (s *Service) sight(a access.Actor, now time.Time) sight {
	return sight{a, access.Visible(a), now}
}

// where builds the condition of a tab and filter.
func (g sight) where(v Tab, f Filter) where {
	var w where
	byUnit := f.UnitID != 0 && !g.actor.Has(access.UnitHandler, access.UnitHead)
	byOwner := f.OwnerID != 0 && v != Closed && v != Mine
	w.scope(g.scope, v == Mine || byUnit || byOwner)
	if v == Closed {
		w.and("NOT open")
	} else {
		w.and("open")
	}
	switch v {
	case Mine:
		w.and("owner_unit_id = ?", g.actor.UnitID)
	case Waiting:
		w.and("owner_unit_id <> ?", g.actor.UnitID)
	case Soon:
		w.and("next_due_at > ?", db.At(g.now))
		w.and("next_warn_at <= ?", db.At(g.now))
	case Overdue:
		w.and("next_due_at <= ?", db.At(g.now))
	}
	if byOwner {
		w.and("owner_unit_id = ?", f.OwnerID)
	}
	if f.UnitID != 0 {
		column := "lead_unit_id"
		if v == Mine || !byUnit {
			column = "+lead_unit_id"
		} else {
			w.and("lead_unit_id <> 0")
		}
		w.and(column+" = ?", f.UnitID)
	}
	w.filter(f, v, g.now)
	return w
}

func (w *where) filter(f Filter, v Tab, now time.Time) {
	switch len(f.Category) {
	case 0:
	case 2:
		w.and("substr(category, 1, 2) = ?", f.Category)
	default:
		w.and("category = ?", f.Category)
	}
	for _, c := range [][2]string{
		{"urgency", string(f.Urgency)}, {"channel", string(f.Channel)},
		{"nature", string(f.Nature)}, {"state", string(f.State)},
	} {
		if c[1] != "" {
			w.and(c[0]+" = ?", c[1])
		}
	}
	if !f.From.IsZero() {
		w.and("registered_at >= ?", db.At(f.From.Start()))
	}
	if !f.To.IsZero() {
		w.and("registered_at < ?", db.At(f.To.End()))
	}
	if f.Late && v != Closed && v != Overdue {
		w.and("next_due_at <= ?", db.At(now))
	}
}
