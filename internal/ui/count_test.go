package ui

import (
	"testing"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
)

func tally(p CountProps) (marks map[string]int, nth int) {
	marks = map[string]int{}
	for _, m := range p.leaves() {
		for _, w := range m.Weeks {
			for _, day := range w {
				marks[day.Kind]++
				nth = max(nth, day.Nth)
			}
		}
	}
	return marks, nth
}

var rules = casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}

// TestLeaves: ten working days across National Day 2025 skip the holiday and
// count the make-up Saturday.
func TestLeaves(t *testing.T) {
	start := time.Date(2025, 9, 26, 9, 0, 0, 0, calendar.China)
	p := WhyOf(rules, rules.Preview(casework.T11, "", start, 0))
	marks, nth := tally(p)
	if len(p.leaves()) != 2 || marks["start"] != 1 || marks["due"] != 1 || nth != 10 || marks["off"] < 8 || marks["makeup"] == 0 {
		t.Errorf("marks %v, %d days", marks, nth)
	}
}

// TestPausedLeaves: days of a hearing are marked, and not numbered.
func TestPausedLeaves(t *testing.T) {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, calendar.China)
	o := rules.Preview(casework.T8, "", start, 0)
	o.Paused = 5
	p := WhyOf(rules, o)
	p.Pauses = Hearings(o, []casework.Event{
		{Verb: casework.OpenHearing, At: start.AddDate(0, 0, 6)}, {Verb: casework.Record, At: start.AddDate(0, 0, 7)},
		{Verb: casework.CloseHearing, At: start.AddDate(0, 0, 11)},
	})
	marks, nth := tally(p)
	if marks["paused"] != 5 || nth != 30 || marks["counted"]+marks["due"] != 30 {
		t.Errorf("marks %v, %d days", marks, nth)
	}
	p.Pauses = nil // the days are not known: the count stays within its length
	if _, nth = tally(p); nth != 30 {
		t.Errorf("%d days", nth)
	}
}

// TestLeavesOfHours: hours have a first and a last day and no numbers.
func TestLeavesOfHours(t *testing.T) {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, calendar.China)
	marks, nth := tally(WhyOf(rules, rules.Preview(casework.OrderDispatch, casework.Red, start, 0)))
	if marks["start"]+marks["due"] == 0 || nth != 0 {
		t.Errorf("marks %v, %d days", marks, nth)
	}
}
