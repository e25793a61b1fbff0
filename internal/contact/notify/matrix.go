package notify

import (
	"slices"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/sender"
)

// Condition is why somebody is reminded.
type Condition string

// The four conditions, after the arrival of new work.
const (
	Arrived    Condition = "arrived"    // 新到件
	Soon       Condition = "soon"       // 临期
	Unstarted  Condition = "unstarted"  // 未启动办理
	Overdue    Condition = "overdue"    // 超期
	Unfinished Condition = "unfinished" // 未办结: still open after handling should have ended
)

// Conditions lists them in display order.
var Conditions = []Condition{Arrived, Soon, Unstarted, Overdue, Unfinished}

// Level is who is reminded, from below.
type Level string

// The handler and the three levels of leaders.
const (
	Handler  Level = "handler"  // 经办人
	UnitHead Level = "head"     // 责任单位负责人
	Bureau   Level = "bureau"   // 信访部门负责人
	Convenor Level = "convenor" // 联席会议召集人
)

// Levels lists them from below.
var Levels = []Level{Handler, UnitHead, Bureau, Convenor}

// Ways lists the ways in display order.
var Ways = []sender.Way{sender.InApp, sender.SMS, sender.WeChat, sender.Phone, sender.Push, sender.Mail}

// Cell says how one level is reminded of one condition.
type Cell struct {
	Ways  []sender.Way `json:"ways,omitempty"`
	After int          `json:"after,omitempty"` // working days that the condition must have lasted
	Every int          `json:"every,omitempty"` // calendar days to the repetition; 0 = once
	Most  int          `json:"most,omitempty"`  // times in all
}

// Rule is how a way may be used.
type Rule struct {
	QuietFrom int  `json:"quiet_from"` // minutes of the day; equal = never quiet
	QuietTo   int  `json:"quiet_to"`
	Workdays  bool `json:"workdays"`  // quiet on days off
	Urgent    bool `json:"urgent"`    // urgent matters (red ribbon) pass at any time
	Digest    bool `json:"digest"`    // one message a day for all
	DigestAt  int  `json:"digest_at"` // minute of the day
	PerDay    int  `json:"per_day"`   // more than so many wait for the next day's digest; 0 = no cap
}

// Matrix is who is reminded of what, by which way, how often.
type Matrix struct {
	Cells map[Condition]map[Level]Cell `json:"cells"`
	Rules map[sender.Way]Rule          `json:"rules"`
}

// DefaultMatrix is sane: the tray always, messages from overdue on, each level
// some days after the one below, the telephone for what nothing else moved.
func DefaultMatrix() Matrix {
	const tray, sms, wx, call, push, mail = sender.InApp, sender.SMS, sender.WeChat, sender.Phone, sender.Push, sender.Mail
	once := func(after int, ways ...sender.Way) Cell { return Cell{Ways: ways, After: after, Most: 1} }
	again := func(after, every, most int, ways ...sender.Way) Cell { return Cell{ways, after, every, most} }
	night := Rule{QuietFrom: 21 * 60, QuietTo: 8 * 60, Workdays: true, Urgent: true, DigestAt: 8*60 + 30, PerDay: 10}
	loud, letter := night, night
	loud.QuietFrom, loud.QuietTo, loud.PerDay = 18*60, 9*60, 2
	letter.Digest, letter.PerDay = true, 20
	return Matrix{
		Cells: map[Condition]map[Level]Cell{
			Arrived: {Handler: once(0, tray, push)},
			Soon:    {Handler: once(0, tray, push, wx), UnitHead: once(1, tray)},
			Unstarted: {Handler: once(0, tray, push, sms), UnitHead: once(1, tray, sms, wx),
				Bureau: once(3, tray, wx), Convenor: once(5, tray)},
			Overdue: {Handler: again(0, 3, 5, tray, push, sms), UnitHead: again(0, 7, 4, tray, sms, wx, mail),
				Bureau: once(3, tray, sms, wx), Convenor: once(7, tray, wx, sms)},
			Unfinished: {Handler: again(5, 7, 8, tray, sms), UnitHead: again(5, 7, 8, tray, sms, mail),
				Bureau: again(10, 7, 8, tray, wx), Convenor: again(20, 7, 4, tray, sms, call)},
		},
		Rules: map[sender.Way]Rule{sms: night, wx: night, push: night, mail: letter, call: loud},
	}
}

// times is how often a cell reminds in all.
func (c Cell) times() int {
	if len(c.Ways) == 0 {
		return 0
	}
	if c.Every == 0 {
		return 1
	}
	return max(1, c.Most)
}

// normal gives the matrix in its one form: ways in order, the tray wherever
// any other way is, nothing in an empty cell.
func (m Matrix) normal() Matrix {
	out := Matrix{Cells: map[Condition]map[Level]Cell{}, Rules: map[sender.Way]Rule{}}
	for _, c := range Conditions {
		out.Cells[c] = map[Level]Cell{}
		for _, l := range Levels {
			cell := m.Cells[c][l]
			if len(cell.Ways) == 0 {
				continue
			}
			cell.Ways = slices.DeleteFunc(slices.Clone(Ways), func(w sender.Way) bool {
				return w != sender.InApp && !slices.Contains(m.Cells[c][l].Ways, w)
			})
			cell.Most = cell.times()
			out.Cells[c][l] = cell
		}
	}
	for _, w := range Ways {
		if w != sender.InApp {
			out.Rules[w] = m.Rules[w]
		}
	}
	return out
}

// The bounds of the numbers.
const (
	mostAfter = 60
	mostEvery = 30
	mostTimes = 20
	mostDaily = 100
	dayEnd    = 24 * 60
)

// Check names what is wrong with a matrix, by the fields of its form.
func (m Matrix) Check() error {
	wrong := fault.New(fault.Invalid, "notify.form")
	in := func(name string, n, low, high int) {
		if n < low || n > high {
			wrong.Field(name, "notify.range", low, high)
		}
	}
	for _, c := range Conditions {
		for _, l := range Levels {
			cell := m.Cells[c][l]
			name := string(c) + "." + string(l)
			in(name+".after", cell.After, 0, mostAfter)
			in(name+".every", cell.Every, 0, mostEvery)
			in(name+".most", cell.Most, 0, mostTimes)
		}
	}
	for _, w := range Ways {
		r := m.Rules[w]
		in(string(w)+".quiet_from", r.QuietFrom, 0, dayEnd-1)
		in(string(w)+".quiet_to", r.QuietTo, 0, dayEnd-1)
		in(string(w)+".digest_at", r.DigestAt, 0, dayEnd-1)
		in(string(w)+".per_day", r.PerDay, 0, mostDaily)
	}
	return wrong.OrNil()
}
