package tracking

import (
	"strconv"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/ui"
)

// whyView is what the page "why this date" shows.
type whyView struct {
	visit
	Duty casework.Obligation
	Why  ui.CountProps
	Who  string
}

// why explains one duty of a case.
func (v visit) why(seq string) (whyView, bool) {
	n, err := strconv.Atoi(seq)
	for _, o := range v.Case.Obligations {
		if err == nil && o.Seq == n && concerns(o.Clock) {
			return whyView{visit: v, Duty: o, Why: ui.WhyOf(v.Rules, o)}, true
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
