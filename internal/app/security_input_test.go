package app_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xinqiao/internal/admin/unit"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

const (
	script = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{7*7}}`
	raw1   = `<script>alert`
	raw2   = `<img src=x`
)

// TestScriptIsText: what people type is shown as they typed it and runs
// nowhere.
func TestScriptIsText(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		ctx := access.With(t.Context(), access.Actor{Role: access.System})
		if _, err := h.Units.AddOne(ctx, unit.Form{ParentID: h.East, Code: "X1", NameZH: script[:40], NameEN: script, Kind: access.Town}); err != nil {
			t.Fatal(err)
		}
		c := newCast(h)
		person := map[string]any{"name": "王" + `<img src=x>`, "org_name": script, "phone": "13800000001", "address": script}
		body := map[string]any{"title": script[:38], "words": script + "电梯坏了", "wish": script, "place": script, "area_id": h.Town, "person": person}
		a := h.Anybody().With("Idempotency-Key", "a-key-of-hostile-words").Post("/api/v1/filings", body)
		if a.Status != http.StatusCreated { // a name of marks may be refused; the rest must not
			a.Is(http.StatusUnprocessableEntity)
			person["name"] = "王小明"
			a = h.Anybody().With("Idempotency-Key", "a-key-of-hostile-words").Post("/api/v1/filings", body)
		}
		var r apptest.Receipt
		a.Is(http.StatusCreated).Into(&r)
		me := h.Petitioner(r.Code)
		me.Do(r.No, casework.Supplement, casework.Data{Text: script}, "s").Is(http.StatusOK)
		live(c, r.No, script)
		me.Do(r.No, casework.Rate, casework.Data{RatedUnit: 1, RatedResult: 1, Text: script}, "r").Is(http.StatusOK)
		me.Do(r.No, casework.Contest, casework.Data{Reason: script}, "c").Is(http.StatusOK)
		h.Drain()
		quoted := url.QueryEscape(script)
		for _, lang := range []string{"zh", "en"} {
			petitioner, clerk := enter(h, r), h.SignIn(clerkOf(h))
			admin := h.SignIn(apptest.Post{Role: access.SystemAdmin, Unit: h.City.City})
			for _, b := range []*apptest.Browser{petitioner, clerk, admin} {
				b.Post("/prefs", url.Values{"lang": {lang}})
			}
			look := func(b *apptest.Browser, paths ...string) {
				t.Helper()
				for _, path := range paths {
					if p := b.Get(path); p.Status >= 500 || strings.Contains(p.Body, raw1) || strings.Contains(p.Body, raw2) {
						t.Errorf("%s runs it (%d)", path, p.Status)
					}
				}
			}
			look(petitioner, "/follow/"+r.No, "/follow/"+r.No+"/why/1", "/follow/"+r.No+"/letter/1", "/follow/"+r.No+"/letter/8", "/follow?no="+quoted, "/file", "/file/where", "/prefs?next="+quoted, "/signin?next="+quoted)
			look(clerk, "/desk", "/desk?view=open", "/desk/cases/"+r.No, "/desk/cases/"+r.No+"/why/1", "/desk/search?q="+quoted, "/desk/search?q="+url.QueryEscape("电梯"),
				"/desk/new?words="+quoted+"&name="+quoted, "/desk/cases/"+r.No+"/do/forward?category="+quoted, "/lead", "/desk?category="+quoted)
			look(admin, "/admin/units", "/admin/staff?words="+quoted, "/admin/units/new", "/admin/duties")
			for _, p := range []apptest.Page{
				clerk.Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {script}}),
				clerk.Post("/desk/bulk", url.Values{"verb": {"record"}, "select": {r.No}}),
				clerk.Post("/desk/filters", url.Values{"name": {script[:30]}, "query": {"view=open&category=" + quoted}}),
				clerk.Post("/desk/new", url.Values{"words": {script}, "name": {script}, "phone": {script}, "address": {script}, "title": {script}}),
				petitioner.Post("/follow", url.Values{"no": {script}, "code": {script}}),
				petitioner.Post("/phone", url.Values{"phone": {script}}),
				petitioner.Post("/signin", url.Values{"login": {script}, "password": {"x"}, "next": {script}}),
			} {
				if p.Status >= 500 {
					t.Errorf("%s: %d", p.Path, p.Status)
				}
				p.Lacks(raw1, raw2)
			}
			petitioner.Get("/follow/" + r.No).Has("&lt;script&gt;alert(1)&lt;/script&gt;")
			clerk.Get("/desk/cases/" + r.No).Has("&lt;script&gt;alert(1)&lt;/script&gt;")
		}
	})
}

// TestHugeInput: too much is refused as such, and clearly.
func TestHugeInput(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	r := h.File(1)
	clerk := h.SignIn(clerkOf(h))
	huge := strings.Repeat("很长", 600_000) // 3.6 MB, more in a form
	for _, path := range []string{"/follow", "/signin", "/phone", "/prefs", "/desk/new", "/desk/bulk", "/desk/filters", "/account/password"} {
		clerk.Post(path, url.Values{"text": {huge}, "words": {huge}}).Is(http.StatusRequestEntityTooLarge)
	}
	long := strings.Repeat("长", 25_000)
	p := enter(h, r).Post("/follow/"+r.No+"/supplement", url.Values{"text": {long}}).Is(http.StatusUnprocessableEntity)
	p.Has("25000")
	h.SignIn(clerkOf(h)).Post("/desk/cases/"+r.No+"/record", url.Values{"text": {long}, "method": {"call"}}).Is(http.StatusUnprocessableEntity)
	h.Anybody().Send(http.MethodPost, "/api/v1/filings", []byte(`{"words":"`+huge+`"}`)).Problem(http.StatusRequestEntityTooLarge, "rest.input")
	body := h.Filing(2)
	body["words"] = long
	if got := h.Anybody().Post("/api/v1/filings", body).Problem(http.StatusUnprocessableEntity, "rest.input"); len(got) != 1 || got[0] != "words" {
		t.Errorf("long words name %v", got)
	}
	if got := len(h.Events(r.No)); got != 1 {
		t.Errorf("%d events", got)
	}
}

// TestBadBodies: what is no JSON, no UTF-8, no field or no value of one is
// named, in both languages, and never repeated.
func TestBadBodies(t *testing.T) {
	h := apptest.Start(t, "sqlite", noLimit)
	mark := "ZZTOPMARK"
	good, _ := json.Marshal(h.Filing(1))
	with := func(change func(map[string]any)) []byte {
		body := h.Filing(1)
		change(body)
		b, _ := json.Marshal(body)
		return b
	}
	for name, try := range map[string]struct {
		body   []byte
		status int
		id     string
		field  string
	}{
		"nothing":          {nil, 400, "rest.input", ""},
		"no JSON":          {[]byte(mark), 400, "rest.input", "body"},
		"half":             {good[:40], 400, "rest.input", "body"},
		"binary":           {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), 400, "rest.input", "body"},
		"GBK":              {bytes.ReplaceAll(good, []byte("小区"), []byte("\xd0\xa1\xc7\xf8")), 400, "rest.input", "body"},
		"lone byte":        {bytes.ReplaceAll(good, []byte("小区"), []byte("\xff")), 400, "rest.input", "body"},
		"a list":           {[]byte(`["` + mark + `"]`), 422, "rest.input", "body"},
		"unknown field":    {with(func(b map[string]any) { b["<b>"+mark] = 1 }), 422, "rest.input", "body"},
		"number for words": {with(func(b map[string]any) { b["words"] = 7 }), 422, "rest.input", "words"},
		"no words":         {with(func(b map[string]any) { delete(b, "words") }), 422, "rest.input", "body"},
		"unknown purpose":  {with(func(b map[string]any) { b["purpose"] = mark }), 422, "rest.input", "purpose"},
		"bad moment":       {with(func(b map[string]any) { b["received_at"] = mark }), 422, "rest.input", "received_at"},
		"text for a unit":  {with(func(b map[string]any) { b["area_id"] = mark }), 422, "rest.input", "area_id"},
		"NUL":              {with(func(b map[string]any) { b["words"] = mark + "\x00电梯坏了没有人管" }), 400, "rest.input", "body"},
		"short words":      {with(func(b map[string]any) { b["words"] = "短" }), 422, "intake.invalid", "words"},
		"unknown place":    {with(func(b map[string]any) { b["area_id"] = 42 }), 422, "intake.invalid", "area_id"},
		"tomorrow":         {with(func(b map[string]any) { b["occurred_on"] = "2027-01-01" }), 422, "intake.invalid", "occurred_on"},
		"bad phone":        {with(func(b map[string]any) { b["person"].(map[string]any)["phone"] = mark }), 422, "person.invalid", "person.phone"},
		"bad id":           {with(func(b map[string]any) { b["person"].(map[string]any)["id_no"] = mark }), 422, "person.invalid", "person.id_no"},
		"no address":       {with(func(b map[string]any) { delete(b["person"].(map[string]any), "address") }), 422, "intake.invalid", "person.address"},
		"not staff":        {with(func(b map[string]any) { b["channel"] = "letter" }), 403, "intake.for_staff", ""},
	} {
		for lang, word := range map[string]string{"zh-CN": "请", "en": "a"} {
			a := h.Anybody().With("Accept-Language", lang).With("Idempotency-Key", "key-of-bad-bodies").Send(http.MethodPost, "/api/v1/filings", try.body)
			if a.Status != try.status {
				t.Errorf("%s: status %d %s", name, a.Status, a.Body)
				continue
			}
			got := a.Problem(try.status, try.id)
			if try.field != "" && (len(got) == 0 || got[0] != try.field) {
				t.Errorf("%s names %v, expected %s", name, got, try.field)
			}
			if strings.Contains(string(a.Body), mark) || !strings.Contains(string(a.Body), word) {
				t.Errorf("%s in %s: %s", name, lang, a.Body)
			}
			if han := strings.ContainsAny(string(a.Body), "的请不是"); han != (lang == "zh-CN") {
				t.Errorf("%s speaks the wrong language to %s: %s", name, lang, a.Body)
			}
		}
	}
	h.Anybody().With("Content-Type", "text/xml").Post("/api/v1/filings", h.Filing(1)).Problem(http.StatusUnsupportedMediaType, "rest.input")
	h.Anybody().With("Idempotency-Key", strings.Repeat("k", 101)).Post("/api/v1/filings", h.Filing(1)).Problem(http.StatusUnprocessableEntity, "rest.input")
	h.Anybody().With("Idempotency-Key", "a-key-that-is-no-text-\xff").Post("/api/v1/filings", h.Filing(1)).Problem(http.StatusUnprocessableEntity, "web.encoding")
	h.Anybody().Get("/api/v1/units?kind=%00").Problem(http.StatusUnprocessableEntity, "web.encoding")
	h.Anybody().Get("/api/v1/units?kind=%d6%d0").Problem(http.StatusUnprocessableEntity, "web.encoding")
	h.Anybody().With("Idempotency-Key", "short").Post("/api/v1/filings", h.Filing(1)).Problem(http.StatusUnprocessableEntity, "intake.invalid")
	b := h.Browser()
	for _, raw := range []string{"no=%D6%D0%B9%FA&code=%FF", "no=\xd6\xd0\xb9\xfa"} {
		b.Send("/follow", "application/x-www-form-urlencoded", strings.NewReader(raw)).Is(http.StatusUnprocessableEntity).Has("UTF-8")
	}
	b.Send("/follow", "application/x-www-form-urlencoded; charset=gbk", strings.NewReader("no=1")).Is(http.StatusUnprocessableEntity)
	b.Send("/follow", "application/x-www-form-urlencoded", strings.NewReader("no=%zz")).Is(http.StatusUnprocessableEntity)
	b.Send("/follow", "multipart/form-data; boundary=x", strings.NewReader("no boundary here")).Is(http.StatusUnprocessableEntity)
	b.Send("/follow", "multipart/form-data", strings.NewReader("x")).Is(http.StatusUnprocessableEntity)
	b.Post("/follow", url.Values{"no": {"\x00\x01"}, "code": {"\x00"}}).Is(http.StatusUnprocessableEntity)
}

// TestRedirectsStayHere: no answer leads to another site, whoever asks how.
func TestRedirectsStayHere(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	login, _ := h.Hire(clerkOf(h))
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "javascript:alert(1)", "http:evil.example", "/%0d%0aSet-Cookie:x=1", "/\r\nX: 1", " //evil.example", "///evil.example"} {
		form := url.Values{"login": {login}, "password": {apptest.Password}, "next": {next}}
		b := h.Browser().Stay()
		b.Get("/signin?next=" + url.QueryEscape(next)).Is(http.StatusOK).Lacks(`name="next" value="/\evil`)
		for _, p := range []apptest.Page{
			b.Post("/signin", form).Is(http.StatusSeeOther), b.Post("/prefs", url.Values{"lang": {"zh"}, "next": {next}}).Is(http.StatusSeeOther),
			b.Get("/prefs?next=" + url.QueryEscape(next)).Is(http.StatusSeeOther), b.Get("/signin?next=" + url.QueryEscape(next)).Is(http.StatusSeeOther),
		} {
			to := p.Header.Get("Location")
			u, err := url.Parse(to)
			if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") || p.Header.Get("X") != "" {
				t.Errorf("next=%q leads to %q", next, to)
			}
		}
	}
	for _, path := range []string{"/", "/desk", "/signin", "/follow", "/nowhere", "/openapi.json", "/api"} {
		req, _ := http.NewRequest(http.MethodGet, h.URL+path, nil)
		req.Host = "evil.example"
		req.Header.Set("X-Forwarded-Host", "evil.example")
		if p := h.Browser().Stay().Ask(req); strings.Contains(p.Body, "evil.example") || strings.Contains(p.Header.Get("Location"), "evil.example") {
			t.Errorf("%s repeats the host", path)
		}
	}
}

// TestBrokenStore: when the store is gone, people read that it is not their
// fault, and nothing about why.
func TestBrokenStore(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		b := enter(h, r)
		h.DB.Close()
		secret := []string{"sql", "SQL", "closed", "pgx", "goroutine", ".go:", "database", "/tmp"}
		b.Get("/follow/"+r.No).Is(http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusOK).Lacks(secret...)
		b.Post("/follow", url.Values{"no": {r.No}, "code": {r.Code}}).Is(http.StatusInternalServerError, http.StatusServiceUnavailable).Lacks(secret...)
		a := h.Petitioner(r.Code).Get("/api/v1/cases/" + r.No)
		for _, word := range secret {
			if strings.Contains(string(a.Body), word) {
				t.Errorf("the problem tells %q: %s", word, a.Body)
			}
		}
		if a.Status < 500 || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("status %d %v", a.Status, a.Header)
		}
		h.Browser().Get("/readyz").Is(http.StatusServiceUnavailable)
		h.Browser().Get("/healthz").Is(http.StatusOK)
		if !strings.Contains(h.Log.String(), `"level":"ERROR"`) {
			t.Error("the operators are not told")
		}
	})
}
