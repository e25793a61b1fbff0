package notify

import (
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/sender"
)

// Subject is a condition that holds of one duty of a case.
type Subject struct {
	CaseID    int64
	Seq       int       // the duty within the case
	DueAt     time.Time // of the duty: when it moves, it is another subject
	Condition Condition
	Since     time.Time // from when on it holds; may lie ahead
	UnitID    int64     // who owes the duty
	Urgent    bool
	Pressed   bool // of a directive: the head is told with the handler
}

// Past is what a level was told of a subject so far.
type Past struct {
	Given  int
	LastAt time.Time
}

// Step is one reminder to one level.
type Step struct {
	Subject
	Level  Level
	Number int // 1, 2, 3 … of this level
	Ways   []sender.Way
}

// Plan decides which steps of the matrix have fallen due, and when the next
// one will, zero if none. A level is told at most one step at a time: after an
// outage nobody gets everything that was missed.
func Plan(s Subject, m Matrix, now time.Time, cal calendar.Calendar, h map[Level]Past) (due []Step, next time.Time) {
	for _, l := range Levels {
		cell, past := m.Cells[s.Condition][l], h[l]
		if s.Pressed && l == UnitHead && len(cell.Ways) == 0 {
			cell = m.Cells[s.Condition][Handler]
		}
		if past.Given >= cell.times() {
			continue
		}
		at := moment(s.Since, cell.After, cal)
		if past.Given > 0 {
			at = past.LastAt.AddDate(0, 0, cell.Every)
		}
		if now.Before(at) {
			next = earlier(next, at)
			continue
		}
		due = append(due, Step{Subject: s, Level: l, Number: past.Given + 1, Ways: cell.Ways})
		if past.Given+1 < cell.times() {
			next = earlier(next, now.AddDate(0, 0, cell.Every))
		}
	}
	return due, next
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// opening is when the day begins on which a level above is told.
const opening = 9 * time.Hour

// moment is the start itself, or nine o'clock of the n-th working day after
// the day on which it lies.
func moment(start time.Time, n int, cal calendar.Calendar) time.Time {
	if n == 0 {
		return start
	}
	day := calendar.On(start)
	for n > 0 {
		if day = day.Add(1); cal.Working(day) {
			n--
		}
	}
	return day.Start().Add(opening)
}

// Quiet is when a person does not want to be disturbed, in minutes of the day;
// equal = never.
type Quiet struct{ From, To int }

// holds tells whether a minute lies in it; it may span midnight.
func (q Quiet) holds(minute int) bool {
	if q.From <= q.To {
		return q.From <= minute && minute < q.To
	}
	return minute >= q.From || minute < q.To
}

// Parcel says when a message goes, and whether alone or in the day's digest.
type Parcel struct {
	At     time.Time
	Day    calendar.Date
	Digest bool
}

// Ask is what Route decides about.
type Ask struct {
	Now    time.Time
	Urgent bool
	Own    Quiet                 // the person's, beside the way's
	Sent   map[calendar.Date]int // single messages of the person and way, by day
}

// Route decides when a message of a way may disturb a person. What is urgent
// may pass at once, beyond the cap too, where the rule says so.
func (r Rule) Route(a Ask, cal calendar.Calendar) Parcel {
	if a.Urgent && r.Urgent {
		return Parcel{At: a.Now, Day: calendar.On(a.Now)}
	}
	at := r.open(a.Now, a.Own, cal)
	day := calendar.On(at)
	full := r.PerDay > 0 && a.Sent[day] >= r.PerDay
	if !r.Digest && !full {
		return Parcel{At: at, Day: day}
	}
	if full || minuteOf(at) > r.DigestAt {
		day = day.Add(1)
	}
	return r.digest(day, a.Own, cal)
}

// digest is the collected message of a day, or of the next on which one goes.
// An hour that is quiet itself gives way to the end of the quiet time.
func (r Rule) digest(day calendar.Date, own Quiet, cal calendar.Calendar) Parcel {
	if r.Workdays {
		for !cal.Working(day) {
			day = day.Add(1)
		}
	}
	at := r.open(day.Start().Add(time.Duration(r.DigestAt)*time.Minute), own, cal)
	return Parcel{At: at, Day: calendar.On(at), Digest: true}
}

// open is the first moment from t on that is not quiet.
func (r Rule) open(t time.Time, own Quiet, cal calendar.Calendar) time.Time {
	way := Quiet{r.QuietFrom, r.QuietTo}
	for range 4 * 366 { // a year of holidays ends before that
		day, minute := calendar.On(t), minuteOf(t)
		switch {
		case r.Workdays && !cal.Working(day):
			t = day.Add(1).Start()
		case way.holds(minute):
			t = ends(day, minute, way)
		case own.holds(minute):
			t = ends(day, minute, own)
		default:
			return t
		}
	}
	return t
}

// ends is when a quiet time that holds now is over.
func ends(day calendar.Date, minute int, q Quiet) time.Time {
	if q.To <= minute {
		day = day.Add(1)
	}
	return day.Start().Add(time.Duration(q.To) * time.Minute)
}

func minuteOf(t time.Time) int {
	t = t.In(calendar.China)
	return t.Hour()*60 + t.Minute()
}
