package casework

import (
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
)

func onRegister(c *Case, e Event) {
	d := e.Data
	c.ID, c.No, c.Title, c.Channel = e.CaseID, d.No, d.Title, d.Channel
	c.Category, c.Nature, c.Procedure = d.Category, d.Nature, d.Procedure
	c.Urgency, c.Lane = d.Urgency, d.Lane
	if c.Urgency == "" {
		c.Urgency = Blue
	}
	if c.Procedure == "" {
		c.Procedure = Ordinary
	}
	if c.Lane == "" {
		c.Lane = access.LaneOpen
	}
	c.BarredUnitID = d.BarredUnitID
	c.PetitionerID, c.RegisteredBy = d.PetitionerID, e.ActorID
	c.Areas, c.BureauID = d.Areas, d.BureauID
	c.RegisteredAt = e.At
	c.Kind, c.Stage, c.RuleVersion = d.Kind, d.Stage, d.RuleVersion
	if c.Kind == "" {
		c.Kind = Petition
	}
	if c.Stage == "" {
		c.Stage = Handling
	}
	c.ParentID, c.RootID, c.NotifyOf, c.UpperBureauID = d.ParentID, d.RootID, d.Of, d.UpperID
	c.People, c.Requests, c.Recused, c.Retaliation = max(d.People, 1), d.Requests, d.Staff, d.Retaliation
	if c.Retaliation || c.Nature == R1 {
		c.Lane = access.LaneConfidential
	}
}

// onTriage also moves an accusation (R1) into the confidential lane; nothing
// moves it back out.
func onTriage(c *Case, e Event) {
	d := e.Data
	c.Category, c.Nature = d.Category, d.Nature
	if d.Urgency != "" {
		c.Urgency = d.Urgency
	}
	if d.Procedure != "" {
		c.Procedure = d.Procedure
	}
	if len(c.Requests) == 1 {
		c.Requests[0].Nature = d.Nature
	}
	if d.Repeat != "" {
		c.Repeat = d.Repeat == yes
	}
	if d.Nature == R1 {
		c.Lane = access.LaneConfidential
	}
	if d.BarredUnitID != 0 {
		c.BarredUnitID = d.BarredUnitID
	}
}

func onDispatch(c *Case, e Event) {
	if e.Data.Category != "" {
		onTriage(c, e)
	}
	if c.Round > 1 {
		c.anew(e)
	}
	c.LeadUnitID, c.DispatchedAt = e.Data.UnitID, e.At
	c.Dispatches, c.Dispatcher, c.Interim = c.Dispatches+1, e.ActorID, false
	c.Dispatch = Forwarded
	if e.Verb == Assign {
		c.Dispatch = Assigned
	}
}

// anew begins the next round's handling: the old answers and the windows that
// they opened no longer hold.
func (c *Case) anew(e Event) {
	c.settle(e, false, T5, T7)
	for i := range c.Requests {
		if q := &c.Requests[i]; !q.Diverted() {
			q.answer(Data{})
		}
	}
}

// onRecall undoes a dispatch; T1 runs again from where it first ran.
func onRecall(c *Case, _ Event) {
	c.Dispatches--
	c.AcceptedAt = zero
	c.LeadUnitID, c.Dispatch, c.DispatchedAt = 0, "", zero
}

func onObject(c *Case, e Event) {
	c.Objections++
	c.ObjectedBy, c.SuggestedBy = c.LeadUnitID, e.Data.SuggestID
}

// ruled: an upheld objection gives the case back to the bureau, which
// dispatches again; an overruled one sends it back to the unit for good.
func ruled(_ Case, d Data) State {
	if d.Upheld {
		return Registered
	}
	return Dispatched
}

func onRule(c *Case, e Event) {
	if e.Data.Upheld {
		c.LeadUnitID, c.ObjectedBy, c.SuggestedBy = 0, 0, 0
		c.AcceptedAt = zero
		c.settle(e, false, T2, T3, T9, Sign, Material)
		c.settle(e, false, legal...)
	}
}

func afterRuling(c Case, _ Event) []opening {
	if c.State == Registered {
		return []opening{{clock: Redirect}}
	}
	return nil
}

func onAccept(c *Case, e Event) {
	c.Extended, c.ExtendAsked, c.DraftedBy = 0, 0, 0
	if c.AcceptedAt.IsZero() {
		c.AcceptedAt = e.At // else by default, or by the unit that had it before
	}
	c.handle(e.ActorID)
	if e.Data.Procedure != "" {
		c.Procedure = e.Data.Procedure
	}
}

// onDraft keeps the opinion; where there is one request, it is its answer.
func onDraft(c *Case, e Event) {
	d := e.Data
	c.DraftedBy = e.ActorID
	if c.IsReview() {
		c.Decision = d.Decision
	}
	c.handle(e.ActorID)
	if lines := c.Lines(); !c.IsReview() && len(lines) == 1 {
		c.line(lines[0].Seq).answer(d)
	}
}

func (q *Request) answer(d Data) {
	q.Result, q.Facts, q.Text, q.Basis, q.Remedy = d.Result, d.Facts, d.Text, d.Basis, d.Remedy
}

// onReturnDraft opens the answers again, where they were given in one draft.
func onReturnDraft(c *Case, _ Event) {
	if len(c.Requests) == 1 {
		c.Requests[0].answer(Data{})
	}
}

func onServe(c *Case, e Event) { c.ServedAt, c.ExtendAsked = e.At, 0 }

// served opens what follows service: the conclusion, and the window for the
// next level (Art. 35–36), which counts from service and not from issue.
func served(c Case, _ Event) []opening {
	ws := []opening{{clock: Conclude}}
	switch {
	case c.Stage == Review:
		ws = append(ws, opening{clock: T7})
	case c.Stage == Handling && c.Kind == Petition && c.Procedure == Ordinary:
		ws = append(ws, opening{clock: T5})
	}
	return ws
}

func onRequestExtension(c *Case, e Event) { c.ExtendAsked = e.Data.Days }

// onRuleExtension lengthens the running handling clock by the days asked; the
// due moment is counted anew from the start, never added to.
func onRuleExtension(c *Case, e Event) {
	if e.Data.Upheld {
		c.Extended = c.ExtendAsked
		longest := c.extendable()
		for i := range c.Obligations {
			if o := &c.Obligations[i]; longest != nil && o.Open() && o.Clock == longest.Clock {
				o.Days += c.ExtendAsked
				o.Extended = c.ExtendAsked
				o.WarnedAt = zero
				if o.Unit == calendar.Hours {
					o.Days += c.ExtendAsked * 23 // days asked of a clock in hours
				}
			}
		}
	}
	c.ExtendAsked = 0
}

// onClose gives every end its true outcome.
func onClose(c *Case, e Event) {
	c.ClosedAt = e.At
	switch e.Verb {
	case Decline:
		c.Outcome = NotAccepted
	case Divert:
		c.Outcome = ToLegalRoute
	case Withdraw:
		c.Outcome = WithdrawnByIt
	case End:
		c.Outcome = Ended
	default:
		c.Outcome = e.Data.Outcome
		if c.IsReview() {
			c.Outcome = Decided
		}
	}
	c.Room, c.ParkAsked, c.Offered, c.Consented, c.HearingAt = false, false, false, false, zero
}

// onReply is the simple procedure's one step: the bureau's own answer makes
// the bureau the lead.
func onReply(c *Case, e Event) {
	onClose(c, e)
	c.ServedAt = e.At
	c.handle(e.ActorID)
	if c.LeadUnitID == 0 {
		c.LeadUnitID = e.ActorUnit
	}
}

func onUrge(c *Case, e Event) { c.Urges, c.LastUrgedAt = c.Urges+1, e.At }

// onRate keeps the grades; a dissatisfied closing climbs a rung of the ladder
// (look back, second dispatch, consultation, check by the level above).
func onRate(c *Case, e Event) {
	c.RatedUnit, c.RatedResult = e.Data.RatedUnit, e.Data.RatedResult
	if e.To == LookedBack {
		c.Ladder = []int{1, 3, 3, 4, 4}[c.Ladder]
	}
}

// onContest opens the next round at the bureau. The old outcome stays until
// the round ends; the rating starts anew.
func onContest(c *Case, _ Event) {
	c.Rework, c.Interim, c.Settlement, c.Decision = false, false, false, Undecidedly
	c.Dispatch, c.Extended, c.ExtendAsked, c.DraftedBy = "", 0, 0, 0
	c.RatedUnit, c.RatedResult, c.Dismissed = Unrated, Unrated, false
	c.DispatchedAt, c.AcceptedAt, c.ServedAt, c.ClosedAt = zero, zero, zero, zero
}

func onDismiss(c *Case, e Event) { c.ClosedAt, c.Dismissed = e.At, true }

func onLapse(c *Case, e Event) {
	o := c.lapsing(e.Data.LapsedClock, e.Data.Ref)
	if o == nil {
		return
	}
	o.LapsedAt = e.At
	if o.Clock == T2 && c.AcceptedAt.IsZero() && (c.State == Dispatched || c.State == Signed) {
		c.AcceptedAt = o.DueAt // accepted by default with the last day of the notice
	}
}

func onWarn(c *Case, e Event) {
	if o := c.warning(e.Data.LapsedClock, e.Data.Ref); o != nil {
		o.WarnedAt = e.At
	}
}
