package calendar

import (
	"fmt"
	"time"
)

// China is Beijing time; the country has had one zone without summer time
// since 1992.
var China = time.FixedZone("CST", chinaOffset)

const (
	chinaOffset = 8 * 3600
	daySeconds  = 24 * 3600
)

// Date is a day of the civil calendar in Beijing. It is comparable.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// On gives the Beijing date of an instant.
func On(t time.Time) Date {
	y, m, d := t.In(China).Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-02-17"; the day must exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("calendar: %q is no date of the form 2006-01-02", s)
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}

// String gives "2026-02-17".
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// IsZero tells whether the date was never set.
func (d Date) IsZero() bool { return d == Date{} }

// Start is the instant at which the day begins in Beijing.
func (d Date) Start() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, China)
}

// End is 24:00 of the day: the first instant that no longer belongs to it.
func (d Date) End() time.Time { return d.Add(1).Start() }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return weekday(d.ordinal()) }

// Add moves by calendar days.
func (d Date) Add(days int) Date { return dateOf(d.ordinal() + days) }

// Sub counts the calendar days from other to d.
func (d Date) Sub(other Date) int { return d.ordinal() - other.ordinal() }

// Before tells whether d lies before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// Compare orders dates: negative when d is the earlier one.
func (d Date) Compare(other Date) int {
	if d.Year != other.Year {
		return d.Year - other.Year
	}
	if d.Month != other.Month {
		return int(d.Month) - int(other.Month)
	}
	return d.Day - other.Day
}

// Inside the package a day is an ordinal: days since 1970-01-01.

func (d Date) ordinal() int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

func dateOf(ordinal int) Date {
	y, m, d := time.Unix(int64(ordinal)*daySeconds, 0).UTC().Date()
	return Date{y, m, d}
}

// ordinalOn gives the Beijing day of an instant.
func ordinalOn(t time.Time) int {
	return floorDiv(int(t.Unix())+chinaOffset, daySeconds)
}

// endOf is 24:00 Beijing time of a day.
func endOf(ordinal int) time.Time {
	return time.Unix(int64(ordinal+1)*daySeconds-chinaOffset, 0).In(China)
}

// weekday: 1970-01-01 was a Thursday.
func weekday(ordinal int) time.Weekday {
	return time.Weekday(floorMod(ordinal+int(time.Thursday), 7))
}

func weekend(ordinal int) bool {
	w := weekday(ordinal)
	return w == time.Saturday || w == time.Sunday
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int) int { return a - b*floorDiv(a, b) }
