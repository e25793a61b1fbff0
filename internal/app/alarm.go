package app

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/oversight/deadlines"
)

// lost tells deadlines which open cases nothing would move.
type lost struct{ *procedure.Service }

// Orphans implements deadlines.Lost.
func (l lost) Orphans(ctx context.Context, actor access.Actor, closed []int64, limit int) ([]deadlines.Orphan, error) {
	list, err := l.Service.Orphans(ctx, actor, closed, limit)
	out := make([]deadlines.Orphan, len(list))
	for i, o := range list {
		out[i] = deadlines.Orphan{Case: o.Case, Why: o.Why}
	}
	return out, err
}

// wireAlarm watches for cases that no sweep can see.
func (a *App) wireAlarm() {
	a.Alarm = deadlines.NewAlarm(lost{a.Procedure}, a.Units, a.Log)
	a.Jobs.Periodic("deadlines.alarm", 10*time.Minute, a.Alarm.Sound)
}
