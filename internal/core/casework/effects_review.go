package casework

func onRequestReview(c *Case, e Event) { c.Appeal = e.Data.LinkedNo }

// onTakeUp makes the taker the lead of a review that was not dispatched.
func onTakeUp(c *Case, e Event) {
	c.AcceptedAt = e.At
	if c.LeadUnitID == 0 {
		c.LeadUnitID, c.DispatchedAt = e.ActorUnit, e.At
	}
	c.handle(e.ActorID)
}

func reviewClock(c Case, _ Event) []opening {
	if c.Stage == Recheck {
		return []opening{{clock: T8}}
	}
	return []opening{{clock: T6}}
}

// reopens: an opinion that was revoked, or ordered to be redone, is handled
// anew in the next round.
func reopens(c Case, d Data) bool {
	return !c.IsReview() && (d.Decision == Revoke || d.Decision == OrderRedo)
}

func noted(c Case, d Data) State {
	if reopens(c, d) {
		return Registered
	}
	return c.State
}

func onNoteReview(c *Case, e Event) {
	if e.Data.LinkedNo == c.Appeal {
		c.Appeal = ""
	}
	switch {
	case e.Data.Decision == Undecidedly:
	case e.Data.Stage == Recheck:
		c.FinalServed = e.At
	default:
		c.ReviewServed = e.At
	}
	if reopens(*c, e.Data) {
		onRedo(c, e)
	}
}

func afterReview(c Case, _ Event) []opening {
	if c.State == Registered && c.Rework && c.running(Redirect) == nil {
		return []opening{{clock: Redirect}}
	}
	return nil
}

// onOpenHearing stops the clock of a recheck, and of nothing else (Art. 36).
func onOpenHearing(c *Case, e Event) {
	c.HearingAt = e.At
	c.pause(e, T8)
}

func onCloseHearing(c *Case, e Event) {
	c.HearingAt = zero
	c.unpause(e, T8)
}

func onFinalise(c *Case, _ Event) { c.Finalised = true }

// onRedo opens a round with new people, new evidence and a new plan (三重新).
func onRedo(c *Case, e Event) {
	onContest(c, e)
	c.anew(e)
	c.Rework, c.ReviewServed, c.FinalServed = true, zero, zero
}

// rated: a dissatisfied petitioner is not left with a closed case.
func rated(c Case, d Data) State {
	if climbs(c, d) {
		return LookedBack
	}
	return c.State
}

// climbs tells whether a rating opens the next rung of the ladder.
func climbs(c Case, d Data) bool {
	return c.State == Concluded && !c.IsReview() && c.Ladder < 4 && !c.Finalised &&
		d.RatedResult != Unrated && d.RatedResult <= Dissatisfied
}

// rung opens the clock of the rung reached.
func rung(c Case, _ Event) []opening {
	if c.State != LookedBack {
		return nil
	}
	switch c.Ladder {
	case 1:
		return []opening{{clock: LookBack}}
	case 3:
		return []opening{{clock: Consultation}}
	}
	return []opening{{clock: HigherCheck}}
}

// afterRung: what was found wrong is dispatched again, else the closing stands.
func afterRung(_ Case, d Data) State {
	if d.Upheld {
		return Registered
	}
	return Concluded
}

func onRungDone(c *Case, e Event) {
	if !e.Data.Upheld {
		return
	}
	onRedo(c, e)
	if c.Ladder == 1 {
		c.Ladder = 2 // the second dispatch is a rung of its own
	}
}

func secondDispatch(c Case, _ Event) []opening {
	if c.State == Registered {
		return []opening{{clock: Redirect}}
	}
	return nil
}

func onAskPark(c *Case, e Event) {
	c.ParkAsked, c.ParkDays, c.ParkPlan = true, e.Data.Days, e.Data.Plan
}

func parked(c Case, d Data) State {
	if d.Upheld {
		return Parked
	}
	return c.State
}

// onRulePark stops what the order owed until the date of its review.
func onRulePark(c *Case, e Event) {
	c.ParkAsked = false
	if !e.Data.Upheld {
		return
	}
	c.ParkedFrom = e.From
	c.settle(e, false, OrderFeedback, Conclude, T2, T3, Sign, Extension, Material)
}

func afterParking(c Case, _ Event) []opening {
	if c.State == Parked {
		return []opening{{clock: Park}}
	}
	return nil
}

// unparked leads back to handling an order, or to carrying out an opinion.
func unparked(c Case, _ Data) State {
	if c.ParkedFrom == Served {
		return Served
	}
	return Accepted
}

func onResume(c *Case, e Event) {
	c.ParkedFrom, c.ParkDays, c.ParkPlan = "", 0, ""
	if c.AcceptedAt.IsZero() {
		c.AcceptedAt = e.At
	}
}

func afterResume(c Case, e Event) []opening {
	if c.State == Served {
		return []opening{{clock: Conclude}}
	}
	return accepted(c, e)
}

// onConvert moves a case between the hotline and the petition channel with all
// its history; the new law's clock runs from now.
func onConvert(c *Case, e Event) {
	c.Kind = e.Data.Kind
	c.LeadUnitID, c.Dispatch, c.Interim = 0, "", false
	c.DispatchedAt, c.AcceptedAt = zero, zero
	c.ExtendAsked, c.Extended, c.ParkAsked = 0, 0, false
	c.settle(e, false, Assist, Explain, Mediation, Ruling, ParkRuling)
	for i := range c.Tasks {
		if c.Tasks[i].Status == TaskOpen {
			c.Tasks[i].Status = TaskRecalled
		}
	}
	c.Offered, c.Consented = false, false
}

func onCosign(c *Case, e Event) { c.People += max(e.Data.People, 1) }

func onNameSpeakers(c *Case, e Event) { c.Speakers = e.Data.Count }

func onProposeMediation(c *Case, _ Event) { c.Offered, c.Consented = true, false }

// onConsentMediation: without both sides' consent there is no mediation
// (Art. 33).
func onConsentMediation(c *Case, e Event) {
	c.Offered, c.Consented = e.Data.Upheld, e.Data.Upheld
	if !e.Data.Upheld {
		c.settle(e, false, Mediation)
	}
}

func onRecordMediation(c *Case, e Event) {
	c.Settlement, c.Offered, c.Consented = e.Data.Upheld, false, false
}

func onReportUrgent(c *Case, e Event) { c.UrgentAt = e.At }
