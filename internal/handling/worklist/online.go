package worklist

import (
	"cmp"
	"slices"
	"time"

	"xinqiao/internal/core/casework"
)

// onlineFirst puts the web-filed cases of a page first among those of one
// light (网上信访优先). What is red stays before what is amber, and each part
// keeps its order; which cases the page holds does not change.
func onlineFirst(rows []Row, now time.Time) {
	rank := func(r Row) int {
		n := map[casework.Light]int{casework.Late: 0, casework.Amber: 2, casework.Green: 4, casework.Off: 6}[casework.LightFor(r.DueAt, r.WarnAt, now)]
		if r.Channel != casework.Web {
			n++
		}
		return n
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(rank(a), rank(b)) })
}
