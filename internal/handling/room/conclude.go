package room

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Decision is what the conclusion asks of a unit.
type Decision struct {
	ID     int64
	UnitID int64
	Part   string // lead, assist
	Text   string
	DueAt  time.Time // zero for the lead, whose clocks are the case's own
}

// TaskForm is a task for an assisting unit.
type TaskForm struct {
	Key    string
	UnitID int64
	Text   string
	Days   int
}

// Assist gives an assisting unit its task, with a clock inside the lead's.
func (s *Service) Assist(ctx context.Context, a access.Actor, roomID int64, in TaskForm, now time.Time) error {
	d, err := s.led(ctx, a, roomID)
	if err != nil {
		return err
	}
	_, err = s.addTask(ctx, a, d, in, now)
	return err
}

// addTask gives the task and what the room keeps of it.
func (s *Service) addTask(ctx context.Context, a access.Actor, d Detail, in TaskForm, now time.Time) (casework.Case, error) {
	return s.Cases.DoAlong(ctx, casework.Action{No: d.Case.No, Verb: casework.AddTask, Actor: a, Key: in.Key, Now: now,
		Data: casework.Data{UnitID: in.UnitID, Text: strings.TrimSpace(in.Text), Days: in.Days}},
		func(b *db.Batch, c casework.Case) error {
			x := Decision{ID: s.IDs.Next(), UnitID: in.UnitID, Part: "assist", Text: strings.TrimSpace(in.Text)}
			for _, o := range c.Obligations {
				if o.Clock == casework.Assist && o.Open() && o.UnitID == in.UnitID {
					x.DueAt = o.DueAt
				}
			}
			insertDecision(b, d.ID, x)
			return nil
		})
}

// Conclusion ends a room: who is responsible, what of, who helps until when.
type Conclusion struct {
	Key    string
	Text   string
	UnitID int64
	Tasks  []TaskForm
}

// Conclude brings the room to its end. The tasks are given first, so that one
// that does not fit stops the conclusion; each is given once.
func (s *Service) Conclude(ctx context.Context, a access.Actor, roomID int64, in Conclusion, now time.Time) (casework.Case, error) {
	d, err := s.led(ctx, a, roomID)
	if err != nil {
		return casework.Case{}, err
	}
	f := fault.New(fault.Invalid, "room.incomplete")
	words(f, "text", in.Text, true)
	if in.UnitID == 0 {
		f.Field("unit", "room.choose")
	}
	if !slices.ContainsFunc(d.Sessions, Session.Held) {
		f.Field("text", "room.no_minutes")
	}
	if err := f.OrNil(); err != nil {
		return casework.Case{}, err
	}
	for i, t := range in.Tasks {
		t.Key = derive(in.Key, strconv.Itoa(i+1))
		if _, err := s.addTask(ctx, a, d, t, now); err != nil {
			return casework.Case{}, ofTask(err, i+1)
		}
	}
	return s.Cases.DoAlong(ctx, casework.Action{No: d.Case.No, Verb: casework.CloseRoom, Actor: a, Key: in.Key, Now: now,
		Data: casework.Data{Text: strings.TrimSpace(in.Text), UnitID: in.UnitID}},
		func(b *db.Batch, _ casework.Case) error {
			insertDecision(b, roomID, Decision{ID: s.IDs.Next(), UnitID: in.UnitID, Part: "lead", Text: strings.TrimSpace(in.Text)})
			closeRoom(b, roomID, strings.TrimSpace(in.Text), in.UnitID, now)
			return nil
		})
}

// ofTask names the fields of the task that was refused.
func ofTask(err error, n int) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	out := fault.New(fault.Invalid, "room.incomplete")
	for _, f := range e.Fields {
		out.Field(f.Name+strconv.Itoa(n), f.ID, f.Args...)
	}
	return out
}

// missing lists what a room should have before its conclusion: "lead.…" roles
// without a seat, minutes, opinions. The first three are said, not enforced:
// who does not come must not stop the others.
func (d Detail) missing() []string {
	var out []string
	for _, k := range Leads {
		if !slices.ContainsFunc(d.Seats, func(s Seat) bool { return s.Kind == k && s.EndedAt.IsZero() }) {
			out = append(out, "lead."+string(k))
		}
	}
	if !slices.ContainsFunc(d.Sessions, Session.Held) {
		out = append(out, "minutes")
	}
	for _, s := range d.Seats {
		if s.EndedAt.IsZero() && s.Kind != Petition && !slices.ContainsFunc(d.Opinions, func(o Opinion) bool { return o.SeatID == s.ID }) {
			out = append(out, "opinions")
			break
		}
	}
	return out
}
