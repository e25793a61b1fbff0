package notify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/sender"
)

const (
	lookBatch = 50        // cases in one unit of work
	lookAgain = time.Hour // where nobody could be told
)

// Look gives every reminder that has fallen due, each once. It may be
// interrupted at any moment and run by several processes.
func (s *Service) Look(ctx context.Context) error {
	for {
		n, err := s.lookSome(ctx, s.Clock.Now())
		if err != nil || n < lookBatch {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// lookSome works one batch of watched cases and tells how many they were.
func (s *Service) lookSome(ctx context.Context, now time.Time) (n int, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		ids, err := s.store.takeWatched(ctx, tx, now, lookBatch)
		if n = len(ids); err != nil || n == 0 {
			return err
		}
		cases, err := s.Cases.ByIDs(ctx, ids)
		if err != nil {
			return fmt.Errorf("cases to remind of: %w", err)
		}
		l := s.newLook(now)
		for _, id := range ids {
			next, err := l.at(ctx, tx, cases[id])
			if err != nil {
				return fmt.Errorf("remind of case %d: %w", id, err)
			}
			if err := s.store.watchNext(ctx, tx, id, next); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// outlet is a way to an address: one telephone takes messages and calls.
type outlet struct {
	point int64
	way   sender.Way
}

// look is one pass over a batch of cases, with what it learnt on the way.
type look struct {
	*Service
	now      time.Time
	cal      calendar.Calendar
	roster   roster
	matrices map[int64]Matrix // by area
	contacts map[int64]contacts
	loads    map[outlet]map[calendar.Date]int
}

func (s *Service) newLook(now time.Time) *look {
	return &look{Service: s, now: now, cal: s.calendar(), roster: roster{}, matrices: map[int64]Matrix{},
		contacts: map[int64]contacts{}, loads: map[outlet]map[calendar.Date]int{}}
}

// at looks at one case and says when to look again, zero for never.
func (l *look) at(ctx context.Context, tx db.Tx, c casework.Case) (next time.Time, err error) {
	subjects := Holding(c, l.now)
	if len(subjects) == 0 {
		return time.Time{}, nil
	}
	m, err := l.matrix(ctx, tx, c)
	if err != nil {
		return next, err
	}
	past, err := l.store.past(ctx, tx, c.ID)
	if err != nil {
		return next, err
	}
	next = boundary(c, l.now)
	for _, subject := range subjects {
		due, then := Plan(subject, m, l.now, l.cal, past[subject.key()])
		if !then.IsZero() {
			next = earlier(next, then)
		}
		for _, step := range due {
			told, err := l.give(ctx, tx, c, m, step)
			if err != nil {
				return next, err
			}
			if !told {
				next = earlier(next, l.now.Add(lookAgain))
			}
		}
	}
	return next, nil
}

// subjectKey is what makes reminders of one subject one row of steps.
type subjectKey struct {
	seq       int
	dueAt     db.Time
	condition Condition
}

func (s Subject) key() subjectKey { return subjectKey{s.Seq, db.At(s.DueAt), s.Condition} }

// matrix is the one of the case's own area, else of the next one above.
func (l *look) matrix(ctx context.Context, q db.Queryer, c casework.Case) (Matrix, error) {
	for i := len(c.Areas) - 1; i >= -1; i-- {
		area := int64(0)
		if i >= 0 {
			area = c.Areas[i]
		}
		if m, known := l.matrices[area]; known && m.Cells != nil {
			return m, nil
		} else if known || i >= 0 && area == 0 {
			continue
		}
		v, found, err := l.store.lastMatrix(ctx, q, area)
		if err != nil {
			return Matrix{}, err
		}
		l.matrices[area] = v.Matrix
		if found {
			return v.Matrix, nil
		}
	}
	m := DefaultMatrix().normal()
	l.matrices[0] = m
	return m, nil
}

// give tells the people of one step, unless that was done before; false when
// there is nobody to tell.
func (l *look) give(ctx context.Context, tx db.Tx, c casework.Case, m Matrix, st Step) (bool, error) {
	who, err := l.audience(ctx, l.roster, c, st)
	if err != nil {
		return false, err
	}
	if err := l.sound(ctx, tx, c, st, who); err != nil || len(who.Actors) == 0 {
		return false, err
	}
	r := reminder{ID: l.IDs.Next(), Step: st, At: l.now, AreaID: areaOf(c), Told: len(who.Actors)}
	fresh, err := l.store.addReminder(ctx, tx, r)
	if err != nil || !fresh {
		return true, err
	}
	for _, actor := range who.Actors {
		if err := l.tell(ctx, tx, given{r, c, m}, actor); err != nil {
			return false, err
		}
	}
	return true, nil
}

// areaOf is the innermost government of a case.
func areaOf(c casework.Case) int64 {
	for _, area := range slices.Backward(c.Areas[:]) {
		if area != 0 {
			return area
		}
	}
	return 0
}

// sound raises the alarm of posts that nobody holds, and ends it for those
// that somebody holds again.
func (l *look) sound(ctx context.Context, tx db.Tx, c casework.Case, st Step, who audience) error {
	for _, p := range who.Empty {
		if err := l.store.raise(ctx, tx, p, c, l.now); err != nil {
			return err
		}
	}
	if len(who.Actors) == 0 {
		l.Log.WarnContext(ctx, "nobody to remind", "case", c.ID, "level", string(st.Level), "condition", string(st.Condition))
		return nil
	}
	for _, p := range l.posts(c, st.UnitID, who.Level) {
		if err := l.store.calm(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// given is a reminder with the case and the matrix that it comes from.
type given struct {
	reminder
	c casework.Case
	m Matrix
}

// tell queues a reminder for one person by every way of its step that leads
// to that person.
func (l *look) tell(ctx context.Context, tx db.Tx, g given, to access.Actor) error {
	k, err := l.contactsOf(ctx, tx, to.ID)
	if err != nil {
		return err
	}
	for _, way := range g.Ways {
		if way == sender.InApp {
			if err := l.store.toInbox(ctx, tx, l.IDs.Next(), g.reminder, to.ID); err != nil {
				return err
			}
		}
		if _, ok := l.Configured(way); !ok || k.off(way) {
			continue
		}
		for _, point := range k.of(way, to.ID) {
			if err := l.queue(ctx, tx, g, point); err != nil {
				return err
			}
		}
	}
	return nil
}

// queue adds a delivery to an address: alone, or to the digest of a day.
func (l *look) queue(ctx context.Context, tx db.Tx, g given, p point) error {
	r, c, rule := g.reminder, g.c, g.m.Rules[p.Way]
	d := delivery{
		ID: l.IDs.Next(), Key: "r" + short(r.ID) + "-" + string(p.Way) + "-" + short(p.ID), Way: p.Way, Template: string(r.Condition),
		StaffID: p.StaffID, PointID: p.ID, CaseID: c.ID, AreaID: r.AreaID, Hidden: c.Lane == access.LaneConfidential,
		State: Queued, CreatedAt: l.now,
	}
	if p.Way == sender.InApp {
		d.Key = inappKey(r.ID, p.StaffID)
		d.State, d.NextAt, d.SentAt, d.DeliveredAt, d.Day = Delivered, l.now, l.now, l.now, calendar.On(l.now).String()
		return l.store.addDelivery(ctx, tx, d, r.ID)
	}
	load, err := l.load(ctx, tx, p)
	if err != nil {
		return err
	}
	parcel := rule.Route(Ask{Now: l.now, Urgent: r.Urgent, Own: l.contacts[p.StaffID].Quiet, Sent: load}, l.cal)
	d.NextAt, d.Day, d.Digest = parcel.At, parcel.Day.String(), parcel.Digest
	if !parcel.Digest {
		load[parcel.Day]++
		return l.store.addDelivery(ctx, tx, d, r.ID)
	}
	d.Template, d.CaseID, d.Hidden = templateDigest, 0, false
	for {
		d.Key = "d" + d.Day + "-" + string(p.Way) + "-" + short(p.ID)
		joined, err := l.store.joinDigest(ctx, tx, d, r.ID)
		if err != nil || joined {
			return err
		}
		parcel = rule.digest(parcel.Day.Add(1), l.contacts[p.StaffID].Quiet, l.cal) // that day's has gone
		d.NextAt, d.Day = parcel.At, parcel.Day.String()
	}
}

// load counts the single messages to an address, by day.
func (l *look) load(ctx context.Context, tx db.Tx, p point) (map[calendar.Date]int, error) {
	k := outlet{p.ID, p.Way}
	if known, ok := l.loads[k]; ok {
		return known, nil
	}
	load, err := l.store.load(ctx, tx, k, calendar.On(l.now))
	l.loads[k] = load
	return load, err
}

// short writes an id for a key.
func short(id int64) string { return strconv.FormatInt(id, 36) }
