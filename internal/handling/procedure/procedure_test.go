package procedure

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/seal"
)

const bureauID, unitID, otherID = 10, 20, 30

var monday = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

type law struct{}

func (law) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

type counter struct{ n atomic.Int64 }

func (c *counter) Next() int64 { return c.n.Add(1) }

type serial struct{ n atomic.Uint64 }

func (s *serial) Next(context.Context, string) (uint64, error) { return s.n.Add(1), nil }

type units struct{}

func (units) Unit(id int64) (access.Unit, bool) { return access.Unit{ID: id, Active: id != 99}, true }

type noFiles struct{}

func (noFiles) Claim(*db.Batch, []int64, int64, int64) {}

var keys = seal.Random()

func service(d *db.DB) *Service {
	return New(Needs{DB: d, Law: law{}, IDs: &counter{}, Numbers: &serial{}, Units: units{}, Files: noFiles{}, Place: "MC", Keys: keys})
}

var (
	operator = access.Actor{ID: 1, Role: access.Operator, UnitID: bureauID}
	clerk    = access.Actor{ID: 2, Role: access.BureauClerk, UnitID: bureauID, AreaID: 1, AreaDepth: 1}
	head     = access.Actor{ID: 3, Role: access.BureauHead, UnitID: bureauID, AreaID: 1, AreaDepth: 1, Cleared: true}
	handler  = access.Actor{ID: 4, Role: access.UnitHandler, UnitID: unitID}
	chief    = access.Actor{ID: 5, Role: access.UnitHead, UnitID: unitID}
	stranger = access.Actor{ID: 6, Role: access.UnitHandler, UnitID: otherID}
)

func register(t testing.TB, s *Service, now time.Time, key string) casework.Case {
	t.Helper()
	var b db.Batch
	c, err := s.Register(t.Context(), &b, casework.Registration{Actor: operator, Now: now, Key: key, Data: casework.Data{
		Title: "路灯不亮", Channel: casework.Phone, PetitionerID: 8, Areas: [3]int64{1, 2, 3}, BureauID: bureauID,
	}})
	if err == nil {
		err = s.db.Send(t.Context(), &b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func full() casework.Data {
	return casework.Data{
		Category: "0401", Nature: casework.R7, UnitID: unitID, ReportDays: 20, Reason: "理由", Basis: "依据", Text: "文字",
		Facts: "事实", Remedy: "三十日内可申请复查", Route: "法院", Days: 10, Outcome: casework.Resolved, Method: "direct",
		Evidence: "照片", RatedUnit: 3, RatedResult: 4, Upheld: true, Result: casework.Supported, Request: 1, Task: 1,
		Duty: "责任清单第七条", Attendees: "两个单位", Plan: "方案", Decision: casework.Maintain, Ground: casework.WindowLapsed,
		Count: 5, Kind: casework.Order, Title: "另一项诉求",
	}
}

// TestWholeLife takes a case from a call to a rating and compares the stored
// row with the replay of the stored events.
func TestWholeLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		c := register(t, s, monday, "")
		citizen := access.Actor{Role: access.Petitioner, CaseID: c.ID}
		for i, step := range []struct {
			verb casework.Verb
			who  access.Actor
		}{
			{casework.Assign, clerk}, {casework.SignFor, handler}, {casework.Accept, handler}, {casework.RequestExtension, handler},
			{casework.RuleExtension, chief}, {casework.Draft, handler}, {casework.Approve, chief}, {casework.Serve, handler},
			{casework.Urge, citizen}, {casework.ConcludeCase, handler}, {casework.Rate, citizen},
		} {
			now := monday.Add(time.Duration(i+1) * time.Hour)
			if _, err := s.Do(t.Context(), casework.Action{No: c.No, Verb: step.verb, Actor: step.who, Data: full(), Now: now}); err != nil {
				t.Fatalf("%s: %v", step.verb, err)
			}
		}
		got, err := s.Case(t.Context(), chief, c.No)
		if err != nil || got.State != casework.Concluded || got.RatedResult != casework.VerySatisfied || got.Version != 12 {
			t.Fatalf("%+v %v", got, err)
		}
		sameAsReplay(t, s, got)
	})
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
	Context() context.Context
}

func sameAsReplay(t failer, s *Service, stored casework.Case) {
	t.Helper()
	events, err := s.History(t.Context(), stored.ID)
	if err != nil {
		t.Fatalf("history: %v", err)
	}
	if again := casework.Replay(events, s.Rules()); !reflect.DeepEqual(again, stored) {
		t.Fatalf("the stored row is not the fold of its events\n%+v\n%+v", stored, again)
	}
}

// TestStoredRowIsTheFold walks random histories through the store.
func TestStoredRowIsTheFold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		rapid.Check(t, func(rt *rapid.T) {
			now := monday
			c := register(t, s, now, "")
			cast := []access.Actor{clerk, head, handler, chief, stranger, {Role: access.Petitioner, CaseID: c.ID}, program}
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				now = now.Add(time.Duration(rapid.IntRange(1, 1500).Draw(rt, "hours")) * time.Hour)
				who := rapid.SampledFrom(cast).Draw(rt, "who")
				verbs := casework.Permitted(c, who, now, s.Rules())
				if len(verbs) == 0 {
					continue
				}
				a := casework.Action{No: c.No, Verb: rapid.SampledFrom(verbs).Draw(rt, "verb"), Actor: who, Data: full(), Now: now}
				a.Data.Upheld = rapid.Bool().Draw(rt, "upheld")
				switch a.Verb {
				case casework.Record:
					a.Data.Method = "call"
				case casework.Consult, casework.HoldConsultation:
					a.Data.Method = "video"
				}
				if a.Verb == casework.AddTask || a.Verb == casework.Reroute {
					a.Data.UnitID = otherID
				}
				after, err := s.Do(t.Context(), a)
				if lacking, ok := fault.As(err); ok && lacking.Kind == fault.Invalid {
					continue // the form lacks something that this case wants
				}
				if err != nil {
					rt.Fatalf("%s by %s: %v", a.Verb, who.Role, err)
				}
				c = after
			}
			stored, err := s.Case(t.Context(), program, c.No)
			if err != nil || !reflect.DeepEqual(stored, c) {
				rt.Fatalf("returned and stored differ: %v\n%+v\n%+v", err, c, stored)
			}
			sameAsReplay(rt, s, stored)
		})
	})
}

func TestRefusalsAreFaults(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		c := register(t, s, monday, "")
		cases := []struct {
			name string
			act  casework.Action
			kind fault.Kind
		}{
			{"another unit sees nothing", casework.Action{No: c.No, Verb: casework.Accept, Actor: stranger}, fault.NotFound},
			{"unknown number", casework.Action{No: "MC26-0000-0000", Verb: casework.Urge, Actor: clerk}, fault.NotFound},
			{"wrong role", casework.Action{No: c.No, Verb: casework.Forward, Actor: operator, Data: full()}, fault.Denied},
			{"wrong state", casework.Action{No: c.No, Verb: casework.Rule, Actor: head, Data: full()}, fault.RuleBroken},
			{"nothing typed", casework.Action{No: c.No, Verb: casework.Withdraw, Actor: clerk}, fault.Invalid},
			{"unit that is closed", casework.Action{No: c.No, Verb: casework.Forward, Actor: clerk, Data: casework.Data{UnitID: 99, Category: "0401", Nature: "R7"}}, fault.Invalid},
		}
		for _, tc := range cases {
			tc.act.Now = monday.Add(time.Hour)
			if _, err := s.Do(t.Context(), tc.act); fault.KindOf(err) != tc.kind || err == nil {
				t.Errorf("%s: %v", tc.name, err)
			}
		}
		if got, _ := s.Case(t.Context(), clerk, c.No); got.Version != 1 {
			t.Error("a refused verb left something behind")
		}
	})
}

// TestSameKeyOnce: a double click, a retry and a race carry a command out once.
func TestSameKeyOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		c := register(t, s, monday, "filing-1")
		if again, ok, err := s.WasFiled(t.Context(), "filing-1"); err != nil || !ok || again.No != c.No {
			t.Fatalf("filing key: %v %v", ok, err)
		}
		act := casework.Action{No: c.No, Verb: casework.Forward, Actor: clerk, Data: full(), Key: "k1", Now: monday.Add(time.Hour)}
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.Do(context.Background(), act) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		act.Key = "k2" // another clerk, a moment later
		if _, err := s.Do(t.Context(), act); fault.KindOf(err) != fault.RuleBroken {
			t.Errorf("forwarded twice: %v", err)
		}
		events, _ := s.History(t.Context(), c.ID)
		if len(events) != 2 {
			t.Errorf("%d events", len(events))
		}
	})
}

// TestLapseMarksEachDutyOnce: oldest first, the ownerless included, also when
// two sweeps run at the same time.
func TestLapseMarksEachDutyOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		const many = 60
		for i := range many {
			register(t, s, monday.Add(time.Duration(i)*time.Minute), fmt.Sprint("f", i))
		}
		later := monday.AddDate(0, 0, 30)
		var marked atomic.Int64
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for {
					n, err := s.Lapse(context.Background(), later, 7)
					if err != nil {
						t.Error(err)
					}
					if marked.Add(int64(n)); n == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		if marked.Load() != many {
			t.Errorf("marked %d of %d", marked.Load(), many)
		}
		n, err := db.One(t.Context(), d.Read(), db.Value[int64], `SELECT count(*) FROM case_event WHERE verb = 'lapse'`)
		if err != nil || n != many {
			t.Errorf("%d events, %v", n, err)
		}
	})
}

// TestHotQueriesUseIndexes reads the plans.
func TestHotQueriesUseIndexes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i := range 50 {
			register(t, service(d).from(int64(i)*1000), monday, fmt.Sprint(i))
		}
		dbtest.Indexed(t, d, `SELECT case_id, clock, ref, due_at FROM obligation
			WHERE next_at <> 0 AND next_at <= $1 ORDER BY next_at, case_id, seq LIMIT $2`, 0, 10)
		dbtest.Indexed(t, d, `SELECT no FROM case_file WHERE NOT open AND state <> 'archived' AND closed_at < $1 ORDER BY closed_at, id LIMIT $2`, 0, 10)
		dbtest.Indexed(t, d, `SELECT e.verb, c.no FROM case_event e JOIN case_file c ON c.id = e.case_id WHERE e.command_key = $1`, "k")
	})
}

// from starts the ids and numbers of a service at n.
func (s *Service) from(n int64) *Service {
	s.ids.(*counter).n.Store(n)
	s.numbers.(*serial).n.Store(uint64(n))
	return s
}

// feast is the law with a new holiday on the first Wednesday.
type feast struct{}

func (feast) Rules() casework.Rules {
	r := law{}.Rules()
	r.Calendar = calendar.Load(r.Calendar, []calendar.Day{{Date: calendar.Date{Year: 2026, Month: 3, Day: 4}, Name: "feast"}})
	return r
}

// TestRecountMovesOpenDates: a new calendar reaches every open case, and the recount is not repeated.
func TestRecountMovesOpenDates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		if err := s.Recount(t.Context()); err != nil {
			t.Fatal(err)
		}
		var nos []string
		for i := range recountPage + 5 {
			nos = append(nos, register(t, s, monday.Add(time.Duration(i)*time.Second), "").No)
		}
		if _, err := s.Do(t.Context(), casework.Action{No: nos[0], Verb: casework.Forward, Actor: clerk, Data: full(), Now: monday.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		s.law = feast{}
		for range 2 {
			if err := s.Recount(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		c, err := s.Case(t.Context(), clerk, nos[0])
		if err != nil {
			t.Fatal(err)
		}
		o, ok := c.Running(casework.T3)
		if !ok || !reflect.DeepEqual(c, c.Recounted(s.Rules())) {
			t.Errorf("T3 still due %v", o.DueAt)
		}
	})
}
