package casework

import (
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
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

func inReviewWindow(m moment) *Refusal {
	if m.c.Appeal != "" {
		return refuse("review_running", m.c.Appeal)
	}
	for _, k := range []Clock{T5, T7} {
		if o := m.c.running(k); o != nil {
			if !m.now.Before(o.DueAt) {
				return refuse("too_late_for_review", o.DueAt)
			}
			return nil
		}
	}
	return refuse("no_review")
}

func isReview(m moment) *Refusal {
	if !m.c.IsReview() {
		return refuse("not_a_review")
	}
	return nil
}

func notReview(m moment) *Refusal {
	if m.c.IsReview() {
		return refuse("is_a_review")
	}
	return nil
}

func isPetition(m moment) *Refusal {
	if m.c.Kind == Order {
		return refuse("not_for_orders")
	}
	return nil
}

// mayHear: a hearing is for ordinary petitions and for rechecks (Art. 31, 36).
func mayHear(m moment) *Refusal {
	switch {
	case !m.c.HearingAt.IsZero():
		return refuse("hearing_open")
	case m.c.Kind == Order || m.c.Procedure == Simple || m.c.Stage == Review:
		return refuse("no_hearing_here")
	}
	return nil
}

func hearingOpen(m moment) *Refusal {
	if m.c.HearingAt.IsZero() {
		return refuse("no_hearing")
	}
	return nil
}

// notNewFacts: before "not accepted again" three questions are answered, and
// the finalised matter is named (Art. 36).
func notNewFacts(m moment) *Refusal {
	if !m.d.Again {
		return nil
	}
	for _, q := range []struct{ field, answer string }{
		{"new_facts", m.d.NewFacts}, {"new_reasons", m.d.NewReasons}, {"new_law", m.d.NewLaw},
	} {
		switch q.answer {
		case yes:
			return lacks(q.field, "new_matter")
		case no:
		default:
			return lacks(q.field, "novelty_unanswered")
		}
	}
	if m.d.LinkedID == 0 {
		return lacks("linked", "finalised_missing")
	}
	return nil
}

// grounded: a matter is final only on one of three grounds (1.3 of the domain).
func grounded(m moment) *Refusal {
	switch m.d.Ground {
	case ThreeOpinions:
		if m.c.FinalServed.IsZero() || m.c.ReviewServed.IsZero() || m.c.ServedAt.IsZero() {
			return lacks("ground", "opinions_missing")
		}
	case WindowLapsed:
		o := m.c.lastWindow()
		if m.c.ServedAt.IsZero() || o == nil || m.now.Before(o.DueAt) {
			return lacks("ground", "window_open")
		}
	case Settled:
		if !m.c.Settlement || strings.TrimSpace(m.d.Evidence) == "" {
			return lacks("ground", "not_settled")
		}
	default:
		return lacks("ground", "ground_missing")
	}
	return nil
}

// lastWindow is the newest window for a review or recheck, open or not.
func (c *Case) lastWindow() *Obligation {
	for i := len(c.Obligations) - 1; i >= 0; i-- {
		if o := &c.Obligations[i]; o.Clock == T5 || o.Clock == T7 {
			return o
		}
	}
	return nil
}

func mayFinalise(m moment) *Refusal {
	switch {
	case m.c.Finalised:
		return refuse("finalised_already")
	case m.c.Appeal != "":
		return refuse("review_running", m.c.Appeal)
	}
	return nil
}

func helpOpen(m moment) *Refusal {
	if m.c.running(Help) == nil {
		return refuse("no_help")
	}
	return nil
}

func onRung(k Clock) check {
	return func(m moment) *Refusal {
		if m.c.running(k) == nil {
			return refuse("not_on_rung")
		}
		return nil
	}
}

// mayPark: an order that cannot be solved now, or an opinion whose carrying
// out must wait; the law's own clocks are never parked.
func mayPark(m moment) *Refusal {
	switch {
	case m.c.ParkAsked:
		return refuse("park_pending")
	case m.c.State != Served && m.c.Kind != Order:
		return refuse("not_parkable")
	}
	return nil
}

func parkAsked(m moment) *Refusal {
	if !m.c.ParkAsked {
		return refuse("no_park_asked")
	}
	return nil
}

func hasParkDays(m moment) *Refusal { return between("days", "park_range", 7, 366, m.d.Days) }

func hasHelpDays(m moment) *Refusal { return between("days", "help_range", 1, 366, m.d.Days) }

func hasCallDays(m moment) *Refusal { return between("days", "callback_range", 1, 30, m.d.Days) }

func hasAnswerDays(m moment) *Refusal { return between("days", "answer_range", 1, 90, m.d.Days) }

func running(k Clock, id string) check {
	return func(m moment) *Refusal {
		if m.c.running(k) == nil {
			return refuse(id)
		}
		return nil
	}
}

func hasOtherKind(m moment) *Refusal {
	if !slices.Contains(Kinds, m.d.Kind) || m.d.Kind == m.c.Kind {
		return lacks("kind", "kind_missing")
	}
	if m.d.Kind == Order && (m.c.Lane != access.LaneOpen || m.c.State == Accepted) {
		return lacks("kind", "stays_petition")
	}
	return nil
}

// isJoint: several people stand behind the case.
func isJoint(m moment) *Refusal {
	if m.c.People < 2 {
		return refuse("not_joint")
	}
	return nil
}

// hasSpeakers: a joint visit elects at most five (Art. 20).
func hasSpeakers(m moment) *Refusal { return between("count", "speakers_range", 1, 5, m.d.Count) }

func mediationOffered(m moment) *Refusal {
	if !m.c.Offered {
		return refuse("no_mediation")
	}
	return nil
}

func noMediation(m moment) *Refusal {
	if m.c.Offered {
		return refuse("mediation_pending")
	}
	return nil
}

func mediationAgreed(m moment) *Refusal {
	if !m.c.Offered || !m.c.Consented {
		return refuse("mediation_not_agreed")
	}
	return nil
}

func mediationUndecided(m moment) *Refusal {
	if m.c.Consented {
		return refuse("mediation_agreed_already")
	}
	return nil
}
