package course

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Units names units.
type Units interface {
	Unit(id int64) (access.Unit, bool)
}

// Cases finds what belongs to one matter.
type Cases interface {
	// Linked lists the cases of the same matter that the actor may see, the
	// oldest first: the original, its review, its recheck.
	Linked(ctx context.Context, a access.Actor, c casework.Case) ([]casework.Case, error)
}

// Page is what the panels read of a case page.
type Page struct {
	Case   casework.Case
	Events []casework.Event // oldest first
	Verbs  []casework.Verb  // what the reader may do now
	Actor  access.Actor
	Now    time.Time
}

// Panels draws the parts of a case page. Make it with New.
type Panels struct {
	units Units
	cases Cases
}

// New makes the panels.
func New(u Units, c Cases) *Panels { return &Panels{u, c} }

func (p Page) may(v casework.Verb) bool { return slices.Contains(p.Verbs, v) }

// do is the address of a verb's form, filled in with what it is about.
func (p Page) do(v casework.Verb, name string, n int) string {
	href := "/desk/cases/" + p.Case.No + "/do/" + string(v)
	if name != "" {
		href += "?" + name + "=" + strconv.Itoa(n)
	}
	return href
}

// clock finds the newest obligation of the clocks that belongs to a request or
// task (0: the whole case), an open one before any closed one.
func (p Page) clock(ref int, clocks ...casework.Clock) (found casework.Obligation, ok bool) {
	for _, o := range slices.Backward(p.Case.Obligations) {
		if o.Ref != ref || !slices.Contains(clocks, o.Clock) {
			continue
		}
		if o.Open() {
			return o, true
		}
		if !ok {
			found, ok = o, true
		}
	}
	return found, ok
}

// late tells whether a duty was not done in time, or is not.
func late(o casework.Obligation, now time.Time) bool {
	if !o.Clock.Owed() {
		return false
	}
	if o.Open() {
		return !now.Before(o.DueAt)
	}
	return o.Kept && !o.ClosedAt.Before(o.DueAt) || !o.LapsedAt.IsZero()
}

// lateness lists the duties that a unit missed: lateness stays with the unit
// where it arose, whoever has the case now.
func (p Page) lateness(unitID int64) []casework.Obligation {
	var out []casework.Obligation
	for _, o := range p.Case.Obligations {
		if o.UnitID == unitID && unitID != 0 && late(o, p.Now) {
			out = append(out, o)
		}
	}
	return out
}

// handling are the clocks of the law: what a lead unit is measured by.
var handling = []casework.Clock{
	casework.T4, casework.T11, casework.Statute, casework.T6, casework.T8, casework.OrderFeedback,
}

// owed is what the lead unit works under: the handling clock that ends first,
// before acceptance whatever it owes.
func (p Page) owed() (found casework.Obligation, ok bool) {
	rank := func(o casework.Obligation) int {
		if slices.Contains(handling, o.Clock) {
			return 0
		}
		return 1
	}
	for _, o := range p.Case.Obligations {
		if !o.Open() || !o.Clock.Owed() || o.UnitID != p.Case.LeadUnitID || o.Clock == casework.Assist {
			continue
		}
		if !ok || rank(o) < rank(found) || rank(o) == rank(found) && o.DueAt.Before(found.DueAt) {
			found, ok = o, true
		}
	}
	return found, ok
}

// of lists the events of some verbs.
func (p Page) of(verbs ...casework.Verb) []casework.Event {
	var out []casework.Event
	for _, e := range p.Events {
		if slices.Contains(verbs, e.Verb) {
			out = append(out, e)
		}
	}
	return out
}

// last is the newest event of a verb.
func (p Page) last(v casework.Verb) (casework.Event, bool) {
	for _, e := range slices.Backward(p.Events) {
		if e.Verb == v {
			return e, true
		}
	}
	return casework.Event{}, false
}
