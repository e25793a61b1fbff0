package door

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Limits of one arrival.
const (
	maxKey = 200
	MaxMB  = 64 // all parts together
)

// grace is how long the process that took an arrival has before another one
// looks after it.
const grace = time.Minute

// Take implements Sink: first to disk, then, when it is ready, to a case.
func (s *Service) Take(ctx context.Context, a Arrival) (Taken, error) {
	if err := s.checkArrival(ctx, a); err != nil {
		return Taken{}, err
	}
	index := s.Keys.Index("arrival-key:"+a.Door, a.Key)
	if before, err := s.keyed(ctx, a.Door, index); err != nil {
		return Taken{}, err
	} else if before != nil {
		return s.again(ctx, *before)
	}
	t, err := s.pack(ctx, a, index)
	if err != nil {
		return Taken{}, err
	}
	var b db.Batch
	addTray(&b, t)
	countArrival(&b, a.Door, t.CreatedAt)
	if err := s.DB.Send(ctx, &b); err != nil {
		// The answer of our own commit may be lost, so its files stay: if there
		// is no row, the sweep finds them.
		if before, lookup := s.keyed(ctx, a.Door, index); lookup == nil && before != nil {
			return s.again(ctx, *before)
		}
		return Taken{}, err
	}
	return s.settle(ctx, t), nil
}

// settle makes an arrival that is on disk a case if it can. Whatever happens,
// the arrival was received, and so there is no error.
func (s *Service) settle(ctx context.Context, t Tray) Taken {
	if t.State != Received {
		return s.taken(t, false)
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.process(ctx, t.ID); err != nil {
		s.Log.WarnContext(ctx, "an arrival waits for another try", "door", t.Door, "arrival", t.ID, "error", fault.KindOf(err))
	}
	if now, err := s.tray(ctx, t.ID); err == nil {
		t = now
	}
	return s.taken(t, false)
}

func (s *Service) again(ctx context.Context, t Tray) (Taken, error) {
	out := s.settle(ctx, t)
	out.Again = true
	return out, nil
}

func (s *Service) taken(t Tray, again bool) Taken {
	out := Taken{ID: t.ID, State: t.State, No: t.CaseNo, Again: again}
	if t.State == Filed {
		out.Code = s.Intake.Code(t.CaseNo)
	}
	return out
}

func (s *Service) checkArrival(ctx context.Context, a Arrival) error {
	if a.Key == "" || len(a.Key) > maxKey {
		return ErrKey
	}
	size := len(a.Raw.Data)
	for _, p := range a.Files {
		size += len(p.Data)
	}
	if size > MaxMB<<20 {
		return ErrTooLarge
	}
	_, err := s.Entry(ctx, a.Door)
	return err
}

// process makes one received arrival a case, or holds it with the reason. The
// case and the arrival's new state are one unit of work: a crash leaves both
// or neither.
func (s *Service) process(ctx context.Context, id int64) error {
	t, err := s.tray(ctx, id)
	if err != nil || t.State != Received {
		return err
	}
	a, err := s.unpack(t)
	if err != nil {
		return s.later(ctx, t, err)
	}
	f := s.filing(ctx, t, a)
	if a.Draft.Staff != 0 {
		var active bool
		if f.Actor, active, err = s.Staff.Actor(ctx, a.Draft.Staff); err != nil {
			return s.later(ctx, t, err)
		} else if !active || !f.Actor.Has(registrars...) {
			return s.hold(ctx, t, reasonConfirmer)
		}
	}
	if err := s.upload(ctx, t, a, 0); err != nil {
		return s.refused(ctx, t, err)
	}
	if err := s.file(ctx, t, f); err != nil && !errors.Is(err, ErrDecided) {
		return s.refused(ctx, t, err)
	}
	return nil
}

// file registers a filing and marks its arrival, at once.
func (s *Service) file(ctx context.Context, t Tray, f Filing) error {
	now := s.Clock.Now()
	var b db.Batch
	c, err := s.Intake.Prepare(ctx, &b, f, now)
	if err != nil {
		return err
	}
	decide(&b, t, verdict{state: Filed, caseID: c.ID, caseNo: c.No, lane: c.Lane, staff: f.Actor.ID, at: now})
	countFiled(&b, t.Door, now)
	return decided(s.DB.Send(ctx, &b))
}

// filing carries what the door read to intake.
func (s *Service) filing(ctx context.Context, t Tray, a Arrival) Filing {
	f := Filing{Draft: a.Draft, Door: t.Door, Key: s.filingKey(t), ReceivedAt: a.At, Files: s.token(t.ID)}
	if f.Channel == "" {
		if e, err := s.Entry(ctx, t.Door); err == nil {
			f.Channel = e.Channel
		}
	}
	return f
}

// filingKey is the same for an arrival whoever registers it.
func (s *Service) filingKey(t Tray) string {
	return "door:" + t.Door + ":" + hex.EncodeToString(t.key[:16])
}

// token is where the files of an arrival wait for its case: the same at every
// try, and known to nobody else.
func (s *Service) token(id int64) string {
	return hex.EncodeToString(s.Keys.Index("arrival-files", formatID(id)))
}

// refused tells a person's business from the machine's: what intake asks to
// correct is held for staff, everything else is tried again.
func (s *Service) refused(ctx context.Context, t Tray, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind == fault.Internal || f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
		return s.later(ctx, t, err)
	}
	reason := f.ID
	if len(f.Fields) > 0 {
		reason = f.Fields[0].ID
	}
	return s.hold(ctx, t, reason)
}

func (s *Service) hold(ctx context.Context, t Tray, reason string) error {
	var b db.Batch
	decide(&b, t, verdict{state: Held, lane: t.Lane, reason: reason})
	if err := decided(s.DB.Send(ctx, &b)); !errors.Is(err, ErrDecided) {
		return err
	}
	return nil // somebody else was faster
}

// later backs off, from a minute to an hour.
func (s *Service) later(ctx context.Context, t Tray, cause error) error {
	wait := min(time.Minute<<min(t.Attempts, 6), time.Hour)
	var b db.Batch
	postpone(&b, t.ID, s.Clock.Now().Add(wait))
	return errors.Join(cause, s.DB.Send(ctx, &b))
}

// sweepMost is how many arrivals one round of the sweep looks after.
const sweepMost = 200

// Sweep takes up what a crash or a failure left, oldest first.
func (s *Service) Sweep(ctx context.Context) error {
	ids, err := s.due(ctx, s.Clock.Now(), sweepMost)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.process(ctx, id); err != nil {
			s.Log.WarnContext(ctx, "an arrival waits for another try", "arrival", id, "error", fault.KindOf(err))
		}
	}
	return nil
}

// stuckAfter tries an arrival is shown as stuck.
const stuckAfter = 5

// confidential tells whether only cleared staff may look at what arrived.
func confidential(d Draft) access.Lane {
	if d.Purpose == "accusation" || d.Purpose == "retaliation" {
		return access.LaneConfidential
	}
	return access.LaneOpen
}
