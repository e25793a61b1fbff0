package supervision

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
)

// A directive about a case is also told on the case's own timeline. It is
// stored first, with the verb that is still to be told; then the timeline hears
// it under a key made of the entry's id. A crash between the two is mended by
// the sweep, and the key keeps a second telling from being written.

// telling is an entry that its case has not heard of.
type telling struct {
	entryID int64
	verb    casework.Verb
	no      string
	text    string
	days    int
	actor   access.Actor
	d       Directive
}

const tellBatch = 50

// tellNow tries at once; what fails now the sweep tries again.
func (s *Service) tellNow(ctx context.Context, entryID int64, now time.Time) {
	list, err := s.store.untold(ctx, s.DB.Read(), entryID, 1)
	if err == nil && len(list) == 1 && list[0].entryID == entryID {
		err = s.tell(ctx, list[0], now)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "the case's timeline was not told yet", slog.Int64("entry", entryID), slog.String("error", err.Error()))
	}
}

// TellAll tells every case what it has not heard, oldest first.
func (s *Service) TellAll(ctx context.Context) error {
	var after int64
	for {
		list, err := s.store.untold(ctx, s.DB.Read(), after+1, tellBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, t := range list {
			after = t.entryID
			if err := s.tell(ctx, t, s.Clock.Now()); err != nil {
				s.Log.WarnContext(ctx, "the case's timeline was not told", slog.Int64("entry", t.entryID), slog.String("error", err.Error()))
			}
		}
	}
}

// tell writes one entry on its case's timeline. What the law of the case
// refuses is noted with the entry; anything else is an error and stays to do.
func (s *Service) tell(ctx context.Context, t telling, now time.Time) error {
	if u, ok := s.Units.Unit(t.actor.UnitID); ok {
		t.actor.AreaID, t.actor.AreaDepth = u.Area, len(u.Areas)
	}
	if t.verb == casework.Record {
		t.text = t.d.Title + "\n" + t.text
	}
	_, err := s.Timeline.Do(ctx, casework.Action{
		No: t.no, Verb: t.verb, Actor: t.actor, Key: "supervision/" + strconv.FormatInt(t.entryID, 10), Now: now,
		Data: casework.Data{Reason: t.d.Title, Text: t.text, Days: t.days, UnitID: unitOf(t)},
	})
	refused := ""
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Denied, fault.RuleBroken, fault.NotFound:
		if f, ok := fault.As(err); ok {
			refused = f.ID
		}
	}
	if err != nil && refused == "" {
		return err
	}
	return s.store.told(ctx, t.entryID, now, refused)
}

// unitOf is who an instruction is for; the other verbs name no unit.
func unitOf(t telling) int64 {
	if t.verb == casework.Instruct {
		return t.d.UnitID
	}
	return 0
}
