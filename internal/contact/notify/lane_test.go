package notify

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/sender"
)

// TestAccepted: the word that the carrier has a message ends the doubt about
// it, also when a person was asked already; nothing is sent again.
func TestAccepted(t *testing.T) {
	for name, wait := range map[string]time.Duration{"in time": 0, "when it was stuck": 2 * reportWait} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				out := &carrier{way: sender.SMS, fail: func(sender.Message, int) error { return sender.Lost(errDown) }}
				w, s := queued(t, d, out)
				s.deliver(t)
				w.clock.Advance(wait)
				s.deliver(t)
				key := out.sent()[0].Key
				for range 2 {
					if err := s.Take(t.Context(), sender.Report{Way: sender.SMS, Key: key, ID: "smsc-7", Status: sender.Accepted}); err != nil {
						t.Fatal(err)
					}
				}
				w.clock.Advance(2 * reportWait)
				s.deliver(t)
				if got := s.only(t, sender.SMS); got.State != Sent || got.Class != NoError || got.CarrierID != "smsc-7" || got.SentAt.IsZero() {
					t.Errorf("%+v", got)
				}
				if n := len(out.sent()); n != 1 {
					t.Errorf("%d sent", n)
				}
				if err := s.Take(t.Context(), sender.Report{Way: sender.SMS, ID: "smsc-7", Status: sender.Delivered}, sender.Report{Way: sender.SMS, Key: key, Status: sender.Accepted}); err != nil {
					t.Fatal(err)
				}
				if got := s.only(t, sender.SMS).State; got != Delivered {
					t.Errorf("then %s", got)
				}
			})
		})
	}
}

// ringing is a telephone that nobody picks up until the test ends.
type ringing struct {
	*carrier
	until <-chan struct{}
}

func (r ringing) Send(ctx context.Context, m sender.Message) (sender.Receipt, error) {
	<-r.until
	return r.carrier.Send(ctx, m)
}

// TestCallsHoldNothingBack: while every line is busy, messages go.
func TestCallsHoldNothingBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		hangUp := make(chan struct{})
		call, sms := ringing{&carrier{way: sender.Phone}, hangUp}, &carrier{way: sender.SMS}
		s := w.service(d, call, sms)
		w.put(caseIn(1, Overdue, tuesday))
		put := func(way sender.Way, n int) {
			var b db.Batch
			for range n {
				id := w.Next()
				enqueue(&b, delivery{ID: id, Key: "n" + short(id), Way: way, Template: "notice.receipt", CaseID: 1, State: Queued, NextAt: tuesday, Day: "2026-03-03"})
			}
			if err := d.Send(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
		}
		put(sender.Phone, 20)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.Run(ctx, 10*time.Millisecond) }()
		time.Sleep(50 * time.Millisecond) // every line rings
		put(sender.SMS, 20)
		for range 500 {
			if len(sms.sent()) == 20 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if n := len(sms.sent()); n != 20 || len(call.sent()) != 0 {
			t.Errorf("%d messages, %d calls", n, len(call.sent()))
		}
		stop()
		close(hangUp)
		<-done
	})
}

// TestNoticesOfTheLaw: these steps are told to the petitioner, once, and what
// is said holds the number and nothing else of the matter; all others are not.
func TestNoticesOfTheLaw(t *testing.T) {
	told := strings.Fields(`registered forwarded assigned accepted material_requested extension_ruled made_ordinary declined diverted served replied
		concluded dismissed ended interim_named dispute_settled rerouted request_diverted route_explained mediation_proposed taken_up hearing_opened
		review_noted redo_ordered finalised park_ruled resumed converted related unrelated reply_shared`)
	number := regexp.MustCompile(`MC26-[0-9A-Z]{4}-[0-9A-Z]{4}`)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		out := &carrier{way: sender.SMS}
		s := w.service(d, out)
		for i, kind := range casework.EventKinds() {
			c := caseIn(int64(i+1), Overdue, tuesday)
			c.Extended, c.Finalised, c.Offered = 30, kind == "finalised", true
			if kind == "park_ruled" {
				c.State = casework.Parked
			}
			w.put(c)
			before := len(out.sent())
			for range 2 {
				s.hears(t, int64(7000+i), c.ID, "case."+string(kind))
				s.deliver(t)
			}
			got := out.sent()[before:]
			if want := slices.Contains(told, string(kind)); want != (len(got) == 1) || len(got) > 1 {
				t.Errorf("%s: %d messages", kind, len(got))
				continue
			}
			for _, m := range got {
				if m.URL != "https://xq.example/follow?no="+c.No || number.FindString(m.Text) != c.No || strings.Contains(m.Text+m.Title, "电梯") {
					t.Errorf("%s: %+v", kind, m)
				}
				if rest := number.ReplaceAllString(m.Text, ""); strings.ContainsAny(rest, "0123456789") || strings.Contains(rest, "notify.") || strings.Contains(rest, "⟦") {
					t.Errorf("%s: %s", kind, m.Text)
				}
			}
		}
	})
}

// TestDirectiveArrives: a supervision or an instruction is laid before the
// handler and the unit's head, once each, however often it is heard of; when it
// is dropped nothing more is said.
func TestDirectiveArrives(t *testing.T) {
	for clock, event := range map[casework.Clock]string{casework.Supervision: "case.supervised", casework.Instruction: "case.instructed"} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newWorld(tuesday)
			s := w.service(d)
			c := caseIn(1, Arrived, tuesday)
			c.State = casework.Accepted
			o := &c.Obligations[0]
			o.Clock, o.Ref, o.DueAt, o.WarnAt = clock, 7, tuesday.AddDate(0, 0, 15), tuesday.AddDate(0, 0, 12)
			w.put(c)
			for range 3 {
				s.hears(t, 1, 1, event)
				s.look(t)
			}
			equal(t, string(clock), s.of(t, 1), []string{"inapp 赵经办 arrived delivered", "inapp 钱局长 arrived delivered"})
			o.ClosedAt = tuesday
			w.put(c)
			w.clock.Advance(30 * 24 * time.Hour)
			s.hears(t, 2, 1, "case.directive_dropped")
			s.look(t)
			if got := s.of(t, 1); len(got) != 2 {
				t.Errorf("after it was dropped: %q", got)
			}
		})
	}
}
