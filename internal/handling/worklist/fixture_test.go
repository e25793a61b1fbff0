package worklist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

var noon = time.Date(2026, 4, 8, 12, 0, 0, 0, calendar.China).UTC()

// The town of the tests: a city (1) with two districts (2, 3), a bureau each
// (10, 20, 30) and departments (11–13).
var (
	units = map[int64]access.Unit{
		1:  {ID: 1, NameZH: "明川市", NameEN: "Mingchuan", Kind: access.Government, Area: 1, Areas: []int64{1}, BureauID: 10, Active: true},
		2:  {ID: 2, NameZH: "东城区", NameEN: "East", Kind: access.Government, ParentID: 1, Area: 2, Areas: []int64{1, 2}, BureauID: 20, Active: true},
		3:  {ID: 3, NameZH: "柳河镇", NameEN: "Liuhe", Kind: access.Town, ParentID: 2, Area: 3, Areas: []int64{1, 2, 3}, BureauID: 30, Active: true},
		10: {ID: 10, NameZH: "市信访局", NameEN: "City bureau", Kind: access.Bureau, ParentID: 1, Area: 1, Areas: []int64{1}, Active: true},
		20: {ID: 20, NameZH: "区信访局", NameEN: "East bureau", Kind: access.Bureau, ParentID: 2, Area: 2, Areas: []int64{1, 2}, Active: true},
		30: {ID: 30, NameZH: "镇信访办", NameEN: "Liuhe bureau", Kind: access.Bureau, ParentID: 3, Area: 3, Areas: []int64{1, 2, 3}, Active: true},
		11: {ID: 11, NameZH: "市城管局", NameEN: "City management", Kind: access.Department, ParentID: 1, Area: 1, Areas: []int64{1}, Active: true},
		12: {ID: 12, NameZH: "区住建局", NameEN: "Housing", Kind: access.Department, ParentID: 2, Area: 2, Areas: []int64{1, 2}, Active: true},
		13: {ID: 13, NameZH: "镇环保所", NameEN: "Environment", Kind: access.Department, ParentID: 3, Area: 3, Areas: []int64{1, 2, 3}, Active: true},
	}
	cast = func() []access.Actor {
		at := map[access.Role][]int64{
			access.Operator: {10}, access.Agent: {30}, access.BureauClerk: {10, 20, 30}, access.BureauHead: {10, 20},
			access.UnitHandler: {11, 12, 13}, access.UnitHead: {11, 12}, access.Supervisor: {10, 20}, access.Inspector: {10},
			access.Leader: {1, 2}, access.SystemAdmin: {1}, access.SecAdmin: {1}, access.AuditAdmin: {1},
		}
		var all []access.Actor
		for _, role := range access.Staff {
			for _, id := range at[role] {
				u := units[id]
				for _, cleared := range []bool{false, true} {
					all = append(all, access.Actor{
						ID: int64(100 + len(all)), Name: "李试", Role: role, UnitID: id,
						AreaID: u.Area, AreaDepth: len(u.Areas), Cleared: cleared,
					})
				}
			}
		}
		return all
	}()
)

type town struct{}

func (town) Unit(id int64) (access.Unit, bool) { u, ok := units[id]; return u, ok }
func (town) All() []access.Unit {
	var all []access.Unit
	for _, id := range []int64{1, 10, 11, 2, 20, 12, 3, 30, 13} {
		all = append(all, units[id])
	}
	return all
}
func (town) Category(code string) (casework.Category, bool) {
	for _, c := range (town{}).Categories() {
		if c.Code == code {
			return c, true
		}
	}
	return casework.Category{}, false
}
func (town) Categories() []casework.Category {
	return []casework.Category{
		{Code: "01", NameZH: "城乡建设", NameEN: "Construction", Active: true},
		{Code: "0101", Parent: "01", NameZH: "拆迁安置", NameEN: "Demolition", Active: true},
		{Code: "0102", Parent: "01", NameZH: "电梯故障", NameEN: "Lifts", Active: true},
		{Code: "02", NameZH: "环境保护", NameEN: "Environment", Active: true},
		{Code: "0201", Parent: "02", NameZH: "噪声", NameEN: "Noise", Active: true},
	}
}

type counter int64

func (c *counter) Next() int64 { *c++; return int64(*c) }

// stored reads cases as far as the desk needs them, from the same rows.
type stored struct {
	d     *db.DB
	cases map[string]casework.Case
}

func (s stored) Case(_ context.Context, a access.Actor, no string) (casework.Case, error) {
	c, ok := s.cases[no]
	if !ok || !access.Visible(a).Sees(c.Facts()) {
		return casework.Case{}, fault.New(fault.NotFound, "procedure.case_not_found")
	}
	return c, nil
}
func (s stored) History(context.Context, int64) ([]casework.Event, error) { return nil, nil }
func (s stored) ReadParts(_ int64, text string) (p casework.Parts, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &p)
	}
	return p, err
}
func (s stored) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

func desk(d *db.DB, cases map[string]casework.Case) *Service {
	ids := counter(1 << 40)
	return New(Needs{
		DB: d, Clock: clock.At(noon), IDs: &ids, Cases: stored{d, cases}, Units: town{}, Categories: town{}, Told: told{},
	})
}

// told reads the words as the fixture stored them.
type told struct{}

func (told) Findable(ctx context.Context, q db.Queryer, petitioners map[int64]int64) (map[int64]Findable, error) {
	found := map[int64]Findable{}
	for id := range petitioners {
		f, err := db.One(ctx, q, func(r db.Rows) (f Findable, err error) {
			var wish string
			err = r.Scan(&f.Words, &wish, &f.Place)
			f.Words += "\n" + wish
			return f, err
		}, `SELECT words, wish, place FROM matter WHERE case_id = $1`, id)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return nil, err
		}
		found[id] = f
	}
	return found, nil
}

// crowd stores n random cases of every kind.
func crowd(t testing.TB, d *db.DB, n int) map[string]casework.Case {
	t.Helper()
	rnd := rand.New(rand.NewPCG(4, 2))
	pick := func(ids ...int64) int64 { return ids[rnd.IntN(len(ids))] }
	cases := map[string]casework.Case{}
	var b db.Batch
	flush := func() {
		if err := d.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		b = db.Batch{}
	}
	for i := range n {
		at := noon.Add(-time.Duration(n-i) * time.Hour / 20)
		c := casework.Case{
			ID: int64(i + 1), No: casework.NewNumber("MC", 2026, uint64(i+1)), Version: 1, Round: 1,
			State: casework.States[rnd.IntN(len(casework.States))], Title: fmt.Sprintf("%s小区%s反复%d", []string{"红旗", "建设", "和平"}[rnd.IntN(3)], []string{"电梯停运", "夜间噪声", "道路积水"}[rnd.IntN(3)], i),
			Channel: casework.Channels[rnd.IntN(5)], Category: []string{"", "0101", "0102", "0201"}[rnd.IntN(4)],
			Nature: casework.R7, Urgency: casework.Urgencies[rnd.IntN(3)], Procedure: casework.Ordinary, Lane: access.LaneOpen,
			RegisteredBy: pick(0, 0, 100, 101, 102, 103), BureauID: pick(10, 20, 30), RegisteredAt: at, LastEvent: "registered", LastEventAt: at,
		}
		c.Areas = [][3]int64{{1, 0, 0}, {1, 2, 0}, {1, 2, 3}}[rnd.IntN(3)]
		if rnd.IntN(8) == 0 {
			c.Lane, c.Nature, c.BarredUnitID = access.LaneConfidential, casework.R1, pick(0, 10, 11, 12, 20)
		}
		if c.State != casework.Registered {
			c.LeadUnitID = pick(11, 12, 13)
		}
		if c.State.Open() {
			c.NextDueAt, c.NextClock = noon.Add(time.Duration(rnd.IntN(480)-240)*time.Hour), casework.T1
			c.NextWarnAt = c.NextDueAt.AddDate(0, 0, -3)
			c.OwnerUnitID = c.LeadUnitID
			if c.State == casework.Registered || c.State == casework.Objected {
				c.OwnerUnitID = c.BureauID
			}
		} else {
			c.Outcome, c.ClosedAt = casework.Resolved, at
		}
		if i%3 == 0 {
			c.PetitionerID = int64(i + 1)
			b.Add(`INSERT INTO person (id, kind, name_mask, phone_mask, id_type, id_no_mask, address_mask, org_name_mask, created_at) VALUES ($1, 'individual', '张**', '', '', '', '', '', 1)`, c.ID)
		}
		b.Add(`INSERT INTO case_file (id, no, version, round, state, open, title, channel, category, nature, urgency, procedure, lane, barred_unit_id, petitioner_id, registered_by,
			area1_id, area2_id, area3_id, bureau_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked, extended, outcome, urges, last_urged_at, rated_unit, rated_result,
			dismissed, registered_at, dispatched_at, accepted_at, served_at, closed_at, last_event, last_event_at, next_due_at, next_clock, next_warn_at)
			VALUES ($1,$2,1,1,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,'',0,0,0,0,$21,0,0,0,0,FALSE,$22,0,0,0,$23,'registered',$22,$24,$25,$26)`,
			c.ID, c.No, c.State, c.State.Open(), c.Title, c.Channel, c.Category, c.Nature, c.Urgency, c.Procedure, c.Lane, c.BarredUnitID, c.PetitionerID,
			c.RegisteredBy, c.Areas[0], c.Areas[1], c.Areas[2], c.BureauID, c.LeadUnitID, c.OwnerUnitID, c.Outcome, db.At(c.RegisteredAt), db.At(c.ClosedAt), db.At(c.NextDueAt), c.NextClock, db.At(c.NextWarnAt))
		b.Add(`INSERT INTO matter (case_id, purpose, words, wish, place, area_unit_id, occurred_on, anonymous, secret, persons, received_at, words_sha256)
			VALUES ($1, 'request', $2, '希望尽快修好', '柳河镇幸福路１２号', 1, '2026-04-01', FALSE, FALSE, 1, 1, '')`, c.ID, "我们楼的问题第"+fmt.Sprint(i)+"次反映，老人上下楼十分不便。")
		cases[c.No] = c
		if b.Len() > 900 {
			flush()
		}
	}
	flush()
	return cases
}

// intakeFunc is a door that files with a function.
type intakeFunc func(Filing) (Filed, error)

func (f intakeFunc) File(_ context.Context, in Filing, _ time.Time) (Filed, error) { return f(in) }
