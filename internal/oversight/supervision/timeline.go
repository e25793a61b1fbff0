package supervision

import (
	"context"
	"log/slog"
	"slices"
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
	does    Verb // what happened to the directive
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
	ref, err := s.given(ctx, t)
	if err != nil {
		return err
	}
	if t.does == Prolong {
		if err := s.dropFirst(ctx, t, ref, now); err != nil {
			return err
		}
		t.days = max(1, min(int(t.d.DueAt.Sub(now)/(24*time.Hour)), longestAnswer))
		ref = 0
	}
	if t.verb == casework.DropDirective {
		if ref == 0 {
			return s.store.told(ctx, t.entryID, now, "") // it was answered: no clock runs for it
		}
		t.d.Title = t.text
	}
	_, err = s.Timeline.Do(ctx, casework.Action{
		No: t.no, Verb: t.verb, Actor: t.actor, Key: "supervision/" + strconv.FormatInt(t.entryID, 10), Now: now,
		Data: casework.Data{Reason: t.d.Title, Text: t.text, Days: t.days, UnitID: unitOf(t), Ref: ref},
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

// longestAnswer is the most days that a case's law gives for an answer.
const longestAnswer = 90

// dropFirst ends the clock that runs for a directive before it is given anew.
func (s *Service) dropFirst(ctx context.Context, t telling, ref int, now time.Time) error {
	if ref == 0 {
		return nil
	}
	_, err := s.Timeline.Do(ctx, casework.Action{
		No: t.no, Verb: casework.DropDirective, Actor: t.actor, Key: "supervision/" + strconv.FormatInt(t.entryID, 10) + "/drop", Now: now,
		Data: casework.Data{Reason: t.text, Ref: ref},
	})
	return err
}

// given finds the event that gave this directive on the case's timeline, if
// its clock still runs: the last one with the words of one of its entries.
func (s *Service) given(ctx context.Context, t telling) (ref int, err error) {
	if t.does == Open || t.verb == casework.Record {
		return 0, nil
	}
	said, err := s.store.entries(ctx, s.DB.Read(), t.d.ID)
	if err != nil {
		return 0, err
	}
	c, err := s.Cases.Case(ctx, access.Actor{Role: access.System}, t.no)
	if err != nil {
		return 0, err
	}
	events, err := s.Cases.History(ctx, t.d.CaseID)
	for _, e := range slices.Backward(events) {
		if e.Verb != casework.Supervise && e.Verb != casework.Instruct || !c.Directed(e.Seq) {
			continue
		}
		if slices.ContainsFunc(said, func(x Entry) bool { return x.ID != t.entryID && x.Tell == e.Verb && x.Text == e.Data.Text }) {
			return int(e.Seq), err
		}
	}
	return 0, err
}

// unitOf is who an instruction is for; the other verbs name no unit.
func unitOf(t telling) int64 {
	if t.verb == casework.Instruct {
		return t.d.UnitID
	}
	return 0
}
