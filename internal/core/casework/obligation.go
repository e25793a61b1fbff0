package casework

import "slices"

// open starts a clock at an event. T9 and Material bring their own length.
func (c *Case) open(k Clock, e Event, r Rules) {
	o := Obligation{
		Seq: len(c.Obligations) + 1, Clock: k, Round: c.Round, UnitID: c.debtor(k),
		OpenedAt: e.At, Days: r.Params.Lengths[k].Days,
	}
	switch {
	case k == T9 && e.Data.ReportDays > 0:
		o.Days = e.Data.ReportDays
	case k == Material && e.Data.Days > 0:
		o.Days = e.Data.Days
	case e.Verb == Recall:
		o.OpenedAt = c.lastDispatchClock().OpenedAt
	case k == T1 && e.Verb == Register && !e.Data.ReceivedAt.IsZero():
		o.OpenedAt = e.Data.ReceivedAt
	}
	c.Obligations = append(c.Obligations, o)
}

func (c *Case) debtor(k Clock) int64 {
	switch clocks[k].by {
	case byBureau:
		return c.BureauID
	case byLead:
		return c.LeadUnitID
	}
	return 0
}

// settle closes the open obligations of the clocks named; kept says whether
// the duty was done or became moot.
func (c *Case) settle(e Event, kept bool, ks ...Clock) {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Open() && slices.Contains(ks, o.Clock) {
			o.ClosedAt, o.Kept = e.At, kept
		}
	}
}

// release closes everything that is still open as moot.
func (c *Case) release(e Event) {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Open() {
			o.ClosedAt = e.At
		}
	}
}

// Recounted gives the case with its dates derived anew, after the calendar or
// the parameters changed.
func (c Case) Recounted(r Rules) Case {
	c.Obligations = slices.Clone(c.Obligations)
	c.recount(r)
	return c
}

// recount derives every open due moment and the case's next one.
func (c *Case) recount(r Rules) {
	c.NextDueAt, c.NextClock = zero, ""
	for i := range c.Obligations {
		o := &c.Obligations[i]
		if !o.Open() && !o.DueAt.IsZero() {
			continue
		}
		o.DueAt = r.due(*o)
		if o.Open() && o.Clock.Owed() && (c.NextDueAt.IsZero() || o.DueAt.Before(c.NextDueAt)) {
			c.NextDueAt, c.NextClock = o.DueAt, o.Clock
		}
	}
}

// resumed is the bureau's clock that the recalled dispatch had closed.
func resumed(c Case) []Clock { return []Clock{c.lastDispatchClock().Clock} }

// lastDispatchClock is the latest T1 or Redirect, open or not.
func (c *Case) lastDispatchClock() Obligation {
	for i := len(c.Obligations) - 1; i >= 0; i-- {
		if o := c.Obligations[i]; o.Clock == T1 || o.Clock == Redirect {
			return o
		}
	}
	return Obligation{Clock: T1, OpenedAt: c.RegisteredAt}
}

// running finds the open obligation of a clock.
func (c *Case) running(k Clock) *Obligation {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Clock == k && o.Open() {
			return o
		}
	}
	return nil
}

// lapsing finds the open, owed obligation of a clock that no sweep has marked.
func (c *Case) lapsing(k Clock) *Obligation {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Clock == k && o.Open() && k.Owed() && o.LapsedAt.IsZero() {
			return o
		}
	}
	return nil
}

// Running gives the open obligation of a clock and whether there is one.
func (c Case) Running(k Clock) (Obligation, bool) {
	if o := c.running(k); o != nil {
		return *o, true
	}
	return Obligation{}, false
}

// LastContest is the round that a contest opened and that still stands open
// to a dismissal; 0 when the case is in its first round or was dispatched
// again.
func (c Case) LastContest() int {
	if c.Round > 1 && c.State == Registered && c.DispatchedAt.IsZero() {
		return c.Round
	}
	return 0
}
