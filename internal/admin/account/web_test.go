package account

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// browser keeps the cookies of one person.
type browser struct {
	t      testing.TB
	h      http.Handler
	cookie map[string]string
	lang   string
}

type answer struct {
	status int
	body   string
	to     string
}

func pages(t testing.TB, o *office) http.Handler {
	t.Helper()
	catalogue, err := i18n.New(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	if err := catalogue.Check(); err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: catalogue, Now: o.clock.Now, ErrorPage: ui.ErrorPage, SignIn: "/signin"})
	if err != nil {
		t.Fatal(err)
	}
	h := NewWeb(o.Service)
	rt.Use(h.Authenticate)
	rt.Add(h)
	return rt
}

func (b *browser) do(method, path string, form url.Values) answer {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", b.lang)
	for name, value := range b.cookie {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookie, c.Name)
		} else {
			b.cookie[c.Name] = c.Value
		}
	}
	a := answer{w.Code, w.Body.String(), w.Header().Get("Location")}
	if strings.Contains(a.body, "⟦") {
		b.t.Errorf("%s %s: missing words %q", method, path, regexp.MustCompile(`⟦[^⟧]*⟧`).FindAllString(a.body, 5))
	}
	if strings.Contains(a.body, "%!") {
		b.t.Errorf("%s %s: a message lacks an argument", method, path)
	}
	return a
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

func (b *browser) want(a answer, status int, parts ...string) {
	b.t.Helper()
	if a.status != status {
		b.t.Fatalf("status %d, want %d: %.300s", a.status, status, a.body)
	}
	for _, p := range parts {
		if !strings.Contains(a.body+a.to, p) {
			b.t.Errorf("lacks %q: %s", p, a.body)
		}
	}
}

func visitor(t testing.TB, h http.Handler) *browser {
	return &browser{t: t, h: h, cookie: map[string]string{}, lang: "zh-CN"}
}

// enter signs in by the page.
func enter(t testing.TB, h http.Handler, login string) *browser {
	t.Helper()
	b := visitor(t, h)
	b.want(b.post("/signin", "login", login, "password", goodPassword), http.StatusSeeOther)
	return b
}

func TestSignInPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		b := visitor(t, pages(t, o))
		b.want(b.get("/admin/staff?q=x"), http.StatusSeeOther, "/signin?next=%2Fadmin%2Fstaff%3Fq%3Dx")
		b.want(b.get("/signin?next=%2Fadmin%2Funits"), http.StatusOK, `data-testid="signin"`, `value="/admin/units"`)
		bad := b.post("/signin", "login", "system", "password", "no", "next", "/admin/units")
		b.want(bad, http.StatusUnprocessableEntity, `data-testid="errors"`, `value="system"`, `value="/admin/units"`)
		unknown := b.post("/signin", "login", "nobody", "password", "no", "next", "/admin/units")
		if strings.ReplaceAll(unknown.body, "nobody", "system") != bad.body {
			t.Error("an unknown login is answered otherwise than a known one")
		}
		b.want(b.post("/signin", "login", "system", "password", goodPassword, "next", "https://evil.example/"), http.StatusSeeOther, "/admin/units")
		b.want(b.get("/admin/staff"), http.StatusOK, "名川市", `data-testid="staff-clerk1"`)
		b.want(b.get("/signin"), http.StatusSeeOther, "/admin/units")
		b.want(b.post("/signout"), http.StatusSeeOther, "/signin")
		b.want(b.get("/admin/staff"), http.StatusSeeOther, "/signin")
	})
}

func TestGuardNamesTheRule(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t))
	h := pages(t, o)
	id := fmt.Sprint(o.staff["housing"])
	for path, owner := range map[string]string{
		"/admin/staff/new": "system",
		"/admin/sessions":  "secure", "/admin/audit": "audit1", "/admin/audit?log=changes": "audit1",
	} {
		for _, login := range []string{"system", "secure", "audit1", "clerk1", "housing"} {
			b := enter(t, h, login)
			a := b.get(path)
			switch {
			case login == owner:
				b.want(a, http.StatusOK)
			default:
				b.want(a, http.StatusForbidden, "这一页只供以下角色使用")
			}
		}
	}
	for _, path := range []string{"/role", "/reset", "/lock", "/sessions/end", "/active", ""} {
		for _, login := range []string{"clerk1", "audit1", map[bool]string{true: "secure", false: "system"}[path == "" || path == "/active"]} {
			b := enter(t, h, login)
			b.want(b.post("/admin/staff/"+id+path, "role", "leader", "lock", "1", "active", "0"), http.StatusForbidden)
		}
	}
	st, err := o.Staff(t.Context(), o.staff["housing"])
	if err != nil || st.Role != access.UnitHandler || !st.Active || st.Locked(start) {
		t.Errorf("refused, but changed: %+v, %v", st, err)
	}
}

func TestCrossSitePostIsRefused(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t))
	b := enter(t, pages(t, o), "system")
	r := httptest.NewRequest(http.MethodPost, "/signout", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.AddCookie(&http.Cookie{Name: cookieName, Value: b.cookie[cookieName]})
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	b.want(answer{status: w.Code, body: w.Body.String()}, http.StatusForbidden)
	b.want(b.get("/admin/staff"), http.StatusOK)
}

func TestEveryPageInBothLanguages(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t))
	h := pages(t, o)
	person := fmt.Sprint(o.staff["clerk1"])
	for login, paths := range map[string][]string{
		"system": {
			"/account", "/account/password", "/account/second-factor", "/admin/staff", "/admin/staff/new",
			"/admin/staff/" + person, "/admin/staff?q=zzz",
		},
		"secure": {"/admin/staff/" + person, "/admin/staff/" + fmt.Sprint(o.staff["secure"]), "/admin/sessions"},
		"audit1": {"/admin/audit", "/admin/audit?log=changes", "/admin/audit?login=nobody", "/admin/audit?login=system"},
	} {
		b := enter(t, h, login)
		for _, lang := range []string{"zh-CN", "en"} {
			b.lang = lang
			for _, path := range paths {
				b.want(b.get(path), http.StatusOK, "</html>")
			}
		}
		b.want(b.get("/admin/staff/12345"), map[bool]int{true: http.StatusForbidden, false: http.StatusNotFound}[login == "audit1"])
	}
}

func TestAnAccountByTwoAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.params[ParamSecondFactor] = 0
		h := pages(t, o)
		system := enter(t, h, "system")
		a := system.post("/admin/staff/new", "login", "new.clerk", "name", "新人", "unit", fmt.Sprint(o.unit["d-b"]))
		system.want(a, http.StatusSeeOther, "/admin/staff/")
		path := a.to
		system.want(system.get(path), http.StatusOK, "待授权")

		secure := enter(t, h, "secure")
		secure.want(secure.post(path+"/role", "role", "boss"), http.StatusUnprocessableEntity, "请从列表中选择")
		secure.want(secure.post(path+"/role", "role", "bureau_clerk", "cleared", "1"), http.StatusSeeOther)
		a = secure.post(path + "/reset")
		secure.want(a, http.StatusOK, `data-testid="one-time-password"`)
		password := regexp.MustCompile(`one-time-password"[^>]*>([^<]+)<`).FindStringSubmatch(a.body)[1]

		b := visitor(t, h)
		b.want(b.post("/signin", "login", "new.clerk", "password", password, "next", "/desk?x=1"), http.StatusSeeOther, "/account/password?next=%2Fdesk%3Fx%3D1")
		b.want(b.get("/account"), http.StatusSeeOther, "/account/password")
		b.want(b.post("/account/password", "password", password, "new_password", goodPassword, "again", "other"), http.StatusUnprocessableEntity, "不一样")
		b.want(b.post("/account/password", "password", password, "new_password", goodPassword, "again", goodPassword, "next", "/desk?x=1"),
			http.StatusSeeOther, "/desk?x=1")
		b.want(b.get("/account"), http.StatusOK, "新人")
	})
}

func TestSecondFactorPages(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t))
	o.params[ParamSecondFactor] = 1
	h := pages(t, o)
	b := visitor(t, h)
	b.want(b.post("/signin", "login", "system", "password", goodPassword), http.StatusSeeOther, "/account/second-factor")
	b.want(b.get("/admin/staff"), http.StatusSeeOther, "/account/second-factor?next=%2Fadmin%2Fstaff")
	a := b.get("/account/second-factor")
	b.want(a, http.StatusOK, "data:image/png;base64,")
	secret := regexp.MustCompile(`data-testid="secret"[^>]*>([A-Z2-7]+)<`).FindStringSubmatch(a.body)[1]
	b.want(b.post("/account/second-factor", "code", "000000"), http.StatusUnprocessableEntity, secret)
	b.want(b.post("/account/second-factor", "code", o.code(t, secret)), http.StatusOK, `data-testid="recovery"`)
	b.want(b.get("/admin/staff"), http.StatusOK)

	o.clock.Advance(31e9)
	b = visitor(t, h)
	b.want(b.post("/signin", "login", "system", "password", goodPassword, "next", "/admin/staff"), http.StatusSeeOther, "/signin/totp?next=%2Fadmin%2Fstaff")
	b.want(b.get("/admin/staff"), http.StatusSeeOther, "/signin/totp")
	b.want(b.get("/account/password"), http.StatusSeeOther, "/signin/totp")
	b.want(b.get("/signin/totp?next=%2Fadmin%2Fstaff"), http.StatusOK, `value="/admin/staff"`)
	b.want(b.post("/signin/totp", "code", "123"), http.StatusUnprocessableEntity, "验证码不对")
	b.want(b.post("/signin/totp", "code", o.code(t, secret), "next", "/admin/staff"), http.StatusSeeOther, "/admin/staff")
	b.want(b.get("/admin/staff"), http.StatusOK)
	b.want(b.post("/account/second-factor/remove", "password", "wrong"), http.StatusUnprocessableEntity, "现在的密码不对")
	b.want(b.post("/account/second-factor/remove", "password", goodPassword), http.StatusSeeOther)
}

func TestOwnSessionsAndTokens(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t))
	h := pages(t, o)
	mine, theirs := enter(t, h, "clerk1"), enter(t, h, "housing")
	list, err := o.MySessions(o.as(t, "housing"))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	foreign := hex.EncodeToString(list[0].Hash)
	mine.want(mine.post("/account/sessions/end", "session", foreign), http.StatusNotFound)
	mine.want(mine.post("/account/sessions/end", "session", "not hex"), http.StatusNotFound)
	theirs.want(theirs.get("/account"), http.StatusOK)

	second := enter(t, h, "clerk1")
	mine.want(mine.post("/account/sessions/end", "session", "others"), http.StatusSeeOther)
	second.want(second.get("/account"), http.StatusSeeOther, "/signin")
	mine.want(mine.get("/account"), http.StatusOK)

	mine.want(mine.post("/account/tokens", "token_name", "", "days", "900"), http.StatusUnprocessableEntity, `data-testid="errors"`)
	a := mine.post("/account/tokens", "token_name", "报表程序", "days", "30")
	mine.want(a, http.StatusOK, TokenPrefix)
	token := hex.EncodeToString(mustTokens(t, o, "clerk1")[0].Hash)
	theirs.want(theirs.post("/account/tokens/end", "token", token), http.StatusNotFound)
	mine.want(mine.post("/account/tokens/end", "token", token), http.StatusSeeOther)
}
