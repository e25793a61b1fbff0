package casework

import "xinqiao/internal/core/access"

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
	c.LeadUnitID, c.DispatchedAt = e.Data.UnitID, e.At
	c.Dispatch = Forwarded
	if e.Verb == Assign {
		c.Dispatch = Assigned
	}
}

// onRecall undoes a dispatch; T1 runs again from where it first ran.
func onRecall(c *Case, _ Event) {
	c.LeadUnitID, c.Dispatch, c.DispatchedAt = 0, "", zero
}

func onObject(c *Case, _ Event) { c.Objections++ }

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
		c.LeadUnitID = 0
		c.settle(e, false, T2, T3, T9, Sign, Material)
	}
}

func afterRuling(c Case) []Clock {
	if c.State == Registered {
		return []Clock{Redirect}
	}
	return nil
}

func onAccept(c *Case, e Event) {
	c.AcceptedAt, c.Extended, c.ExtendAsked, c.DraftedBy = e.At, 0, 0, 0
	if e.Data.Procedure != "" {
		c.Procedure = e.Data.Procedure
	}
}

func onDraft(c *Case, e Event) { c.DraftedBy = e.ActorID }

func onServe(c *Case, e Event) { c.ServedAt, c.ExtendAsked = e.At, 0 }

func onRequestExtension(c *Case, e Event) { c.ExtendAsked = e.Data.Days }

// onRuleExtension lengthens the running handling clock by the days asked; the
// due moment is counted anew from the start, never added to.
func onRuleExtension(c *Case, e Event) {
	if e.Data.Upheld {
		c.Extended = c.ExtendAsked
		if o := c.running(T4); o != nil {
			o.Days += c.ExtendAsked
			o.Extended = c.ExtendAsked
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
	default:
		c.Outcome = e.Data.Outcome
	}
}

// onReply is the simple procedure's one step: the bureau's own answer makes
// the bureau the lead.
func onReply(c *Case, e Event) {
	onClose(c, e)
	c.ServedAt = e.At
	if c.LeadUnitID == 0 {
		c.LeadUnitID = e.ActorUnit
	}
}

func onUrge(c *Case, e Event) { c.Urges, c.LastUrgedAt = c.Urges+1, e.At }

func onRate(c *Case, e Event) { c.RatedUnit, c.RatedResult = e.Data.RatedUnit, e.Data.RatedResult }

// onContest opens the next round at the bureau. The old outcome stays until
// the round ends; the rating starts anew.
func onContest(c *Case, _ Event) {
	c.Dispatch, c.Extended, c.ExtendAsked, c.DraftedBy = "", 0, 0, 0
	c.RatedUnit, c.RatedResult, c.Dismissed = Unrated, Unrated, false
	c.DispatchedAt, c.AcceptedAt, c.ServedAt, c.ClosedAt = zero, zero, zero, zero
}

func onDismiss(c *Case, e Event) { c.ClosedAt, c.Dismissed = e.At, true }

func onLapse(c *Case, e Event) {
	if o := c.lapsing(e.Data.LapsedClock); o != nil {
		o.LapsedAt = e.At
	}
}
