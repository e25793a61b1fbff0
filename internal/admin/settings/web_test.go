package settings

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// door guards like the account capability does; the role comes from a header.
type door struct{}

func (door) Need(roles ...access.Role) web.Middleware {
	return func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			role := access.Role(r.Header.Get("X-Role"))
			if !slices.Contains(roles, role) {
				return fault.New(fault.Denied, "settings.only_system_admin")
			}
			return next(w, r.WithContext(access.With(r.Context(), access.Actor{ID: 9, Name: "管理员", Role: role, UnitID: city})))
		}
	}
}

type client struct {
	t    testing.TB
	h    http.Handler
	role access.Role
	lang string
}

func pages(t testing.TB, p *locality) *client {
	t.Helper()
	catalogue, err := i18n.New(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	if err := catalogue.Check(); err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: catalogue, Now: p.clock.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	rt.Add(NewWeb(p.Service, door{}))
	return &client{t: t, h: rt, role: access.SystemAdmin, lang: "zh-CN"}
}

func (c *client) send(r *http.Request) *httptest.ResponseRecorder {
	c.t.Helper()
	r.Header.Set("X-Role", string(c.role))
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", c.lang)
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	body := w.Body.String()
	if strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
		c.t.Errorf("%s: words are missing: %q", r.URL, regexp.MustCompile(`⟦[^⟧]*⟧|.{20}%!.{20}`).FindAllString(body, 5))
	}
	return w
}

func (c *client) get(path string) *httptest.ResponseRecorder {
	c.t.Helper()
	return c.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (c *client) post(path string, pairs ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.send(r)
}

func (c *client) want(w *httptest.ResponseRecorder, status int, parts ...string) {
	c.t.Helper()
	if w.Code != status {
		c.t.Fatalf("status %d, want %d: %.300s", w.Code, status, w.Body)
	}
	for _, p := range parts {
		if !strings.Contains(w.Body.String()+w.Header().Get("Location"), p) {
			c.t.Errorf("lacks %q: %s", p, w.Body)
		}
	}
}

func TestEveryPageInBothLanguages(t *testing.T) {
	p := newPlace(t, dbtest.SQLite(t))
	c := pages(t, p)
	for _, lang := range []string{"zh-CN", "en"} {
		c.lang = lang
		c.role = access.SystemAdmin
		for _, path := range []string{
			"/admin/categories", "/admin/categories?q=供热", "/admin/categories?q=zzz", "/admin/categories/0406", "/admin/duties",
			"/admin/duties?area=1&category=04&ended=1", "/admin/duties/new?category=04&area=1", "/admin/calendars", "/admin/calendars?year=2030",
			"/admin/calendars/2026-02-17", "/admin/parameters",
		} {
			c.want(c.get(path), http.StatusOK, "</html>")
		}
		c.role = access.SecAdmin
		c.want(c.get("/admin/parameters"), http.StatusOK, "second_factor.required")
		for _, path := range []string{"/admin/categories", "/admin/duties", "/admin/calendars"} {
			c.want(c.get(path), http.StatusForbidden)
		}
	}
}

func TestCategoryPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		c := pages(t, p)
		c.want(c.get("/admin/categories?q=暖气"), http.StatusOK, `data-testid="category-0406"`)
		if strings.Contains(c.get("/admin/categories?q=暖气").Body.String(), "category-0101") {
			t.Error("the search keeps what does not match")
		}
		c.want(c.post("/admin/categories/0406", "name_zh", "", "keywords", "暖气，冰凉"), http.StatusUnprocessableEntity, "暖气，冰凉", `data-testid="errors"`)
		c.want(c.post("/admin/categories/0406", "name_zh", "供热", "lead_zh", "供热办", "natures", "R7", "natures", "R6", "keywords", "暖气、冰凉"),
			http.StatusSeeOther)
		got, _ := p.Category("0406")
		if got.Active || got.LeadZH != "供热办" || len(got.Natures) != 2 || len(got.Keywords) != 2 {
			t.Errorf("%+v", got)
		}
		c.want(c.get("/admin/categories/9999"), http.StatusNotFound)
	})
}

func TestDutyPagesByForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		c := pages(t, p)
		c.want(c.get("/admin/duties"), http.StatusOK, `data-testid="empty"`)
		c.want(c.post("/admin/duties/new", "category", "0406", "area", "2", "unit", "4", "basis", "三定规定", "from", "soon"),
			http.StatusUnprocessableEntity, "请填写日期", "三定规定")
		c.want(c.post("/admin/duties/new", "category", "0406", "area", "2", "unit", "4", "basis", "三定规定", "from", "2026-03-01"), http.StatusSeeOther)
		page := c.get("/admin/duties?category=04&area=2")
		c.want(page, http.StatusOK, "住建局", "三定规定", "有效")
		action := regexp.MustCompile(`/admin/duties/\d+/end`).FindString(page.Body.String())
		c.want(c.post(action, "back", "/admin/duties?area=2"), http.StatusSeeOther, "/admin/duties?area=2")
		c.want(c.post(action, "back", "https://evil.example/"), http.StatusNotFound)
	})
}

func TestCalendarPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		c := pages(t, p)
		c.want(c.get("/admin/calendars"), http.StatusOK, `class="day-off"`, `class="day-makeup"`, `data-testid="day-2026-12-31"`)
		p.clock.Set(start.AddDate(0, 8, 20))
		c.want(c.get("/admin/calendars"), http.StatusOK, `data-testid="year-missing"`, "还没有 2027 年")
		c.want(c.post("/admin/calendars/2026-03-09", "kind", "off", "name", "暴雪"), http.StatusSeeOther, "year=2026")
		c.want(c.get("/admin/calendars/2026-03-09"), http.StatusOK, "暴雪")
		c.want(c.post("/admin/calendars/2026-03-09", "kind", "maybe"), http.StatusUnprocessableEntity)
		c.want(c.get("/admin/calendars/2026-02-30"), http.StatusNotFound)
		c.want(c.post("/admin/calendars", "year", "2026", "notice", "{oops"), http.StatusUnprocessableEntity, "{oops", "JSON")

		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		form.WriteField("notice", "")
		file, _ := form.CreateFormFile("file", "2027.json")
		file.Write([]byte(notice2027))
		form.Close()
		r := httptest.NewRequest(http.MethodPost, "/admin/calendars", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		c.want(c.send(r), http.StatusSeeOther, "year=2027")
		if !p.Calendar().Covers(2027) {
			t.Error("2027 was not loaded")
		}
	})
}

func TestParameterPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		p.Observe(staff{}, running{})
		c := pages(t, p)
		c.want(c.get("/admin/parameters"), http.StatusOK, "2022-05-01", "12+")
		c.want(c.post("/admin/parameters/versions", "clock.T4", "70", "note", "缩短", "second_factor.required", "false"),
			http.StatusUnprocessableEntity, `value="70"`, `href="#f-clock.T4"`, `href="#f-note"`)
		c.want(c.post("/admin/parameters/versions", "clock.T4", "50", "note", "市政府决定", "from", "2026-13-01"), http.StatusUnprocessableEntity, "不能早于今天")
		c.want(c.post("/admin/parameters/versions", "clock.T4", "50", "note", "市政府决定", "second_factor.required", "false"),
			http.StatusSeeOther, "/admin/parameters/versions/2026-03-02")
		c.want(c.post("/admin/parameters", "clock.T4", "10"), http.StatusSeeOther)
		if p.Int("clock.T4") != 50 || !p.Bool("second_factor.required") {
			t.Error("set past its owner or its version")
		}
		c.want(c.get("/admin/parameters/versions"), http.StatusOK, "市政府决定", "王主任", "60 天 → 50 天", `data-testid="version-2022-05-01"`)
		c.want(c.get("/admin/parameters/versions/2026-03-02"), http.StatusOK, "60 天", "50 天", "王主任")
		c.want(c.get("/admin/parameters/versions/2022-05-01?with=2026-03-02"), http.StatusOK, "再次发布")
		c.want(c.get("/admin/parameters/versions/2022-05-02"), http.StatusNotFound)
		c.want(c.post("/admin/parameters/versions/2022-05-01", "note", "改回去吧", "from", "2026-06-01"), http.StatusSeeOther, "/2026-06-01")
		c.want(c.get("/admin/parameters"), http.StatusOK, `data-testid="planned"`)
		c.lang = "en"
		c.want(c.get("/admin/parameters/versions/2026-06-01"), http.StatusOK, "Not yet in force")
		c.role = access.SecAdmin
		c.want(c.get("/admin/parameters/versions"), http.StatusOK, "In force")
		c.want(c.post("/admin/parameters/versions", "clock.T4", "20", "note", "not mine"), http.StatusForbidden)
		c.want(c.post("/admin/parameters", "second_factor.required", "false", "session.hours", "8"), http.StatusSeeOther)
		if p.Bool("second_factor.required") || p.Int("session.hours") != 8 {
			t.Error("not set")
		}
	})
}

type staff struct{}

func (staff) StaffName(_ context.Context, id int64) string {
	return map[int64]string{9: "王主任"}[id]
}

type running struct{}

func (running) OpenUnder(context.Context, string) (int, bool, error) { return 12, true, nil }
