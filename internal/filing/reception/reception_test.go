package reception

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
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

const city, district, cityBureau, eastBureau = 1, 2, 10, 20

type world struct{}

func (world) All() []access.Unit {
	return []access.Unit{
		{ID: city, NameZH: "名川市", NameEN: "Mingchuan", Kind: access.Government, Area: city, Areas: []int64{city}, Active: true},
		{ID: district, NameZH: "东关区", NameEN: "East", Kind: access.Government, Area: district, Areas: []int64{city, district}, Active: true},
		{ID: eastBureau, NameZH: "东关区信访局", NameEN: "East Bureau", Kind: access.Bureau, Area: district, Areas: []int64{city, district}, Active: true},
		{ID: cityBureau, NameZH: "市信访局", NameEN: "City Bureau", Kind: access.Bureau, Area: city, Areas: []int64{city}, Active: true},
	}
}

func (w world) Unit(id int64) (access.Unit, bool) {
	for _, u := range w.All() {
		if u.ID == id {
			return u, true
		}
	}
	return access.Unit{}, false
}

func (world) Leaders(context.Context) ([]access.Actor, error) {
	return []access.Actor{{ID: 9, Name: "郑试", Role: access.Leader, UnitID: district}, {ID: 8, Name: "孙试", Role: access.Leader, UnitID: city}}, nil
}

var (
	cityHead = access.Actor{ID: 1, Role: access.BureauHead, UnitID: cityBureau, AreaID: city, AreaDepth: 1}
	eastHead = access.Actor{ID: 2, Role: access.BureauHead, UnitID: eastBureau, AreaID: district, AreaDepth: 2}
	eastLead = access.Actor{ID: 9, Role: access.Leader, UnitID: district, AreaID: district, AreaDepth: 2}
	handler  = access.Actor{ID: 3, Role: access.UnitHandler, UnitID: 99, AreaID: district, AreaDepth: 2}
)

func stage(d *db.DB) (*Service, *clock.Manual) {
	now := clock.At(start)
	return New(Needs{DB: d, Units: world{}, Leaders: world{}, IDs: ids.NewSource(1, now), Clock: now}), now
}

func whole() map[string]string {
	m := map[string]string{}
	for _, item := range Items {
		m[item] = "公开的" + item
	}
	return m
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := stage(d)
		ctx := t.Context()
		if _, err := s.Editable(ctx, handler); fault.KindOf(err) != fault.Denied {
			t.Errorf("a handler edits: %v", err)
		}
		list, err := s.Editable(ctx, cityHead)
		if err != nil || len(list) != 2 || list[0].Bureau.ID != cityBureau || len(list[0].Missing()) != len(Items) {
			t.Fatalf("%+v %v", list, err)
		}
		part := whole()
		part["phone"] = "  "
		if err := s.Publish(ctx, eastHead, eastBureau, part, start); err != nil {
			t.Fatal(err)
		}
		if err := s.Publish(ctx, eastHead, cityBureau, part, start); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the district edits the city: %v", err)
		}
		if i, err := s.Info(ctx, eastHead, eastBureau); err != nil || strings.Join(i.Missing(), " ") != "phone" {
			t.Errorf("%v %v", i.Missing(), err)
		}
		if err := s.Publish(ctx, cityHead, eastBureau, whole(), start); err != nil {
			t.Fatal(err)
		}
		if i, _ := s.Info(ctx, eastHead, eastBureau); !i.Complete() || i.UpdatedAt.IsZero() {
			t.Errorf("%+v", i)
		}
	})
}

func TestLeadersDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, now := stage(d)
		ctx, day := t.Context(), calendar.On(start).Add(8)
		form := DayForm{Day: day, Begins: "09:00", Ends: "11:30", Place: "一楼接待厅", StaffID: 9, Subject: "供暖"}
		for name, bad := range map[string]DayForm{
			"today":              {Day: calendar.On(start), Begins: "09:00", Ends: "11:30", Place: "x", Leader: "郑试"},
			"ends first":         {Day: day, Begins: "11:00", Ends: "09:00", Place: "x", Leader: "郑试"},
			"nobody":             {Day: day, Begins: "09:00", Ends: "11:30", Place: "x"},
			"a leader elsewhere": {Day: day, Begins: "09:00", Ends: "11:30", Place: "x", StaffID: 8},
		} {
			if _, err := s.Announce(ctx, eastHead, bad, start); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Announce(ctx, handler, form, start); fault.KindOf(err) != fault.Denied {
			t.Errorf("a handler: %v", err)
		}
		x, err := s.Announce(ctx, eastLead, form, start)
		if err != nil || x.BureauID != eastBureau || x.Leader != "郑试" {
			t.Fatalf("%+v %v", x, err)
		}
		form.StaffID, form.Leader, form.Begins = 0, "冯试", "08:00"
		if _, err := s.Announce(ctx, eastHead, form, start); err != nil {
			t.Fatal(err)
		}
		m, err := s.In(ctx, calendar.On(start), 0)
		if err != nil || len(m.Of(day)) != 2 || m.Days[0].Leader != "冯试" || len(m.Weeks()) != 6 {
			t.Fatalf("%+v %v", m, err)
		}
		if m, _ := s.In(ctx, day, cityBureau); len(m.Days) != 0 {
			t.Error("another bureau's days")
		}
		if err := s.Cancel(ctx, cityHead, x.ID, "x", start); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another bureau cancels: %v", err)
		}
		if err := s.Cancel(ctx, eastHead, x.ID, "", start); fault.KindOf(err) != fault.Invalid {
			t.Errorf("no reason: %v", err)
		}
		if err := s.Cancel(ctx, eastHead, x.ID, "公务", start); err != nil {
			t.Fatal(err)
		}
		now.Set(start.AddDate(0, 0, 20))
		if m, _ := s.In(ctx, day, eastBureau); len(m.Days) != 2 || !m.Days[1].Cancelled() {
			t.Errorf("what is past stays: %+v", m.Days)
		}
		if list, err := s.Planned(ctx, eastHead, calendar.On(now.Now())); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
	})
}

func TestPagesInBothLanguages(t *testing.T) {
	s, now := stage(dbtest.SQLite(t))
	words := i18n.Must(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err := words.Check(); err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: words, Now: now.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	rt.Add(NewWeb(s, func(...access.Role) web.Middleware {
		return func(next web.Handler) web.Handler {
			return func(w http.ResponseWriter, r *http.Request) error {
				return next(w, r.WithContext(access.With(r.Context(), eastHead)))
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
	day := url.Values{"day": {"2026-03-10"}, "begins": {"09:00"}, "ends": {"11:00"}, "place": {"一楼"}, "leader": {"冯试"}}
	for _, lang := range []string{"zh-CN", "en"} {
		ask(lang, http.MethodGet, "/about", nil, http.StatusOK)
		ask(lang, http.MethodGet, "/admin/reception", nil, http.StatusOK)
		ask(lang, http.MethodGet, editPath(eastBureau), nil, http.StatusOK)
		ask(lang, http.MethodGet, editPath(cityBureau), nil, http.StatusNotFound)
		ask(lang, http.MethodPost, editPath(eastBureau), url.Values{"mail": {strings.Repeat("长", longest+1)}}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, editPath(eastBureau), url.Values{"mail": {"东关区人民路一号"}}, http.StatusSeeOther)
		if body := ask(lang, http.MethodGet, "/about?bureau=20", nil, http.StatusOK); !strings.Contains(body, "人民路一号") {
			t.Error("what was published")
		}
		ask(lang, http.MethodPost, "/desk/reception", url.Values{}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, "/desk/reception", day, http.StatusSeeOther)
		body := ask(lang, http.MethodGet, "/desk/reception", nil, http.StatusOK)
		cancel := regexp.MustCompile(`/desk/reception/\d+/cancel`).FindString(body)
		ask(lang, http.MethodGet, cancel, nil, http.StatusOK)
		ask(lang, http.MethodPost, cancel, url.Values{}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, cancel, url.Values{"why": {"公务"}}, http.StatusSeeOther)
		for _, query := range []string{"", "?month=2026-03&bureau=20", "?month=2025-01", "?month=x"} {
			ask(lang, http.MethodGet, "/about/leaders"+query, nil, http.StatusOK)
		}
	}
}
