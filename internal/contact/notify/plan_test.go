package notify

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/sender"
)

// china makes a moment of Beijing. 2 March 2026 is a Monday.
func china(day string, hour, minute int) time.Time {
	d, err := calendar.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return d.Start().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

var cal = calendar.Embedded()

func one(c Condition, l Level, cell Cell) Matrix {
	return Matrix{Cells: map[Condition]map[Level]Cell{c: {l: cell}}}.normal()
}

// TestMoment: levels above are told at nine on the n-th working day after.
func TestMoment(t *testing.T) {
	friday := china("2026-03-06", 15, 30)
	for n, want := range map[int]time.Time{
		0: friday, 1: china("2026-03-09", 9, 0), 5: china("2026-03-13", 9, 0), 6: china("2026-03-16", 9, 0),
	} {
		if got := moment(friday, n, cal); !got.Equal(want) {
			t.Errorf("%d working days after: %v, expected %v", n, got, want)
		}
	}
	if got := moment(china("2026-09-30", 10, 0), 1, cal); !got.Equal(china("2026-10-08", 9, 0)) {
		t.Errorf("after the National Day holiday: %v", got)
	}
}

// TestPlanOfEveryCell: a matrix of one cell plans exactly that cell, at its
// moment and not before, as often as it says and no more.
func TestPlanOfEveryCell(t *testing.T) {
	since := china("2026-03-02", 10, 0)
	for _, c := range Conditions {
		for _, l := range Levels {
			for _, w := range Ways {
				m := one(c, l, Cell{Ways: []sender.Way{w}, After: 2, Every: 7, Most: 3})
				s := Subject{CaseID: 1, Seq: 1, Condition: c, Since: since}
				if due, next := Plan(s, m, china("2026-03-04", 8, 59), cal, nil); len(due) != 0 || !next.Equal(china("2026-03-04", 9, 0)) {
					t.Fatalf("%s %s: early %v, next %v", c, l, due, next)
				}
				past := map[Level]Past{}
				var given []time.Time
				for at := since; at.Before(since.AddDate(0, 2, 0)); at = at.Add(time.Hour) {
					due, _ := Plan(s, m, at, cal, past)
					for _, step := range due {
						if step.Level != l || step.Number != len(given)+1 || !sameWays(step.Ways, w) {
							t.Fatalf("%s %s %s: planned %+v", c, l, w, step)
						}
						given = append(given, at)
						past[l] = Past{Given: step.Number, LastAt: at}
					}
				}
				if len(given) != 3 || given[1].Sub(given[0]) != 7*24*time.Hour || given[2].Sub(given[1]) != 7*24*time.Hour {
					t.Errorf("%s %s: given at %v", c, l, given)
				}
				other := s
				other.Condition = Conditions[(indexOf(Conditions, c)+1)%len(Conditions)]
				if due, next := Plan(other, m, since.AddDate(1, 0, 0), cal, nil); len(due) != 0 || !next.IsZero() {
					t.Errorf("%s planned by the cell of %s: %v", other.Condition, c, due)
				}
			}
		}
	}
}

func indexOf[T comparable](list []T, v T) int {
	for i, each := range list {
		if each == v {
			return i
		}
	}
	return -1
}

// sameWays: the way itself, and the tray beside it.
func sameWays(got []sender.Way, w sender.Way) bool {
	if w == sender.InApp {
		return reflect.DeepEqual(got, []sender.Way{sender.InApp})
	}
	return reflect.DeepEqual(got, []sender.Way{sender.InApp, w})
}

// TestEscalation: by the default matrix, what is overdue goes to the unit at
// once, to the bureau's head after three working days, to the convenor after
// seven; nobody is skipped or told before the level below.
func TestEscalation(t *testing.T) {
	m, since := DefaultMatrix().normal(), china("2026-03-02", 0, 0)
	s := Subject{CaseID: 1, Seq: 4, Condition: Overdue, Since: since}
	first := map[Level]time.Time{}
	past := map[Level]Past{}
	for at := since; at.Before(since.AddDate(0, 1, 0)); at = at.Add(30 * time.Minute) {
		due, _ := Plan(s, m, at, cal, past)
		for _, step := range due {
			past[step.Level] = Past{step.Number, at}
			if first[step.Level].IsZero() {
				first[step.Level] = at
			}
		}
	}
	want := map[Level]time.Time{Handler: since, UnitHead: since, Bureau: china("2026-03-05", 9, 0), Convenor: china("2026-03-11", 9, 0)}
	for l, at := range want {
		if !first[l].Equal(at) {
			t.Errorf("%s first at %v, expected %v", l, first[l], at)
		}
	}
	if past[Handler].Given != 5 || past[UnitHead].Given != 4 || past[Bureau].Given != 1 || past[Convenor].Given != 1 {
		t.Errorf("given %v", past)
	}
}

// TestPlanIsQuietAfterAnOutage: what was missed for weeks is one step for each
// level, not all of them.
func TestPlanIsQuietAfterAnOutage(t *testing.T) {
	since := china("2026-03-02", 0, 0)
	due, _ := Plan(Subject{Condition: Unfinished, Since: since}, DefaultMatrix().normal(), since.AddDate(0, 3, 0), cal, nil)
	if len(due) != 4 {
		t.Errorf("%d steps", len(due))
	}
	for _, st := range due {
		if st.Number != 1 {
			t.Errorf("%s gets step %d first", st.Level, st.Number)
		}
	}
}

// TestPlanProperties: with any matrix and any rhythm of looking, no step comes
// before its moment, none twice, none beyond the most, and the next moment
// given is never missed nor in the past.
func TestPlanProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		cells := map[Level]Cell{}
		for _, l := range Levels {
			if r.IntN(3) > 0 {
				cells[l] = Cell{Ways: Ways[:1+r.IntN(6)], After: r.IntN(8), Every: r.IntN(9), Most: r.IntN(5)}
			}
		}
		m := Matrix{Cells: map[Condition]map[Level]Cell{Overdue: cells}}.normal()
		s := Subject{Condition: Overdue, Since: china("2026-01-05", r.IntN(24), 0)}
		past, now := map[Level]Past{}, s.Since.Add(-time.Hour)
		for range 60 {
			due, next := Plan(s, m, now, cal, past)
			for _, st := range due {
				cell := m.Cells[Overdue][st.Level]
				if st.Number != past[st.Level].Given+1 || st.Number > cell.times() || now.Before(moment(s.Since, cell.After, cal)) {
					t.Fatalf("%+v at %v after %+v of %+v", st, now, past, cell)
				}
				if p := past[st.Level]; p.Given > 0 && now.Before(p.LastAt.AddDate(0, 0, cell.Every)) {
					t.Fatalf("%s again too soon", st.Level)
				}
				past[st.Level] = Past{st.Number, now}
			}
			again, then := Plan(s, m, now, cal, past)
			if len(again) != 0 {
				t.Fatalf("planned twice: %v", again)
			}
			if next != then && !next.IsZero() && !then.IsZero() && then.Before(next) {
				t.Fatalf("said next %v, then %v", next, then)
			}
			if then.IsZero() {
				for l, cell := range m.Cells[Overdue] {
					if past[l].Given != cell.times() {
						t.Fatalf("%s got %d of %d and nothing more comes", l, past[l].Given, cell.times())
					}
				}
				break
			}
			if !now.Before(then) {
				t.Fatalf("next %v is not after %v", then, now)
			}
			now = then
			if r.IntN(4) == 0 {
				now = now.Add(time.Duration(r.IntN(400)) * time.Hour)
			}
		}
	}
}

// TestRoute: quiet hours, days off, urgency, digest and cap.
func TestRoute(t *testing.T) {
	night := Rule{QuietFrom: 21 * 60, QuietTo: 8 * 60, Workdays: true, Urgent: true, DigestAt: 8*60 + 30, PerDay: 2}
	collect := night
	collect.Digest = true
	always := Rule{}
	monday, friday := calendar.Date{Year: 2026, Month: 3, Day: 2}, china("2026-03-06", 22, 0)
	for _, tc := range []struct {
		name   string
		rule   Rule
		ask    Ask
		want   time.Time
		digest bool
	}{
		{"in the day at once", night, Ask{Now: china("2026-03-02", 10, 0)}, china("2026-03-02", 10, 0), false},
		{"the edge of the morning", night, Ask{Now: china("2026-03-02", 8, 0)}, china("2026-03-02", 8, 0), false},
		{"the edge of the evening", night, Ask{Now: china("2026-03-02", 21, 0)}, china("2026-03-03", 8, 0), false},
		{"after midnight", night, Ask{Now: china("2026-03-03", 1, 0)}, china("2026-03-03", 8, 0), false},
		{"Friday night waits for Monday", night, Ask{Now: friday}, china("2026-03-09", 8, 0), false},
		{"a make-up Saturday is a working day", night, Ask{Now: china("2026-02-28", 10, 0)}, china("2026-02-28", 10, 0), false},
		{"urgent passes at night", night, Ask{Now: friday, Urgent: true}, friday, false},
		{"urgent waits where the rule does not let it", Rule{QuietFrom: 21 * 60, QuietTo: 8 * 60}, Ask{Now: friday, Urgent: true}, china("2026-03-07", 8, 0), false},
		{"own quiet hours", always, Ask{Now: china("2026-03-02", 12, 30), Own: Quiet{12 * 60, 14 * 60}}, china("2026-03-02", 14, 0), false},
		{"own and the way's together", night, Ask{Now: china("2026-03-02", 22, 0), Own: Quiet{7 * 60, 9 * 60}}, china("2026-03-03", 9, 0), false},
		{"no rule, never quiet", always, Ask{Now: friday}, friday, false},
		{"digest of today", collect, Ask{Now: china("2026-03-02", 8, 10)}, china("2026-03-02", 8, 30), true},
		{"digest of tomorrow", collect, Ask{Now: china("2026-03-02", 9, 0)}, china("2026-03-03", 8, 30), true},
		{"digest of Monday", collect, Ask{Now: china("2026-03-06", 9, 0)}, china("2026-03-09", 8, 30), true},
		{"urgent is not collected", collect, Ask{Now: china("2026-03-06", 9, 0), Urgent: true}, china("2026-03-06", 9, 0), false},
		{"below the cap", night, Ask{Now: china("2026-03-02", 10, 0), Sent: map[calendar.Date]int{monday: 1}}, china("2026-03-02", 10, 0), false},
		{"beyond the cap", night, Ask{Now: china("2026-03-02", 10, 0), Sent: map[calendar.Date]int{monday: 2}}, china("2026-03-03", 8, 30), true},
		{"urgent beyond the cap", night, Ask{Now: china("2026-03-02", 10, 0), Urgent: true, Sent: map[calendar.Date]int{monday: 9}}, china("2026-03-02", 10, 0), false},
	} {
		p := tc.rule.Route(tc.ask, cal)
		if !p.At.Equal(tc.want) || p.Digest != tc.digest || p.Day != calendar.On(tc.want) {
			t.Errorf("%s: %v on %v, digest %v; expected %v, %v", tc.name, p.At, p.Day, p.Digest, tc.want, tc.digest)
		}
	}
}

// TestRouteProperties: whatever the rule, no message goes into a quiet minute,
// none into the past, and never more single ones a day than the cap.
func TestRouteProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		rule := Rule{QuietFrom: r.IntN(dayEnd), QuietTo: r.IntN(dayEnd), Workdays: r.IntN(2) == 0, Digest: r.IntN(3) == 0, DigestAt: r.IntN(dayEnd), PerDay: 1 + r.IntN(4)}
		own := Quiet{12 * 60, 13 * 60}
		sent := map[calendar.Date]int{}
		now := china("2026-04-01", r.IntN(24), r.IntN(60))
		for range 30 {
			p := rule.Route(Ask{Now: now, Own: own, Sent: sent}, cal)
			minute := minuteOf(p.At)
			if (Quiet{rule.QuietFrom, rule.QuietTo}).holds(minute) || own.holds(minute) || rule.Workdays && !cal.Working(p.Day) || p.At.Before(now) {
				t.Fatalf("%+v sends at %v, asked at %v", rule, p.At, now)
			}
			if !p.Digest {
				if sent[p.Day]++; sent[p.Day] > rule.PerDay || rule.Digest {
					t.Fatalf("%+v: %d single ones on %v", rule, sent[p.Day], p.Day)
				}
			}
			now = now.Add(time.Duration(r.IntN(300)) * time.Minute)
		}
	}
}

// TestBackoff: doubling up to the longest, within a quarter, the same for the
// same try, different for different messages.
func TestBackoff(t *testing.T) {
	want := firstPause
	seen := map[time.Duration]bool{}
	for n := 1; n <= mostTries; n++ {
		got := backoff(77, n)
		if got < want*3/4 || got > want*5/4 || got != backoff(77, n) {
			t.Errorf("try %d waits %v, expected about %v", n, got, want)
		}
		seen[backoff(int64(n), 1)] = true
		want = min(want*2, longestWait)
	}
	if len(seen) < mostTries/2 {
		t.Error("messages that failed together come back together")
	}
}

// TestHolding: what is true of a case, clock by clock.
func TestHolding(t *testing.T) {
	opened, due := china("2026-03-02", 10, 0), china("2026-03-18", 0, 0)
	warn := china("2026-03-14", 0, 0)
	base := casework.Case{ID: 1, State: casework.Dispatched}
	duty := func(k casework.Clock) casework.Obligation {
		return casework.Obligation{Seq: 2, Clock: k, UnitID: 20, OpenedAt: opened, DueAt: due, WarnAt: warn}
	}
	with := func(state casework.State, o casework.Obligation) casework.Case {
		c := base
		c.State, c.Obligations = state, []casework.Obligation{o}
		return c
	}
	closed, paused, petitioners := duty(casework.T4), duty(casework.T8), duty(casework.Material)
	closed.ClosedAt, paused.PausedAt, petitioners.UnitID = opened, opened, 0
	after, before := due.Add(time.Hour), opened.Add(time.Hour)
	for _, tc := range []struct {
		name string
		c    casework.Case
		now  time.Time
		want []Condition
	}{
		{"new work", with(casework.Dispatched, duty(casework.Sign)), before, []Condition{Arrived}},
		{"not signed for", with(casework.Dispatched, duty(casework.Sign)), after, []Condition{Unstarted}},
		{"notice is coming due", with(casework.Dispatched, duty(casework.T2)), before, []Condition{Soon}},
		{"signed for, not accepted", with(casework.Signed, duty(casework.T2)), before, []Condition{Unstarted, Soon}},
		{"no notice given", with(casework.Signed, duty(casework.T2)), after, []Condition{Overdue}},
		{"handling overdue", with(casework.Accepted, duty(casework.T4)), after, []Condition{Overdue, Unfinished}},
		{"review overdue", with(casework.Accepted, duty(casework.T6)), due, []Condition{Overdue, Unfinished}},
		{"done", with(casework.Accepted, closed), after, nil},
		{"stopped by a hearing", with(casework.Accepted, paused), after, nil},
		{"the petitioner's own window", with(casework.Accepted, petitioners), after, nil},
		{"parked", with(casework.Parked, duty(casework.T4)), after, nil},
		{"parked, its review is due", with(casework.Parked, duty(casework.Park)), after, []Condition{Overdue}},
		{"archived", with(casework.Archived, duty(casework.T4)), after, nil},
	} {
		var got []Condition
		for _, s := range Holding(tc.c, tc.now) {
			got = append(got, s.Condition)
			if s.CaseID != 1 || s.Seq != 2 || s.UnitID != 20 || !s.DueAt.Equal(due) {
				t.Errorf("%s: %+v", tc.name, s)
			}
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %v, expected %v", tc.name, got, tc.want)
		}
	}
}

// TestMatrixCheck: numbers out of range are named; the default stands.
func TestMatrixCheck(t *testing.T) {
	if err := DefaultMatrix().Check(); err != nil {
		t.Error(err)
	}
	m := one(Overdue, Bureau, Cell{Ways: Ways, After: 61})
	m.Rules[sender.SMS] = Rule{QuietFrom: -1}
	if err := m.Check(); err == nil {
		t.Error("61 working days and a quiet hour of -1 pass")
	}
	if n := (Matrix{}).normal(); len(n.Cells[Overdue]) != 0 {
		t.Error("an empty cell holds something")
	}
}
