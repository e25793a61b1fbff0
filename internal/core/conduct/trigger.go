package conduct

import (
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Cause is an Art. 40 trigger of a supervision.
type Cause string

// The causes. FalseReport and Other only people see.
const (
	Overdue        Cause = "overdue"         // 无正当理由超期未办结
	NoFeedback     Cause = "no_feedback"     // 交办事项未反馈结果
	WrongProcedure Cause = "wrong_procedure" // 未按规定程序受理、办理
	Shirking       Cause = "shirking"        // 推诿、敷衍
	Repeated       Cause = "repeated"        // 反复重办、群众仍不满意
	NotExecuted    Cause = "not_executed"    // 处理意见未执行
	FalseReport    Cause = "false_report"    // 弄虚作假
	Other          Cause = "other"           // 其他
)

// Causes lists the causes in display order.
var Causes = []Cause{Overdue, NoFeedback, WrongProcedure, Shirking, Repeated, NotExecuted, FalseReport, Other}

// Trigger is a cause that the events of a case show, with the events that are
// its evidence, oldest first.
type Trigger struct {
	Cause  Cause
	UnitID int64
	Seqs   []int64
}

// Last is the newest event of the evidence.
func (t Trigger) Last() int64 { return t.Seqs[len(t.Seqs)-1] }

// Evidence is one event of a case as a directive keeps it.
type Evidence struct {
	Seq  int64              `json:"seq"`
	Kind casework.EventKind `json:"kind"`
	At   time.Time          `json:"at"`
	Unit int64              `json:"unit,omitempty"`
	Note string             `json:"note,omitempty"` // a clock, a cause, a grade
}

// tooOften is how many objections, redos or bad ratings make a trigger.
const tooOften = 2

var (
	reporting = []casework.Clock{casework.T9, casework.Supervision, casework.Instruction, casework.OrderFeedback}
	formal    = []casework.Clock{casework.T1, casework.T2, casework.Redirect, casework.T12, casework.Explain, casework.OrderDispatch}
	handling  = []casework.Clock{casework.T4, casework.T11, casework.Statute, casework.T6, casework.T8, casework.Assist}
)

// reading is what the events of a case say, taken down in one pass.
type reading struct {
	c        casework.Case
	lapsed   []lapse
	objected map[int64][]int64 // unit → events
	denied   map[int64][]int64 // overruled objections
	unhappy  map[int64][]int64 // bad ratings and contests, by the unit that handled
	undone   map[int64][]int64 // closed as solved, contested, contest upheld
	lead     int64
	objector int64
	solved   int64
	contest  int64
	extended bool
}

type lapse struct {
	seq   int64
	clock casework.Clock
	unit  int64
	at    time.Time
}

func read(c casework.Case, events []casework.Event) reading {
	r := reading{c: c, objected: map[int64][]int64{}, denied: map[int64][]int64{}, unhappy: map[int64][]int64{}, undone: map[int64][]int64{}}
	for _, e := range events {
		r.take(e)
	}
	return r
}

func (r *reading) take(e casework.Event) {
	switch e.Verb {
	case casework.Forward, casework.Assign:
		if r.contest != 0 && r.solved != 0 && r.lead != 0 { // the bureau took the contest up
			r.undone[r.lead] = append(r.undone[r.lead], r.solved, r.contest, e.Seq)
		}
		r.lead, r.solved, r.contest, r.extended = e.Data.UnitID, 0, 0, false
	case casework.Object:
		r.objector = e.ActorUnit
		r.objected[e.ActorUnit] = append(r.objected[e.ActorUnit], e.Seq)
	case casework.Rule:
		if !e.Data.Upheld && r.objector != 0 {
			r.denied[r.objector] = append(r.denied[r.objector], e.Seq)
		}
	case casework.RuleExtension:
		r.extended = r.extended || e.Data.Upheld
	case casework.ConcludeCase, casework.Reply:
		r.solved = 0
		if e.Data.Outcome == casework.Resolved || e.Data.Outcome == casework.Partly {
			r.solved = e.Seq
		}
	case casework.Rate:
		if g := e.Data.RatedResult; g != casework.Unrated && g <= casework.Dissatisfied {
			r.blame(e.Seq)
		}
	case casework.Contest:
		r.contest = e.Seq
		r.blame(e.Seq)
	case casework.Redo:
		r.blame(e.Seq)
	case casework.Lapse:
		r.lapsed = append(r.lapsed, lapse{e.Seq, e.Data.LapsedClock, r.debtor(e), e.At})
	}
}

func (r *reading) blame(seq int64) {
	if r.lead != 0 {
		r.unhappy[r.lead] = append(r.unhappy[r.lead], seq)
	}
}

// debtor finds who owed what a sweep marked.
func (r *reading) debtor(e casework.Event) int64 {
	for _, o := range r.c.Obligations {
		if o.Clock == e.Data.LapsedClock && o.Ref == e.Data.Ref && o.LapsedAt.Equal(e.At) {
			return o.UnitID
		}
	}
	return 0
}

// Triggers draws from the events of a case which triggers of Art. 40 they
// show, at the moment now. It decides nothing: a person opens or dismisses.
func Triggers(c casework.Case, events []casework.Event, now time.Time) []Trigger {
	r := read(c, events)
	found := map[Cause]map[int64][]int64{}
	add := func(cause Cause, unit int64, seqs ...int64) {
		if unit == 0 || len(seqs) == 0 {
			return
		}
		if found[cause] == nil {
			found[cause] = map[int64][]int64{}
		}
		found[cause][unit] = append(found[cause][unit], seqs...)
	}
	for _, l := range r.lapsed {
		if l.at.After(now) {
			continue
		}
		if cause := causeOf(l.clock); cause != "" {
			add(cause, l.unit, l.seq)
		}
	}
	for unit, seqs := range r.objected {
		if len(seqs) >= tooOften {
			add(Shirking, unit, seqs...)
		}
	}
	for unit, seqs := range r.denied {
		add(Shirking, unit, seqs...)
	}
	for unit, seqs := range r.unhappy {
		if len(seqs) >= tooOften {
			add(Repeated, unit, seqs...)
		}
	}
	for unit, seqs := range r.undone {
		add(NotExecuted, unit, seqs...)
	}
	return ordered(c, found)
}

// causeOf says what a missed clock is a sign of. The desk's own small clocks
// are no trigger: they show in the breach record.
func causeOf(k casework.Clock) Cause {
	switch {
	case slices.Contains(reporting, k):
		return NoFeedback
	case slices.Contains(formal, k):
		return WrongProcedure
	case slices.Contains(handling, k):
		return Overdue
	}
	return ""
}

// ordered lists the triggers by cause and unit. The accused unit of a
// confidential case is never named: what is known about it goes its own way.
func ordered(c casework.Case, found map[Cause]map[int64][]int64) []Trigger {
	var out []Trigger
	for _, cause := range Causes {
		units := make([]int64, 0, len(found[cause]))
		for unit := range found[cause] {
			if c.Lane != access.LaneConfidential || unit != c.BarredUnitID {
				units = append(units, unit)
			}
		}
		slices.Sort(units)
		for _, unit := range units {
			seqs := found[cause][unit]
			slices.Sort(seqs)
			out = append(out, Trigger{cause, unit, slices.Compact(seqs)})
		}
	}
	return out
}

// EvidenceOf gives the events that a list names.
func EvidenceOf(events []casework.Event, seqs []int64) []Evidence {
	var out []Evidence
	for _, e := range events {
		if slices.Contains(seqs, e.Seq) {
			out = append(out, Evidence{e.Seq, e.Kind, e.At, e.ActorUnit, string(e.Data.LapsedClock)})
		}
	}
	return out
}

// Against collects from a case what speaks about one unit's handling: what it
// missed, sent back and left unanswered. It is what a look-back begins with.
func Against(c casework.Case, events []casework.Event, unit int64) []Evidence {
	r := read(c, events)
	var seqs []int64
	for _, l := range r.lapsed {
		if l.unit == unit {
			seqs = append(seqs, l.seq)
		}
	}
	seqs = slices.Concat(seqs, r.objected[unit], r.denied[unit], r.unhappy[unit], r.undone[unit], silent(events, unit))
	return EvidenceOf(events, seqs)
}

// silent are the urges after which the handling unit did nothing, until the
// next urge or the end of the history.
func silent(events []casework.Event, unit int64) []int64 {
	var out []int64
	var lead, waiting int64
	for _, e := range events {
		switch {
		case e.Verb == casework.Forward || e.Verb == casework.Assign:
			lead, waiting = e.Data.UnitID, 0
		case e.Verb == casework.Urge && lead == unit:
			if waiting != 0 {
				out = append(out, waiting)
			}
			waiting = e.Seq
		case e.ActorUnit == unit:
			waiting = 0
		}
	}
	if waiting != 0 {
		out = append(out, waiting)
	}
	return out
}
