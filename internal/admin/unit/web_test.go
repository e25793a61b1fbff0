package unit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// door lets everybody in as the system administrator.
type door struct{}

func (door) Need(...access.Role) web.Middleware {
	return func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			a := access.Actor{ID: 9, Name: "管理员", Role: access.SystemAdmin}
			return next(w, r.WithContext(access.With(r.Context(), a)))
		}
	}
}

type client struct {
	t testing.TB
	h http.Handler
}

func pages(t testing.TB, p *place) client {
	t.Helper()
	catalogue, err := i18n.New(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	if err := catalogue.Check(); err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: catalogue, Now: func() time.Time { return start }, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	rt.Add(NewWeb(p.Service, door{}))
	return client{t, rt}
}

func (c client) want(r *http.Request, status int, parts ...string) {
	c.t.Helper()
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	body := w.Body.String() + w.Header().Get("Location")
	if words := regexp.MustCompile(`⟦[^⟧]*⟧|.{20}%!.{20}`).FindAllString(body, 5); words != nil {
		c.t.Errorf("%s: words are missing: %q", r.URL, words)
	}
	if w.Code != status {
		c.t.Fatalf("%s: status %d, want %d: %.300s", r.URL, w.Code, status, body)
	}
	for _, part := range parts {
		if !strings.Contains(body, part) {
			c.t.Errorf("%s lacks %q", r.URL, part)
		}
	}
}

func get(path, lang string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", lang)
	return r
}

func post(path string, pairs ...string) *http.Request {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newTown(t, d)
		c := pages(t, p)
		parent := fmt.Sprint(p.unit["d"])
		for _, lang := range []string{"zh-CN", "en"} {
			for _, path := range []string{
				"/admin/units?at=" + parent, "/admin/units?q=局", "/admin/units?q=zzz", "/admin/units/new?parent=" + parent, "/admin/units/" + parent,
			} {
				c.want(get(path, lang), http.StatusOK, "</html>")
			}
		}
		c.want(get("/admin/units", "zh-CN"), http.StatusOK, "名川市", `data-testid="unit-d"`, `data-testid="unit-t"`)
		c.want(get("/admin/units/12345", "zh-CN"), http.StatusNotFound)
		c.want(post("/admin/units/new", "parent", parent, "name_zh", "水务局", "kind", "department", "code", "d-h"),
			http.StatusUnprocessableEntity, "水务局", "这个编码已被使用", `value="d-h"`)
		c.want(post("/admin/units/new", "parent", parent, "name_zh", "水务局", "kind", "department", "code", "d-w"),
			http.StatusSeeOther, "/admin/units?at="+parent)
		c.want(get("/admin/units?at="+parent, "zh-CN"), http.StatusOK, `data-testid="unit-d-w"`)
		u, _ := p.Tree().ByCode("d-w")
		c.want(post(fmt.Sprintf("/admin/units/%d", u.ID), "parent", parent, "name_zh", "", "kind", "department", "code", "d-w"),
			http.StatusUnprocessableEntity, `data-testid="errors"`)
		c.want(post(fmt.Sprintf("/admin/units/%d/active", u.ID), "active", "0"), http.StatusSeeOther)
		c.want(post(fmt.Sprintf("/admin/units/%d/active", p.unit["d-h"]), "active", "0"), http.StatusConflict, "还有在用的人员")
	})
}

func TestEmptyTree(t *testing.T) {
	p := &place{unit: map[string]int64{}}
	d := dbtest.SQLite(t)
	var err error
	if p.Service, err = New(t.Context(), Needs{DB: d}); err != nil {
		t.Fatal(err)
	}
	pages(t, p).want(get("/admin/units", "zh-CN"), http.StatusOK, `data-testid="empty"`)
}
