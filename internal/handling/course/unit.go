package course

import (
	"slices"

	"xinqiao/internal/core/casework"
)

// task is what an assisting unit is asked (协办).
type task struct {
	casework.Task
	Clock *casework.Obligation
	Verbs []casework.Verb
}

// shared tells whether more than one unit works on a case, or argues about it.
func (p Page) shared() bool {
	c := p.Case
	return len(c.Tasks) > 0 || c.Room || len(c.Invited) > 0 || c.Interim || c.Objections > 0 ||
		len(p.of(casework.Consult, casework.Convene)) > 0
}

// tasks gives the tasks of a case, with what the reader may do with each: the
// assisting unit answers or returns, the lead and the bureau recall.
func (p Page) tasks() []task {
	out := make([]task, len(p.Case.Tasks))
	for i, t := range p.Case.Tasks {
		out[i].Task = t
		if o, ok := p.clock(t.Seq, casework.Assist); ok {
			out[i].Clock = &o
		}
		if t.Status != casework.TaskOpen {
			continue
		}
		for _, v := range []casework.Verb{casework.AnswerTask, casework.ReturnTask, casework.RecallTask} {
			own := t.UnitID == p.Actor.UnitID
			if p.may(v) && (own || v == casework.RecallTask) {
				out[i].Verbs = append(out[i].Verbs, v)
			}
		}
	}
	return out
}

// dispute is the argument about who should have the case.
type dispute struct {
	Objections []casework.Event
	Talks      []casework.Event // consultations
	Interim    *casework.Event  // who acts meanwhile (先办后议)
	Rulings    []casework.Event
	Clock      *casework.Obligation
}

func (p Page) dispute() (dispute, bool) {
	d := dispute{
		Objections: p.of(casework.Object), Talks: p.of(casework.Consult),
		Rulings: p.of(casework.Rule, casework.SettleDispute),
	}
	if e, ok := p.last(casework.NameInterim); ok {
		d.Interim = &e
	}
	if o, ok := p.clock(0, casework.Ruling); ok {
		d.Clock = &o
	}
	return d, len(d.Objections) > 0 || len(d.Talks) > 0 || d.Interim != nil
}

// room is the joint room (联合会商室): who sits in it and since when.
type room struct {
	Open     bool
	Convened casework.Event
	Closed   *casework.Event
	Units    []int64
	Clock    *casework.Obligation
}

func (p Page) room() (room, bool) {
	called, ok := p.last(casework.Convene)
	if !ok {
		return room{}, false
	}
	r := room{Open: p.Case.Room, Convened: called, Units: p.Case.Invited}
	if e, ok := p.last(casework.CloseRoom); ok && e.Seq > called.Seq {
		r.Closed = &e
	}
	if o, ok := p.clock(0, casework.Room); ok {
		r.Clock = &o
	}
	return r, true
}

// offered filters verbs by what the reader may do now.
func (p Page) offered(verbs ...casework.Verb) []casework.Verb {
	return slices.DeleteFunc(verbs, func(v casework.Verb) bool { return !p.may(v) })
}
