package casework

import (
	"slices"
	"time"
)

// The answers to a question that must not be passed over.
const (
	yes = "yes"
	no  = "no"
)

var (
	hasFacts     = filled("facts", "facts_missing", func(d Data) string { return d.Facts })
	hasRemedy    = filled("remedy", "remedy_missing", func(d Data) string { return d.Remedy })
	hasAttendees = filled("attendees", "attendees_missing", func(d Data) string { return d.Attendees })
	hasDuty      = filled("duty", "duty_missing", func(d Data) string { return d.Duty })
	hasPlan      = filled("plan", "plan_missing", func(d Data) string { return d.Plan })
)

// all asks several things at once; the first that lacks is named.
func all(cs ...check) check {
	return func(m moment) *Refusal {
		for _, c := range cs {
			if no := c(m); no != nil {
				return no
			}
		}
		return nil
	}
}

func hasResult(m moment) *Refusal {
	if !slices.Contains(Results, m.d.Result) {
		return lacks("result", "result_missing")
	}
	return nil
}

// hasOpinion: facts, opinion and legal basis (Art. 32), the remedy, and an
// answer to every request. A review decides instead; after a recheck there is
// no remedy to name (Art. 36).
func hasOpinion(m moment) *Refusal {
	if m.c.IsReview() {
		if !slices.Contains(Decisions, m.d.Decision) {
			return lacks("decision", "decision_missing")
		}
		if m.c.Stage == Recheck {
			return all(hasFacts, hasText, hasBasis)(m)
		}
		return all(hasFacts, hasText, hasBasis, hasRemedy)(m)
	}
	if left := m.c.unanswered(); len(left) > 1 || len(left) == 1 && len(m.c.Lines()) > 1 {
		return lacks("text", "requests_unanswered", left[0].Seq, left[0].Title)
	}
	need := []check{hasFacts, hasText, hasBasis, hasRemedy}
	if len(m.c.unanswered()) == 1 {
		need = append(need, hasResult)
	}
	if m.c.Rework {
		need = append(need, filled("evidence", "new_evidence_missing", func(d Data) string { return d.Evidence }))
	}
	return all(need...)(m)
}

// allAnswered: an opinion that leaves a request out cannot be served.
func allAnswered(m moment) *Refusal {
	if left := m.c.unanswered(); len(left) > 0 && !m.c.IsReview() {
		return refuse("requests_unanswered", left[0].Seq, left[0].Title)
	}
	return nil
}

// routesExplained: a diverted request is owed its written explanation.
func routesExplained(m moment) *Refusal {
	if m.c.running(Explain) != nil {
		return refuse("route_unexplained")
	}
	return nil
}

// openLine: the request named is there and still wants an answer.
func openLine(m moment) *Refusal {
	for _, q := range m.c.Lines() {
		if q.Seq == m.d.Request {
			if q.Diverted() {
				return lacks("request", "request_diverted")
			}
			return nil
		}
	}
	return lacks("request", "request_missing")
}

// notTheLast: the last request takes the whole case with it.
func notTheLast(m moment) *Refusal {
	for _, q := range m.c.Lines() {
		if q.Seq != m.d.Request && !q.Diverted() {
			return nil
		}
	}
	return lacks("request", "divert_whole")
}

func explaining(m moment) *Refusal {
	if m.c.lapsable(Explain, m.d.Request) == nil {
		return lacks("request", "nothing_to_explain")
	}
	return nil
}

// lapsable finds an open obligation of a clock and a reference.
func (c *Case) lapsable(k Clock, ref int) *Obligation {
	return c.earliest(k, ref, func(*Obligation) bool { return true })
}

func fewRequests(m moment) *Refusal {
	if len(m.c.Lines()) >= 20 {
		return refuse("requests_many", 20)
	}
	return nil
}

func hasNature(m moment) *Refusal {
	if !slices.Contains(Natures, m.d.Nature) {
		return lacks("nature", "nature_missing")
	}
	return nil
}

// taskFits: an assisting unit's clock ends inside the lead's (Art. 24).
func taskFits(m moment) *Refusal {
	if m.d.Days < 1 || m.d.Days > 60 {
		return lacks("days", "task_range", 1, 60)
	}
	if m.d.UnitID == m.c.LeadUnitID {
		return lacks("unit", "task_for_lead")
	}
	var end time.Time
	for _, k := range []Clock{T4, T11, Statute, OrderFeedback, T6, T8} {
		if o := m.c.running(k); o != nil && (end.IsZero() || o.DueAt.Before(end)) {
			end = o.DueAt
		}
	}
	due := m.r.Calendar.Due(m.now, m.d.Days, 0).Due
	if !end.IsZero() && due.After(end) {
		return lacks("days", "task_outlasts", end)
	}
	return nil
}

func hasOpenTask(m moment) *Refusal {
	if m.c.openTask(m.a.UnitID, 0) == nil {
		return refuse("no_task")
	}
	return nil
}

func namesOwnTask(m moment) *Refusal {
	if m.c.openTask(m.a.UnitID, m.d.Task) == nil {
		return lacks("task", "no_task")
	}
	return nil
}

func namesOpenTask(m moment) *Refusal {
	if t := m.c.task(m.d.Task); t == nil || t.Status != TaskOpen {
		return lacks("task", "no_task")
	}
	return nil
}

func someTaskOpen(m moment) *Refusal {
	if !slices.ContainsFunc(m.c.Tasks, func(t Task) bool { return t.Status == TaskOpen }) {
		return refuse("no_task")
	}
	return nil
}

// tasksDone: one consolidated reply waits for every assisting unit.
func tasksDone(m moment) *Refusal {
	if someTaskOpen(m) == nil {
		return refuse("tasks_open")
	}
	return nil
}

func isInterim(m moment) *Refusal {
	if !m.c.Interim || m.c.running(Ruling) == nil {
		return refuse("no_dispute")
	}
	return nil
}

func roomSits(m moment) *Refusal {
	if !m.c.Room {
		return refuse("no_room")
	}
	return nil
}

func noRoom(m moment) *Refusal {
	if m.c.Room {
		return refuse("room_sits")
	}
	return nil
}

func notTheSame(m moment) *Refusal {
	if m.d.UnitID == m.c.LeadUnitID {
		return lacks("unit", "same_unit")
	}
	return nil
}

// unbarredUnit: a unit, if one is named, is not the accused one.
func unbarredUnit(m moment) *Refusal {
	if m.d.UnitID == 0 {
		return nil
	}
	return hasUnit(m)
}

// fit: who is recused, or handled the opinion under review, does not touch
// the case (Art. 28).
func fit(m moment) *Refusal {
	if m.a.ID != 0 && slices.Contains(m.c.Recused, m.a.ID) {
		return refuse("recused")
	}
	return nil
}

func notRecused(m moment) *Refusal {
	if slices.Contains(m.c.Recused, m.a.ID) {
		return refuse("recused")
	}
	return nil
}

func recusalAsked(m moment) *Refusal {
	if !m.c.RecusalFor {
		return refuse("no_recusal_asked")
	}
	return nil
}

// newHandler: rework goes to somebody who did not handle it before (三重新).
func newHandler(m moment) *Refusal {
	if m.c.Rework && slices.Contains(m.c.Handlers, m.a.ID) {
		return refuse("rework_same_handler")
	}
	return nil
}

// reworkPlan: and begins with a new plan.
func reworkPlan(m moment) *Refusal {
	if m.c.Rework {
		return hasPlan(m)
	}
	return nil
}
