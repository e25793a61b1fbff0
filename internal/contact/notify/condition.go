package notify

import (
	"time"

	"xinqiao/internal/core/casework"
)

// Holding lists the conditions that hold of a case, or are certain to hold
// later if nothing happens. It is empty for what is done, moot or paused, and
// for a parked case but for the date of its own review: that is how reminders
// stop.
func Holding(c casework.Case, now time.Time) []Subject {
	if c.State == casework.Archived {
		return nil
	}
	var out []Subject
	for _, o := range c.Obligations {
		if !owes(c, o) {
			continue
		}
		for _, f := range conditions(c, o, now) {
			f.CaseID, f.Seq, f.DueAt, f.UnitID, f.Urgent = c.ID, o.Seq, o.DueAt, o.UnitID, c.Urgency == casework.Red
			out = append(out, f)
		}
	}
	return out
}

// owes tells whether somebody on the staff still has to fulfil a duty.
func owes(c casework.Case, o casework.Obligation) bool {
	return o.Open() && o.Clock.Owed() && o.UnitID != 0 && o.PausedAt.IsZero() &&
		(c.State != casework.Parked || o.Clock == casework.Park)
}

// conditions reads one open duty. To be signed for is the start of the work:
// when it is missed the work is not begun, rather than overdue; so is what was
// signed for and half of whose time to accept is gone.
func conditions(c casework.Case, o casework.Obligation, now time.Time) []Subject {
	lapsed := !now.Before(o.DueAt)
	switch {
	case o.Clock == casework.Sign && !lapsed:
		return []Subject{{Condition: Arrived, Since: o.OpenedAt}}
	case o.Clock == casework.Sign:
		return []Subject{{Condition: Unstarted, Since: o.DueAt}}
	case lapsed && handles(o.Clock):
		return []Subject{{Condition: Overdue, Since: o.DueAt}, {Condition: Unfinished, Since: o.DueAt}}
	case lapsed:
		return []Subject{{Condition: Overdue, Since: o.DueAt}}
	}
	var out []Subject
	if pressed(o.Clock) {
		out = append(out, Subject{Condition: Arrived, Since: o.OpenedAt, Pressed: true})
	}
	if o.Clock == casework.T2 && c.State == casework.Signed {
		out = append(out, Subject{Condition: Unstarted, Since: o.OpenedAt.Add(o.DueAt.Sub(o.OpenedAt) / 2)})
	}
	if !o.WarnAt.IsZero() && o.WarnAt.Before(o.DueAt) {
		out = append(out, Subject{Condition: Soon, Since: o.WarnAt})
	}
	return out
}

// pressed tells whether a duty comes from a supervision or an instruction
// (督办、批示): its coming is news for the unit's head too.
func pressed(k casework.Clock) bool { return k == casework.Supervision || k == casework.Instruction }

// handles tells whether a clock is the time in which the matter itself is to
// be finished.
func handles(k casework.Clock) bool {
	switch k {
	case casework.T4, casework.T6, casework.T8, casework.T11, casework.Statute, casework.OrderFeedback:
		return true
	}
	return false
}

// boundary is the next moment at which the conditions of a case change by
// themselves: a duty falls due.
func boundary(c casework.Case, now time.Time) (next time.Time) {
	for _, o := range c.Obligations {
		if owes(c, o) && now.Before(o.DueAt) {
			next = earlier(next, o.DueAt)
		}
	}
	return next
}
