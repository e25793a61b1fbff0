package i18n

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// Beijing is the one time zone in which people read times.
var Beijing = time.FixedZone("CST", 8*3600)

var (
	weekdaysZH = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	weekdaysEN = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	monthsEN   = [...]string{"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// Day writes a day within the year: "4月12日 周日", "Sun 12 Apr".
func Day(ctx context.Context, t time.Time) string {
	return day(Lang(ctx), t.In(Beijing))
}

func day(lang string, t time.Time) string {
	if lang == EN {
		return weekdaysEN[t.Weekday()] + " " + strconv.Itoa(t.Day()) + " " + monthsEN[t.Month()]
	}
	return strconv.Itoa(int(t.Month())) + "月" + strconv.Itoa(t.Day()) + "日 " + weekdaysZH[t.Weekday()]
}

// Date writes a full date: "2026年4月12日", "12 Apr 2026".
func Date(ctx context.Context, t time.Time) string { return date(Lang(ctx), t.In(Beijing)) }

func date(lang string, t time.Time) string {
	if lang == EN {
		return fmt.Sprintf("%d %s %d", t.Day(), monthsEN[t.Month()], t.Year())
	}
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// Moment writes a full date and minute: "2026年4月12日 15:04", "12 Apr 2026, 15:04".
func Moment(ctx context.Context, t time.Time) string { return moment(Lang(ctx), t) }

func moment(lang string, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(Beijing)
	if lang == EN {
		return date(lang, t) + ", " + t.Format("15:04")
	}
	return date(lang, t) + " " + t.Format("15:04")
}

// Machine writes a time for the datetime attribute; people never see it.
func Machine(t time.Time) string { return t.In(Beijing).Format(time.RFC3339) }

// dayNumber counts Beijing days, so that differences are whole days.
func dayNumber(t time.Time) int {
	y, m, d := t.In(Beijing).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// last gives the day on which a due moment falls. A due moment at midnight is
// the end of the day before, written as 24:00.
func last(due time.Time) (onDay time.Time, clock string) {
	due = due.In(Beijing)
	if due.Hour() == 0 && due.Minute() == 0 && due.Second() == 0 {
		return due.Add(-time.Second), "24:00"
	}
	return due, due.Format("15:04")
}

// DueDay writes the due moment itself: "4月12日 周日 24:00", "Sun 12 Apr, 24:00".
func DueDay(ctx context.Context, due time.Time) string {
	onDay, clock := last(due)
	if Lang(ctx) == EN {
		return day(EN, onDay) + ", " + clock
	}
	return day(ZH, onDay) + " " + clock
}

// DueShort says how far away a due moment is, without the date: "3 天后到期",
// "今天到期", "已超期 2 天".
func DueShort(ctx context.Context, due, now time.Time) string {
	if due.IsZero() {
		return T(ctx, "time.no_due")
	}
	onDay, _ := last(due)
	days := dayNumber(onDay) - dayNumber(now)
	switch {
	case !now.Before(due):
		return T(ctx, "time.overdue", max(1, -days))
	case days <= 0:
		return T(ctx, "time.due_today")
	case days == 1:
		return T(ctx, "time.due_tomorrow")
	}
	return T(ctx, "time.due_in", days)
}

// Due is the whole phrase: "3 天后到期 (4月12日 周日 24:00)",
// "in 3 days (Sun 12 Apr, 24:00)".
func Due(ctx context.Context, due, now time.Time) string {
	if due.IsZero() {
		return DueShort(ctx, due, now)
	}
	return DueShort(ctx, due, now) + " (" + DueDay(ctx, due) + ")"
}

// Ago says how long ago something happened; older than a week it is the date.
func Ago(ctx context.Context, t, now time.Time) string {
	if t.IsZero() {
		return "—"
	}
	d := now.Sub(t)
	days := dayNumber(now) - dayNumber(t)
	switch {
	case d < time.Minute:
		return T(ctx, "time.just_now")
	case d < time.Hour:
		return T(ctx, "time.minutes_ago", int(d/time.Minute))
	case days == 0:
		return T(ctx, "time.today_at", t.In(Beijing).Format("15:04"))
	case days == 1:
		return T(ctx, "time.yesterday_at", t.In(Beijing).Format("15:04"))
	case days < 7:
		return T(ctx, "time.days_ago", days)
	case t.In(Beijing).Year() == now.In(Beijing).Year():
		return Day(ctx, t)
	}
	return Date(ctx, t)
}

// Number groups digits by three: "12,345".
func Number[N int | int32 | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Percent writes a share with one decimal, "—" when there is nothing to share.
func Percent(part, whole int64) string {
	if whole == 0 {
		return "—"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + "%"
}
