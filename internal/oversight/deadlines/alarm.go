package deadlines

import (
	"context"
	"log/slog"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Orphan is an open case that nothing would move any more.
type Orphan struct {
	Case casework.Case
	Why  string // no_owner, no_moment, closed_unit
}

// Lost finds such cases, as far as the actor may see them.
type Lost interface {
	Orphans(ctx context.Context, actor access.Actor, closed []int64, limit int) ([]Orphan, error)
}

// Units is the unit tree, kept in memory.
type Units interface {
	All() []access.Unit
}

// alarmed bounds what one look shows; more means the same.
const alarmed = 200

// Alarm watches for open cases without owner or next moment: the one thing
// that a sweep by moments cannot see. It keeps no list of its own, so that an
// alarm stands until the case is mended and cannot be ticked off.
type Alarm struct {
	lost  Lost
	units Units
	log   *slog.Logger
}

// NewAlarm makes the alarm.
func NewAlarm(l Lost, u Units, log *slog.Logger) *Alarm { return &Alarm{l, u, log} }

// Look lists what the actor may see of it.
func (a *Alarm) Look(ctx context.Context, actor access.Actor) ([]Orphan, error) {
	var closed []int64
	for _, u := range a.units.All() {
		if !u.Active {
			closed = append(closed, u.ID)
		}
	}
	return a.lost.Orphans(ctx, actor, closed, alarmed)
}

// Count tells how many there are, for the figures of an operator; -1 when the
// store does not answer.
func (a *Alarm) Count(ctx context.Context) int {
	list, err := a.Look(ctx, access.Actor{Role: access.System})
	if err != nil {
		return -1
	}
	return len(list)
}

// Sound writes the alarm to the log while there is one. Numbers and reasons,
// no titles.
func (a *Alarm) Sound(ctx context.Context) error {
	list, err := a.Look(ctx, access.Actor{Role: access.System})
	for _, o := range list {
		a.log.Warn("an open case is an orphan", "case", o.Case.ID, "why", o.Why)
	}
	return err
}
