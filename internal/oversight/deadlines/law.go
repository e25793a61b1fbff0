package deadlines

import (
	"strings"

	"xinqiao/internal/core/casework"
)

// Row is a line of the law page: one clock, whose words are the messages
// "clock.ID", "duty.ID", "law.ID", "start.ID" and "stop.ID".
type Row struct {
	Clock  casework.Clock
	Group  string // law, hotline, platform
	Length casework.Length
	By     map[casework.Urgency]casework.Length // where the length goes by urgency
	Extend int                                  // longest extension in days, 0 = none
	Set    bool                                 // the length is set case by case
	Window bool                                 // a right that ends, not a duty
	Person bool                                 // the petitioner's: rolls over a day off
	Pause  bool                                 // a hearing stops it
}

// Rows lists every clock with the lengths that hold now.
func (c *Calculator) Rows() []Row {
	p := c.law.Rules().Params
	rows := make([]Row, 0, len(casework.Clocks))
	for _, k := range casework.Clocks {
		r := Row{Clock: k, Group: groupOf(k), Length: p.Lengths[k], Window: !k.Owed(), Person: k.Petitioners(), Pause: pausable(k)}
		if extendable(k) {
			r.Extend = p.MaxExtension
		}
		for _, s := range settable {
			r.Set = r.Set || s == k
		}
		switch k {
		case casework.OrderDispatch:
			r.By = p.OrderDispatch
		case casework.OrderFeedback:
			r.By = p.OrderFeedback
		}
		rows = append(rows, r)
	}
	return rows
}

// groupOf sorts clocks by who made them.
func groupOf(k casework.Clock) string {
	switch basis := k.Basis(); {
	case basis == "P":
		return "platform"
	case strings.HasPrefix(basis, "hotline"):
		return "hotline"
	}
	return "law"
}

// groups are the parts of the law page, in order.
var groups = []string{"law", "hotline", "platform"}

// Version names the rules in force.
func (c *Calculator) Version() string { return c.law.Rules().Params.Version }
