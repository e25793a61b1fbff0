package casework

import (
	"slices"
	"time"

	"xinqiao/internal/core/calendar"
)

// opening is a clock to be opened, and what of the case it belongs to.
type opening struct {
	clock Clock
	ref   int // request, task, or the event that gave a directive; 0 = the whole case
}

// open starts a clock at an event. Some events bring the length.
func (c *Case) open(w opening, e Event, r Rules) {
	k, l := w.clock, r.Params.length(w.clock, c.Urgency)
	o := Obligation{
		Seq: len(c.Obligations) + 1, Clock: k, Ref: w.ref, Round: c.Round, UnitID: c.debtor(w),
		OpenedAt: e.At, Days: l.Days, Unit: l.Unit,
	}
	switch {
	case k == T9 && e.Data.ReportDays > 0:
		o.Days = e.Data.ReportDays
	case bringsDays(k) && e.Data.Days > 0:
		o.Days, o.Unit = e.Data.Days, calendar.CalendarDays
	case k == Park && c.ParkDays > 0:
		o.Days = c.ParkDays
	case k == T4 || k == T11 || k == Statute:
		o.OpenedAt = c.AcceptedAt // also after a change of unit: the law's days go on
	case k == T6 || k == T8:
		o.OpenedAt = c.RegisteredAt // from receipt of the request, Art. 35–36
	case e.Verb == Recall:
		o.OpenedAt = c.lastDispatchClock().OpenedAt
	case e.Verb == Register && !e.Data.ReceivedAt.IsZero():
		o.OpenedAt = e.Data.ReceivedAt
	}
	if (k == T6 || k == T8) && !c.firstReceived().IsZero() {
		o.OpenedAt = c.firstReceived()
	}
	c.Obligations = append(c.Obligations, o)
}

// bringsDays tells whether a command may set the clock's length.
func bringsDays(k Clock) bool {
	switch k {
	case Material, Assist, Room, Hearing, Help, Callback, Supervision, Instruction, Mediation:
		return true
	}
	return false
}

// firstReceived is when a review's request was received: where its first
// clock began.
func (c *Case) firstReceived() time.Time {
	if len(c.Obligations) == 0 {
		return zero
	}
	return c.Obligations[0].OpenedAt
}

func (c *Case) debtor(w opening) int64 {
	switch clocks[w.clock].by {
	case byBureau:
		return c.BureauID
	case byLead:
		return c.LeadUnitID
	case byTask:
		if t := c.task(w.ref); t != nil {
			return t.UnitID
		}
	case byUpper:
		return c.above()
	case byOwner:
		switch {
		case c.OwnerUnitID != 0:
			return c.OwnerUnitID
		case c.LeadUnitID != 0:
			return c.LeadUnitID
		}
		return c.BureauID
	}
	return 0
}

// above is the bureau one level up, or the case's own where there is none.
func (c *Case) above() int64 {
	if c.UpperBureauID != 0 {
		return c.UpperBureauID
	}
	return c.BureauID
}

// settle closes the open obligations of the clocks named; kept says whether
// the duty was done or became moot.
func (c *Case) settle(e Event, kept bool, ks ...Clock) {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Open() && slices.Contains(ks, o.Clock) {
			o.close(e, kept)
		}
	}
}

// settleRef closes the open obligations of one request or task.
func (c *Case) settleRef(e Event, kept bool, ref int, ks ...Clock) {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Open() && o.Ref == ref && slices.Contains(ks, o.Clock) {
			o.close(e, kept)
		}
	}
}

func (o *Obligation) close(e Event, kept bool) {
	o.ClosedAt, o.Kept, o.PausedAt = e.At, kept, zero
}

// release closes everything that is still open as moot, but for what outlives
// the case.
func (c *Case) release(e Event) {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Open() && (!o.Clock.Survives() || c.State == Archived) {
			o.close(e, false)
		}
	}
}

// pause stops the running duties of a clock; they owe nothing meanwhile.
func (c *Case) pause(e Event, k Clock) {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Open() && o.Clock == k && o.PausedAt.IsZero() {
			o.PausedAt = e.At
		}
	}
}

// unpause lets them run again; the days between are not counted (Art. 36).
func (c *Case) unpause(e Event, k Clock) {
	for i := range c.Obligations {
		if o := &c.Obligations[i]; o.Open() && o.Clock == k && !o.PausedAt.IsZero() {
			o.Paused += daysBetween(o.PausedAt, e.At)
			o.PausedAt = zero
		}
	}
}

// daysBetween counts the days from one moment's date to another's, in China.
func daysBetween(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(calendar.China).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, calendar.China)
	}
	return int(midnight(to).Sub(midnight(from)).Hours() / 24)
}

// Recounted gives the case with its dates derived anew, after the calendar
// changed.
func (c Case) Recounted(r Rules) Case {
	c.Obligations = slices.Clone(c.Obligations)
	c.recount(r.For(c))
	return c
}

// recount derives every open due moment and the case's next one.
func (c *Case) recount(r Rules) {
	c.NextDueAt, c.NextClock, c.NextWarnAt = zero, "", zero
	for i := range c.Obligations {
		o := &c.Obligations[i]
		if !o.Open() && !o.DueAt.IsZero() {
			continue
		}
		o.DueAt, o.WarnAt = r.due(*o)
		if !c.State.Open() || !o.Open() || !o.Clock.Owed() || !o.PausedAt.IsZero() {
			continue
		}
		if c.NextDueAt.IsZero() || o.DueAt.Before(c.NextDueAt) {
			c.NextDueAt, c.NextClock, c.NextWarnAt = o.DueAt, o.Clock, o.WarnAt
		}
	}
}

// resumed is the bureau's clock that the recalled dispatch had closed.
func resumed(c Case, _ Event) []opening { return []opening{{clock: c.lastDispatchClock().Clock}} }

// outgoing are the clocks that a dispatch fulfils.
var outgoing = []Clock{T1, T1A, T12, OrderDispatch, Redirect}

// lastDispatchClock is the latest of them, open or not.
func (c *Case) lastDispatchClock() Obligation {
	for i := len(c.Obligations) - 1; i >= 0; i-- {
		if o := c.Obligations[i]; slices.Contains(outgoing, o.Clock) {
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

// lapsing finds the open, owed obligation of a clock that no sweep has marked:
// of several the one that is due first.
func (c *Case) lapsing(k Clock, ref int) *Obligation {
	return c.earliest(k, ref, func(o *Obligation) bool { return o.LapsedAt.IsZero() })
}

// warning finds the one of which nobody was told that it is nearly due.
func (c *Case) warning(k Clock, ref int) *Obligation {
	return c.earliest(k, ref, func(o *Obligation) bool { return o.LapsedAt.IsZero() && o.WarnedAt.IsZero() })
}

func (c *Case) earliest(k Clock, ref int, fits func(*Obligation) bool) (first *Obligation) {
	for i := range c.Obligations {
		o := &c.Obligations[i]
		if o.Clock != k || o.Ref != ref || !o.Open() || !k.Owed() || !o.PausedAt.IsZero() || !fits(o) {
			continue
		}
		if first == nil || o.DueAt.Before(first.DueAt) {
			first = o
		}
	}
	return first
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
	if c.Round > 1 && c.State == Registered && c.DispatchedAt.IsZero() && !c.Rework {
		return c.Round
	}
	return 0
}
