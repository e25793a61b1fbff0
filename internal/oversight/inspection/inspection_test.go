package inspection

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
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
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

const (
	city, district, bureau, housing, school = 1, 2, 10, 20, 30
)

var units = map[int64]access.Unit{
	city:     {ID: city, NameZH: "名川市", NameEN: "Mingchuan", Kind: access.Government, Area: city, Areas: []int64{city}, Active: true},
	district: {ID: district, NameZH: "东关区", NameEN: "Dongguan", Kind: access.Government, Area: district, Areas: []int64{city, district}, Active: true},
	bureau:   {ID: bureau, NameZH: "市信访局", NameEN: "Bureau", Kind: access.Bureau, Area: city, Areas: []int64{city}, Active: true},
	housing:  {ID: housing, NameZH: "市住建局", NameEN: "Housing", Kind: access.Department, Area: city, Areas: []int64{city}, Active: true},
	school:   {ID: school, NameZH: "区教育局", NameEN: "Schools", Kind: access.Department, Area: district, Areas: []int64{city, district}, Active: true},
}

type world struct{}

func (world) Unit(id int64) (access.Unit, bool) { u, ok := units[id]; return u, ok }

func (world) All() []access.Unit {
	var out []access.Unit
	for _, id := range []int64{city, district, bureau, housing, school} {
		out = append(out, units[id])
	}
	return out
}

func (world) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

func (world) Colleagues(context.Context) ([]Colleague, error) {
	return []Colleague{{1, "督办员", access.Supervisor, bureau}, {2, "专员", access.Inspector, bureau}, {9, "领导", access.Leader, city}}, nil
}

var (
	supervisor = access.Actor{ID: 1, Name: "督办员", Role: access.Supervisor, UnitID: bureau, AreaID: city, AreaDepth: 1}
	cleared    = access.Actor{ID: 2, Name: "专员", Role: access.Inspector, UnitID: bureau, AreaID: city, AreaDepth: 1, Cleared: true}
	chief      = access.Actor{ID: 3, Name: "局长", Role: access.BureauHead, UnitID: bureau, AreaID: city, AreaDepth: 1, Cleared: true}
	builder    = access.Actor{ID: 5, Name: "住建", Role: access.UnitHead, UnitID: housing, AreaID: city, AreaDepth: 1, Cleared: true}
	teacher    = access.Actor{ID: 7, Name: "教育", Role: access.UnitHead, UnitID: school, AreaID: district, AreaDepth: 2, Cleared: true}
	stranger   = access.Actor{ID: 8, Name: "外区", Role: access.Supervisor, UnitID: district, AreaID: district, AreaDepth: 2}
)

type scene struct {
	*Service
	clock *clock.Manual
}

// stage records the missed duties of three cases: an open one of housing, one
// of the bureau itself, and an accusation of the school board.
func stage(t *testing.T, d *db.DB) scene {
	t.Helper()
	now := clock.At(start.AddDate(0, 0, 70))
	s := scene{New(Needs{DB: d, Law: world{}, Units: world{}, Staff: world{}, IDs: ids.NewSource(1, now), Clock: now}), now}
	for i, c := range []casework.Case{
		{No: "A", Lane: access.LaneOpen, LeadUnitID: housing, Areas: [3]int64{city}},
		{No: "B", Lane: access.LaneOpen, LeadUnitID: bureau, Areas: [3]int64{city}},
		{No: "C", Lane: access.LaneConfidential, BarredUnitID: school, LeadUnitID: housing, Areas: [3]int64{city, district}},
	} {
		c.ID = int64(101 + i)
		at := start.AddDate(0, 0, 61)
		c.Obligations = []casework.Obligation{{Seq: 1, Clock: casework.T4, UnitID: c.LeadUnitID, LapsedAt: at}}
		events := []casework.Event{
			{Seq: 1, Kind: "registered", Verb: casework.Register, At: start, ActorUnit: bureau},
			{Seq: 2, Kind: "forwarded", Verb: casework.Forward, At: start, ActorUnit: bureau, Data: casework.Data{UnitID: c.LeadUnitID}},
			{Seq: 3, Kind: "lapsed", Verb: casework.Lapse, At: at, Data: casework.Data{LapsedClock: casework.T4}},
		}
		var b db.Batch
		b.Add(`INSERT INTO case_file (id, no, version, round, state, open, title, channel, category, nature, urgency, procedure, lane, barred_unit_id, petitioner_id,
			registered_by, area1_id, area2_id, area3_id, bureau_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked,
			extended, outcome, urges, last_urged_at, rated_unit, rated_result, dismissed, registered_at, dispatched_at, accepted_at, served_at,
			closed_at, last_event, last_event_at, next_due_at, next_clock, parts)
			VALUES ($1, $2, 1, 1, 'accepted', TRUE, '', 'web', '0401', 'R7', 'blue', 'ordinary', $3, $4, 0, 0, $5, $6, 0, $7, $8, $8, '', 0, 0, 0, 0, '', 0, 0, 0, 0, FALSE,
			1, 0, 0, 0, 0, '', 0, 1, 'T4', '{}')`,
			c.ID, c.No, string(c.Lane), c.BarredUnitID, c.Areas[0], c.Areas[1], bureau, c.LeadUnitID)
		s.Record(&b, c, events)
		s.Record(&b, c, events) // a second look records nothing twice
		if err := d.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// seen lists the case numbers of the entries that an actor sees.
func (s scene) seen(t *testing.T, a access.Actor) string {
	t.Helper()
	list, _, err := s.Breaches(t.Context(), a, BreachQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var nos []string
	for _, x := range list {
		nos = append(nos, x.CaseNo)
	}
	slices.Sort(nos)
	return strings.Join(nos, "")
}

func (s scene) entry(t *testing.T, no string) Breach {
	t.Helper()
	list, _, _ := s.Breaches(t.Context(), access.Actor{ID: 99, Role: access.Leader, UnitID: city, AreaID: city, AreaDepth: 1, Cleared: true}, BreachQuery{})
	for _, x := range list {
		if x.CaseNo == no {
			return x
		}
	}
	t.Fatalf("no entry of %s", no)
	return Breach{}
}

func TestWhoSeesTheRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		for _, tc := range []struct {
			a    access.Actor
			want string
		}{
			{supervisor, "A"}, {cleared, "AC"}, {chief, "AC"}, // not what stands against the own unit
			{builder, ""}, {teacher, ""}, {stranger, ""}, {access.Actor{}, ""},
			{access.Actor{ID: 3, Role: access.SystemAdmin, AreaID: city, AreaDepth: 1, Cleared: true}, ""},
			{access.Actor{ID: 3, Role: access.BureauClerk, UnitID: bureau, AreaID: city, AreaDepth: 1, Cleared: true}, ""},
		} {
			if got := s.seen(t, tc.a); got != tc.want {
				t.Errorf("%s of %d sees %q, want %q", tc.a.Role, tc.a.UnitID, got, tc.want)
			}
		}
		for _, no := range []string{"A", "C"} {
			if _, err := s.ActOnBreach(t.Context(), cleared, s.entry(t, no).ID, Ruling{Verb: "serve"}, s.clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.seen(t, builder); got != "AC" {
			t.Errorf("what was served: %q", got)
		}
		if got := s.seen(t, teacher); got != "" {
			t.Errorf("the accused: %q", got)
		}
		if got := s.seen(t, access.Actor{ID: 6, Role: access.UnitHandler, UnitID: housing}); got != "A" {
			t.Errorf("an uncleared handler: %q", got)
		}
	})
}

func TestTheUnitIsHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		id, now := s.entry(t, "A").ID, s.clock.Now()
		act := func(a access.Actor, verb, text string) error {
			_, err := s.ActOnBreach(t.Context(), a, id, Ruling{verb, text}, s.clock.Now())
			return err
		}
		if err := act(supervisor, "uphold", "超期"); fault.KindOf(err) != fault.RuleBroken {
			t.Errorf("upheld before it was served: %v", err)
		}
		if err := act(builder, "answer", "x"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("answered what was not served: %v", err)
		}
		if err := act(supervisor, "serve", ""); err != nil {
			t.Fatal(err)
		}
		if err := act(supervisor, "uphold", "超期"); fault.KindOf(err) != fault.RuleBroken {
			t.Errorf("upheld before the unit was heard: %v", err)
		}
		x := s.entry(t, "A")
		if want := calendar.Embedded().Due(now, answerWithin, calendar.WorkingDays).Due; !x.DueAt.Equal(want) {
			t.Errorf("due %v, want %v", x.DueAt, want)
		}
		s.clock.Set(x.DueAt)
		for range 2 {
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if s.entry(t, "A").LapsedAt.IsZero() {
			t.Error("the sweep passed it by")
		}
		if err := act(builder, "answer", "当日停电"); err != nil {
			t.Error("a late answer is heard too:", err)
		}
		if err := act(supervisor, "strike", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("struck without reasons: %v", err)
		}
		if err := act(supervisor, "strike", "情况属实"); err != nil || s.entry(t, "A").State != "struck" {
			t.Error(err)
		}
	})
}

func TestTeamVisitsAndList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		now := s.clock.Now()
		if _, err := s.MakeTeam(t.Context(), builder, TeamForm{Name: "x", Task: "x", Members: []int64{1, 2}, Units: []int64{housing}}, now); fault.KindOf(err) != fault.Denied {
			t.Errorf("a unit made a team: %v", err)
		}
		if _, err := s.MakeTeam(t.Context(), supervisor, TeamForm{Name: "x", Task: "x", Members: []int64{1}, Units: []int64{housing}}, now); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a team of one: %v", err)
		}
		id, err := s.MakeTeam(t.Context(), supervisor, TeamForm{Name: "第一督查组", Task: "供暖", Members: []int64{1, 2}, Units: []int64{housing}}, now)
		if err != nil {
			t.Fatal(err)
		}
		visit := VisitForm{UnitID: housing, Day: calendar.On(now), Record: "看了台账", Items: []string{"补登记", "", "公开电话"}, Days: 10}
		bad := visit
		bad.UnitID = school
		if err := s.RecordVisit(t.Context(), supervisor, id, bad, now); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a unit that the team does not have: %v", err)
		}
		if err := s.RecordVisit(t.Context(), supervisor, id, visit, now); err != nil {
			t.Fatal(err)
		}
		items, err := s.OwnItems(t.Context(), builder)
		if err != nil || len(items) != 2 {
			t.Fatal(items, err)
		}
		if other, _ := s.OwnItems(t.Context(), teacher); len(other) != 0 {
			t.Error("another unit's list")
		}
		if err := s.ReportItem(t.Context(), teacher, items[0].ID, "x", now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("reported for another unit: %v", err)
		}
		if err := s.CheckItem(t.Context(), supervisor, Check{id, items[0].ID, true}, now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("checked before it was reported: %v", err)
		}
		if err := s.ReportItem(t.Context(), builder, items[0].ID, "已补", now); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckItem(t.Context(), supervisor, Check{id, items[0].ID, true}, now); err != nil {
			t.Error(err)
		}
		s.clock.Set(items[1].DueAt)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, visits, err := s.Team(t.Context(), supervisor, id)
		if err != nil || len(visits) != 1 || visits[0].Items[0].LapsedAt.IsZero() == visits[0].Items[1].LapsedAt.IsZero() {
			t.Errorf("%+v %v", visits, err)
		}
		if _, _, err := s.Team(t.Context(), stranger, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the district sees the city's team: %v", err)
		}
		if err := s.EndTeam(t.Context(), supervisor, id, now); err != nil {
			t.Error(err)
		}
	})
}

// TestPagesInBothLanguages walks every page as those who may see it.
func TestPagesInBothLanguages(t *testing.T) {
	s := stage(t, dbtest.SQLite(t))
	team, err := s.MakeTeam(t.Context(), supervisor, TeamForm{Name: "组", Task: "供暖", Members: []int64{1, 2}, Units: []int64{housing}}, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	words := i18n.Must(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err := words.Check(); err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: words, Now: s.clock.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	who := supervisor
	rt.Add(NewWeb(s.Service, func(...access.Role) web.Middleware {
		return func(next web.Handler) web.Handler {
			return func(w http.ResponseWriter, r *http.Request) error {
				return next(w, r.WithContext(access.With(r.Context(), who)))
			}
		}
	}))
	ask := func(lang, method, path string, form url.Values, want int) string {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != want || strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
			t.Errorf("%s %s (%s): %d, %.200s", method, path, lang, w.Code, body[max(0, strings.Index(body, "⟦")):])
		}
		return body
	}
	entry := base + "/breaches/" + number(s.entry(t, "A").ID)
	for _, lang := range []string{"zh-CN", "en"} {
		who = supervisor
		for _, path := range []string{base + "/breaches", entry, base + "/teams", base + "/teams/new", base + "/teams/" + number(team), base + "/standards"} {
			ask(lang, http.MethodGet, path, nil, http.StatusOK)
		}
		ask(lang, http.MethodPost, base+"/teams/new", url.Values{"name": {"x"}}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, entry+"/strike", url.Values{}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, base+"/teams/"+number(team)+"/visits", url.Values{"unit": {"20"}, "day": {"2026-03-05"}, "record": {"看了"}, "items": {"一\n二"}, "days": {"5"}}, http.StatusSeeOther)
		who = builder
		ask(lang, http.MethodGet, base+"/rectify", nil, http.StatusOK)
		ask(lang, http.MethodGet, base+"/breaches", nil, http.StatusOK)
		ask(lang, http.MethodGet, entry, nil, http.StatusNotFound)
	}
	ctx := i18n.With(access.With(t.Context(), supervisor), words, "zh")
	var out strings.Builder
	h := NewWeb(s.Service, nil)
	if err := h.Panel(ctx, supervisor, casework.Case{}, []casework.Event{{Seq: 1, Verb: casework.Register, At: start}}).Render(ctx, &out); err != nil || strings.Contains(out.String(), "⟦") {
		t.Error(err, out.String())
	}
}
