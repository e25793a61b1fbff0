package person

import (
	"context"
	"errors"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/seal"
)

// lane is a gate of the confidential lane: everybody cleared sees case 77.
type lane struct{}

func (lane) CaseOfPerson(_ context.Context, a access.Actor, _ int64) (int64, error) {
	if a.Cleared && a.UnitID != 9 {
		return 77, nil
	}
	return 0, nil
}

func (lane) Confidential(context.Context, int64) (bool, error) { return true, nil }

func TestCustody(t *testing.T) {
	asker := access.Actor{ID: 7, Role: access.BureauHead, Cleared: true}
	keeper := access.Actor{ID: 8, Role: access.BureauHead, Cleared: true}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(d, seal.Random(), new(counter), lane{})
		id := record(t, d, s, wang)
		ask := func(at time.Time) error {
			got, err := s.Reveal(t.Context(), asker, id, "向王小明核实", at)
			if err == nil && got != wang {
				t.Error("something else was opened")
			}
			return err
		}
		for range 2 {
			if err := ask(now); !errors.Is(err, ErrAsked) {
				t.Fatalf("opened without a custodian: %v", err)
			}
		}
		for who, a := range map[string]access.Actor{
			"clerk": {ID: 9, Role: access.BureauClerk, Cleared: true}, "uncleared": {ID: 9, Role: access.BureauHead}, "nobody": {},
		} {
			if _, err := s.Waiting(t.Context(), a, now); !errors.Is(err, ErrNotYours) {
				t.Errorf("%s is a custodian: %v", who, err)
			}
		}
		list, err := s.Waiting(t.Context(), keeper, now)
		if err != nil || len(list) != 1 || list[0].Reason != "向王小明核实" || list[0].AskedBy != 7 || list[0].CaseID != 77 {
			t.Fatalf("waiting %+v %v", list, err)
		}
		for who, a := range map[string]access.Actor{"the asker": asker, "who does not see the case": {ID: 10, Role: access.Inspector, Cleared: true, UnitID: 9}} {
			if own, err := s.Waiting(t.Context(), a, now); err != nil || len(own) != 0 {
				t.Errorf("%s sees %v %v", who, own, err)
			}
			if err := s.Decide(t.Context(), a, list[0].ID, true, now); !errors.Is(err, ErrDecided) {
				t.Errorf("%s decides: %v", who, err)
			}
		}
		if err := s.Decide(t.Context(), keeper, list[0].ID, false, now); err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(t.Context(), keeper, list[0].ID, true, now); !errors.Is(err, ErrDecided) {
			t.Errorf("decided twice: %v", err)
		}
		if err := ask(now); !errors.Is(err, ErrAsked) { // refused looks like undecided
			t.Errorf("after a refusal: %v", err)
		}
		if list, err = s.Waiting(t.Context(), keeper, now); err != nil || len(list) != 1 {
			t.Fatalf("asked anew: %v %v", list, err)
		}
		if seen, err := s.Disclosures(t.Context(), id); err != nil || len(seen) != 0 {
			t.Errorf("something was opened: %v %v", seen, err)
		}
		if err := s.Decide(t.Context(), keeper, list[0].ID, true, now); err != nil {
			t.Fatal(err)
		}
		if err := ask(now.Add(permitted - time.Minute)); err != nil {
			t.Errorf("allowed, and yet %v", err)
		}
		if err := ask(now.Add(permitted + time.Minute)); !errors.Is(err, ErrAsked) {
			t.Errorf("a permission that ran out: %v", err)
		}
		if seen, err := s.Revealed(t.Context(), access.Actor{ID: 1, Role: access.AuditAdmin}, 0, 10); err != nil || len(seen) != 1 || seen[0].Reason != "向王小明核实" {
			t.Errorf("the audit sees %v %v", seen, err)
		}
		if _, err := s.Revealed(t.Context(), keeper, 0, 10); !errors.Is(err, ErrNotYours) {
			t.Errorf("a custodian audits: %v", err)
		}
	})
}

func TestBlindIndexes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		first, second := record(t, d, s, wang), record(t, d, s, wang)
		other := wang
		other.Name, other.IDNo = "王小 明", ""
		record(t, d, s, other)
		born := wang.IDNo[6:10] + "-" + wang.IDNo[10:12] + "-" + wang.IDNo[12:14]
		for name, find := range map[string]func() ([]int64, error){
			"document":       func() ([]int64, error) { return s.ByIDNo(t.Context(), wang.IDType, wang.IDNo) },
			"name and birth": func() ([]int64, error) { return s.ByNameBirth(t.Context(), wang.Name, born) },
		} {
			if got, err := find(); err != nil || len(got) != 2 || got[0] != second || got[1] != first {
				t.Errorf("%s: %v %v", name, got, err)
			}
		}
		for name, find := range map[string]func() ([]int64, error){
			"another kind": func() ([]int64, error) { return s.ByIDNo(t.Context(), "officer_card", wang.IDNo) },
			"another day":  func() ([]int64, error) { return s.ByNameBirth(t.Context(), wang.Name, "1901-01-01") },
			"nothing":      func() ([]int64, error) { return s.ByIDNo(t.Context(), wang.IDType, "") },
		} {
			if got, err := find(); err != nil || len(got) != 0 {
				t.Errorf("%s: %v %v", name, got, err)
			}
		}
	})
}
