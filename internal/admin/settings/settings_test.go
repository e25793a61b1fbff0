package settings

import (
	"context"
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
	"xinqiao/internal/platform/ids"
)

var start = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

// Units of the test's city.
const (
	city, district, town, housing, water = 1, 2, 3, 4, 5
)

type someUnits []access.Unit

func (u someUnits) All() []access.Unit { return u }

func (u someUnits) Unit(id int64) (access.Unit, bool) {
	for _, x := range u {
		if x.ID == id {
			return x, true
		}
	}
	return access.Unit{}, false
}

type notes struct{ lines []string }

func (n *notes) Note(_ context.Context, _ db.Queryer, action, object, detail string) error {
	n.lines = append(n.lines, action+" "+object+" "+detail)
	return nil
}

type locality struct {
	*Service
	clock *clock.Manual
	notes *notes
}

func newPlace(t testing.TB, d *db.DB) *locality {
	t.Helper()
	p := &locality{clock: clock.At(start), notes: &notes{}}
	var err error
	p.Service, err = New(t.Context(), Needs{
		DB: d, IDs: ids.NewSource(1, p.clock), Clock: p.clock, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Attach(someUnits{
		{ID: city, NameZH: "名川市", Area: city, Areas: []int64{city}, Kind: access.Government, Active: true},
		{ID: district, NameZH: "东湖区", Area: district, Areas: []int64{city, district}, Kind: access.Government, Active: true},
		{ID: town, NameZH: "柳岸街道", Area: town, Areas: []int64{city, district, town}, Kind: access.Town, Active: true},
		{ID: housing, NameZH: "住建局", Area: district, Areas: []int64{city, district}, Kind: access.Department, Active: true},
		{ID: water, NameZH: "水务局", Area: city, Areas: []int64{city}, Kind: access.Department, Active: true},
	}, p.notes)
	if err := p.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func as(t testing.TB, r access.Role) context.Context {
	return access.With(t.Context(), access.Actor{ID: 9, Name: "管理员", Role: r, UnitID: city})
}

func wantField(t testing.TB, err error, field, id string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Name != field || f.Fields[0].ID != id {
		t.Errorf("got %v, want %s: %s", err, field, id)
	}
}

func TestSeed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		majors, subs := 0, 0
		for _, c := range p.Categories() {
			if c.Parent == "" {
				majors++
			} else {
				subs++
			}
			if c.NameZH == "" || c.NameEN == "" {
				t.Errorf("%s lacks a name", c.Code)
			}
		}
		if majors != 18 || subs != 110 {
			t.Errorf("%d majors and %d sub-categories", majors, subs)
		}
		c, ok := p.Category("0406")
		if !ok || c.NameZH != "供热" || c.Natures[0] != casework.R7 || c.Keywords[0] != "供暖" || !c.Active {
			t.Errorf("%+v", c)
		}
		form := CategoryForm{NameZH: "供热采暖", LeadZH: c.LeadZH, Natures: []string{"R7"}, Keywords: "暖气，不热、冰凉 冰凉", Active: true}
		if err := p.EditCategory(as(t, access.SystemAdmin), "0406", form); err != nil {
			t.Fatal(err)
		}
		if err := p.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		c, _ = p.Category("0406")
		if c.NameZH != "供热采暖" || strings.Join(c.Keywords, "|") != "暖气|不热|冰凉" {
			t.Errorf("seeding again undid a change: %+v", c)
		}
	})
}

func TestEditCategoryRefuses(t *testing.T) {
	p := newPlace(t, dbtest.SQLite(t))
	ctx := as(t, access.SystemAdmin)
	good := CategoryForm{NameZH: "供热", Active: true}
	if err := p.EditCategory(as(t, access.SecAdmin), "0406", good); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	if err := p.EditCategory(ctx, "9999", good); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	wantField(t, p.EditCategory(ctx, "0406", CategoryForm{Active: true}), "name_zh", "settings.length")
	wantField(t, p.EditCategory(ctx, "0406", CategoryForm{NameZH: "热", Natures: []string{"R9"}}), "natures", "settings.choose")
	wantField(t, p.EditCategory(ctx, "04", CategoryForm{NameZH: "城管"}), "active", "settings.category_has_children")
}

func TestResponsible(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		ctx := as(t, access.SystemAdmin)
		from := calendar.On(start)
		for _, f := range []DutyForm{
			{Category: "04", AreaID: city, UnitID: water, Basis: "city", From: from},
			{Category: "0403", AreaID: district, UnitID: housing, Basis: "sub", From: from},
			{Category: "04", AreaID: district, UnitID: district, Basis: "major", From: from},
		} {
			if err := p.AddDuty(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			category string
			areas    [3]int64
			want     int64
		}{
			{"0403", [3]int64{city, district, town}, housing},  // nearest area that has a row, sub first
			{"0404", [3]int64{city, district, town}, district}, // its major
			{"0404", [3]int64{city}, water},                    // the city's
			{"0101", [3]int64{city, district, town}, 0},        // nobody
			{"", [3]int64{city}, 0},
		} {
			unit, _, ok := p.Responsible(c.category, c.areas)
			if unit != c.want || ok != (c.want != 0) {
				t.Errorf("%s in %v: %d", c.category, c.areas, unit)
			}
		}
		wantField(t, p.AddDuty(ctx, DutyForm{Category: "04", AreaID: housing, UnitID: water, From: from}), "area", "settings.choose")
		wantField(t, p.AddDuty(ctx, DutyForm{Category: "04", AreaID: city, UnitID: water}), "from", "settings.date")
	})
}

func TestDutyChangesHands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		ctx := as(t, access.SystemAdmin)
		today := calendar.On(start)
		add := func(unit int64, from calendar.Date) {
			t.Helper()
			if err := p.AddDuty(ctx, DutyForm{Category: "0403", AreaID: city, UnitID: unit, From: from}); err != nil {
				t.Fatal(err)
			}
		}
		add(water, today)
		add(housing, today.Add(10))
		areas := [3]int64{city}
		if unit, _, _ := p.Responsible("0403", areas); unit != water {
			t.Errorf("today %d", unit)
		}
		p.clock.Advance(11 * 24 * time.Hour)
		if unit, _, _ := p.Responsible("0403", areas); unit != housing {
			t.Errorf("later %d", unit)
		}
		list, err := p.Duties(ctx, DutyFilter{Category: "04", Limit: 10})
		if err != nil || len(list) != 1 || list[0].UnitID != housing {
			t.Fatalf("%+v %v", list, err)
		}
		if err := p.EndDuty(ctx, list[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, _, ok := p.Responsible("0403", areas); ok {
			t.Error("the row was ended")
		}
		all, err := p.Duties(ctx, DutyFilter{AreaID: city, Ended: true, Limit: 10})
		if err != nil || len(all) != 2 {
			t.Errorf("%d rows, %v", len(all), err)
		}
		if err := p.EndDuty(ctx, list[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("ended twice: %v", err)
		}
	})
}

func TestDutyPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		ctx := as(t, access.SystemAdmin)
		var duties []casework.Duty
		for _, c := range p.Categories() {
			duties = append(duties, casework.Duty{Category: c.Code, AreaID: city, UnitID: water}, casework.Duty{Category: c.Code, AreaID: district, UnitID: housing})
		}
		if err := p.AddDuties(ctx, duties, start); err != nil {
			t.Fatal(err)
		}
		for name, f := range map[string]DutyFilter{"all": {}, "area": {AreaID: district}} {
			f.Limit = 7
			seen := map[int64]bool{}
			for {
				list, err := p.Duties(ctx, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range list {
					seen[d.ID] = true
					f.After = DutyCursor{d.Category, d.AreaID, d.ID}
				}
				if len(list) < f.Limit {
					break
				}
			}
			want := map[string]int{"all": 256, "area": 128}[name]
			if len(seen) != want {
				t.Errorf("%s: %d rows, want %d", name, len(seen), want)
			}
		}
		for _, q := range []string{dutiesByCategory, dutiesInArea} {
			dbtest.Indexed(t, d, q, "04", "04\x7f", "", int64(1), int64(0), false, db.At(start), 50)
		}
	})
}

func TestCalendar(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		ctx := as(t, access.SystemAdmin)
		monday := calendar.Date{Year: 2026, Month: time.March, Day: 9}
		if !p.Calendar().Working(monday) {
			t.Fatal("a plain Monday")
		}
		before := p.Calendar().Version()
		if err := p.SetDay(ctx, monday, DayOff, "暴雪停工"); err != nil {
			t.Fatal(err)
		}
		if p.Calendar().Working(monday) || p.Calendar().Holiday(monday) != "暴雪停工" || p.Rules().Calendar.Working(monday) {
			t.Error("the day must be off everywhere")
		}
		if err := p.SetDay(ctx, monday, DayByNotice, ""); err != nil {
			t.Fatal(err)
		}
		if p.Calendar().Version() != before {
			t.Error("taking the override back must give the old calendar")
		}
		if y, missing := p.MissingYear(start.AddDate(0, 8, 0)); !missing || y != 2027 {
			t.Errorf("in November: %d %v", y, missing)
		}
		if _, missing := p.MissingYear(start); missing {
			t.Error("in March nothing is missing")
		}
		year, days, err := p.LoadYear(ctx, notice2027)
		if err != nil || year != 2027 || days != 14 {
			t.Fatal(year, days, err)
		}
		if !p.Calendar().Covers(2027) || !p.Calendar().MakeUp(calendar.Date{Year: 2027, Month: 2, Day: 20}) {
			t.Error("2027 must be known now")
		}
	})
}

const notice2027 = `{"year": 2027, "days": [
	{"name":"元旦","date":"2027-01-01","isOffDay":true},
	{"name":"春节","date":"2027-02-05","isOffDay":true},{"name":"春节","date":"2027-02-06","isOffDay":true},
	{"name":"春节","date":"2027-02-07","isOffDay":true},{"name":"春节","date":"2027-02-08","isOffDay":true},
	{"name":"春节","date":"2027-02-20","isOffDay":false},{"name":"清明节","date":"2027-04-05","isOffDay":true},
	{"name":"劳动节","date":"2027-05-01","isOffDay":true},{"name":"劳动节","date":"2027-05-02","isOffDay":true},
	{"name":"端午节","date":"2027-06-09","isOffDay":true},{"name":"中秋节","date":"2027-09-15","isOffDay":true},
	{"name":"国庆节","date":"2027-10-01","isOffDay":true},{"name":"国庆节","date":"2027-10-02","isOffDay":true},
	{"name":"国庆节","date":"2027-10-03","isOffDay":true}]}`

func TestLoadYearRefuses(t *testing.T) {
	p := newPlace(t, dbtest.SQLite(t))
	for text, id := range map[string]string{
		"":               "settings.notice_json",
		"[]":             "settings.notice_json",
		`{"year": 12}`:   "settings.notice_year",
		`{"year": 2027}`: "settings.notice_size",
		strings.Replace(notice2027, "2027-05-02", "2027-05-32", 1): "settings.notice_date",
		strings.Replace(notice2027, "2027-05-02", "2031-05-02", 1): "settings.notice_date",
	} {
		_, _, err := p.LoadYear(as(t, access.SystemAdmin), text)
		wantField(t, err, "notice", id)
	}
}

func TestParameters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		if p.Int("session.idle_minutes") != 30 || !p.Bool("second_factor.required") || p.Rules().Params.Version != casework.DefaultParams().Version {
			t.Error("defaults")
		}
		set := func(r access.Role, name, value string) error {
			return p.SetParameters(as(t, r), map[string]string{name: value})
		}
		if err := set(access.SystemAdmin, "second_factor.required", "false"); fault.KindOf(err) != fault.Denied {
			t.Errorf("the security administrator's parameter: %v", err)
		}
		if err := set(access.SecAdmin, "second_factor.required", "false"); err != nil || p.Bool("second_factor.required") {
			t.Error(err)
		}
		wantField(t, set(access.SecAdmin, "session.hours", "many"), "session.hours", "settings.range")
		for _, name := range []string{"no.such", "clock.T4"} { // rules are published, not set
			if err := set(access.SystemAdmin, name, "1"); fault.KindOf(err) != fault.NotFound {
				t.Error(name, err)
			}
		}
		other, err := New(t.Context(), p.Needs)
		if err != nil || other.Bool("second_factor.required") {
			t.Errorf("another process does not see it: %v", err)
		}
		if len(p.notes.lines) != 1 {
			t.Errorf("log %q", p.notes.lines)
		}
	})
}

func TestDefaultsAreTheRegulations(t *testing.T) {
	got, want := lawful(Version{ID: casework.DefaultParams().Version}), casework.DefaultParams()
	for k, length := range want.Lengths {
		if got.Lengths[k] != length {
			t.Errorf("%s: %v, want %v", k, got.Lengths[k], length)
		}
	}
	for _, u := range casework.Urgencies {
		if got.OrderDispatch[u] != want.OrderDispatch[u] || got.OrderFeedback[u] != want.OrderFeedback[u] {
			t.Errorf("orders of %s: %v and %v", u, got.OrderDispatch[u], got.OrderFeedback[u])
		}
	}
	for _, k := range casework.Clocks {
		d, ok := definitions["clock."+string(k)]
		fixed := k == casework.T3 || k == casework.OrderDispatch || k == casework.OrderFeedback
		if ok == fixed || ok && (d.Unit == "workdays") != (want.Lengths[k].Unit == calendar.WorkingDays) {
			t.Errorf("%s: defined %v, %+v", k, ok, d)
		}
	}
	got.Lengths, want.Lengths = nil, nil
	if got.Version != want.Version || got.UrgeCooldown != want.UrgeCooldown || got.RecallWithin != want.RecallWithin ||
		got.RateDays != want.RateDays || got.ContestDays != want.ContestDays || got.MaxExtension != want.MaxExtension ||
		got.MaxReport != want.MaxReport || got.SoonDays != want.SoonDays {
		t.Errorf("%+v, want %+v", got, want)
	}
}
