package supervision

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/jobs"
)

var caseNo, secretNo = casework.NewNumber("MC", 2026, 1), casework.NewNumber("MC", 2026, 2)

// world is everything around the capability.
type world struct {
	cases  map[string]casework.Case
	events map[int64][]casework.Event
	done   []casework.Action // what the timelines heard
	keys   map[string]bool
	fail   error // what the timeline answers
	claims int
}

func (w *world) Case(_ context.Context, a access.Actor, no string) (casework.Case, error) {
	c, ok := w.cases[no]
	if !ok || !access.Visible(a).Sees(c.Facts()) {
		return c, fault.New(fault.NotFound, "procedure.case_not_found")
	}
	return c, nil
}

func (w *world) History(_ context.Context, id int64) ([]casework.Event, error) {
	return w.events[id], nil
}

func (w *world) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

func (w *world) Do(_ context.Context, a casework.Action) (casework.Case, error) {
	if w.fail != nil {
		return casework.Case{}, w.fail
	}
	if !w.keys[a.Key] {
		w.done = append(w.done, a)
	}
	w.keys[a.Key] = true
	return casework.Case{}, nil
}

var units = map[int64]access.Unit{
	city:    {ID: city, NameZH: "名川市", NameEN: "Mingchuan", Kind: access.Government, Area: city, Areas: []int64{city}, Active: true},
	2:       {ID: 2, NameZH: "东关区", NameEN: "Dongguan", Kind: access.Government, Area: 2, Areas: []int64{city, 2}, Active: true},
	bureau:  {ID: bureau, NameZH: "市信访局", NameEN: "Bureau", Kind: access.Bureau, Area: city, Areas: []int64{city}, Active: true},
	housing: {ID: housing, NameZH: "市住建局", NameEN: "Housing", Kind: access.Department, Area: city, Areas: []int64{city}, Active: true},
	school:  {ID: school, NameZH: "区教育局", NameEN: "Schools", Kind: access.Department, Area: 2, Areas: []int64{city, 2}, Active: true},
}

func (w *world) Unit(id int64) (access.Unit, bool) { u, ok := units[id]; return u, ok }

func (w *world) All() []access.Unit {
	var out []access.Unit
	for _, id := range []int64{city, 2, bureau, housing, school} {
		out = append(out, units[id])
	}
	return out
}

func (w *world) Colleagues(context.Context) ([]Colleague, error) {
	return []Colleague{{ID: 9, Name: "周领导", Role: access.Leader, UnitID: city}, {ID: 8, Name: "外区领导", Role: access.Leader, UnitID: 2}}, nil
}

func (w *world) KeptFrom(c casework.Case, unitID int64) bool { return unitID == c.BarredUnitID }

func (w *world) Claim(*db.Batch, []int64, int64, int64) { w.claims++ }

func (w *world) Of(context.Context, int64) ([]File, error) { return nil, nil }

var (
	supervisor = access.Actor{ID: 1, Name: "督办员", Role: access.Supervisor, UnitID: bureau, AreaID: city, AreaDepth: 1}
	cleared    = access.Actor{ID: 2, Name: "专员", Role: access.Inspector, UnitID: bureau, AreaID: city, AreaDepth: 1, Cleared: true}
	leader     = access.Actor{ID: 9, Name: "周领导", Role: access.Leader, UnitID: city, AreaID: city, AreaDepth: 1}
	clerk      = access.Actor{ID: 4, Name: "经办", Role: access.BureauClerk, UnitID: bureau, AreaID: city, AreaDepth: 1}
	builder    = access.Actor{ID: 5, Name: "住建", Role: access.UnitHandler, UnitID: housing, AreaID: city, AreaDepth: 1}
	builder2   = access.Actor{ID: 6, Name: "住建负责人", Role: access.UnitHead, UnitID: housing, AreaID: city, AreaDepth: 1, Cleared: true}
	teacher    = access.Actor{ID: 7, Name: "教育", Role: access.UnitHead, UnitID: school, AreaID: 2, AreaDepth: 2, Cleared: true}
	elsewhere  = access.Actor{ID: 11, Name: "东关督办", Role: access.Supervisor, UnitID: 2, AreaID: 2, AreaDepth: 2, Cleared: true}
)

type scene struct {
	*Service
	w     *world
	clock *clock.Manual
	jobs  *jobs.Jobs
}

// put writes the row that sight reads.
func put(t *testing.T, d *db.DB, c casework.Case) {
	t.Helper()
	var b db.Batch
	b.Add(`INSERT INTO case_file (id, no, version, round, state, open, title, channel, category, nature, urgency, procedure, lane, barred_unit_id, petitioner_id,
		registered_by, area1_id, area2_id, area3_id, bureau_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked,
		extended, outcome, urges, last_urged_at, rated_unit, rated_result, dismissed, registered_at, dispatched_at, accepted_at, served_at,
		closed_at, last_event, last_event_at, next_due_at, next_clock, parts)
		VALUES ($1, $2, 1, 1, 'accepted', TRUE, $3, 'web', '0401', 'R7', 'blue', 'ordinary', $4, $5, 0, 0, $6, $7, 0, $8, $9, $9, '', 0, 0, 0, 0, '', 0, 0, 0, 0, FALSE,
		1, 0, 0, 0, 0, '', 0, 1, 'T4', '{}')`,
		c.ID, c.No, c.Title, string(c.Lane), c.BarredUnitID, c.Areas[0], c.Areas[1], bureau, c.LeadUnitID)
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
}

// stage has two cases with a missed duty each: an open one of the housing
// department, and an accusation of the school board that housing handles.
func stage(t *testing.T, d *db.DB) *scene {
	t.Helper()
	w := &world{cases: map[string]casework.Case{}, events: map[int64][]casework.Event{}, keys: map[string]bool{}}
	for _, c := range []casework.Case{
		{ID: 101, No: caseNo, Title: "路面塌陷", Lane: access.LaneOpen, LeadUnitID: housing, OwnerUnitID: housing, Areas: [3]int64{city, 0, 0}, State: casework.Accepted},
		{ID: 102, No: secretNo, Title: "检举线索", Lane: access.LaneConfidential, BarredUnitID: school, LeadUnitID: housing, Areas: [3]int64{city, 2, 0}, State: casework.Accepted},
	} {
		events := []casework.Event{
			{CaseID: c.ID, Seq: 1, Kind: "registered", Verb: casework.Register, At: day(0), ActorUnit: bureau},
			{CaseID: c.ID, Seq: 2, Kind: "forwarded", Verb: casework.Forward, At: day(1), ActorUnit: bureau, Data: casework.Data{UnitID: housing}},
			{CaseID: c.ID, Seq: 3, Kind: "lapsed", Verb: casework.Lapse, At: day(61), Data: casework.Data{LapsedClock: casework.T4}},
		}
		c.Obligations = []casework.Obligation{{Seq: 1, Clock: casework.T4, UnitID: housing, LapsedAt: day(61)}}
		w.cases[c.No], w.events[c.ID] = c, events
		put(t, d, c)
	}
	if err := jobs.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	now := clock.At(day(62))
	j := jobs.New(d, slog.New(slog.DiscardHandler))
	s := New(Needs{DB: d, Cases: w, Timeline: w, Units: w, Staff: w, Files: w, IDs: ids.NewSource(1, now), Clock: now, Log: slog.New(slog.DiscardHandler)})
	s.Schedule(j)
	return &scene{s, w, now, j}
}

// happen delivers that something happened to the cases, and looks.
func (s *scene) happen(t *testing.T, caseIDs ...int64) {
	t.Helper()
	var b db.Batch
	for _, id := range caseIDs {
		jobs.Publish(&b, jobs.Event{ID: s.IDs.Next(), Kind: "case.lapsed", Subject: id, At: s.clock.Advance(time.Microsecond)})
	}
	if err := errors.Join(s.DB.Send(t.Context(), &b), s.jobs.Drain(t.Context()), s.Look(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) opening(k Kind) Opening {
	return Opening{Key: "k-" + string(k), Actor: supervisor, Kind: k, Variant: Variants(k)[0], CaseNo: caseNo, UnitID: housing,
		Title: "尽快办结", Text: "请于期限内办结并反馈。", Facts: "超期两个月。", Basis: "条例第四十条", Days: 10}
}

func (s *scene) open(t *testing.T, o Opening) Directive {
	t.Helper()
	d, err := s.Open(t.Context(), o, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (s *scene) do(t *testing.T, id int64, a access.Actor, v Verb, more Detail) Directive {
	t.Helper()
	d, err := s.Do(t.Context(), id, Act{v, a, "说明", more}, "", s.clock.Now())
	if err != nil {
		t.Fatalf("%s: %v", v, err)
	}
	return d
}
