package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/identity"
)

// The shapes in which files write a moment once separators are made alike.
// Go's parser takes one digit where the layout has one.
var timeShapes = []string{
	"2006-1-2 15:4:5", "2006-1-2 15:4", "2006-1-2 15", "2006-1-2", "20060102 15:4:5", "20060102", "20060102150405",
}

var (
	chineseTime = strings.NewReplacer("年", "-", "月", "-", "日", " ", "号", " ", "时", ":", "点", ":", "分", ":", "秒", "", "/", "-", ".", "-")
	spaces      = regexp.MustCompile(`\s+`)
)

// readTime reads a moment as files write it: 2019/2/28 11:25:05, 2019年2月28日,
// RFC 3339, seconds since 1970, or a spreadsheet's number of days. Without a
// zone it is Beijing time.
func readTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(identity.Narrow(s))
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, true
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if t, ok := countedTime(n); ok {
			return t, true
		}
	}
	if i := strings.LastIndexByte(s, '.'); i > 0 && strings.Contains(s[:i], ":") {
		s = s[:i] // fractions of a second
	}
	s = chineseTime.Replace(strings.Replace(s, "T", " ", 1))
	s = strings.TrimRight(spaces.ReplaceAllString(s, " "), ": -")
	for _, shape := range timeShapes {
		if t, err := time.ParseInLocation(shape, s, calendar.China); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// countedTime reads a number: days of a spreadsheet since the end of 1899, or
// seconds or milliseconds since 1970.
func countedTime(n float64) (time.Time, bool) {
	switch {
	case n > 18_000 && n < 80_000: // 1949 to 2118
		days, part := math.Modf(n)
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, calendar.China).AddDate(0, 0, int(days))
		return day.Add(time.Duration(math.Round(part*86400)) * time.Second), true
	case n > 3e8 && n < 5e9:
		return time.Unix(int64(n), 0), true
	case n > 3e11 && n < 5e12:
		return time.UnixMilli(int64(n)), true
	}
	return time.Time{}, false
}
