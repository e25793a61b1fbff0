package deadlines

import (
	"slices"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/ui"
)

// Law gives the rules in force: the calendar and the lengths of the clocks.
type Law interface {
	Rules() casework.Rules
}

// Calculator (期限计算器) counts deadlines for anybody, with the very rules
// that cases run under.
type Calculator struct {
	law   Law
	clock Clock
}

// NewCalculator makes the calculator.
func NewCalculator(law Law, clock Clock) *Calculator { return &Calculator{law, clock} }

// Question is what the calculator is asked.
type Question struct {
	Clock   casework.Clock
	Start   time.Time
	Urgency casework.Urgency // of a hotline order; "" = normal
	Days    int              // length set case by case, 0 = the rule's
	Extend  int              // extension in days
	Pauses  []ui.Span        // hearing days, not counted
}

// Answer is the deadline and how it came about.
type Answer struct {
	Question
	Due   time.Time
	Warn  time.Time // when the light turns amber
	Light casework.Light
	Why   ui.CountProps
}

// What the calculator takes.
const (
	firstYear = 2019 // of the calendar
	lastYear  = 2100
	mostDays  = 400
	mostPause = 3
)

// settable are the clocks whose length somebody sets for each case.
var settable = []casework.Clock{
	casework.T9, casework.Statute, casework.Material, casework.Assist, casework.Park, casework.Supervision, casework.Instruction, casework.Help,
}

// extendable is the clock that the Regulations let be extended (Art. 34).
func extendable(k casework.Clock) bool { return k == casework.T4 }

// pausable is the clock that a hearing stops (Art. 36).
func pausable(k casework.Clock) bool { return k == casework.T8 }

// Reckon counts a deadline by the rules of now.
func (c *Calculator) Reckon(q Question) (Answer, error) {
	rules := c.law.Rules()
	if err := q.check(rules.Params); err != nil {
		return Answer{}, err
	}
	o := rules.Preview(q.Clock, q.Urgency, q.Start, q.Extend)
	if q.Days > 0 {
		o.Days = q.Days + q.Extend
	}
	q.Pauses = inside(q.Pauses, o, rules)
	for _, s := range q.Pauses {
		o.Paused += s.Days()
	}
	counted := casework.Case{Obligations: []casework.Obligation{o}}.Recounted(rules).Obligations[0]
	a := Answer{Question: q, Due: counted.DueAt, Warn: counted.WarnAt, Why: ui.WhyOf(rules, counted)}
	a.Why.Pauses = q.Pauses
	a.Light = casework.LightFor(a.Due, a.Warn, c.clock.Now())
	return a, nil
}

// inside keeps the pauses that fall into the running time, cut to it. A pause
// moves the end, so that each is looked at with those before it.
func inside(pauses []ui.Span, o casework.Obligation, rules casework.Rules) []ui.Span {
	pauses = slices.SortedFunc(slices.Values(pauses), func(a, b ui.Span) int { return a.From.Compare(b.From) })
	next := calendar.On(o.OpenedAt).Add(1)
	var out []ui.Span
	for _, s := range pauses {
		if s.From.Before(next) {
			s.From = next
		}
		last := rules.Why(o).Count.Last
		if s.Days() == 0 || last.Before(s.From) {
			continue
		}
		o.Paused += s.Days()
		next = s.To.Add(1)
		out = append(out, s)
	}
	return out
}

// check refuses what no deadline has.
func (q Question) check(p casework.Params) error {
	if !slices.Contains(casework.Clocks, q.Clock) {
		return fault.New(fault.NotFound, "deadlines.clock_unknown")
	}
	wrong := fault.New(fault.Invalid, "deadlines.form")
	if y := calendar.On(q.Start).Year; q.Start.IsZero() || y < firstYear || y > lastYear {
		wrong.Field("start", "deadlines.start", firstYear, lastYear)
	}
	switch {
	case q.Extend != 0 && !extendable(q.Clock):
		wrong.Field("extend", "deadlines.not_extendable")
	case q.Extend < 0 || q.Extend > p.MaxExtension:
		wrong.Field("extend", "deadlines.range", 0, p.MaxExtension)
	}
	switch {
	case q.Days != 0 && !slices.Contains(settable, q.Clock):
		wrong.Field("days", "deadlines.not_settable")
	case q.Days < 0 || q.Days > mostDays:
		wrong.Field("days", "deadlines.range", 1, mostDays)
	}
	if q.Urgency != "" && !slices.Contains(casework.Urgencies, q.Urgency) {
		wrong.Field("urgency", "deadlines.urgency")
	}
	for _, s := range q.Pauses {
		switch {
		case !pausable(q.Clock):
			wrong.Field("from", "deadlines.not_pausable")
		case s.Days() == 0 || s.Days() > mostDays:
			wrong.Field("from", "deadlines.pause")
		default:
			continue
		}
		break
	}
	return wrong.OrNil()
}
