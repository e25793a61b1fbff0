package casework

import (
	"slices"
	"time"

	"xinqiao/internal/core/access"
)

var zero time.Time

// Decide answers whether the actor may use the verb now, and what then
// happens. It changes nothing. Errors are *Refusal.
func Decide(c Case, cmd Command, now time.Time, r Rules) ([]Event, error) {
	w, ok := rows[cmd.Verb]
	if !ok {
		return nil, refuse("unknown_verb", string(cmd.Verb))
	}
	m := moment{c: c, a: cmd.Actor, d: cmd.Data, now: now, r: r.For(c)}
	if no := w.allows(m); no != nil {
		return nil, no
	}
	for _, need := range w.needs {
		if no := need(m); no != nil {
			return nil, no
		}
	}
	return []Event{w.happen(m)}, nil
}

// allows applies the row's state, role, relation and time conditions.
func (w *row) allows(m moment) *Refusal {
	if no := w.grants(m.c, m.a); no != nil {
		return no
	}
	if !slices.Contains(w.from, m.c.State) {
		return refuse("wrong_state", string(m.c.State))
	}
	for _, when := range w.when {
		if no := when(m); no != nil {
			return no
		}
	}
	return nil
}

func (w *row) grants(c Case, a access.Actor) *Refusal {
	byRole := false
	for _, g := range w.who {
		if g.role != a.Role {
			continue
		}
		byRole = true
		if g.rel.holds(c, a) {
			return nil
		}
	}
	if byRole {
		return refuse("not_yours")
	}
	return refuse("not_your_role")
}

func (rel relation) holds(c Case, a access.Actor) bool {
	switch rel {
	case atBureau:
		return a.UnitID != 0 && a.UnitID == c.BureauID
	case atLead:
		return a.UnitID != 0 && a.UnitID == c.LeadUnitID
	case atTask:
		return a.UnitID != 0 && c.openTask(a.UnitID, 0) != nil
	case atRework:
		return c.Rework && a.UnitID != 0 && a.UnitID == c.BureauID
	case atUpper:
		return a.UnitID != 0 && a.UnitID == c.above()
	case theirs:
		return a.CaseID != 0 && a.CaseID == c.ID && a.Cosigner == 0 || a.ID != 0 && a.ID == c.RegisteredBy
	case joined:
		return a.CaseID != 0 && a.CaseID == c.ID && a.Cosigner != 0
	case inArea:
		return access.Visible(a).Sees(c.Facts())
	}
	return true
}

// happen makes the event that the row describes.
func (w *row) happen(m moment) Event {
	e := Event{
		CaseID: m.c.ID, Seq: m.c.Version + 1, Kind: w.event, Verb: w.verb,
		At: m.now.UTC().Truncate(time.Microsecond), Round: max(m.c.Round, 1),
		From: m.c.State, To: m.c.State,
		ActorID: m.a.ID, ActorRole: m.a.Role, ActorUnit: m.a.UnitID, Data: m.d,
	}
	if w.to != "" {
		e.To = w.to
	}
	if w.target != nil {
		e.To = w.target(m.c, m.d)
	}
	if w.round != nil && w.round(m.c, m.d) {
		e.Round++
	}
	if w.verb == Register {
		e.Data.RuleVersion = m.r.Params.Version
	}
	return e
}

// Permitted lists the verbs that the actor may use now, the likeliest first.
func Permitted(c Case, a access.Actor, now time.Time, r Rules) []Verb {
	var vs []Verb
	m := moment{c: c, a: a, now: now, r: r.For(c)}
	for i := range table {
		if w := &table[i]; !ByProgram(w.verb) && w.allows(m) == nil {
			vs = append(vs, w.verb)
		}
	}
	return vs
}

// ByProgram tells whether a verb is the program's own: never offered to a
// person as a button, or taken from one over the API.
func ByProgram(v Verb) bool {
	switch v {
	case Register, Lapse, Warn, NoteReview, ShareReply:
		return true
	}
	return false
}

// Refused tells why the actor cannot use a verb now; nil when it is permitted.
func Refused(c Case, a access.Actor, v Verb, now time.Time, r Rules) *Refusal {
	w, ok := rows[v]
	if !ok {
		return refuse("unknown_verb", string(v))
	}
	return w.allows(moment{c: c, a: a, now: now, r: r.For(c)})
}

// Apply folds one event into a case. It never refuses: what is stored
// happened. Due moments are counted here, from the event's own moment.
func Apply(c Case, e Event, r Rules) Case {
	w, ok := rows[e.Verb]
	if !ok {
		return c
	}
	c.Obligations, c.Parts = slices.Clone(c.Obligations), c.Parts.clone()
	owner := c.OwnerUnitID
	c.Version, c.Round, c.State = e.Seq, e.Round, e.To
	c.LastEvent, c.LastEventAt = e.Kind, e.At
	if w.effect != nil {
		w.effect(&c, e)
	}
	r = r.For(c)
	if e.ActorUnit != 0 && e.ActorUnit == owner && w.verb != Urge && w.verb != Supplement {
		c.settle(e, true, Read) // who acts has read
	}
	c.settle(e, true, w.keeps...)
	c.settle(e, false, w.moots...)
	if w.ends {
		c.release(e)
	}
	c.own()
	if w.opens != nil {
		for _, o := range w.opens(c, e) {
			c.open(o, e, r)
		}
	}
	c.recount(r)
	return c
}

// Replay folds a whole history.
func Replay(events []Event, r Rules) Case {
	var c Case
	for _, e := range events {
		c = Apply(c, e, r)
	}
	return c
}

// own says who must act in the state reached, and hands on the duties that go
// with that place.
func (c *Case) own() {
	switch {
	case !c.State.Open():
		c.OwnerUnitID = 0
	case c.State == LookedBack && c.Ladder == 4:
		c.OwnerUnitID = c.above()
	case c.State == Registered || c.State == Objected || c.State == LookedBack || c.LeadUnitID == 0:
		c.OwnerUnitID = c.BureauID
	default:
		c.OwnerUnitID = c.LeadUnitID
	}
	for i := range c.Obligations {
		o := &c.Obligations[i]
		if o.Open() && c.OwnerUnitID != 0 && o.LapsedAt.IsZero() && clocks[o.Clock].by == byOwner {
			o.UnitID = c.OwnerUnitID
		}
	}
}
