package caselead

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

const (
	city, district, bureau, housing = 1, 2, 10, 20
)

var (
	first  = casework.NewNumber("MC", 2026, 1)
	second = casework.NewNumber("MC", 2026, 2)
	secret = casework.NewNumber("MC", 2026, 3)
)

var units = map[int64]access.Unit{
	city:     {ID: city, NameZH: "名川市", NameEN: "Mingchuan", Kind: access.Government, Area: city, Areas: []int64{city}, Active: true},
	district: {ID: district, NameZH: "东关区", NameEN: "Dongguan", Kind: access.Government, Area: district, Areas: []int64{city, district}, Active: true},
	bureau:   {ID: bureau, NameZH: "市信访局", NameEN: "Bureau", Kind: access.Bureau, Area: city, Areas: []int64{city}, Active: true},
}

type world map[string]casework.Case

func (w world) Case(_ context.Context, a access.Actor, no string) (casework.Case, error) {
	c, ok := w[no]
	if !ok || !access.Visible(a).Sees(c.Facts()) {
		return c, fault.New(fault.NotFound, "procedure.case_not_found")
	}
	return c, nil
}

func (world) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

func (world) Unit(id int64) (access.Unit, bool) { u, ok := units[id]; return u, ok }

func (world) All() []access.Unit { return []access.Unit{units[city], units[district], units[bureau]} }

func (world) Category(code string) (casework.Category, bool) {
	return casework.Category{Code: code, NameZH: "供热", NameEN: "Heating", Active: true}, code == "0406" || code == "04"
}

func (w world) Categories() []casework.Category {
	c, _ := w.Category("0406")
	return []casework.Category{c}
}

func (world) Leaders(context.Context) ([]access.Actor, error) {
	return []access.Actor{leader, trusted, away}, nil
}

var (
	head    = access.Actor{ID: 1, Name: "局长", Role: access.BureauHead, UnitID: bureau, AreaID: city, AreaDepth: 1, Cleared: true}
	leader  = access.Actor{ID: 2, Name: "周领导", Role: access.Leader, UnitID: city, AreaID: city, AreaDepth: 1}
	trusted = access.Actor{ID: 3, Name: "吴领导", Role: access.Leader, UnitID: city, AreaID: city, AreaDepth: 1, Cleared: true}
	away    = access.Actor{ID: 4, Name: "郑区长", Role: access.Leader, UnitID: district, AreaID: district, AreaDepth: 2}
	handler = access.Actor{ID: 5, Name: "住建", Role: access.UnitHead, UnitID: housing, AreaID: city, AreaDepth: 1}
)

type scene struct {
	*Service
	clock *clock.Manual
	jobs  *jobs.Jobs
}

func stage(t *testing.T, d *db.DB) scene {
	t.Helper()
	w := world{}
	for i, c := range []casework.Case{
		{No: first, Category: "0406", Urgency: casework.Red, Lane: access.LaneOpen, Areas: [3]int64{city, district}},
		{No: second, Category: "1301", Urgency: casework.Blue, Lane: access.LaneOpen, Areas: [3]int64{city}},
		{No: secret, Category: "0406", Urgency: casework.Red, Lane: access.LaneConfidential, BarredUnitID: housing, Areas: [3]int64{city, district}},
	} {
		c.ID, c.Title, c.State = int64(101+i), "暖气不热", casework.Accepted
		w[c.No] = c
		var b db.Batch
		b.Add(`INSERT INTO case_file (id, no, version, round, state, open, title, channel, category, nature, urgency, procedure, lane, barred_unit_id, petitioner_id,
			registered_by, area1_id, area2_id, area3_id, bureau_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked,
			extended, outcome, urges, last_urged_at, rated_unit, rated_result, dismissed, registered_at, dispatched_at, accepted_at, served_at,
			closed_at, last_event, last_event_at, next_due_at, next_clock, parts)
			VALUES ($1, $2, 1, 1, 'accepted', TRUE, $3, 'web', $4, 'R7', $5, 'ordinary', $6, $7, 0, 0, $8, $9, 0, 10, 20, 20, '', 0, 0, 0, 0, '', 0, 0, 0, 0, FALSE,
			1, 0, 0, 0, 0, '', 0, 1, 'T4', '{}')`,
			c.ID, c.No, c.Title, c.Category, string(c.Urgency), string(c.Lane), c.BarredUnitID, c.Areas[0], c.Areas[1])
		if err := d.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	if err := jobs.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	now := clock.At(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))
	j := jobs.New(d, slog.New(slog.DiscardHandler))
	s := New(Needs{DB: d, Cases: w, Units: w, Categories: w, Leaders: w, IDs: ids.NewSource(1, now), Clock: now})
	s.Schedule(j)
	return scene{s, now, j}
}

func (s scene) happen(t *testing.T, kind string, ids ...int64) {
	t.Helper()
	var b db.Batch
	for _, id := range ids {
		jobs.Publish(&b, jobs.Event{ID: s.IDs.Next(), Kind: kind, Subject: id, At: s.clock.Now()})
	}
	if err := errors.Join(s.DB.Send(t.Context(), &b), s.jobs.Drain(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func (s scene) list(t *testing.T, a access.Actor, q Query) []Led {
	t.Helper()
	rows, _, err := s.List(t.Context(), a, q, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTheNarrowestRuleDecides(t *testing.T) {
	c := casework.Case{Category: "0406", Urgency: casework.Red, Lane: access.LaneOpen, Areas: [3]int64{city, district}}
	wide, narrow := Rule{ID: 1, AreaID: city, Category: "04"}, Rule{ID: 2, AreaID: district, Category: "0406", Urgency: casework.Red}
	if got, ok := choose([]Rule{wide, narrow}, c); !ok || got.ID != 2 {
		t.Errorf("%+v", got)
	}
	if got, ok := choose([]Rule{wide, {ID: 3, AreaID: 99}}, c); !ok || got.ID != 1 {
		t.Errorf("%+v", got)
	}
	c.Lane = access.LaneConfidential
	if _, ok := choose([]Rule{wide, narrow}, c); ok {
		t.Error("a rule took a confidential case")
	}
}

func TestRulesGiveOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		now := s.clock.Now()
		if err := s.AddRule(t.Context(), head, Rule{LeaderID: 2}, now); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a rule for everything: %v", err)
		}
		if err := s.AddRule(t.Context(), handler, Rule{LeaderID: 2, Category: "04"}, now); fault.KindOf(err) != fault.Denied {
			t.Errorf("a unit made a rule: %v", err)
		}
		if err := s.AddRule(t.Context(), head, Rule{LeaderID: 2, Category: "04"}, now); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			s.happen(t, "case.forwarded", 101, 102, 103)
		}
		rows := s.list(t, head, Query{})
		if len(rows) != 1 || rows[0].CaseNo != first || rows[0].LeaderID != 2 || rows[0].RuleID == 0 {
			t.Fatalf("%+v", rows)
		}
		if _, err := s.Do(t.Context(), head, rows[0].ID, Step{Verb: "end", Text: "改由专班办理"}, now); err != nil {
			t.Fatal(err)
		}
		s.happen(t, "case.forwarded", 101)
		if len(s.list(t, head, Query{})) != 0 {
			t.Error("a rule gave again what a person had taken back")
		}
		rules, _ := s.Rules(t.Context(), head)
		if err := s.EndRule(t.Context(), head, rules[0].ID, now); err != nil {
			t.Error(err)
		}
	})
}

func TestLeadingACase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		now := s.clock.Now()
		g := Giving{Key: "k", Actor: head, CaseNo: first, LeaderID: 2}
		l, err := s.Give(t.Context(), g, now)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Give(t.Context(), g, now); err != nil || again.ID != l.ID {
			t.Errorf("the same key: %v", err)
		}
		g.Key, g.LeaderID = "other", 3
		if _, err := s.Give(t.Context(), g, now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("led twice: %v", err)
		}
		if _, err := s.Do(t.Context(), trusted, l.ID, Step{Verb: "progress", Text: "x"}, now); fault.KindOf(err) != fault.Denied {
			t.Errorf("another leader's word: %v", err)
		}
		s.clock.Set(l.DueAt)
		for range 2 {
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if rows := s.list(t, leader, Query{LeaderID: 2, Late: true}); len(rows) != 1 || rows[0].LapsedAt.IsZero() {
			t.Fatalf("%+v", rows)
		}
		if b, err := s.Boards(t.Context(), leader, s.clock.Now()); err != nil || len(b) != 1 || b[0] != (Board{2, "周领导", 1, 1}) {
			t.Error(b, err)
		}
		l, err = s.Do(t.Context(), leader, l.ID, Step{Key: "p", Verb: "progress", Text: "已到现场", Duties: []string{"solve", "know"}}, s.clock.Now())
		if err != nil || strings.Join(l.Done, " ") != "know solve" || !l.LapsedAt.IsZero() || !l.DueAt.After(s.clock.Now()) {
			t.Fatalf("%+v %v", l, err)
		}
		if _, err := s.Do(t.Context(), leader, l.ID, Step{Verb: "progress", Text: "x", Duties: []string{"guard"}}, s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a sixth duty: %v", err)
		}
		entries, err := s.Entries(t.Context(), leader, l.ID)
		if err != nil || len(entries) != 3 {
			t.Errorf("%+v %v", entries, err)
		}
		s.happen(t, "case.archived", 101)
		if l, err = s.Led(t.Context(), leader, l.ID); err != nil || l.Open {
			t.Errorf("led beyond the archive: %+v %v", l, err)
		}
	})
}

func TestConfidentialCases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		g := Giving{Actor: head, CaseNo: secret, LeaderID: 2}
		if _, err := s.Give(t.Context(), g, s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("given to the uncleared: %v", err)
		}
		g.LeaderID = 3
		l, err := s.Give(t.Context(), g, s.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		for name, tc := range map[string]struct {
			a    access.Actor
			want int
		}{"cleared leader": {trusted, 1}, "uncleared leader": {leader, 0}, "the accused unit": {handler, 0}, "nobody": {access.Actor{}, 0}} {
			rows := s.list(t, tc.a, Query{})
			boards, err := s.Boards(t.Context(), tc.a, s.clock.Now())
			if err != nil || len(rows) != tc.want || len(boards) != tc.want {
				t.Errorf("%s lists %d, boards %d: %v", name, len(rows), len(boards), err)
			}
			if _, err := s.Led(t.Context(), tc.a, l.ID); (err == nil) != (tc.want == 1) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestPagesInBothLanguages walks every page.
func TestPagesInBothLanguages(t *testing.T) {
	s := stage(t, dbtest.SQLite(t))
	l, err := s.Give(t.Context(), Giving{Actor: head, CaseNo: first, LeaderID: 2, Text: "重点"}, s.clock.Now())
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
	rt.Add(NewWeb(s.Service, func(...access.Role) web.Middleware {
		return func(next web.Handler) web.Handler {
			return func(w http.ResponseWriter, r *http.Request) error {
				return next(w, r.WithContext(access.With(r.Context(), head)))
			}
		}
	}))
	ask := func(lang, method, path string, form url.Values, want int) {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if body := w.Body.String(); w.Code != want || strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
			t.Errorf("%s %s (%s): %d, %.200s", method, path, lang, w.Code, body[max(0, strings.Index(body, "⟦")):])
		}
	}
	for _, lang := range []string{"zh-CN", "en"} {
		for _, path := range []string{base, base + "?view=late", base + "?view=ended", base + "?leader=2", base + "/new?case=" + first, itemPath(l.ID), base + "/rules"} {
			ask(lang, http.MethodGet, path, nil, http.StatusOK)
		}
		ask(lang, http.MethodPost, base+"/new", url.Values{"case": {"x"}}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, base+"/rules", url.Values{"leader": {"2"}}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, base+"/rules", url.Values{"leader": {"2"}, "category": {"0406"}, "urgency": {"red"}}, http.StatusSeeOther)
		ask(lang, http.MethodPost, itemPath(l.ID)+"/progress", url.Values{}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, itemPath(l.ID)+"/progress", url.Values{"text": {"已到现场"}, "duties": {"know"}}, http.StatusSeeOther)
	}
}
