package statistics

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/jobs"
)

var now = time.Date(2026, 3, 20, 2, 0, 0, 0, time.UTC)

type world struct{}

func (world) Unit(id int64) (access.Unit, bool) { return access.Unit{ID: id}, true }

func (world) Category(string) (casework.Category, bool) { return casework.Category{}, false }

func (world) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

// sample is a case as counting sees it.
type sample struct {
	id, area, lead int64
	category       string
	lane           access.Lane
	registered     time.Time
	due            time.Time // zero: closed
	late           bool
	result         int
}

// put writes the rows that counting reads; what it does not read is empty.
func put(t *testing.T, d *db.DB, s sample) {
	t.Helper()
	columns := `id, no, version, round, state, open, title, channel, category, nature, urgency, procedure, lane, barred_unit_id, petitioner_id,
		registered_by, area1_id, area2_id, area3_id, bureau_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked,
		extended, outcome, urges, last_urged_at, rated_unit, rated_result, dismissed, registered_at, dispatched_at, accepted_at, served_at,
		closed_at, last_event, last_event_at, next_due_at, next_clock`
	state, owner, outcome, open := "accepted", s.lead, "", true
	if s.due.IsZero() {
		state, owner, outcome, open = "concluded", 0, "resolved", false
	}
	var b db.Batch
	b.Add(`INSERT INTO case_file (`+columns+`) VALUES ($1, $2, 1, 1, $3, $4, '', 'web', $5, 'R7', 'blue', 'ordinary', $6, 0, 0,
		0, 1, $7, 0, 10, $8, $9, '', 0, 0, 0, 0, $10, 0, 0, 0, $11, FALSE, $12, 0, 0, 0, 0, '', 0, $13, '')`,
		s.id, time.Unix(s.id, 0).Format("150405"), state, open, s.category, string(s.lane), s.area, s.lead, owner, outcome, s.result,
		db.At(s.registered), db.At(s.due))
	closed := now
	if s.late {
		closed = now.AddDate(0, 0, 30)
	}
	b.Add(`INSERT INTO obligation (case_id, seq, clock, owed, round, unit_id, opened_at, due_at, days, extended, closed_at, kept, lapsed_at)
		VALUES ($1, 1, 'T4', TRUE, 1, $2, 0, $3, 60, 0, $4, TRUE, 0)`, s.id, s.lead, db.At(now.AddDate(0, 0, 1)), db.At(closed))
	b.Add(`INSERT INTO case_event (id, case_id, seq, kind, verb, at, round, from_state, to_state, actor_id, actor_role, actor_unit_id, data)
		VALUES ($1, $2, 1, 'rated', 'rate', 0, 1, '', '', 0, '', 0, '{}')`, s.id+1000, s.id)
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
}

func scene(t *testing.T, d *db.DB) *Service {
	t.Helper()
	before := now.AddDate(0, 0, -10)
	for _, s := range []sample{
		{1, 2, 20, "0401", access.LaneOpen, before, time.Time{}, false, 4},
		{2, 2, 20, "0401", access.LaneOpen, before, time.Time{}, true, 1},
		{3, 3, 30, "1301", access.LaneOpen, now, now.AddDate(0, 0, -1), false, 0},
		{4, 3, 30, "1301", access.LaneOpen, now, now.AddDate(0, 0, 2), false, 0},
		{5, 3, 30, "1702", access.LaneConfidential, now, now.AddDate(0, 0, -5), false, 0},
	} {
		put(t, d, s)
	}
	j := jobs.New(d, slog.New(slog.DiscardHandler))
	s := New(d, world{}, world{}, clock.At(now))
	s.Subscribe(j)
	var b db.Batch
	for i, e := range []jobs.Event{
		{Kind: "case.registered", Subject: 1, At: before}, {Kind: "case.registered", Subject: 2, At: before},
		{Kind: "case.registered", Subject: 3, At: now}, {Kind: "case.registered", Subject: 5, At: now},
		{Kind: "case.forwarded", Subject: 1, At: before}, {Kind: "case.forwarded", Subject: 5, At: now},
		{Kind: "case.concluded", Subject: 1, At: now}, {Kind: "case.concluded", Subject: 2, At: now},
	} {
		e.ID = int64(i + 1)
		jobs.Publish(&b, e)
	}
	jobs.Publish(&b, jobs.Event{ID: 1001, Kind: "case.rated", Subject: 1, At: now}, jobs.Event{ID: 1002, Kind: "case.rated", Subject: 2, At: now})
	if err := jobs.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second delivery finds nothing to count again
		if err := j.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestOverviewCountsWhatTheActorMaySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := scene(t, d)
		city := access.Actor{ID: 1, Role: access.Leader, UnitID: 1, AreaID: 1, AreaDepth: 1, Cleared: true}
		o, err := s.Overview(t.Context(), city)
		if err != nil {
			t.Fatal(err)
		}
		want := Sum{Filed: 3, Dispatched: 1, Closed: 2, ClosedLate: 1, Days: 20, Rated: 2, Satisfied: 1}
		if o.Total != want || o.Today.Filed != 1 || o.Today.Closed != 2 {
			t.Errorf("city: %+v today %+v", o.Total, o.Today)
		}
		if o.Open != 2 || o.Overdue != 1 || o.Soon != 1 {
			t.Errorf("open %d, overdue %d, soon %d: the confidential case must not count, even for the cleared", o.Open, o.Overdue, o.Soon)
		}
		if len(o.ByUnit) != 1 || o.ByUnit[0] != (Slice{UnitID: 30, Open: 2, Soon: 1, Overdue: 1}) {
			t.Errorf("by unit: %+v", o.ByUnit)
		}
		if len(o.ByCategory) != 1 || o.ByCategory[0].Category != "04" || o.ByCategory[0].Open != 1 {
			t.Errorf("by category: %+v", o.ByCategory)
		}
		district, err := s.Overview(t.Context(), access.Actor{ID: 2, Role: access.Leader, AreaID: 2, AreaDepth: 2})
		if err != nil || district.Total.Filed != 2 || district.Open != 0 {
			t.Errorf("district: %+v %v", district.Total, err)
		}
		unit, err := s.Overview(t.Context(), access.Actor{ID: 3, Role: access.UnitHead, UnitID: 20})
		if err != nil || unit.Total.Closed != 2 || unit.Open != 0 {
			t.Errorf("unit: %+v %v", unit.Total, err)
		}
		for _, role := range []access.Role{access.SystemAdmin, access.Operator, access.Petitioner, ""} {
			if _, err := s.Overview(t.Context(), access.Actor{ID: 4, Role: role}); fault.KindOf(err) != fault.Denied {
				t.Errorf("%q sees figures: %v", role, err)
			}
		}
	})
}

func TestDayOfTurnsAtMidnightInBeijing(t *testing.T) {
	last := time.Date(2026, 3, 19, 15, 59, 59, 0, time.UTC)
	if dayOf(last)+1 != dayOf(last.Add(time.Second)) {
		t.Error("the day does not turn at 24:00 Beijing time")
	}
}

func TestFiguresCarryDenominators(t *testing.T) {
	if points(1, 5, 1, 5) != "" || trend(5, 5) != "" {
		t.Error("too few to say, and yet a trend")
	}
	if got := points(90, 100, 80, 100); got != "+10.0" || mood(got) != "good" {
		t.Errorf("share: %s", got)
	}
	if got := points(795, 1000, 800, 1000); got != "-0.5" || mood(got) != "bad" {
		t.Errorf("share: %s", got)
	}
	if bounded(ceiling) != "9,999+" || average(0, 0) != "–" || !strings.HasPrefix(trend(150, 100), "+50") {
		t.Error(bounded(ceiling), average(0, 0), trend(150, 100))
	}
}
