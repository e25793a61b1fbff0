package calendar

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Years outside are slips of the pen, and would make a needlessly long table.
const (
	firstYear = 1949
	lastYear  = 2199
)

//go:embed holidays.txt
var notices string

// Embedded is the calendar of the notices that the program ships with,
// 2019–2026. Later years are loaded on top of it.
func Embedded() Calendar { return embedded() }

var embedded = sync.OnceValue(func() Calendar {
	days, err := Parse(notices)
	if err != nil {
		panic(err) // the file is part of the program; a test reads it
	}
	return Load(Calendar{}, days)
})

// Parse reads notices in the form of holidays.txt, so that an administrator
// can paste next year's.
func Parse(text string) ([]Day, error) {
	var days []Day
	year, number := 0, 0
	for line := range strings.Lines(text) {
		number++
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if n, err := strconv.Atoi(fields[0]); err == nil && len(fields) == 1 {
			year = n
			continue
		}
		for _, field := range fields[1:] {
			more, err := parseSpan(year, fields[0], field)
			if err != nil {
				return nil, fmt.Errorf("calendar: line %d: %w", number, err)
			}
			days = append(days, more...)
		}
	}
	return days, nil
}

// parseSpan reads "0215-0223", "0405" or "+0214".
func parseSpan(year int, name, field string) ([]Day, error) {
	span, working := strings.CutPrefix(field, "+")
	from, to, ranged := strings.Cut(span, "-")
	if !ranged {
		to = from
	}
	first, err := monthDay(year, from)
	if err != nil {
		return nil, err
	}
	last, err := monthDay(year, to)
	if err != nil {
		return nil, err
	}
	if last.Before(first) {
		return nil, fmt.Errorf("%q ends before it begins", field)
	}
	var days []Day
	for d := first; !last.Before(d); d = d.Add(1) {
		days = append(days, Day{Date: d, Working: working, Name: name})
	}
	return days, nil
}

func monthDay(year int, s string) (Date, error) {
	t, err := time.Parse("20060102", fmt.Sprintf("%04d%s", year, s))
	if err != nil || year < firstYear || year > lastYear {
		return Date{}, fmt.Errorf("%q is no day MMDD of the year %d", s, year)
	}
	return On(t), nil
}
