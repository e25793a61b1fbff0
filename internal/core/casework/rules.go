package casework

import (
	"time"

	"xinqiao/internal/core/calendar"
)

// Length is how long a clock runs: Days of a unit.
type Length struct {
	Days int
	Unit calendar.Unit
}

// Params are the numbers that a place may configure within the law. A case
// keeps the version that it started under.
type Params struct {
	Version       string // rule version, kept with every case and explanation
	Lengths       map[Clock]Length
	OrderDispatch map[Urgency]Length // hotline: until the order goes out
	OrderFeedback map[Urgency]Length // hotline: until it is answered
	RecallWithin  time.Duration      // a dispatch can be taken back for so long
	UrgeCooldown  time.Duration      // between two urges of one petitioner
	RateDays      int                // window to rate, calendar days from closing
	ContestDays   int                // window to contest, calendar days from closing
	MaxExtension  int                // Art. 34: 30
	MaxReport     int                // longest report-back of an assignment
	SoonDays      int                // amber light at least this many days before due
}

// DefaultParams are the Regulations' lengths and our own proposals [P].
func DefaultParams() Params {
	const cal, work, hours = calendar.CalendarDays, calendar.WorkingDays, calendar.Hours
	return Params{
		Version: "2022-05-01",
		Lengths: map[Clock]Length{
			T1: {15, cal}, T1A: {4, cal}, T2: {15, cal}, T3: {5, work}, T4: {60, cal},
			T5: {30, cal}, T6: {30, cal}, T7: {30, cal}, T8: {30, cal},
			T9: {30, cal}, T10: {30, cal}, T11: {10, work}, T12: {3, work}, Statute: {60, cal},
			Redirect: {3, work}, Sign: {1, work}, Ruling: {3, work},
			Extension: {3, work}, Material: {15, cal}, Conclude: {5, work},
			Explain: {15, cal}, Assist: {15, cal}, Room: {30, cal}, Hearing: {30, cal},
			ParkRuling: {3, work}, Park: {90, cal}, LookBack: {5, work}, Consultation: {10, work},
			HigherCheck: {15, work}, Help: {90, cal}, Callback: {1, work}, Read: {1, work},
			Supervision: {15, cal}, Instruction: {15, cal}, Mediation: {30, cal},
			OrderDispatch: {24, hours}, OrderFeedback: {5, work},
		},
		OrderDispatch: map[Urgency]Length{Red: {1, hours}, Yellow: {2, hours}, Blue: {24, hours}},
		OrderFeedback: map[Urgency]Length{Red: {2, hours}, Yellow: {24, hours}, Blue: {5, work}},
		RecallWithin:  30 * time.Minute,
		UrgeCooldown:  24 * time.Hour,
		RateDays:      30,
		ContestDays:   30,
		MaxExtension:  30,
		MaxReport:     90,
		SoonDays:      3,
	}
}

// length gives how long a clock runs for a case of that urgency.
func (p Params) length(k Clock, u Urgency) Length {
	switch k {
	case OrderDispatch:
		if l, ok := p.OrderDispatch[u]; ok {
			return l
		}
	case OrderFeedback:
		if l, ok := p.OrderFeedback[u]; ok {
			return l
		}
	}
	if l, ok := p.Lengths[k]; ok {
		return l
	}
	return DefaultParams().Lengths[k]
}

// Rules is everything that a decision needs beside the case and the moment.
type Rules struct {
	Calendar calendar.Calendar
	Params   Params            // in force now: what a new case starts under
	Versions map[string]Params // every version, by its name
}

// For gives the rules that a case lives under: its own version of the
// parameters, where it is known, with the present calendar.
func (r Rules) For(c Case) Rules {
	if p, ok := r.Versions[c.RuleVersion]; ok && c.RuleVersion != r.Params.Version {
		r.Params = p
	}
	return r
}

// debtor says whose duty a clock is.
type debtor int

const (
	byBureau debtor = iota
	byLead
	byPetitioner // a window, not a duty: never the case's next due moment
	byTask       // the assisting unit
	byUpper      // the bureau one level up
	byOwner      // who must act at that moment
)

// spec is the fixed part of a clock.
type spec struct {
	by       debtor
	window   bool   // a right that ends, not a duty that is owed
	survives bool   // outlives the closing of the case
	basis    string // article or "P" for the platform's own
}

// clocks is the table of clocks; docs/clocks.md is its prose.
var clocks = map[Clock]spec{
	T1:        {by: byBureau, basis: "Art. 22"},
	T1A:       {by: byBureau, basis: "Art. 22"},
	T2:        {by: byLead, basis: "Art. 23"},
	T3:        {by: byLead, window: true, basis: "Art. 23"},
	T4:        {by: byLead, basis: "Art. 34"},
	T5:        {by: byPetitioner, window: true, survives: true, basis: "Art. 35"},
	T6:        {by: byOwner, basis: "Art. 35"},
	T7:        {by: byPetitioner, window: true, survives: true, basis: "Art. 36"},
	T8:        {by: byOwner, basis: "Art. 36"},
	T9:        {by: byLead, basis: "Art. 22(3)"},
	T10:       {by: byLead, basis: "Art. 40"},
	T11:       {by: byLead, basis: "simple procedure"},
	T12:       {by: byOwner, basis: "Art. 35–36"},
	Statute:   {by: byLead, basis: "Art. 29–31"},
	Redirect:  {by: byBureau, basis: "P"},
	Sign:      {by: byLead, basis: "P"},
	Ruling:    {by: byBureau, basis: "Art. 23"},
	Extension: {by: byLead, basis: "Art. 34"},
	Material:  {by: byPetitioner, window: true, basis: "P"},
	Conclude:  {by: byLead, basis: "P"},

	Explain:       {by: byOwner, basis: "Art. 31"},
	Assist:        {by: byTask, basis: "Art. 24"},
	Room:          {by: byBureau, basis: "Art. 24"},
	Hearing:       {by: byOwner, basis: "Art. 36"},
	ParkRuling:    {by: byBureau, basis: "P"},
	Park:          {by: byLead, basis: "P"},
	LookBack:      {by: byBureau, basis: "P"},
	Consultation:  {by: byBureau, basis: "P"},
	HigherCheck:   {by: byUpper, basis: "P"},
	Help:          {by: byOwner, survives: true, basis: "Art. 37"},
	Callback:      {by: byOwner, basis: "P"},
	Read:          {by: byOwner, basis: "P"},
	Supervision:   {by: byOwner, basis: "Art. 40"},
	Instruction:   {by: byOwner, basis: "Art. 18"},
	OrderDispatch: {by: byBureau, basis: "hotline norms"},
	OrderFeedback: {by: byLead, basis: "hotline norms"},
	Mediation:     {by: byLead, basis: "Art. 33"},
}

// Clocks lists every clock in display order.
var Clocks = []Clock{
	T1, T1A, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, Statute, Explain,
	OrderDispatch, OrderFeedback, Sign, Redirect, Ruling, Extension, Material, Conclude,
	Assist, Room, Hearing, Mediation, ParkRuling, Park, LookBack, Consultation, HigherCheck,
	Supervision, Instruction, Callback, Read, Help,
}

// Owed tells whether missing this clock is somebody's failure, as against a
// window in which a right can be used.
func (k Clock) Owed() bool { return !clocks[k].window }

// Survives tells whether the clock outlives the closing of a case.
func (k Clock) Survives() bool { return clocks[k].survives }

// Petitioners tells whether the clock is a right of the petitioner.
func (k Clock) Petitioners() bool { return clocks[k].by == byPetitioner }

// Basis names the article or rule behind a clock; "P" is the platform's own.
func (k Clock) Basis() string { return clocks[k].basis }

// Explanation answers "why this date?": the rule, what started it, and how
// the days were counted.
type Explanation struct {
	Clock    Clock
	Basis    string
	Version  string // of the rules
	Days     int    // counted, with the extension
	Extended int    // of which extension
	Paused   int    // calendar days of hearings, added and not counted
	Count    calendar.Count
}

// Why explains the due moment of an obligation of a case under these rules
// (see For).
func (r Rules) Why(o Obligation) Explanation {
	return Explanation{
		Clock: o.Clock, Basis: o.Clock.Basis(), Version: r.Params.Version,
		Days: o.Days, Extended: o.Extended, Paused: o.Paused, Count: r.count(o),
	}
}

// count counts an obligation: strictly where an office owes it, with the
// roll-over of Civil Code Art. 203 where the petitioner holds a right.
func (r Rules) count(o Obligation) calendar.Count {
	if o.Clock.Petitioners() {
		return r.Calendar.WindowDue(o.OpenedAt, o.Days, o.Unit)
	}
	n := o.Days
	if o.Unit == calendar.CalendarDays {
		n += o.Paused
	}
	return r.Calendar.Due(o.OpenedAt, n, o.Unit)
}

// Preview counts a clock that does not run: for the calculator, and for who
// asks before acting.
func (r Rules) Preview(k Clock, u Urgency, start time.Time, extended int) Obligation {
	l := r.Params.length(k, u)
	o := Obligation{Clock: k, OpenedAt: start, Days: l.Days + extended, Extended: extended, Unit: l.Unit}
	o.DueAt, o.WarnAt = r.due(o)
	return o
}

// due counts an obligation's due moment, and when its light turns amber: in
// the last fifth, or SoonDays before, whichever comes first, but never in the
// first half.
func (r Rules) due(o Obligation) (due, warn time.Time) {
	due = r.count(o).Due.UTC()
	whole := due.Sub(o.OpenedAt)
	ahead := max(whole/5, time.Duration(r.Params.SoonDays)*24*time.Hour)
	return due, due.Add(-min(ahead, whole/2)).UTC().Truncate(time.Microsecond)
}

// windowEnd is the end of a petitioner's window of n calendar days; it rolls
// over to the next working day (Civil Code Art. 203).
func (r Rules) windowEnd(start time.Time, n int) time.Time {
	return r.Calendar.WindowDue(start, n, calendar.CalendarDays).Due
}

// RateUntil is the last moment for a rating of a closed case.
func (r Rules) RateUntil(c Case) time.Time { return r.windowEnd(c.ClosedAt, r.For(c).Params.RateDays) }

// ContestUntil is the last moment for a contest of a closed case.
func (r Rules) ContestUntil(c Case) time.Time {
	return r.windowEnd(c.ClosedAt, r.For(c).Params.ContestDays)
}

// handling is the clock that a request runs under once it is accepted: the
// ordinary petition's, or the matter's own law.
func handling(n Nature) Clock {
	switch n {
	case Unclassified, R7, R8:
		return T4
	}
	return Statute
}

// Light is the state of a due moment, shown by shape, colour and word.
type Light string

// The lights.
const (
	Green Light = "green" // 正常
	Amber Light = "amber" // 临期
	Late  Light = "red"   // 超期
	Off   Light = "off"   // nothing is due
)

// LightFor gives the light of a due moment whose amber begins at warn.
func LightFor(due, warn, now time.Time) Light {
	switch {
	case due.IsZero():
		return Off
	case !now.Before(due):
		return Late
	case !now.Before(warn):
		return Amber
	}
	return Green
}

// Light is the light of a duty.
func (o Obligation) Light(now time.Time) Light { return LightFor(o.DueAt, o.WarnAt, now) }

// Light is the light of the case's next due moment.
func (c Case) Light(now time.Time) Light { return LightFor(c.NextDueAt, c.NextWarnAt, now) }
