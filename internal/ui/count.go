package ui

import (
	"context"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
)

// CountProps answer "why this date?": the rule, the start, the days. Its words
// are "duty.CLOCK", "law.CLOCK" and "start.CLOCK".
type CountProps struct {
	casework.Explanation
	Calendar calendar.Calendar
	Pauses   []Span // days of a hearing, as far as they are known
}

// Span is a run of days, both ends included.
type Span struct{ From, To calendar.Date }

// Days tells how many days the span has.
func (s Span) Days() int { return max(s.To.Sub(s.From)+1, 0) }

func (s Span) holds(d calendar.Date) bool { return !d.Before(s.From) && !s.To.Before(d) }

// WhyOf explains a duty of a case. The rules are those that the case keeps.
func WhyOf(r casework.Rules, o casework.Obligation) CountProps {
	e := r.Why(o)
	e.Count = r.Calendar.Explain(e.Count)
	return CountProps{Explanation: e, Calendar: r.Calendar}
}

// Hearings lists the days that hearings took out of a duty's time: those after
// the day on which one opened, through the day on which it closed.
func Hearings(o casework.Obligation, events []casework.Event) []Span {
	var out []Span
	var opened time.Time
	for _, e := range events {
		switch {
		case e.Verb == casework.OpenHearing && e.At.After(o.OpenedAt):
			opened = e.At
		case e.Verb == casework.CloseHearing && !opened.IsZero():
			if s := (Span{calendar.On(opened).Add(1), calendar.On(e.At)}); s.Days() > 0 {
				out = append(out, s)
			}
			opened = time.Time{}
		}
	}
	return out
}

// month is a leaf of the small calendar that shows how days were counted.
type month struct {
	Year  int
	Month time.Month
	Weeks [][7]mark // Monday first
}

// mark is a day of a leaf; Day 0 is outside the month.
type mark struct {
	Day   int
	Kind  string // start, counted, off, paused, makeup, due, "" outside the count
	Nth   int    // which day of the count, 0 = none
	Feast string // name of a holiday that falls on it
	Extra bool   // a make-up working day
}

// leavesAtMost bounds the picture; a count of years is told in words.
const leavesAtMost = 26

// leaves draws the months from the day that started a count to its last day.
func (p CountProps) leaves() []month {
	first, last := calendar.On(p.Count.Start), p.Count.Last
	marks := p.marks()
	var out []month
	for at := (calendar.Date{Year: first.Year, Month: first.Month, Day: 1}); !last.Before(at) && len(out) < leavesAtMost; at = nextMonth(at) {
		out = append(out, p.leaf(at, marks))
	}
	return out
}

// marks says what every day of the count is.
func (p CountProps) marks() map[calendar.Date]mark {
	marks := map[calendar.Date]mark{}
	for _, s := range p.Count.Skipped {
		marks[s.Date] = mark{Kind: "off"}
	}
	for _, d := range p.Count.MakeUp {
		marks[d] = mark{Kind: "makeup"}
	}
	first, n := calendar.On(p.Count.Start), 0
	for d := first.Add(1); !p.Count.Last.Before(d); d = d.Add(1) {
		m := marks[d]
		switch {
		case p.paused(d):
			m.Kind = "paused"
		case m.Kind != "off" && p.Count.Unit != calendar.Hours:
			if n++; n <= p.Days {
				m.Nth = n
			}
			if m.Kind == "" {
				m.Kind = "counted"
			}
		}
		if d == p.Count.Last {
			m.Kind = "due"
		}
		marks[d] = m
	}
	if m := marks[first]; m.Kind != "due" {
		marks[first] = mark{Kind: "start"}
	}
	return marks
}

func (p CountProps) paused(d calendar.Date) bool {
	for _, s := range p.Pauses {
		if s.holds(d) {
			return true
		}
	}
	return false
}

func (p CountProps) leaf(first calendar.Date, marks map[calendar.Date]mark) month {
	m := month{Year: first.Year, Month: first.Month}
	var week [7]mark
	end := nextMonth(first)
	for d := first; d.Before(end); d = d.Add(1) {
		c := marks[d]
		c.Day, c.Feast, c.Extra = d.Day, p.Calendar.Holiday(d), p.Calendar.MakeUp(d)
		column := (int(d.Weekday()) + 6) % 7
		week[column] = c
		if column == 6 || d.Add(1) == end {
			m.Weeks = append(m.Weeks, week)
			week = [7]mark{}
		}
	}
	return m
}

func nextMonth(d calendar.Date) calendar.Date {
	if d.Month == time.December {
		return calendar.Date{Year: d.Year + 1, Month: time.January, Day: 1}
	}
	return calendar.Date{Year: d.Year, Month: d.Month + 1, Day: 1}
}

// legend lists the marks that the picture uses.
func (p CountProps) legend() []string {
	used := map[string]bool{}
	for _, m := range p.leaves() {
		for _, week := range m.Weeks {
			for _, c := range week {
				used[c.Kind] = true
				used["feast"] = used["feast"] || c.Day > 0 && (c.Feast != "" || c.Extra)
			}
		}
	}
	var list []string
	for _, kind := range []string{"start", "counted", "off", "paused", "makeup", "due", "feast"} {
		if used[kind] {
			list = append(list, kind)
		}
	}
	return list
}

// spoken is what a reader hears of a day beside its number.
func (c mark) spoken(ctx context.Context) string {
	text := ""
	add := func(s string) {
		if text != "" {
			text += i18n.Pick(ctx, "，", ", ")
		}
		text += s
	}
	if c.Nth > 0 {
		add(i18n.T(ctx, "why.nth", c.Nth))
	}
	if c.Kind != "" && (c.Kind != "counted" || c.Nth == 0) {
		add(i18n.T(ctx, "why.day."+c.Kind))
	}
	switch {
	case c.Feast != "":
		add(c.Feast)
	case c.Extra && c.Kind != "makeup":
		add(i18n.T(ctx, "why.extra"))
	}
	return text
}

func monthTitle(ctx context.Context, m month) string {
	return i18n.Pick(ctx, itoa(m.Year)+"年"+itoa(int(m.Month))+"月", m.Month.String()+" "+itoa(m.Year))
}

// LengthWords says how long a clock runs: "60 天", "5 个工作日", "24 小时".
func LengthWords(ctx context.Context, n int, unit calendar.Unit) string {
	return i18n.T(ctx, "length."+unit.String(), n)
}

// began writes the start; midnight is what a date alone stands for.
func (p CountProps) began(ctx context.Context) string {
	if p.Count.Unit != calendar.Hours && p.Count.Start.Equal(calendar.On(p.Count.Start).Start()) {
		return i18n.Date(ctx, p.Count.Start)
	}
	return i18n.Moment(ctx, p.Count.Start)
}

// Sentence tells the count in one sentence.
func (p CountProps) Sentence(ctx context.Context) string {
	key := "why.sentence"
	if p.Count.Unit == calendar.Hours {
		key = "why.sentence_hours"
	}
	return i18n.T(ctx, key, i18n.T(ctx, "start."+string(p.Clock)), p.began(ctx),
		LengthWords(ctx, p.Days, p.Count.Unit), i18n.DueDay(ctx, p.Count.Due))
}
