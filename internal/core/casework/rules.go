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

// Params are the numbers that a place may configure within the law.
type Params struct {
	Version      string // rule version, kept with every explanation
	Lengths      map[Clock]Length
	RecallWithin time.Duration // a dispatch can be taken back for so long
	UrgeCooldown time.Duration // between two urges of one petitioner
	RateDays     int           // window to rate, calendar days from closing
	ContestDays  int           // window to contest, calendar days from closing
	MaxExtension int           // Art. 34: 30
	MaxReport    int           // longest report-back of an assignment
	SoonDays     int           // amber light this many days before due
}

// DefaultParams are the Regulations' lengths and our own proposals [P].
func DefaultParams() Params {
	const cal, work = calendar.CalendarDays, calendar.WorkingDays
	return Params{
		Version: "2022-05-01",
		Lengths: map[Clock]Length{
			T1: {15, cal}, T2: {15, cal}, T3: {5, work}, T4: {60, cal},
			T9: {30, cal}, T11: {10, work}, Statute: {60, cal},
			Redirect: {3, work}, Sign: {1, work}, Ruling: {3, work},
			Extension: {3, work}, Material: {15, cal}, Conclude: {5, work},
		},
		RecallWithin: 30 * time.Minute,
		UrgeCooldown: 24 * time.Hour,
		RateDays:     30,
		ContestDays:  30,
		MaxExtension: 30,
		MaxReport:    90,
		SoonDays:     3,
	}
}

// Rules is everything that a decision needs beside the case and the moment.
type Rules struct {
	Calendar calendar.Calendar
	Params   Params
}

// debtor says whose duty a clock is.
type debtor int

const (
	byBureau debtor = iota
	byLead
	byPetitioner // a window, not a duty: never the case's next due moment
)

// spec is the fixed part of a clock.
type spec struct {
	by     debtor
	window bool   // a right that ends, not a duty that is owed
	basis  string // article or "P" for the platform's own
}

// clocks is the table of clocks; docs/clocks.md is its prose.
var clocks = map[Clock]spec{
	T1:        {by: byBureau, basis: "Art. 22"},
	T2:        {by: byLead, basis: "Art. 23"},
	T3:        {by: byLead, window: true, basis: "Art. 23"},
	T4:        {by: byLead, basis: "Art. 34"},
	T9:        {by: byLead, basis: "Art. 22(3)"},
	T11:       {by: byLead, basis: "simple procedure"},
	Statute:   {by: byLead, basis: "Art. 29–31"},
	Redirect:  {by: byBureau, basis: "P"},
	Sign:      {by: byLead, basis: "P"},
	Ruling:    {by: byBureau, basis: "Art. 23"},
	Extension: {by: byLead, basis: "Art. 34"},
	Material:  {by: byPetitioner, window: true, basis: "P"},
	Conclude:  {by: byLead, basis: "P"},
}

// Owed tells whether missing this clock is somebody's failure, as against a
// window in which a right can be used.
func (k Clock) Owed() bool { return !clocks[k].window }

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
	Count    calendar.Count
}

// Why explains the due moment of an obligation.
func (r Rules) Why(o Obligation) Explanation {
	return Explanation{
		Clock: o.Clock, Basis: o.Clock.Basis(), Version: r.Params.Version,
		Days: o.Days, Extended: o.Extended,
		Count: r.Calendar.Due(o.OpenedAt, o.Days, r.Params.Lengths[o.Clock].Unit),
	}
}

// due counts an obligation's due moment.
func (r Rules) due(o Obligation) time.Time {
	return r.Calendar.Due(o.OpenedAt, o.Days, r.Params.Lengths[o.Clock].Unit).Due.UTC()
}

// windowEnd is the end of a petitioner's window of n calendar days; it rolls
// over to the next working day (Civil Code Art. 203).
func (r Rules) windowEnd(start time.Time, n int) time.Time {
	return r.Calendar.WindowDue(start, n, calendar.CalendarDays).Due
}

// RateUntil is the last moment for a rating of a closed case.
func (r Rules) RateUntil(c Case) time.Time { return r.windowEnd(c.ClosedAt, r.Params.RateDays) }

// ContestUntil is the last moment for a contest of a closed case.
func (r Rules) ContestUntil(c Case) time.Time { return r.windowEnd(c.ClosedAt, r.Params.ContestDays) }

// handling is the clock that runs from acceptance: the simple procedure's, the
// ordinary petition's, or the matter's own law.
func handling(c Case) Clock {
	switch {
	case c.Procedure == Simple:
		return T11
	case c.Nature == Unclassified || c.Nature == R7 || c.Nature == R8:
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

// LightFor gives the light of a due moment.
func (r Rules) LightFor(due, now time.Time) Light {
	switch {
	case due.IsZero():
		return Off
	case !now.Before(due):
		return Late
	case due.Sub(now) <= time.Duration(r.Params.SoonDays)*24*time.Hour:
		return Amber
	}
	return Green
}
