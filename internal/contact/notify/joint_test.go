package notify

import (
	"context"
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/sender"
)

// crowd signed case 1: so many persons from 5001 on.
type crowd int64

func (n crowd) Signers(_ context.Context, _, after int64, limit int) (persons []int64, next int64, err error) {
	for i := after + 1; i <= int64(n) && len(persons) < limit; i++ {
		persons = append(persons, 5000+i)
		next = i
	}
	if next >= int64(n) {
		next = 0
	}
	return persons, next, nil
}

// TestSignersAreTold: the one reply goes to all who signed, once each; steps
// on the way go to the one who filed.
func TestSignersAreTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(tuesday)
		sms := &carrier{way: sender.SMS}
		s := w.service(d, sms)
		s.Signers = crowd(450)
		c := caseIn(1, Soon, tuesday)
		c.People = 451
		w.put(c)
		for _, told := range []struct {
			kind string
			all  int
		}{{"case.accepted", 1}, {"case.served", 1 + 451}, {"case.served", 1 + 451}} {
			s.hears(t, int64(len(told.kind)), 1, told.kind)
			for range 10 {
				s.deliver(t)
			}
			if got := len(sms.sent()); got != told.all {
				t.Errorf("%s: %d messages so far, expected %d", told.kind, got, told.all)
			}
		}
		n, err := db.One(t.Context(), d.Read(), db.Value[int64], `SELECT COUNT(DISTINCT person_id) FROM delivery WHERE person_id > 5000 AND state = 'sent'`)
		if err != nil || n != 450 {
			t.Errorf("%d persons told, %v", n, err)
		}
	})
}
