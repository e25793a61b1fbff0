package casework

import "slices"

// received opens what a new case owes first: the decision on a review, the
// dispatch of an order, or of a petition (Art. 22).
func received(c Case, e Event) []opening {
	switch {
	case c.IsReview():
		return []opening{{clock: T12}}
	case c.Kind == Order:
		return []opening{{clock: OrderDispatch}}
	case e.Data.FromAbove:
		return []opening{{clock: T1A}}
	}
	return []opening{{clock: T1}}
}

// dispatched opens what a dispatch asks of the unit.
func dispatched(c Case, e Event) []opening {
	ws := redispatched(c, e)
	ws = append(ws, opening{clock: T3})
	if c.Dispatch == Assigned {
		ws = append(ws, opening{clock: T9})
	}
	return ws
}

// redispatched is the same for a unit that may not object any more.
func redispatched(c Case, _ Event) []opening {
	if c.IsReview() {
		if c.running(T12) != nil {
			return []opening{{clock: Sign}}
		}
		return []opening{{clock: Sign}, {clock: T12}}
	}
	if c.Kind == Order {
		if c.running(OrderFeedback) != nil {
			return []opening{{clock: Sign}}
		}
		return []opening{{clock: Sign}, {clock: OrderFeedback}}
	}
	return []opening{{clock: T2}, {clock: Sign}}
}

// accepted opens the clock of each request under its own law.
func accepted(c Case, _ Event) []opening {
	switch {
	case c.Kind == Order:
		return once(OrderFeedback)(c, Event{})
	case c.Procedure == Simple:
		return once(T11)(c, Event{})
	}
	var ws []opening
	for _, q := range c.Lines() {
		n := q.Nature
		if n == Unclassified {
			n = c.Nature
		}
		if k := handling(n); q.Result == Unanswered && c.lapsable(k, q.Seq) == nil {
			ws = append(ws, opening{k, q.Seq})
		}
	}
	return ws
}

// acceptedLines opens the clock of a request that came after acceptance.
func acceptedLines(c Case, e Event) []opening {
	if c.State != Accepted {
		return nil
	}
	return accepted(c, e)
}

// acceptedByDefault: when the unit let the time for its notice pass, handling
// has begun with that day (受理之日, so that silence stalls no clock).
func acceptedByDefault(c Case, e Event) []opening {
	if e.Data.LapsedClock != T2 || c.State != Dispatched && c.State != Signed {
		return nil
	}
	return accepted(c, e)
}

func onAddRequest(c *Case, e Event) {
	c.Requests = c.Lines()
	c.Requests = append(c.Requests, Request{Seq: len(c.Requests) + 1, Title: e.Data.Title, Nature: e.Data.Nature})
	c.Procedure = Ordinary // several requests are no clear, single matter
	c.settle(e, false, T11)
}

func onAnswerRequest(c *Case, e Event) {
	d := e.Data
	if q := c.line(d.Request); q != nil {
		q.answer(d)
	}
	c.handle(e.ActorID)
}

// onDivertRequest sends one request on its own way; the written explanation is
// owed from now (Art. 31).
func onDivertRequest(c *Case, e Event) {
	if q := c.line(e.Data.Request); q != nil {
		q.Result, q.Route, q.Text = DivertedAway, e.Data.Route, e.Data.Reason
		c.settleRef(e, false, q.Seq, T4, Statute)
	}
}

func explanation(_ Case, e Event) []opening { return []opening{{Explain, e.Data.Request}} }

func onExplainRoute(c *Case, e Event) { c.settleRef(e, true, e.Data.Request, Explain) }

func onToOrdinary(c *Case, _ Event) { c.Procedure = Ordinary }

func onAddTask(c *Case, e Event) {
	c.Tasks = append(c.Tasks, Task{Seq: len(c.Tasks) + 1, UnitID: e.Data.UnitID, Ask: e.Data.Text, Status: TaskOpen})
}

func newTask(c Case, _ Event) []opening { return []opening{{Assist, len(c.Tasks)}} }

// onTask ends a task; what was answered was kept.
func onTask(status TaskStatus) func(*Case, Event) {
	return func(c *Case, e Event) {
		t := c.task(e.Data.Task)
		if e.Data.Task == 0 {
			t = c.openTask(e.ActorUnit, 0)
		}
		if t == nil {
			return
		}
		t.Status, t.Answer = status, e.Data.Text
		if status == TaskReturned {
			t.Answer = e.Data.Reason
		}
		c.settleRef(e, status == TaskAnswered, t.Seq, Assist)
	}
}

// onNameInterim gives the case to a unit that acts while the dispute goes on
// (先办后议); the ruling stays owed.
func onNameInterim(c *Case, e Event) {
	c.LeadUnitID, c.DispatchedAt, c.Interim = e.Data.UnitID, e.At, true
	c.Dispatches++
}

// moved: a ruling that names another unit sends the case there.
func moved(c Case, d Data) State {
	if d.UnitID != 0 && d.UnitID != c.LeadUnitID && c.LeadUnitID != 0 {
		return Dispatched
	}
	return c.State
}

// onMove gives the case to another unit, or leaves it where it is. The law's
// handling days go on; what the old unit owed is moot for it.
func onMove(c *Case, e Event) {
	if e.Verb == CloseRoom {
		c.Room = false
	}
	if e.Verb == SettleDispute {
		c.Interim, c.ObjectedBy, c.SuggestedBy = false, 0, 0
	}
	if e.To != Dispatched || e.Data.UnitID == 0 || e.Data.UnitID == c.LeadUnitID {
		return
	}
	c.LeadUnitID, c.DispatchedAt, c.DraftedBy = e.Data.UnitID, e.At, 0
	c.Dispatches++
	c.settle(e, false, T2, T3, Sign, Conclude, T4, T11, Statute, Extension, Material, ParkRuling)
	c.ExtendAsked, c.ParkAsked = 0, false
}

// afterMove opens what the new unit owes.
func afterMove(c Case, e Event) []opening {
	if !c.DispatchedAt.Equal(e.At) {
		return nil
	}
	return redispatched(c, e)
}

func onConvene(c *Case, _ Event) { c.Room = true }

func onInvite(c *Case, e Event) {
	if !slices.Contains(c.Invited, e.Data.UnitID) {
		c.Invited = append(c.Invited, e.Data.UnitID)
	}
}

func onRecuse(c *Case, e Event) { c.Recused = append(c.Recused, e.ActorID) }

func onAskRecusal(c *Case, _ Event) { c.RecusalFor = true }

// onRuleRecusal: when granted, whoever handled the case so far leaves it.
func onRuleRecusal(c *Case, e Event) {
	c.RecusalFor = false
	if !e.Data.Upheld {
		return
	}
	for _, id := range c.Handlers {
		if !slices.Contains(c.Recused, id) {
			c.Recused = append(c.Recused, id)
		}
	}
}

// handle remembers who touched the merits, for rework and review.
func (c *Case) handle(staff int64) {
	if staff != 0 && !slices.Contains(c.Handlers, staff) {
		c.Handlers = append(c.Handlers, staff)
	}
}
