package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// measure registers the figures that tell an operator whether the instance
// keeps up: the writer's queue, what is not yet delivered, the store's size.
func (a *App) measure() {
	gauge := func(name, help string, read func() float64) {
		a.Telemetry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "xinqiao_" + name, Help: help}, read))
	}
	count := func(name, help string, read func() float64) {
		a.Telemetry.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "xinqiao_" + name, Help: help}, read))
	}
	gauge("db_queue", "Units of work that wait to be written.", func() float64 { return float64(a.DB.Stats().Queue) })
	gauge("db_reads_running", "Connections of the reading pool in use.", func() float64 { return float64(a.DB.Stats().Reads) })
	count("db_units_total", "Units of work written.", func() float64 { return float64(a.DB.Stats().Units) })
	count("db_commits_total", "Commits that the units of work shared.", func() float64 { return float64(a.DB.Stats().Groups) })
	count("db_retries_total", "Units of work run again.", func() float64 { return float64(a.DB.Stats().Retries) })
	gauge("orphan_cases", "Open cases without owner or next moment, or whose unit is closed; -1 when the store does not answer.", func() float64 {
		ctx, done := context.WithTimeout(context.Background(), time.Second)
		defer done()
		return float64(a.Alarm.Count(ctx))
	})
	gauge("outbox_waiting", "Events not yet delivered to their subscribers; -1 when the store does not answer.", func() float64 {
		ctx, done := context.WithTimeout(context.Background(), time.Second)
		defer done()
		b, err := a.Jobs.Backlog(ctx)
		if err != nil {
			return -1
		}
		return float64(b.Events)
	})
}
