package procedure

import (
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

var (
	secondHead  = access.Actor{ID: 30, Role: access.BureauHead, UnitID: bureauID, AreaID: 1, AreaDepth: 1}
	secondClerk = access.Actor{ID: 31, Role: access.BureauClerk, UnitID: bureauID, AreaID: 1, AreaDepth: 1}
)

type act struct {
	verb casework.Verb
	who  access.Actor
	edit func(*casework.Data)
}

// do carries out steps an hour apart and returns the case and the moment.
func do(t *testing.T, s *Service, no string, now time.Time, acts ...act) (c casework.Case, at time.Time) {
	t.Helper()
	for _, a := range acts {
		now = now.Add(time.Hour)
		d := full()
		if a.edit != nil {
			a.edit(&d)
		}
		var err error
		if c, err = s.Do(t.Context(), casework.Action{No: no, Verb: a.verb, Actor: a.who, Data: d, Now: now}); err != nil {
			t.Fatalf("%s: %v", a.verb, err)
		}
	}
	return c, now
}

// TestThreeLevels: handling, review, recheck with a hearing, finalisation:
// three linked cases, each the fold of its own events.
func TestThreeLevels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		root := register(t, s, monday, "")
		citizen := access.Actor{Role: access.Petitioner, CaseID: root.ID}
		root, now := do(t, s, root.No, monday, act{casework.Forward, clerk, nil}, act{casework.Accept, handler, nil}, act{casework.Draft, handler, nil},
			act{casework.Approve, chief, nil}, act{casework.Serve, handler, nil}, act{casework.ConcludeCase, handler, nil},
			act{casework.RequestReview, citizen, nil})
		if root.Appeal == "" {
			t.Fatal("the request names no review")
		}
		review, err := s.Case(t.Context(), program, root.Appeal)
		if err != nil || review.Stage != casework.Review || review.ParentID != root.ID || review.NotifyOf != root.No {
			t.Fatalf("%+v %v", review, err)
		}
		if _, err := s.Do(t.Context(), casework.Action{No: review.No, Verb: casework.TakeUp, Actor: access.Actor{ID: handler.ID, Role: access.BureauClerk, UnitID: bureauID, AreaID: 1, AreaDepth: 1}, Now: now}); err == nil {
			t.Error("the original handler took up the review")
		}
		review, now = do(t, s, review.No, now, act{casework.TakeUp, secondClerk, nil}, act{casework.Draft, secondClerk, nil},
			act{casework.Approve, secondHead, nil}, act{casework.Serve, secondClerk, nil}, act{casework.ConcludeCase, secondClerk, nil})
		if root, err = s.Case(t.Context(), program, root.No); err != nil || root.Appeal != "" || root.ReviewServed.IsZero() || root.State != casework.Concluded {
			t.Fatalf("the review is not noted: %+v %v", root, err)
		}
		review, now = do(t, s, review.No, now, act{casework.RequestReview, access.Actor{Role: access.Petitioner, CaseID: review.ID}, nil})
		recheck, now := do(t, s, review.Appeal, now, act{casework.TakeUp, head, nil}, act{casework.OpenHearing, head, nil})
		if recheck.Stage != casework.Recheck || recheck.RootID != root.ID || recheck.NextClock != casework.Hearing {
			t.Fatalf("%+v", recheck)
		}
		now = now.AddDate(0, 0, 9)
		recheck, now = do(t, s, recheck.No, now, act{casework.CloseHearing, head, nil}, act{casework.Draft, head, nil},
			act{casework.Approve, secondHead, nil}, act{casework.Serve, head, nil}, act{casework.ConcludeCase, head, nil})
		root, _ = do(t, s, root.No, now, act{casework.Finalise, head, func(d *casework.Data) { d.Ground = casework.ThreeOpinions }})
		if !root.Finalised {
			t.Error("not finalised")
		}
		for _, no := range []string{root.No, review.No, recheck.No} {
			c, err := s.Case(t.Context(), program, no)
			if err != nil {
				t.Fatal(err)
			}
			sameAsReplay(t, s, c)
		}
		again := register(t, s, now, "")
		_, _ = do(t, s, again.No, now, act{casework.Decline, clerk, func(d *casework.Data) {
			d.Again, d.NewFacts, d.NewReasons, d.NewLaw, d.LinkedNo = true, "no", "no", "no", root.No
		}})
	})
}

// TestRevokedOnReview: the old opinion goes back in the same unit of work in
// which the review is served.
func TestRevokedOnReview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		root := register(t, s, monday, "")
		root, now := do(t, s, root.No, monday, act{casework.Forward, clerk, nil}, act{casework.Accept, handler, nil}, act{casework.Draft, handler, nil},
			act{casework.Approve, chief, nil}, act{casework.Serve, handler, nil}, act{casework.ConcludeCase, handler, nil},
			act{casework.RequestReview, access.Actor{Role: access.Petitioner, CaseID: root.ID}, nil})
		do(t, s, root.Appeal, now, act{casework.TakeUp, secondClerk, nil},
			act{casework.Draft, secondClerk, func(d *casework.Data) { d.Decision = casework.OrderRedo }},
			act{casework.Approve, secondHead, nil}, act{casework.Serve, secondClerk, nil})
		root, err := s.Case(t.Context(), program, root.No)
		if err != nil || root.State != casework.Registered || !root.Rework || root.Round != 2 {
			t.Fatalf("%+v %v", root, err)
		}
		sameAsReplay(t, s, root)
	})
}
