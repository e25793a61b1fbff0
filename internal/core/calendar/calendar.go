package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Day is one day that differs from the plain week, or one that an
// administrator set: a holiday (Working false) or a make-up working day.
type Day struct {
	Date    Date
	Working bool
	Name    string // 春节
}

// Calendar says which days are worked. It is immutable and comparable; the
// zero value knows the plain week of five days only.
type Calendar struct{ t *table }

// table answers in constant time. Ordinals from lo to hi (whole years) are
// tabulated; outside, Monday to Friday are worked.
type table struct {
	days    map[int]Day  // the days that somebody named, by ordinal
	covered map[int]bool // years whose notice is known
	lo, hi  int          // tabulated ordinals, inclusive
	rank    []int32      // rank[i]: working days in lo … lo+i
	worked  []int32      // worked[k]: ordinal of the k-th working day from lo
	version string
}

// statutoryDays is the number of days off below which a year's notice can't
// be complete: 13 since 2025, 11 before.
func statutoryDays(year int) int {
	if year >= 2025 {
		return 13
	}
	return 11
}

// Load returns base with days added or overridden. A year counts as covered
// once it has at least the statutory number of days off.
func Load(base Calendar, days []Day) Calendar {
	all := map[int]Day{}
	if base.t != nil {
		all = maps.Clone(base.t.days)
	}
	for _, d := range days {
		n := d.Date.ordinal()
		d.Date = dateOf(n)
		all[n] = d
	}
	if len(all) == 0 {
		return Calendar{}
	}
	return Calendar{tabulate(all)}
}

func tabulate(days map[int]Day) *table {
	t := &table{days: days, covered: map[int]bool{}}
	ordinals := slices.Sorted(maps.Keys(days))
	first, last := days[ordinals[0]].Date.Year, days[ordinals[len(ordinals)-1]].Date.Year
	t.lo = Date{first, time.January, 1}.ordinal()
	t.hi = Date{last, time.December, 31}.ordinal()

	off := map[int]int{}
	hash := sha256.New()
	for _, n := range ordinals {
		d := days[n]
		if !d.Working {
			off[d.Date.Year]++
		}
		fmt.Fprintf(hash, "%s %t %s\n", d.Date, d.Working, d.Name)
	}
	for year, n := range off {
		t.covered[year] = n >= statutoryDays(year)
	}
	t.version = hex.EncodeToString(hash.Sum(nil)[:8])

	for n := t.lo; n <= t.hi; n++ {
		d, named := days[n]
		if (named && d.Working) || (!named && !weekend(n)) {
			t.worked = append(t.worked, int32(n))
		}
		t.rank = append(t.rank, int32(len(t.worked)))
	}
	return t
}

// Version identifies the content; calendars that agree on every day have the
// same version.
func (c Calendar) Version() string {
	if c.t == nil {
		return "plain"
	}
	return c.t.version
}

// Years lists the covered years in order.
func (c Calendar) Years() []int {
	if c.t == nil {
		return nil
	}
	years := make([]int, 0, len(c.t.covered))
	for year, ok := range c.t.covered {
		if ok {
			years = append(years, year)
		}
	}
	slices.Sort(years)
	return years
}

// Covers tells whether the year's notice is known.
func (c Calendar) Covers(year int) bool { return c.t != nil && c.t.covered[year] }

// Days lists a year's holidays and make-up days in order.
func (c Calendar) Days(year int) []Day {
	var days []Day
	if c.t == nil {
		return nil
	}
	for _, d := range c.t.days {
		if d.Date.Year == year {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	return days
}

// Working tells whether the day is worked.
func (c Calendar) Working(day Date) bool { return c.working(day.ordinal()) }

func (c Calendar) working(n int) bool { return c.rank(n) > c.rank(n-1) }

// Holiday names the holiday that the day is off for; "" on working days and
// plain weekends.
func (c Calendar) Holiday(day Date) string {
	if d, ok := c.named(day.ordinal()); ok && !d.Working {
		return d.Name
	}
	return ""
}

// MakeUp tells whether the day is a weekend day that is worked (调休).
func (c Calendar) MakeUp(day Date) bool { return c.makeUp(day.ordinal()) }

func (c Calendar) makeUp(n int) bool { return weekend(n) && c.working(n) }

func (c Calendar) named(n int) (Day, bool) {
	if c.t == nil {
		return Day{}, false
	}
	d, ok := c.t.days[n]
	return d, ok
}

// rank numbers working days: it grows by one on each of them. The zero point
// is arbitrary; only differences and nth mean something.
func (c Calendar) rank(n int) int {
	t := c.t
	switch {
	case t == nil || n < t.lo:
		return weekRank(n)
	case n <= t.hi:
		return weekRank(t.lo-1) + int(t.rank[n-t.lo])
	}
	return weekRank(t.lo-1) + len(t.worked) + weekRank(n) - weekRank(t.hi)
}

// nth is the inverse of rank: the working day that has this rank.
func (c Calendar) nth(rank int) int {
	t := c.t
	if t == nil {
		return weekNth(rank)
	}
	k := rank - weekRank(t.lo-1) // k-th working day of the table, from 1
	switch {
	case k <= 0:
		return weekNth(rank)
	case k <= len(t.worked):
		return int(t.worked[k-1])
	}
	return weekNth(weekRank(t.hi) + k - len(t.worked))
}

// firstMonday is 1970-01-05.
const firstMonday = 4

// weekRank counts Mondays to Fridays from the first Monday through day n.
func weekRank(n int) int {
	n -= firstMonday
	return 5*floorDiv(n, 7) + min(floorMod(n, 7)+1, 5)
}

// weekNth is the Monday-to-Friday day with this rank.
func weekNth(rank int) int {
	rank--
	return firstMonday + 7*floorDiv(rank, 5) + floorMod(rank, 5)
}
