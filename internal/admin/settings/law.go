package settings

import (
	"strconv"
	"time"

	"xinqiao/internal/core/casework"
)

// lawful turns a version into the numbers that decisions use. They carry its
// id, so that every explanation can say which it used.
func lawful(v Version) casework.Params {
	p := casework.DefaultParams()
	number := func(name string) int {
		n, _ := strconv.Atoi(v.Value(name))
		return n
	}
	for k, length := range p.Lengths {
		if _, ok := definitions["clock."+string(k)]; ok {
			length.Days = number("clock." + string(k))
			p.Lengths[k] = length
		}
	}
	for u := range p.OrderDispatch {
		p.OrderDispatch[u] = casework.Length{Days: number("order_dispatch." + string(u)), Unit: p.OrderDispatch[u].Unit}
		p.OrderFeedback[u] = casework.Length{Days: number("order_feedback." + string(u)), Unit: p.OrderFeedback[u].Unit}
	}
	p.Version = v.ID
	p.RecallWithin = time.Duration(number("recall.minutes")) * time.Minute
	p.UrgeCooldown = time.Duration(number("urge.cooldown_hours")) * time.Hour
	p.RateDays, p.ContestDays = number("rate.days"), number("contest.days")
	p.MaxExtension, p.MaxReport = number("extension.max_days"), number("report.max_days")
	p.SoonDays = number("soon.days")
	return p
}

// lawfulAll turns every version, for the cases that keep an old one.
func lawfulAll(list []Version) map[string]casework.Params {
	all := make(map[string]casework.Params, len(list))
	for _, v := range list {
		all[v.ID] = lawful(v)
	}
	return all
}
