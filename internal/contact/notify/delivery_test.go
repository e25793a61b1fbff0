package notify

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/sender"
)

// queued makes a world in which one message waits to go by SMS.
func queued(t *testing.T, d *db.DB, out sender.Sender) (*world, *Service) {
	t.Helper()
	w := newWorld(tuesday)
	s := w.service(d, out)
	s.reachable(t, handlerID)
	s.setMatrix(t, calm(Overdue, Handler, Cell{Ways: []sender.Way{sender.SMS}}))
	w.put(caseIn(1, Overdue, tuesday))
	s.hears(t, 1, 1, "case.lapsed")
	s.look(t)
	return w, s
}

// TestRetry: what the carrier did not take is tried again, later and later,
// and in the end a person is asked.
func TestRetry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		out := &carrier{way: sender.SMS, fail: func(sender.Message, int) error { return sender.Later("503", 0, errDown) }}
		w, s := queued(t, d, out)
		tries := 0
		for range 4000 {
			before := s.only(t, sender.SMS)
			s.deliver(t)
			after := s.only(t, sender.SMS)
			if after.Attempts > before.Attempts {
				tries++
				if after.State == Queued && after.NextAt.Sub(w.clock.Now()) != backoff(after.ID, after.Attempts) {
					t.Fatalf("try %d waits %v", tries, after.NextAt.Sub(w.clock.Now()))
				}
			}
			if after.State != Queued {
				break
			}
			w.clock.Advance(time.Minute)
		}
		got := s.only(t, sender.SMS)
		if tries != mostTries || got.State != Stuck || got.Class != Exhausted || got.Code != "503" {
			t.Fatalf("%d tries, %+v", tries, got)
		}
		// The outage ends: a person sends it again, once.
		out.fail = nil
		if err := s.Retry(ctxOf(adminID), got.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Retry(ctxOf(adminID), got.ID); !errors.Is(err, errMoved) {
			t.Errorf("twice: %v", err)
		}
		s.deliver(t)
		s.deliver(t)
		if again := s.only(t, sender.SMS); again.State != Sent || again.Key == got.Key || len(out.sent()) != 1 {
			t.Errorf("%d sent, %+v", len(out.sent()), again)
		}
	})
}

// TestRetryAfter: a carrier that says how long to wait is believed.
func TestRetryAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		out := &carrier{way: sender.SMS, fail: func(sender.Message, int) error { return sender.Later("429", 3*time.Hour, nil) }}
		w, s := queued(t, d, out)
		s.deliver(t)
		if got := s.only(t, sender.SMS); !got.NextAt.Equal(w.clock.Now().Add(3 * time.Hour)) {
			t.Errorf("next at %v", got.NextAt)
		}
	})
}

// crash claims the message and has the carrier take it, as a worker does that
// is killed before it can note the receipt.
func crash(t *testing.T, s *Service, out sender.Sender) {
	t.Helper()
	err := s.DB.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		mine, err := s.store.claim(ctx, tx, s.Clock.Now(), messages, 1)
		if err != nil || len(mine) != 1 {
			t.Fatalf("claimed %d, %v", len(mine), err)
		}
		_, err = out.Send(ctx, sender.Message{Key: mine[0].Key})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestKilledWhileSending: a message of which nobody knows whether it left is
// never sent twice: it is asked for, or sent again where the carrier drops
// what it has, or waits for a report and then for a person.
func TestKilledWhileSending(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		base := &carrier{way: sender.SMS}
		w, s := queued(t, d, base)
		crash(t, s, base)
		s.deliver(t)
		if len(base.sent()) != 1 {
			t.Fatal("another worker took it within the lease")
		}
		w.clock.Advance(lease)
		s.deliver(t)
		if got := s.only(t, sender.SMS); got.State != Sending || got.Class != Unknown {
			t.Fatalf("after the lease: %+v", got)
		}
		w.clock.Advance(reportWait)
		s.deliver(t)
		if got := s.only(t, sender.SMS); got.State != Stuck || got.Class != Unknown || len(base.sent()) != 1 {
			t.Fatalf("%d sent, %+v", len(base.sent()), got)
		}
		// The report comes after all.
		if err := s.Take(t.Context(), sender.Report{Way: sender.SMS, Key: base.sent()[0].Key, Status: sender.Delivered}); err != nil {
			t.Error(err)
		}
		if got := s.only(t, sender.SMS); got.State != Delivered {
			t.Errorf("after the report: %s", got.State)
		}
	})
}

// TestInquiry: a carrier that can be asked decides.
func TestInquiry(t *testing.T) {
	for name, tc := range map[string]struct {
		answer error
		sends  int
		state  State
	}{
		"it was delivered":  {nil, 1, Delivered},
		"it never arrived":  {sender.ErrUnheard, 2, Sent},
		"it is on its way":  {sender.ErrUndecided, 1, Sending},
		"the line is down":  {sender.Later("503", 0, errDown), 1, Sending},
		"no answer at all":  {sender.Lost(errDown), 1, Sending},
		"nobody knows what": {errDown, 1, Sending},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				base := &carrier{way: sender.SMS}
				out := asking{base, func(q sender.Sent) (sender.Report, error) {
					if q.To == "" || q.At.IsZero() {
						t.Errorf("asked for %+v", q)
					}
					return sender.Report{ID: "77", Status: sender.Delivered}, tc.answer
				}}
				w, s := queued(t, d, out)
				crash(t, s, out)
				w.clock.Advance(lease)
				s.deliver(t)
				if got := s.only(t, sender.SMS); got.State != tc.state || len(base.sent()) != tc.sends {
					t.Fatalf("%d sent, %+v", len(base.sent()), got)
				}
				for range 20 { // a question that is never answered goes to a person
					w.clock.Advance(longestWait * 2)
					s.deliver(t)
				}
				if got := s.only(t, sender.SMS); tc.state == Sending && (got.State != Stuck || got.Class != Unknown) || len(base.sent()) != tc.sends {
					t.Errorf("in the end %d sent, %+v", len(base.sent()), got)
				}
			})
		})
	}
}

// TestLostAnswer: no answer from a carrier that drops repeated keys means the
// same key again.
func TestLostAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		base := &carrier{way: sender.SMS, fail: func(_ sender.Message, try int) error {
			if try == 1 {
				return sender.Lost(errDown)
			}
			return nil
		}}
		w, s := queued(t, d, deduping{base})
		s.deliver(t)
		if got := s.only(t, sender.SMS); got.State != Sending || got.Class != Unknown {
			t.Fatalf("%+v", got)
		}
		w.clock.Advance(longestWait)
		s.deliver(t)
		got := base.sent()
		if len(got) != 2 || got[0].Key != got[1].Key || s.only(t, sender.SMS).State != Sent {
			t.Errorf("%+v", got)
		}
	})
}

// TestRefusal: what a carrier refuses goes to a person, a dead address is
// forgotten.
func TestRefusal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		out := &carrier{way: sender.SMS, fail: func(sender.Message, int) error { return sender.Refused("isv.BLACK", nil) }}
		_, s := queued(t, d, out)
		s.deliver(t)
		got := s.only(t, sender.SMS)
		if got.State != Stuck || got.Class != Refused || got.Code != "isv.BLACK" {
			t.Fatalf("%+v", got)
		}
		var no *fault.Error
		if err := s.Another(ctxOf(adminID), got.ID, sender.Mail); !errors.As(err, &no) {
			t.Errorf("by a way that is closed: %v", err)
		}
		if err := s.Dismiss(ctxOf(bureauID), got.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Dismiss(ctxOf(headID), got.ID); !errors.Is(err, errNotYours) {
			t.Errorf("by a unit's head: %v", err)
		}
		if got = s.only(t, sender.SMS); got.State != Failed || got.Class != Unwanted {
			t.Errorf("%+v", got)
		}
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		out := &carrier{way: sender.SMS, fail: func(sender.Message, int) error { return sender.Dead("410", nil) }}
		_, s := queued(t, d, out)
		s.deliver(t)
		if got := s.only(t, sender.SMS); got.State != Failed || got.Class != DeadAddress {
			t.Errorf("%+v", got)
		}
		if k, _ := s.Mine(ctxOf(handlerID)); len(k.of(sender.SMS, handlerID)) != 0 {
			t.Error("the dead address is kept")
		}
	})
}

// TestAnotherWay: a stuck message goes by another way in its place.
func TestAnotherWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		sms := &carrier{way: sender.SMS, fail: func(sender.Message, int) error { return sender.Refused("9", nil) }}
		mail := &carrier{way: sender.Mail}
		s := w.service(d, sms, mail)
		s.reachable(t, handlerID)
		s.setMatrix(t, calm(Overdue, Handler, Cell{Ways: []sender.Way{sender.SMS}}))
		w.put(caseIn(1, Overdue, tuesday))
		s.hears(t, 1, 1, "case.lapsed")
		s.look(t)
		s.deliver(t)
		lines, _, err := s.Outgoing(ctxOf(adminID), Stuck, 0)
		if err != nil || len(lines) != 1 || lines[0].To != "赵经办" || lines[0].Mask != "138****0000" {
			t.Fatalf("%+v, %v", lines, err)
		}
		if err := s.Another(ctxOf(adminID), lines[0].ID, sender.Mail); err != nil {
			t.Fatal(err)
		}
		s.deliver(t)
		if len(mail.sent()) != 1 {
			t.Error("no mail went")
		}
		equal(t, "both", s.of(t, 1), []string{"inapp 赵经办 overdue delivered", "mail 赵经办 overdue sent", "sms 赵经办 overdue failed"})
	})
}

// TestReports: receipts move a message forward, never back, whatever order
// they come in; one that comes before our own note is asked for again.
func TestReports(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		out := &carrier{way: sender.SMS}
		_, s := queued(t, d, out)
		if err := s.DB.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := s.store.claim(ctx, tx, s.Clock.Now(), messages, 1)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Take(t.Context(), sender.Report{Way: sender.SMS, ID: "carrier-x", Status: sender.Delivered}); !errors.Is(err, errEarly) {
			t.Errorf("an early report: %v", err)
		}
		if err := s.store.putBack(t.Context(), delivery{ID: s.only(t, sender.SMS).ID, Attempts: 1}, s.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		s.deliver(t)
		id := s.only(t, sender.SMS).CarrierID
		report := func(st sender.Status) {
			if err := s.Take(t.Context(), sender.Report{Way: sender.SMS, ID: id, Status: st}, sender.Report{Way: sender.SMS, ID: "nobody's", Status: st}); err != nil {
				t.Error(err)
			}
		}
		for _, step := range []struct {
			report sender.Status
			want   State
		}{{sender.Delivered, Delivered}, {sender.Delivered, Delivered}, {sender.Failed, Delivered}, {sender.Read, Read}, {sender.Delivered, Read}} {
			report(step.report)
			if got := s.only(t, sender.SMS).State; got != step.want {
				t.Errorf("after %s: %s", step.report, got)
			}
		}
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		out := &carrier{way: sender.SMS}
		_, s := queued(t, d, out)
		s.deliver(t)
		if err := s.Take(t.Context(), sender.Report{Way: sender.SMS, Key: out.sent()[0].Key, Status: sender.Failed, Detail: "UNDELIV"}); err != nil {
			t.Fatal(err)
		}
		if got := s.only(t, sender.SMS); got.State != Stuck || got.Class != Undelivered || got.Code != "UNDELIV" {
			t.Errorf("%+v", got)
		}
	})
}

// TestManyWorkers: two processes with several workers each send every message
// once.
func TestManyWorkers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		out := &carrier{way: sender.SMS}
		a, b := w.service(d, out), w.service(d, out)
		var batch db.Batch
		w.put(caseIn(1, Overdue, tuesday))
		for i := range 150 {
			enqueue(&batch, delivery{ID: w.Next(), Key: "n" + short(int64(i)), Way: sender.SMS, Template: "notice.receipt", CaseID: 1, State: Queued, NextAt: tuesday, Day: "2026-03-03"})
		}
		if err := d.Send(t.Context(), &batch); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var both sync.WaitGroup
		for _, s := range []*Service{a, b} {
			both.Go(func() { s.Run(ctx, 20*time.Millisecond) })
		}
		for range 600 {
			if len(out.sent()) >= 150 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond)
		stop()
		both.Wait()
		keys := map[string]bool{}
		for _, m := range out.sent() {
			keys[m.Key] = true
		}
		if len(keys) != 150 || len(out.sent()) != 150 {
			t.Errorf("%d messages of %d keys", len(out.sent()), len(keys))
		}
	})
}

// TestNotices: petitioners are told of every step that the law names, once, by
// number and link only; what history brings in is not news.
func TestNotices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		sms := &carrier{way: sender.SMS}
		s := w.service(d, sms)
		c := caseIn(1, Soon, tuesday)
		c.Extended, c.Finalised, c.Offered, c.State = 15, true, true, casework.Parked
		w.put(c)
		n := int64(0)
		for kind := range notices {
			n++
			s.hears(t, n, 1, kind)
			s.hears(t, n, 1, kind) // delivered again
		}
		s.deliver(t)
		if len(sms.sent()) != len(notices) || len(w.calls) != len(notices) {
			t.Errorf("%d messages, %d numbers opened, %d kinds", len(sms.sent()), len(w.calls), len(notices))
		}
		for _, m := range sms.sent() {
			if !strings.Contains(m.Text, c.No) || strings.Contains(m.Text, "电梯") || strings.Contains(m.Text, "⟦") || m.URL != "https://xq.example/follow?no="+c.No {
				t.Errorf("%+v", m)
			}
		}
		// The phone is nowhere in the table.
		rows, err := db.List(t.Context(), d.Read(), scanDelivery, `SELECT `+deliveryColumns+` FROM delivery`)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.StaffID != 0 || r.PointID != 0 {
				t.Errorf("%+v", r)
			}
		}
		// History, imports and the anonymous get nothing.
		old := jobs.Event{ID: 900, Kind: "case.accepted", Subject: 1, At: tuesday.Add(-noticeAge - time.Hour)}
		imported, anonymous := c, c
		imported.ID, imported.Channel = 2, casework.Imported
		anonymous.ID, anonymous.PetitionerID = 3, 0
		w.put(imported)
		w.put(anonymous)
		err = d.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return s.heard(ctx, tx, []jobs.Event{old, {ID: 901, Kind: "case.accepted", Subject: 2, At: tuesday}, {ID: 902, Kind: "case.accepted", Subject: 3, At: tuesday}})
		})
		if err != nil {
			t.Fatal(err)
		}
		s.deliver(t)
		if len(sms.sent()) != len(notices) {
			t.Errorf("told of history: %d", len(sms.sent()))
		}
	})
}

// TestChoice: a petitioner chooses how to hear, in which language, or not at
// all; a window that closes is told three days before.
func TestChoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		all := carriers()
		s := w.service(d, list(all)...)
		c := caseIn(1, Soon, tuesday)
		c.State, c.ClosedAt, c.Obligations = casework.Concluded, tuesday, nil
		w.put(c)
		ctx := access.With(t.Context(), access.Actor{Role: access.Petitioner, CaseID: 1})
		if err := s.Choose(ctx, 1, sender.Mail, "", "zh"); err == nil {
			t.Error("mail without an address")
		}
		if err := s.Choose(ctx, 1, sender.Mail, "me@example.org", i18n.EN); err != nil {
			t.Fatal(err)
		}
		s.hears(t, 1, 1, "case.concluded")
		s.deliver(t)
		got := all[sender.Mail].sent()
		if len(got) != 1 || got[0].To != "me@example.org" || got[0].Lang != "en" || !strings.Contains(got[0].Text, "concluded") {
			t.Fatalf("%+v", got)
		}
		until := w.Rules().ContestUntil(c)
		w.clock.Set(until.AddDate(0, 0, -closingDays).Add(10 * time.Hour))
		s.deliver(t)
		if got = all[sender.Mail].sent(); len(got) != 2 || !strings.Contains(got[1].Text, "three days") {
			t.Errorf("%+v", got)
		}
		w.clock.Set(tuesday)
		if err := s.Choose(ctx, 1, "", "", "zh"); err != nil {
			t.Fatal(err)
		}
		s.hears(t, 2, 1, "case.concluded")
		s.deliver(t)
		if len(all[sender.Mail].sent())+len(all[sender.SMS].sent()) != 2 {
			t.Error("told against the wish")
		}
	})
}

// TestClosingIsMoot: who has contested meanwhile is not told of the window.
func TestClosingIsMoot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		sms := &carrier{way: sender.SMS}
		s := w.service(d, sms)
		c := caseIn(1, Soon, tuesday)
		c.State, c.ClosedAt = casework.Concluded, tuesday
		w.put(c)
		s.hears(t, 1, 1, "case.concluded")
		s.deliver(t)
		c.State, c.ClosedAt = casework.Registered, time.Time{}
		w.put(c)
		w.clock.Advance(60 * 24 * time.Hour)
		s.deliver(t)
		if len(sms.sent()) != 1 {
			t.Errorf("%d messages", len(sms.sent()))
		}
	})
}

// TestCode: a one-time code goes at once by SMS, or says that it cannot.
func TestCode(t *testing.T) {
	d := dbtest.SQLite(t)
	w := newWorld(tuesday)
	sms := &carrier{way: sender.SMS}
	ctx := i18n.With(t.Context(), words, "zh")
	if err := w.service(d, sms).SendCode(ctx, "13900000001", "123456"); err != nil {
		t.Fatal(err)
	}
	if got := sms.sent(); len(got) != 1 || got[0].To != "13900000001" || !strings.Contains(got[0].Text, "123456") || got[0].Fields["code"] != "123456" {
		t.Errorf("%+v", got)
	}
	if err := w.service(d).SendCode(ctx, "13900000001", "123456"); err == nil {
		t.Error("sent without a carrier")
	}
}

// TestMatrixVersions: each save is a version, an older editor is refused, an
// area's own matrix goes before the city's, only those in charge may.
func TestMatrixVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		s := w.service(d)
		admin := ctxOf(adminID)
		if err := s.SetMatrix(admin, 0, 0, DefaultMatrix()); err != nil {
			t.Fatal(err)
		}
		if err := s.SetMatrix(admin, 0, 0, DefaultMatrix()); !errors.Is(err, errMoved) {
			t.Errorf("an older editor: %v", err)
		}
		own := calm(Overdue, Bureau, Cell{Ways: []sender.Way{sender.InApp}})
		if err := s.SetMatrix(ctxOf(bureauID), unitCity, 0, own); err != nil {
			t.Fatal(err)
		}
		for id, may := range map[int64]bool{headID: false, convenorID: false, bureauID: false, adminID: true} {
			if err := s.SetMatrix(ctxOf(id), 0, 1, DefaultMatrix()); (err == nil) != may {
				t.Errorf("%s for the whole city: %v", everybody[id].Name, err)
			}
		}
		w.put(caseIn(1, Overdue, tuesday))
		s.hears(t, 1, 1, "case.lapsed")
		s.look(t)
		equal(t, "by the area's own", s.of(t, 1), []string{"inapp 孙局长 overdue delivered"})
		p, err := s.DryRun(ctxOf(bureauID), unitCity, calm(Overdue, UnitHead, Cell{Ways: []sender.Way{sender.InApp}}))
		if err != nil || p.Ways[sender.InApp] != 1 || p.Cells[Overdue][UnitHead][sender.InApp] != 1 || p.Cases != 1 {
			t.Errorf("preview %+v, %v", p, err)
		}
		equal(t, "a preview sends nothing", s.of(t, 1), []string{"inapp 孙局长 overdue delivered"})
		if list, err := s.Versions(admin, 0); err != nil || len(list) != 2 {
			t.Errorf("%d versions, %v", len(list), err)
		}
	})
}
