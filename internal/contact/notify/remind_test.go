package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/sender"
)

// TestEveryCell: each cell of the matrix, condition × way × level, causes
// exactly its own deliveries and nothing else.
func TestEveryCell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		s := w.service(d, list(carriers())...)
		s.reachable(t, handlerID, headID, bureauID, convenorID)
		id := int64(100)
		for _, c := range Conditions {
			for _, l := range Levels {
				for _, way := range Ways {
					id++
					m := one(c, l, Cell{Ways: []sender.Way{way}})
					s.setMatrix(t, m)
					w.put(caseIn(id, c, w.clock.Now()))
					s.hears(t, id, id, "case.lapsed")
					s.look(t)
					who := everybody[byLevel[l]].Name
					want := []string{"inapp " + who + " " + string(c) + " delivered"}
					if way != sender.InApp {
						want = append(want, string(way)+" "+who+" "+string(c)+" queued")
					}
					equal(t, fmt.Sprintf("%s × %s × %s", c, way, l), s.of(t, id), want)
				}
			}
		}
		w.clock.Advance(time.Second)
		s.deliver(t)
		for _, out := range s.Senders {
			if got := len(out.(*carrier).sent()); got != len(Conditions)*len(Levels) {
				t.Errorf("%s sent %d", out.Way(), got)
			}
		}
	})
}

// calm is a matrix without quiet hours and caps: one cell that sends by SMS.
func calm(c Condition, l Level, cell Cell) Matrix {
	m := one(c, l, cell)
	m.Rules = map[sender.Way]Rule{}
	return m
}

// TestOnce: however often an event comes and whoever looks, a reminder is
// given once.
func TestOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		sms := &carrier{way: sender.SMS}
		a, b := w.service(d, sms), w.service(d, sms)
		a.reachable(t, handlerID)
		a.setMatrix(t, calm(Overdue, Handler, Cell{Ways: []sender.Way{sender.SMS}}))
		for id := int64(1); id <= 120; id++ {
			w.put(caseIn(id, Overdue, tuesday))
			a.hears(t, id, id, "case.lapsed")
		}
		var both sync.WaitGroup
		for _, s := range []*Service{a, b, a, b} {
			both.Go(func() {
				for range 3 {
					if err := s.Look(context.WithoutCancel(t.Context())); err != nil && !db.IsBusy(err) {
						t.Error(err)
					}
				}
			})
		}
		both.Wait()
		for id := int64(1); id <= 120; id++ {
			a.hears(t, id, id, "case.lapsed") // delivered again
		}
		a.look(t)
		var workers sync.WaitGroup
		for _, s := range []*Service{a, b, a, b} {
			workers.Go(func() {
				if err := s.Deliver(context.WithoutCancel(t.Context())); err != nil && !db.IsBusy(err) {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		a.deliver(t)
		keys := map[string]int{}
		for _, m := range sms.sent() {
			keys[m.Key]++
			if !sender.ValidKey(m.Key) {
				t.Errorf("key %q", m.Key)
			}
		}
		if len(keys) != 120 || len(sms.sent()) != 120 {
			t.Errorf("%d messages of %d keys", len(sms.sent()), len(keys))
		}
	})
}

// TestEscalationAndStop: level after level, repeated as set, and silent as
// soon as the duty is done, moot or parked, even for what was queued already.
func TestEscalationAndStop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		sms := &carrier{way: sender.SMS}
		s := w.service(d, sms)
		s.reachable(t, handlerID, headID, bureauID, convenorID)
		m := Matrix{Cells: map[Condition]map[Level]Cell{Overdue: {
			UnitHead: {Ways: []sender.Way{sender.SMS}, Every: 7, Most: 3}, Bureau: {Ways: []sender.Way{sender.SMS}, After: 3}, Convenor: {Ways: []sender.Way{sender.SMS}, After: 5},
		}}}
		s.setMatrix(t, m)
		for id := int64(1); id <= 3; id++ {
			w.put(caseIn(id, Overdue, tuesday))
			s.hears(t, id, id, "case.lapsed")
		}
		told := func() (out []string) {
			s.look(t)
			s.deliver(t)
			rows, err := db.List(t.Context(), d.Read(), scanReminder, `SELECT id, case_id, duty_seq, due_at, condition, level, step, at, since_at, unit_id, area_id FROM reminder WHERE case_id = 1 ORDER BY id`)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				out = append(out, fmt.Sprintf("%s %d %s", r.Level, r.Number, calendar.On(r.At)))
			}
			return out
		}
		if got := told(); !slices.Equal(got, []string{"head 1 2026-03-03"}) {
			t.Fatalf("at once: %v", got)
		}
		// The second is done, the third parked.
		done := w.cases[2]
		done.Obligations = slices.Clone(done.Obligations)
		done.Obligations[0].ClosedAt = w.clock.Now()
		w.put(done)
		parked := w.cases[3]
		parked.State = casework.Parked
		w.put(parked)
		var got []string
		for range 40 {
			w.clock.Advance(12 * time.Hour)
			got = told()
		}
		want := []string{"head 1 2026-03-03", "bureau 1 2026-03-06", "head 2 2026-03-10", "convenor 1 2026-03-10", "head 3 2026-03-17"}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%v\nexpected %v", got, want)
		}
		if n := len(sms.sent()); n != len(want)+2 {
			t.Errorf("%d messages", n)
		}
		left, err := db.One(t.Context(), d.Read(), db.Value[int64], `SELECT COUNT(*) FROM reminder_watch`)
		if err != nil || left != 0 {
			t.Errorf("%d cases are still watched, %v", left, err)
		}
	})
}

// TestMootBeforeItGoes: a message that waits for the morning is dropped when
// the duty is done in the meantime, and its digest speaks of the rest.
func TestMootBeforeItGoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		night := china("2026-03-03", 23, 0)
		w := newWorld(night)
		sms, post := &carrier{way: sender.SMS}, &carrier{way: sender.Mail}
		s := w.service(d, sms, post)
		s.reachable(t, handlerID)
		m := one(Overdue, Handler, Cell{Ways: []sender.Way{sender.SMS, sender.Mail}})
		m.Rules = DefaultMatrix().Rules
		s.setMatrix(t, m)
		for id := int64(1); id <= 3; id++ {
			w.put(caseIn(id, Overdue, night))
			s.hears(t, id, id, "case.lapsed")
		}
		s.look(t)
		s.deliver(t)
		if len(sms.sent())+len(post.sent()) != 0 {
			t.Fatal("sent at night")
		}
		done := w.cases[1]
		done.State, done.Obligations = casework.Archived, nil
		w.put(done)
		w.clock.Set(china("2026-03-04", 8, 0))
		s.deliver(t)
		if len(sms.sent()) != 2 || len(post.sent()) != 0 {
			t.Errorf("at eight: %d by SMS, %d by mail", len(sms.sent()), len(post.sent()))
		}
		w.clock.Set(china("2026-03-04", 8, 30))
		s.deliver(t)
		if got := post.sent(); len(got) != 1 || !strings.Contains(got[0].Title, "2") || got[0].Template != templateDigest {
			t.Errorf("digest: %+v", got)
		}
		// A late one joins the next day's, since that day's has gone.
		w.put(caseIn(4, Overdue, w.clock.Now()))
		s.hears(t, 4, 4, "case.lapsed")
		s.look(t)
		w.clock.Set(china("2026-03-05", 8, 30))
		s.deliver(t)
		if len(post.sent()) != 2 {
			t.Errorf("%d mails on the second day", len(post.sent()))
		}
	})
}

// TestCap: beyond the cap of a day, what is left comes as one message the next
// day; urgent ones come at once.
func TestCap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		sms := &carrier{way: sender.SMS}
		s := w.service(d, sms)
		s.reachable(t, handlerID)
		m := one(Overdue, Handler, Cell{Ways: []sender.Way{sender.SMS}})
		m.Rules = map[sender.Way]Rule{sender.SMS: {PerDay: 3, DigestAt: 9 * 60, Urgent: true}}
		s.setMatrix(t, m)
		for id := int64(1); id <= 8; id++ {
			c := caseIn(id, Overdue, tuesday)
			if id == 8 {
				c.Urgency = casework.Red
			}
			w.put(c)
			s.hears(t, id, id, "case.lapsed")
		}
		s.look(t)
		s.deliver(t)
		if n := len(sms.sent()); n != 4 {
			t.Errorf("%d messages on the first day, expected 3 and the urgent one", n)
		}
		w.clock.Set(china("2026-03-04", 9, 0))
		s.deliver(t)
		if got := sms.sent(); len(got) != 5 || !strings.Contains(got[4].Text, "4") {
			t.Errorf("on the second day: %+v", got[4:])
		}
	})
}

// TestNobody: where nobody holds a post the next level is told, an alarm says
// so until somebody does.
func TestNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		s := w.service(d)
		s.setMatrix(t, calm(Overdue, UnitHead, Cell{Ways: []sender.Way{sender.InApp}}))
		w.fire(headID)
		w.put(caseIn(1, Overdue, tuesday))
		s.hears(t, 1, 1, "case.lapsed")
		s.look(t)
		equal(t, "falls to the bureau", s.of(t, 1), []string{"inapp 孙局长 overdue delivered"})
		alarms, err := s.Alarms(ctxOf(adminID))
		if err != nil || len(alarms) != 1 || alarms[0].UnitID != unitSchool || alarms[0].Role != string(access.UnitHead) {
			t.Fatalf("alarms %+v, %v", alarms, err)
		}
		w.fire(bureauID)
		w.fire(convenorID)
		w.put(caseIn(2, Overdue, tuesday))
		s.hears(t, 2, 2, "case.lapsed")
		s.look(t)
		if got := s.of(t, 2); len(got) != 0 {
			t.Errorf("told %v", got)
		}
		if alarms, _ = s.Alarms(ctxOf(adminID)); len(alarms) != 3 {
			t.Errorf("alarms %+v", alarms)
		}
		w.hire(headID) // the alarm ends, the reminder comes
		w.clock.Advance(lookAgain)
		s.look(t)
		equal(t, "after the hire", s.of(t, 2), []string{"inapp 钱局长 overdue delivered"})
		if alarms, _ = s.Alarms(ctxOf(adminID)); len(alarms) != 2 {
			t.Errorf("alarms %+v", alarms)
		}
	})
}

// TestAccusation: of a case in the confidential lane only cleared people hear
// who are not of the accused unit, and no message says what it is about.
func TestAccusation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		all := carriers()
		s := w.service(d, list(all)...)
		w.hire(clearedID)
		w.hire(housingHeadID)
		s.reachable(t, handlerID, headID, bureauID, convenorID, clearedID, housingHeadID)
		m := Matrix{Cells: map[Condition]map[Level]Cell{}, Rules: map[sender.Way]Rule{}}
		for _, c := range Conditions {
			m.Cells[c] = map[Level]Cell{}
			for _, l := range Levels {
				m.Cells[c][l] = Cell{Ways: Ways}
			}
		}
		s.setMatrix(t, m)
		c := caseIn(1, Overdue, tuesday)
		c.Title, c.Nature, c.Lane, c.BarredUnitID = "反映吴局长收受礼品", casework.R1, access.LaneConfidential, unitHousing
		c.LeadUnitID = unitHousing // even if it was sent to the accused by mistake
		c.Obligations[0].UnitID = unitHousing
		w.put(c)
		s.hears(t, 1, 1, "case.lapsed")
		s.look(t)
		for _, line := range s.of(t, 1) {
			if !strings.Contains(line, "周保密") {
				t.Errorf("%s", line)
			}
		}
		if len(s.of(t, 1)) == 0 {
			t.Error("nobody was told")
		}
		w.clock.Advance(time.Minute)
		s.deliver(t)
		for way, out := range all {
			for _, sent := range out.sent() {
				text := fmt.Sprintf("%+v", sent)
				for _, secret := range []string{"反映", "收受", "吴局长", "幸福小区", "R1"} {
					if strings.Contains(text, secret) {
						t.Errorf("%s tells %q", way, secret)
					}
				}
			}
		}
		for _, id := range []int64{housingHeadID, headID, bureauID, convenorID, handlerID} {
			if items, _, err := s.Tray(ctxOf(id), false, 1<<62); err != nil || len(items) != 0 {
				t.Errorf("the tray of %s has %d, %v", everybody[id].Name, len(items), err)
			}
			if lines, _, err := s.Outgoing(ctxOf(id), "", 0); err == nil && len(lines) != 0 {
				t.Errorf("the log of %s has %d", everybody[id].Name, len(lines))
			}
		}
		// Who loses the clearance before a message goes gets none.
		c.ID, c.No = 2, casework.NewNumber("MC", 2026, 2)
		w.put(c)
		s.hears(t, 2, 2, "case.lapsed")
		s.look(t)
		w.mu.Lock()
		robbed := w.staff[clearedID]
		robbed.Cleared = false
		w.staff[clearedID] = robbed
		w.mu.Unlock()
		before := len(all[sender.SMS].sent())
		s.deliver(t)
		if n := len(all[sender.SMS].sent()); n != before {
			t.Error("told somebody who may no longer see it")
		}
		ctx := access.With(context.Background(), robbed)
		items, _, err := s.Tray(ctx, false, 1<<62)
		if err != nil || len(items) == 0 {
			t.Fatal(len(items), err)
		}
		for _, it := range items {
			if it.Case.ID != 0 || it.Case.Title != "" {
				t.Error("the tray shows what may no longer be seen")
			}
			if _, err := s.MarkRead(ctx, it.ID); err == nil {
				t.Error("and leads there")
			}
		}
	})
}

// TestWishes: a way that somebody has switched off is not used, an address
// that is not there neither; the tray always is.
func TestWishes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		s := w.service(d, list(carriers())...)
		s.setMatrix(t, calm(Overdue, Handler, Cell{Ways: Ways}))
		if err := s.SetMine(ctxOf(handlerID), Reach{Mobile: "13800000000", Mail: "x@example.org", Off: []sender.Way{sender.Phone, sender.InApp}}); err != nil {
			t.Fatal(err)
		}
		w.put(caseIn(1, Overdue, tuesday))
		s.hears(t, 1, 1, "case.lapsed")
		s.look(t)
		equal(t, "by wish", s.of(t, 1), []string{"inapp 赵经办 overdue delivered", "mail 赵经办 overdue queued", "sms 赵经办 overdue queued"})
		rows, err := db.List(t.Context(), d.Read(), scanPoint, `SELECT `+pointColumns+` FROM contact_point`)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range rows {
			if strings.Contains(string(p.sealed)+string(p.index)+p.Mask, "13800000000") || strings.Contains(p.Mask, "x@example.org") {
				t.Errorf("%s lies in clear: %s", p.Way, p.Mask)
			}
		}
		var wrong = Reach{Mobile: "0451-87654321", Mail: "nobody", OpenID: "x y"}
		if err := s.SetMine(ctxOf(handlerID), wrong); err == nil {
			t.Error("a landline, a word and a space pass")
		}
	})
}

// TestTray: pages, unread counts, reading; another's item is not there.
func TestTray(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		s := w.service(d)
		s.setMatrix(t, calm(Overdue, Handler, Cell{Ways: []sender.Way{sender.InApp}}))
		for id := int64(1); id <= trayPage+5; id++ {
			w.put(caseIn(id, Overdue, tuesday))
			s.hears(t, id, id, "case.lapsed")
		}
		s.look(t)
		me := ctxOf(handlerID)
		first, more, err := s.Tray(me, true, 1<<62)
		if err != nil || len(first) != trayPage || !more {
			t.Fatal(len(first), more, err)
		}
		rest, more, err := s.Tray(me, true, first[trayPage-1].ID)
		if err != nil || len(rest) != 5 || more {
			t.Fatal(len(rest), more, err)
		}
		no, err := s.MarkRead(me, first[0].ID)
		if err != nil || no != "/desk/cases/"+first[0].Case.No {
			t.Error(no, err)
		}
		if _, err := s.MarkRead(ctxOf(headID), first[1].ID); err == nil {
			t.Error("another's item was read")
		}
		if n, err := s.Unread(me); err != nil || n != trayPage+4 {
			t.Error(n, err)
		}
		if lines, _, err := s.Outgoing(ctxOf(adminID), Read, 0); err != nil || len(lines) != 1 {
			t.Errorf("%d read receipts, %v", len(lines), err)
		}
		if _, err := s.MarkRead(me, 0); err != nil {
			t.Error(err)
		}
		if n, _ := s.Unread(me); n != 0 {
			t.Errorf("%d unread", n)
		}
		w.clock.Advance(kept + time.Hour)
		if err := s.forget(t.Context()); err != nil {
			t.Error(err)
		}
		if items, _, _ := s.Tray(me, false, 1<<62); len(items) != 0 {
			t.Errorf("%d kept for ever", len(items))
		}
	})
}

// TestQueriesAreIndexed: what runs all the time runs on an index.
func TestQueriesAreIndexed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dbtest.Indexed(t, d, watchedQuery, int64(1), 10)
		dbtest.Indexed(t, d, claimQuery, int64(1), 10, 0)
		dbtest.Indexed(t, d, trayQuery, int64(1), int64(1), 10)
		dbtest.Indexed(t, d, unreadQuery, int64(1), int64(1), 10)
		dbtest.Indexed(t, d, pointsQuery, int64(1), int64(0))
		dbtest.Indexed(t, d, logInArea, int64(1), false, "", 10, int64(1))
	})
}
