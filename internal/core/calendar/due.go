package calendar

import "time"

// Unit is what a clock counts.
type Unit int

// The units. The Regulation's "日" are calendar days; "工作日" are named so.
const (
	CalendarDays Unit = iota // 日
	WorkingDays              // 工作日
	Hours                    // 小时: hotline orders; the clock runs through nights and holidays
)

// String names the unit for logs and stored values.
func (u Unit) String() string {
	switch u {
	case WorkingDays:
		return "working_days"
	case Hours:
		return "hours"
	}
	return "calendar_days"
}

// Count is a counted period. Due leaves Skipped and MakeUp to Explain.
type Count struct {
	Start  time.Time // the event that started the clock
	Due    time.Time // 24:00 Beijing time of Last, exclusive
	Last   Date      // the last day on which one may act
	Days   int
	Unit   Unit
	Window bool // a petitioner's window: rolls over from a day off

	Skipped []SkippedDay // days that were not counted
	MakeUp  []Date       // weekend days that were counted: 调休
	Covered bool         // every year that mattered has its notice
}

// SkippedDay is a day that did not count.
type SkippedDay struct {
	Date    Date
	Holiday string // "" on a plain weekend
}

// Due counts n days from the day after start. It is strict: a period of
// calendar days ends on its last day even on a holiday. Zero days or fewer end
// with the day of start. Hours end on the minute.
func (c Calendar) Due(start time.Time, n int, unit Unit) Count {
	if unit == Hours {
		due := start.Add(time.Duration(max(n, 0)) * time.Hour)
		return Count{Start: start, Due: due, Last: On(due), Days: n, Unit: unit, Covered: true}
	}
	first := ordinalOn(start)
	last := first + max(n, 0)
	if unit == WorkingDays && n > 0 {
		last = c.nth(c.rank(first) + n)
	}
	covered := unit == CalendarDays || c.covers(first, last)
	return Count{
		Start: start, Due: endOf(last), Last: dateOf(last),
		Days: n, Unit: unit, Covered: covered,
	}
}

// WindowDue counts a petitioner's window: when the last day is a day off, the
// window ends with the next working day (Civil Code Art. 203).
func (c Calendar) WindowDue(start time.Time, n int, unit Unit) Count {
	count := c.Due(start, n, unit)
	count.Window = true
	last := count.Last.ordinal()
	rolled := c.nth(c.rank(last-1) + 1)
	count.Covered = count.Covered && c.covers(last, rolled)
	if rolled != last {
		count.Last, count.Due = dateOf(rolled), endOf(rolled)
	}
	return count
}

// WorkingBetween counts the working days after from's day through to's day;
// negative when to lies before from.
func (c Calendar) WorkingBetween(from, to time.Time) int {
	return c.rank(ordinalOn(to)) - c.rank(ordinalOn(from))
}

// Explain fills in which days were skipped and which weekends were worked, for
// the page that says why a date is what it is.
func (c Calendar) Explain(count Count) Count {
	count.Skipped, count.MakeUp = nil, nil
	if count.Unit == Hours {
		return count
	}
	first, last := ordinalOn(count.Start)+1, count.Last.ordinal()
	if count.Unit == CalendarDays {
		// Only the roll-over skips days, from the strict last day on.
		first += max(count.Days, 0) - 1
	}
	for n := first; n <= last; n++ {
		switch {
		case !c.working(n):
			if count.Unit == WorkingDays || n < last {
				count.Skipped = append(count.Skipped, c.skipped(n))
			}
		case count.Unit == WorkingDays && weekend(n):
			count.MakeUp = append(count.MakeUp, dateOf(n))
		}
	}
	return count
}

func (c Calendar) skipped(n int) SkippedDay {
	d, _ := c.named(n)
	return SkippedDay{Date: dateOf(n), Holiday: d.Name}
}

// covers tells whether the notices of all years between two days are known.
func (c Calendar) covers(first, last int) bool {
	if c.t == nil || first < c.t.lo || last > c.t.hi {
		return false
	}
	for year := dateOf(first).Year; year <= dateOf(last).Year; year++ {
		if !c.t.covered[year] {
			return false
		}
	}
	return true
}
