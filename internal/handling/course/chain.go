package course

import (
	"slices"

	"xinqiao/internal/core/casework"
)

// chain is the course of a matter beyond one round of one case.
type chain struct {
	Cases   []casework.Case       // the matter's cases, when there are several
	Windows []casework.Obligation // T5, T7: until when the next level can be asked
	Hearing *casework.Obligation  // the hearing that sits
	Paused  int                   // days that hearings took from the recheck's clock
	Final   *casework.Event       // 终结
	Plan    string                // of the rework
	Barred  int                   // staff who must not touch the case again
	Rungs   []rung                // the ladder of the dissatisfied
	Park    *casework.Obligation  // 挂账
	Help    []casework.Obligation // 帮扶
	Peace   *casework.Event       // mediation: the newest step
}

// rung is a step of the ladder: done, now or "".
type rung struct {
	N     int
	State string
}

// chain reads the course of a case; ok is false when there is nothing to tell.
func (p Page) chain(linked []casework.Case) (ch chain, ok bool) {
	c := p.Case
	if len(linked) > 1 || c.IsReview() {
		ch.Cases = linked
	}
	for _, o := range c.Obligations {
		switch o.Clock {
		case casework.T5, casework.T7:
			ch.Windows = append(ch.Windows, o)
		case casework.Hearing:
			if o.Open() {
				ch.Hearing = &o
			}
		case casework.T8:
			ch.Paused += o.Paused
		case casework.Park:
			if o.Open() {
				ch.Park = &o
			}
		case casework.Help:
			ch.Help = append(ch.Help, o)
		}
	}
	if e, found := p.last(casework.Finalise); found {
		ch.Final = &e
	}
	if c.Rework {
		ch.Barred, ch.Plan = len(c.Handlers), p.plan()
	}
	ch.Rungs, ch.Peace = rungs(c), p.peace()
	return ch, ch.tells(c)
}

func (ch chain) tells(c casework.Case) bool {
	return len(ch.Cases) > 0 || len(ch.Windows) > 0 || ch.Hearing != nil || ch.Paused > 0 || ch.Final != nil ||
		c.Rework || len(ch.Rungs) > 0 || ch.Park != nil || len(ch.Help) > 0 || ch.Peace != nil || c.Appeal != "" || c.RecusalFor || len(c.Recused) > 0
}

// plan is what the unit wrote when it took the rework on.
func (p Page) plan() string {
	for _, e := range slices.Backward(p.Events) {
		if e.Verb == casework.Accept && e.Round == p.Case.Round {
			return e.Data.Plan
		}
	}
	return ""
}

// peace is the newest step of a mediation (Art. 33).
func (p Page) peace() *casework.Event {
	for _, e := range slices.Backward(p.Events) {
		switch e.Verb {
		case casework.ProposeMediation, casework.ConsentMediation, casework.RecordMediation:
			return &e
		}
	}
	return nil
}

// rungs are the four steps of the ladder, once the petitioner was dissatisfied:
// look back, second dispatch, consultation, check from above.
func rungs(c casework.Case) []rung {
	if c.Ladder == 0 {
		return nil
	}
	out := make([]rung, 4)
	for i := range out {
		out[i] = rung{N: i + 1}
		switch {
		case i+1 < c.Ladder:
			out[i].State = "done"
		case i+1 == c.Ladder:
			out[i].State = "done"
			if c.State == casework.LookedBack || c.Ladder == 2 && c.State.Open() {
				out[i].State = "now"
			}
		}
	}
	return out
}
