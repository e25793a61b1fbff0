package tracking

import (
	"strconv"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
)

// month is a leaf of the small calendar that shows how days were counted.
type month struct {
	Year  int
	Month time.Month
	Weeks [][7]cell // Monday first
}

// cell is a day of a leaf; Day 0 is outside the month.
type cell struct {
	Day   int
	Mark  string // start, counted, off, makeup, due, "" outside the count
	Nth   int    // which day of the count, 0 = none
	Title string // name of a holiday
}

// leaves draws the months from the day that started a count to its last day.
func leaves(count calendar.Count) []month {
	first, last := calendar.On(count.Start), count.Last
	marks := markDays(count)
	var out []month
	for at := (calendar.Date{Year: first.Year, Month: first.Month, Day: 1}); !last.Before(at); at = nextMonth(at) {
		out = append(out, leaf(at, marks))
	}
	return out
}

// markDays says what every day of the count is.
func markDays(count calendar.Count) map[calendar.Date]cell {
	marks := map[calendar.Date]cell{}
	for _, s := range count.Skipped {
		marks[s.Date] = cell{Mark: "off", Title: s.Holiday}
	}
	for _, d := range count.MakeUp {
		marks[d] = cell{Mark: "makeup"}
	}
	first := calendar.On(count.Start)
	n := 0
	for d := first.Add(1); !count.Last.Before(d); d = d.Add(1) {
		c := marks[d]
		if c.Mark != "off" {
			n++
			c.Nth = n
			if c.Mark == "" {
				c.Mark = "counted"
			}
		}
		if d == count.Last {
			c.Mark = "due"
		}
		marks[d] = c
	}
	marks[first] = cell{Mark: "start"}
	return marks
}

func leaf(first calendar.Date, marks map[calendar.Date]cell) month {
	m := month{Year: first.Year, Month: first.Month}
	var week [7]cell
	end := nextMonth(first)
	for d := first; d.Before(end); d = d.Add(1) {
		c := marks[d]
		c.Day = d.Day
		column := (int(d.Weekday()) + 6) % 7
		week[column] = c
		if column == 6 || d.Add(1) == end {
			m.Weeks = append(m.Weeks, week)
			week = [7]cell{}
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

// whyView is what the page "why this date" shows.
type whyView struct {
	visit
	Duty  casework.Obligation
	Why   casework.Explanation
	Count calendar.Count
	Who   string
}

// why explains one duty of a case.
func (v visit) why(seq string) (whyView, bool) {
	n, err := strconv.Atoi(seq)
	for _, o := range v.Case.Obligations {
		if err == nil && o.Seq == n {
			e := v.Rules.Why(o)
			return whyView{visit: v, Duty: o, Why: e, Count: v.Rules.Calendar.Explain(e.Count)}, true
		}
	}
	return whyView{}, false
}

// missed tells whether a duty was or is late.
func missed(o casework.Obligation, now time.Time) bool {
	end := now
	if !o.Open() {
		end = o.ClosedAt
	}
	return o.Clock.Owed() && !end.Before(o.DueAt)
}

// legend lists the marks that a calendar of this count uses.
func legend(count calendar.Count) []string {
	list := []string{"start", "counted"}
	if len(count.Skipped) > 0 {
		list = append(list, "off")
	}
	if len(count.MakeUp) > 0 {
		list = append(list, "makeup")
	}
	return append(list, "due")
}
