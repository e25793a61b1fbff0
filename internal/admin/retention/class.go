package retention

import (
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Classes of cases, by which the schedule tells how long.
const (
	Handled      = "handled"      // 已办理
	Unhandled    = "unhandled"    // 未受理、撤回、并入
	Reviewed     = "review"       // 复查复核
	Finalised    = "finalised"    // 已终结
	Confidential = "confidential" // 保密通道
	Ordered      = "order"        // 12345 工单
)

// Classes lists them in the order of the table.
var Classes = []string{Handled, Unhandled, Reviewed, Finalised, Confidential, Ordered}

// Why a case stays.
const (
	Due    = ""       // it does not
	Young  = "young"  // younger than the schedule asks
	Held   = "hold"   // a legal hold
	Owing  = "help"   // help that outlives the case is owed (Art. 37)
	Window = "window" // a duty or a time limit runs, of a review or recheck
	Linked = "linked" // it belongs to a case that is open
)

// Reasons lists why cases stay, in the order of the page.
var Reasons = []string{Young, Held, Owing, Window, Linked}

// candidate is a case that has ended.
type candidate struct {
	id                      int64
	kind                    casework.Kind
	stage                   casework.Stage
	lane                    access.Lane
	outcome                 casework.Outcome
	finalised               bool
	closedAt                db.Time
	held, help, runs, bound bool
}

// class tells to which class of the schedule a case belongs; the longest kept
// come first.
func (c candidate) class() string {
	switch {
	case c.lane == access.LaneConfidential:
		return Confidential
	case c.finalised:
		return Finalised
	case c.stage == casework.Review || c.stage == casework.Recheck:
		return Reviewed
	}
	switch c.outcome {
	case casework.NotAccepted, casework.WithdrawnByIt, casework.Attached, casework.ToLegalRoute:
		return Unhandled
	}
	if c.kind == casework.Order {
		return Ordered
	}
	return Handled
}

// stays tells why a case is not disposed of; Due when it is.
func (c candidate) stays(s Schedule, now time.Time) string {
	switch {
	case c.closedAt.Std().AddDate(s.Years(c.class()), 0, 0).After(now):
		return Young
	case c.held:
		return Held
	case c.help:
		return Owing
	case c.runs:
		return Window
	case c.bound:
		return Linked
	}
	return Due
}

// Line is one line of what would go, or stay.
type Line struct {
	Class  string
	Year   int    // of closing, in Beijing
	Reason string // Due: it goes
	Count  int
}
