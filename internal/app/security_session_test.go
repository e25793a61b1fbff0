package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
)

// clerkOf is the post that the tests of sessions sign in with.
func clerkOf(h *apptest.House) apptest.Post {
	return apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}
}

// cookie reads a cookie that a browser holds.
func cookie(b *apptest.Browser, name string) string {
	at, _ := url.Parse(b.House.URL)
	for _, c := range b.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// bearing opens a page with a session cookie of one's own making.
func bearing(h *apptest.House, session, path string) apptest.Page {
	req, _ := http.NewRequest(http.MethodGet, h.URL+path, nil)
	req.AddCookie(&http.Cookie{Name: "session", Value: session})
	return h.Browser().Stay().Ask(req)
}

func TestSessions(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		login, _ := h.Hire(clerkOf(h))
		b := h.Browser()
		at, _ := url.Parse(h.URL)
		b.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: "chosen-by-somebody-else"}})
		b.Post("/signin", url.Values{"login": {login}, "password": {apptest.Password}}).Is(http.StatusOK).At("/desk")
		first := cookie(b, "session")
		if first == "chosen-by-somebody-else" || len(first) < 40 {
			t.Fatalf("the session is %q", first)
		}
		bearing(h, "chosen-by-somebody-else", "/desk").Is(http.StatusSeeOther)
		bearing(h, first, "/desk").Is(http.StatusOK)

		next := "yunqi-8841-hetang"
		b.Post("/account/password", url.Values{"password": {apptest.Password}, "new_password": {next}, "again": {next}}).Is(http.StatusOK)
		second := cookie(b, "session")
		if second == first {
			t.Error("a new password keeps the session")
		}
		bearing(h, first, "/desk").Is(http.StatusSeeOther)
		bearing(h, second, "/desk").Is(http.StatusOK)
		b.Post("/signout", nil).Is(http.StatusOK).At("/signin")
		bearing(h, second, "/desk").Is(http.StatusSeeOther)

		b.Post("/signin", url.Values{"login": {login}, "password": {next}}).Is(http.StatusOK).At("/desk")
		h.Clock.Advance(29 * time.Minute)
		b.Get("/desk").Is(http.StatusOK).At("/desk")
		h.Clock.Advance(31 * time.Minute)
		b.Get("/desk").At("/signin")

		b.Post("/signin", url.Values{"login": {login}, "password": {next}}).Is(http.StatusOK)
		for range 12 * 4 {
			h.Clock.Advance(15 * time.Minute)
			b.Get("/account")
		}
		b.Get("/desk").At("/signin")
	})
}

func TestCookies(t *testing.T) {
	for base, secure := range map[string]bool{"": false, "https://xq.example": true} {
		h := apptest.Start(t, "sqlite", func(c *app.Config) { c.PublicURL = base })
		login, _ := h.Hire(clerkOf(h))
		r := h.File(1)
		b := h.Browser().Stay()
		pages := []apptest.Page{
			b.Post("/signin", url.Values{"login": {login}, "password": {apptest.Password}}),
			b.Post("/follow", url.Values{"no": {r.No}, "code": {r.Code}}),
			b.Get("/prefs?lang=en&large=1"),
			b.Post("/signout", nil),
		}
		for i, p := range pages {
			list := (&http.Response{Header: p.Header}).Cookies()
			if len(list) == 0 {
				t.Errorf("answer %d sets no cookie", i)
			}
			for _, c := range list {
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode || c.Secure != secure || c.Domain != "" || c.Path == "" {
					t.Errorf("cookie %+v", c)
				}
			}
			if got := p.Header.Get("Strict-Transport-Security") != ""; got != secure {
				t.Errorf("HSTS %v at %q", got, base)
			}
		}
	}
}

func TestSignInLockout(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		login, _ := h.Hire(clerkOf(h))
		try := func(login, password string) apptest.Page {
			return h.Browser().Post("/signin", url.Values{"login": {login}, "password": {password}})
		}
		wrong := try(login, "wrong-password").Is(http.StatusUnprocessableEntity).Has("15")
		unknown := try("nobody-at-all", "wrong-password").Is(http.StatusUnprocessableEntity)
		if plain(wrong.Body, login) != plain(unknown.Body, "nobody-at-all") {
			t.Error("the answer tells which logins there are")
		}
		for range 5 {
			try(login, "wrong-password").Is(http.StatusUnprocessableEntity)
		}
		try(login, apptest.Password).Is(http.StatusUnprocessableEntity)
		h.Clock.Advance(70 * time.Minute)
		try(login, apptest.Password).Is(http.StatusOK).At("/desk")
		var slow apptest.Page
		for range 40 {
			if slow = try("guess", "wrong-password"); slow.Status == http.StatusTooManyRequests {
				break
			}
		}
		if slow.Status != http.StatusTooManyRequests || slow.Header.Get("Retry-After") == "" {
			t.Errorf("forty guesses are answered %d", slow.Status)
		}
	})
}

// plain leaves out what differs between two answers anyway.
func plain(body, login string) string {
	body = strings.ReplaceAll(body, login, "")
	return regexp.MustCompile(`[A-Z0-9]{12,26}`).ReplaceAllString(body, "")
}

func TestQueryCodeLockout(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		for range 10 {
			h.Petitioner("2222-2222").Get("/api/v1/cases/"+r.No).Problem(http.StatusUnprocessableEntity, "tracking.refused")
		}
		a := h.Petitioner(r.Code).Get("/api/v1/cases/" + r.No)
		a.Problem(http.StatusTooManyRequests, "tracking.locked")
		if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait < 800 || wait > 900 {
			t.Errorf("Retry-After %s", a.Header.Get("Retry-After"))
		}
		p := h.Browser().Post("/follow", url.Values{"no": {r.No}, "code": {r.Code}}).Is(http.StatusTooManyRequests).Has("09:1")
		if p.Header.Get("Retry-After") == "" {
			t.Error("the page does not say when to come back")
		}
		h.Clock.Advance(16 * time.Minute)
		h.Petitioner(r.Code).Get("/api/v1/cases/" + r.No).Is(http.StatusOK)
	})
}

func TestPhoneCodeOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		h.FileAs(h.Anybody(), 2, map[string]any{"purpose": "accusation", "words": secretWords, "wish": "查处", "area_id": h.Town,
			"person": map[string]any{"name": "王小明", "phone": "13800000001", "address": "和平镇 1 号"}})
		b := h.Browser()
		p := b.Post("/phone", url.Values{"phone": {"13800000001"}}).Is(http.StatusOK)
		code := regexp.MustCompile(`\b\d{6}\b`).FindString(p.Body[strings.Index(p.Body, "演示环境"):])
		form := p.Hidden()
		for i := range 4 {
			form.Set("code", text(int64(100000+i)))
			b.Post("/phone/code", form).Is(http.StatusUnprocessableEntity)
		}
		form.Set("code", code)
		b.Post("/phone/code", form).Is(http.StatusOK).At("/my").Has(r.No).Lacks("莲花山")
		h.Browser().Post("/phone/code", form).Is(http.StatusUnprocessableEntity)
		if strings.Contains(cookie(b, "phone"), "13800000001") {
			t.Error("the cookie tells the number")
		}
	})
}

func TestFilingsAreLimited(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		for i := range 3 {
			h.File(i)
		}
		a := h.Anybody().With("Idempotency-Key", "one-too-many-at-once").Post("/api/v1/filings", h.Filing(4))
		a.Problem(http.StatusTooManyRequests, "web.too_many")
		if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait < 10 || wait > 20 {
			t.Errorf("Retry-After %s", a.Header.Get("Retry-After"))
		}
		if p := h.Browser().Post("/file/send", url.Values{"at": {"check"}}).Is(http.StatusTooManyRequests); p.Header.Get("Retry-After") == "" {
			t.Error("the page does not say when to come back")
		}
		operator := h.Client(apptest.Post{Role: access.Operator, Unit: h.CityBureau})
		for i := range 5 {
			body := h.Filing(10 + i)
			body["channel"] = "phone"
			h.FileAs(operator, 10+i, body)
		}
		h.Clock.Advance(21 * time.Second)
		h.File(4)
	}, func(c *app.Config) { c.FilingsPerMinute = 3 })
}
