package notify

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/sender"
)

// editable tells whether an actor may set the matrix of an area: the system
// administrator everywhere (0 = the whole city), a bureau's head at home.
func editable(a access.Actor, areaID int64) error {
	switch {
	case a.Has(access.SystemAdmin, access.System):
		return nil
	case a.Role == access.BureauHead && areaID == a.AreaID:
		return nil
	}
	return errNotYours
}

// MatrixOf gives the matrix that is set for an area itself; without one,
// Number is 0 and the matrix the one that holds there.
func (s *Service) MatrixOf(ctx context.Context, areaID int64) (Version, error) {
	if err := editable(access.From(ctx), areaID); err != nil {
		return Version{}, err
	}
	v, own, err := s.store.lastMatrix(ctx, s.DB.Read(), areaID)
	if err != nil || own {
		return v, err
	}
	v = Version{AreaID: areaID}
	u, _ := s.Units.Unit(areaID)
	c := casework.Case{}
	copy(c.Areas[:], u.Areas)
	v.Matrix, err = s.newLook(s.Clock.Now()).matrix(ctx, s.DB.Read(), c)
	return v, err
}

// Versions lists what was set for an area, newest first.
func (s *Service) Versions(ctx context.Context, areaID int64) ([]Version, error) {
	if err := editable(access.From(ctx), areaID); err != nil {
		return nil, err
	}
	return s.store.matrixVersions(ctx, s.DB.Read(), areaID)
}

// SetMatrix saves the next version. base is the number that the editor began
// with; when somebody else has saved since, it is refused.
func (s *Service) SetMatrix(ctx context.Context, areaID, base int64, m Matrix) error {
	me := access.From(ctx)
	if err := editable(me, areaID); err != nil {
		return err
	}
	if u, ok := s.Units.Unit(areaID); areaID != 0 && (!ok || u.Kind != access.Government && u.Kind != access.Town) {
		return fault.New(fault.NotFound, "notify.no_area")
	}
	if err := m.Check(); err != nil {
		return err
	}
	now := s.Clock.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		last, _, err := s.store.lastMatrix(ctx, tx, areaID)
		if err != nil {
			return err
		}
		if last.Number != base {
			return errMoved
		}
		if err := s.store.addMatrix(ctx, tx, Version{AreaID: areaID, Number: base + 1, Matrix: m.normal(), ChangedBy: me.ID, ChangedAt: now}); err != nil {
			return err
		}
		if err := s.store.rewatchAll(ctx, tx, now); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, "reminders.set", "area/"+strconv.FormatInt(areaID, 10), "version "+strconv.FormatInt(base+1, 10))
	})
	if db.IsUnique(err) {
		return errMoved
	}
	return err
}

// Preview is what a matrix would have sent.
type Preview struct {
	Days  int
	Cases int
	Cut   bool // there were more cases than a preview looks at
	Cells map[Condition]map[Level]map[sender.Way]int
	Ways  map[sender.Way]int
}

const (
	previewDays  = 7
	previewCases = 300
)

// DryRun replays the last week with a matrix and sends nothing: the messages
// that the addresses and ways of today would have got, before digests and
// caps.
func (s *Service) DryRun(ctx context.Context, areaID int64, m Matrix) (Preview, error) {
	if err := editable(access.From(ctx), areaID); err != nil {
		return Preview{}, err
	}
	now := s.Clock.Now()
	p := Preview{Days: previewDays, Cells: map[Condition]map[Level]map[sender.Way]int{}, Ways: map[sender.Way]int{}}
	ids, err := s.store.recent(ctx, now.AddDate(0, 0, -previewDays), previewCases+1)
	if err != nil {
		return p, err
	}
	if p.Cut = len(ids) > previewCases; p.Cut {
		ids = ids[:previewCases]
	}
	cases, err := s.Cases.ByIDs(ctx, ids)
	if err != nil {
		return p, err
	}
	l, m := s.newLook(now), m.normal()
	for _, id := range slices.Sorted(maps.Keys(cases)) {
		c := cases[id]
		if areaID != 0 && !slices.Contains(c.Areas[:], areaID) || c.Lane == access.LaneConfidential {
			continue
		}
		p.Cases++
		if err := l.replay(ctx, &p, c, m); err != nil {
			return p, err
		}
	}
	return p, nil
}

// replay goes through the last days of a case, twice a day.
func (l *look) replay(ctx context.Context, p *Preview, c casework.Case, m Matrix) error {
	past, err := l.store.past(ctx, l.DB.Read(), c.ID)
	if err != nil {
		return err
	}
	begin := l.now.AddDate(0, 0, -p.Days)
	for k, levels := range past { // only what had been told before
		past[k] = maps.Collect(func(yield func(Level, Past) bool) {
			for level, was := range levels {
				if was.LastAt.Before(begin) && !yield(level, was) {
					return
				}
			}
		})
	}
	for at := begin; !at.After(l.now); at = at.Add(12 * time.Hour) {
		for _, subject := range Holding(asOf(c, at), at) {
			due, _ := Plan(subject, m, at, l.cal, past[subject.key()])
			for _, step := range due {
				if past[subject.key()] == nil {
					past[subject.key()] = map[Level]Past{}
				}
				past[subject.key()][step.Level] = Past{Given: step.Number, LastAt: at}
				if err := l.count(ctx, p, c, step); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// count adds the messages of one step.
func (l *look) count(ctx context.Context, p *Preview, c casework.Case, st Step) error {
	who, err := l.audience(ctx, l.roster, c, st)
	if err != nil {
		return err
	}
	for _, actor := range who.Actors {
		k, err := l.contactsOf(ctx, l.DB.Read(), actor.ID)
		if err != nil {
			return err
		}
		for _, way := range st.Ways {
			if _, ok := l.Configured(way); !ok || k.off(way) {
				continue
			}
			n := len(k.of(way, actor.ID))
			if p.Cells[st.Condition] == nil {
				p.Cells[st.Condition] = map[Level]map[sender.Way]int{}
			}
			if p.Cells[st.Condition][st.Level] == nil {
				p.Cells[st.Condition][st.Level] = map[sender.Way]int{}
			}
			p.Cells[st.Condition][st.Level][way] += n
			p.Ways[way] += n
		}
	}
	return nil
}

// asOf gives a case with the duties that were open at a moment.
func asOf(c casework.Case, at time.Time) casework.Case {
	var open []casework.Obligation
	for _, o := range c.Obligations {
		if o.OpenedAt.After(at) || !o.ClosedAt.IsZero() && !o.ClosedAt.After(at) {
			continue
		}
		o.ClosedAt = time.Time{}
		open = append(open, o)
	}
	c.Obligations = open
	if c.State == casework.Archived || c.State == casework.Parked {
		c.State = casework.Accepted
	}
	return c
}
