package conduct

import (
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// DutyKind is which duty of Art. 42–46 was missed.
type DutyKind string

// The kinds of the duty-breach record.
const (
	NotRegistered DutyKind = "not_registered" // 未按规定登记
	LateDispatch  DutyKind = "late_dispatch"  // 未按期转送、交办
	LateNotice    DutyKind = "late_notice"    // 未按期书面告知
	LateHandling  DutyKind = "late_handling"  // 未在规定期限内办结
	NoReport      DutyKind = "no_report"      // 未按期反馈、报告
	LateStep      DutyKind = "late_step"      // 未按期签收、裁定、审批
	Shirked       DutyKind = "shirked"        // 推诿
	Unexecuted    DutyKind = "unexecuted"     // 未落实处理意见
)

// DutyKinds lists the kinds in display order.
var DutyKinds = []DutyKind{NotRegistered, LateDispatch, LateNotice, LateHandling, NoReport, LateStep, Shirked, Unexecuted}

// Missed is a duty that the events of a case show to be missed by a unit.
type Missed struct {
	Kind   DutyKind
	UnitID int64
	Seq    int64
	Clock  casework.Clock
	At     time.Time
}

// registerWithin is how long a letter or visit may wait to be registered
// before it counts as not registered in time (Art. 21: promptly).
const registerWithin = 15 * 24 * time.Hour

// MissedDuties draws the duty-breach record from the events of a case. It names units
// only, and never the accused unit of a confidential case.
func MissedDuties(c casework.Case, events []casework.Event) []Missed {
	var out []Missed
	r := read(c, events)
	for _, l := range r.lapsed {
		out = append(out, Missed{dutyOf(l.clock), l.unit, l.seq, l.clock, l.at})
	}
	for _, e := range events {
		late := e.Data.ReceivedAt
		if e.Verb == casework.Register && e.ActorUnit != 0 && !late.IsZero() && e.At.Sub(late) > registerWithin {
			out = append(out, Missed{NotRegistered, e.ActorUnit, e.Seq, "", e.At})
		}
		for unit, seqs := range r.denied {
			if slices.Contains(seqs, e.Seq) {
				out = append(out, Missed{Shirked, unit, e.Seq, "", e.At})
			}
		}
		for unit, seqs := range r.undone {
			if slices.Contains(seqs, e.Seq) && (e.Verb == casework.Forward || e.Verb == casework.Assign) {
				out = append(out, Missed{Unexecuted, unit, e.Seq, "", e.At})
			}
		}
	}
	return slices.DeleteFunc(out, func(m Missed) bool {
		return m.UnitID == 0 || c.Lane == access.LaneConfidential && m.UnitID == c.BarredUnitID
	})
}

func dutyOf(k casework.Clock) DutyKind {
	switch {
	case k == casework.T1 || k == casework.Redirect:
		return LateDispatch
	case k == casework.T2:
		return LateNotice
	case slices.Contains(reporting, k):
		return NoReport
	case slices.Contains(handling, k):
		return LateHandling
	}
	return LateStep
}
