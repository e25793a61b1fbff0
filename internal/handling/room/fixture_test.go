package room

import (
	"context"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/seal"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

const (
	city, district, bureau, housing, school, justice = 1, 2, 10, 20, 30, 40
)

var units = map[int64]access.Unit{
	city:     {ID: city, NameZH: "名川市", NameEN: "Mingchuan", Kind: access.Government, Area: city, Areas: []int64{city}, Active: true},
	district: {ID: district, NameZH: "东关区", NameEN: "East", Kind: access.Government, Area: district, Areas: []int64{city, district}, Active: true},
	bureau:   {ID: bureau, NameZH: "市信访局", NameEN: "Bureau", Kind: access.Bureau, Area: city, Areas: []int64{city}, Active: true},
	housing:  {ID: housing, NameZH: "市住建局", NameEN: "Housing", Kind: access.Department, Area: city, Areas: []int64{city}, Active: true},
	school:   {ID: school, NameZH: "区教育局", NameEN: "Schools", Kind: access.Department, Area: district, Areas: []int64{city, district}, Active: true},
	justice:  {ID: justice, NameZH: "市司法局", NameEN: "Justice", Kind: access.Department, Area: city, Areas: []int64{city}, Active: true},
}

var (
	clerk   = access.Actor{ID: 1, Name: "经办", Role: access.BureauClerk, UnitID: bureau, AreaID: city, AreaDepth: 1}
	chief   = access.Actor{ID: 2, Name: "局长", Role: access.BureauHead, UnitID: bureau, AreaID: city, AreaDepth: 1}
	cleared = access.Actor{ID: 3, Name: "专办", Role: access.BureauHead, UnitID: bureau, AreaID: city, AreaDepth: 1, Cleared: true}
	builder = access.Actor{ID: 5, Name: "住建", Role: access.UnitHandler, UnitID: housing, AreaID: city, AreaDepth: 1}
	teacher = access.Actor{ID: 7, Name: "教育", Role: access.UnitHandler, UnitID: school, AreaID: district, AreaDepth: 2, Cleared: true}
	lawman  = access.Actor{ID: 8, Name: "司法", Role: access.UnitHandler, UnitID: justice, AreaID: city, AreaDepth: 1}
)

// world is the core over one table row: what the real writer does, without its
// store.
type world struct {
	d      *db.DB
	rules  casework.Rules
	cases  map[string]casework.Case
	events map[int64][]casework.Event
}

func (w *world) Unit(id int64) (access.Unit, bool) { u, ok := units[id]; return u, ok }

func (w *world) All() []access.Unit {
	var out []access.Unit
	for _, id := range []int64{city, district, bureau, housing, school, justice} {
		out = append(out, units[id])
	}
	return out
}

func (w *world) Rules() casework.Rules { return w.rules }

func (w *world) Matter(context.Context, int64) (Matter, error) {
	return Matter{Words: "电梯停了，我的电话 13800001234，身份证 990000200001010017", Wish: "尽快修好"}, nil
}

func (w *world) Case(_ context.Context, a access.Actor, no string) (casework.Case, error) {
	c, ok := w.cases[no]
	if !ok || !access.Visible(a).Sees(c.Facts()) {
		return casework.Case{}, ErrNotFound
	}
	return c, nil
}

func (w *world) Story(_ context.Context, _ db.Queryer, id int64) (casework.Case, []casework.Event, error) {
	for _, c := range w.cases {
		if c.ID == id {
			return c, w.events[id], nil
		}
	}
	return casework.Case{}, nil, ErrNotFound
}

func (w *world) DoAlong(ctx context.Context, a casework.Action, also func(*db.Batch, casework.Case) error) (casework.Case, error) {
	c, err := w.Case(ctx, a.Actor, a.No)
	if err != nil {
		return c, err
	}
	events, err := casework.Decide(c, casework.Command{Verb: a.Verb, Actor: a.Actor, Data: a.Data}, a.Now, w.rules)
	if err != nil {
		return c, fault.New(fault.RuleBroken, "room.closed").Because(err)
	}
	for _, e := range events {
		c = casework.Apply(c, e, w.rules)
	}
	var b db.Batch
	b.Add(`UPDATE case_file SET lead_unit_id = $2, state = $3 WHERE id = $1`, c.ID, c.LeadUnitID, string(c.State))
	for _, u := range c.Parties() {
		b.Add(`INSERT INTO case_party (unit_id, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, u, c.ID)
	}
	if also != nil {
		if err := also(&b, c); err != nil {
			return c, err
		}
	}
	if err := w.d.Send(ctx, &b); err != nil {
		return c, err
	}
	w.cases[c.No] = c
	w.events[c.ID] = append(w.events[c.ID], events...)
	return c, nil
}

type scene struct {
	*Service
	world *world
	clock *clock.Manual
}

var openNo, secretNo = casework.NewNumber("MC", 2026, 1), casework.NewNumber("MC", 2026, 2)

// stage has an open case of housing and an accusation of the school board.
func stage(t *testing.T, d *db.DB) scene {
	t.Helper()
	now := clock.At(start)
	w := &world{d: d, rules: casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()},
		cases: map[string]casework.Case{}, events: map[int64][]casework.Event{}}
	for i, c := range []casework.Case{
		{No: openNo, Title: "电梯停用", Lane: access.LaneOpen},
		{No: secretNo, Title: "检举", Lane: access.LaneConfidential, BarredUnitID: school},
	} {
		c.ID, c.State, c.Kind, c.Round, c.Category, c.Nature, c.Urgency = int64(101+i), casework.Accepted, casework.Petition, 1, "0401", casework.R7, casework.Blue
		c.LeadUnitID, c.OwnerUnitID, c.BureauID, c.Areas, c.Procedure = housing, housing, bureau, [3]int64{city, district}, casework.Ordinary
		c.RegisteredAt, c.DispatchedAt, c.AcceptedAt = start, start, start
		w.cases[c.No] = c
		var b db.Batch
		b.Add(`INSERT INTO case_file (id, no, version, round, state, open, title, channel, category, nature, urgency, procedure, lane, barred_unit_id, petitioner_id,
			registered_by, area1_id, area2_id, area3_id, bureau_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked,
			extended, outcome, urges, last_urged_at, rated_unit, rated_result, dismissed, registered_at, dispatched_at, accepted_at, served_at,
			closed_at, last_event, last_event_at, next_due_at, next_clock, parts)
			VALUES ($1, $2, 1, 1, 'accepted', TRUE, $9, 'web', '0401', 'R7', 'blue', 'ordinary', $3, $4, 0, 0, $5, $6, 0, $7, $8, $8, '', 0, 0, 0, 0, '', 0, 0, 0, 0, FALSE,
			1, 0, 0, 0, 0, '', 0, 1, 'T4', '{}')`,
			c.ID, c.No, string(c.Lane), c.BarredUnitID, city, district, bureau, housing, c.Title)
		if err := d.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	return scene{New(Needs{DB: d, Cases: w, Matters: w, Units: w, Keys: seal.Random(), IDs: ids.NewSource(1, now), Clock: now}), w, now}
}

func (s scene) convene(t *testing.T, a access.Actor, no string) Room {
	t.Helper()
	r, err := s.Convene(t.Context(), a, Convening{CaseNo: no, Reason: "职责交叉", JusticeID: justice}, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s scene) guest(t *testing.T, a access.Actor, room int64, k Kind, sees Sees) Seat {
	t.Helper()
	seat, err := s.AddSeat(t.Context(), a, room, SeatForm{Kind: k, Name: "钱试", Office: "某律师事务所律师", Sees: sees}, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return seat
}
