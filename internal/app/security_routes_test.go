package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// TestCrossSite: no other site can make a browser post anywhere.
func TestCrossSite(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	r := h.File(1)
	clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}).Stay()
	place := map[string]string{"no": r.No, "verb": "record", "id": "1", "code": "0101", "day": "2026-03-04", "step": "where", "kind": "D11", "act": "approve"}
	posts := append(routes(h, "POST", place), apiRoutes(t, h, "post", r.No)...)
	if len(posts) < 60 {
		t.Fatalf("only %d routes that take a post", len(posts))
	}
	for _, path := range posts {
		for _, header := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.example", "Origin: null"} {
			req, _ := http.NewRequest(http.MethodPost, h.URL+path, strings.NewReader("text=x"))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			name, value, _ := strings.Cut(header, ": ")
			req.Header.Set(name, value)
			if p := clerk.Ask(req); p.Status != http.StatusForbidden || strings.Contains(p.Body, "evil.example") {
				t.Errorf("POST %s with %s: %d", path, header, p.Status)
			}
		}
	}
	if got := h.Events(r.No); len(got) != 1 {
		t.Errorf("events %v", got)
	}
}

var (
	inlineCode = regexp.MustCompile(`(?i)<script(?:\s+type="(?:module|text/javascript)")?>|<style|\s(?:style|on[a-z]+)\s*=\s*"|javascript:`)
	hostile    = []string{
		`' OR '1'='1`, `'; DROP TABLE case_file; --`, `1) UNION SELECT password_hash FROM staff --`, `" OR 1=1 --`, `%' --`, `\`, `$1`,
		`{"$gt":""}`, "\u0000", "a\u202eb", `-9223372036854775808`, `99999999999999999999999`, `MC26-0A1B-7K3F' --`, strings.Repeat("界", 3000),
		"W10", "WzEsMl0", `WyInIE9SIDEiLCIxIl0`, `<script>alert(1)</script>`, `"`, `AND OR NOT NEAR(`, `*`, `电 "梯`, `:* & |`, "2026-02-30", "0000-00-00", "9999-12-31",
	}
	parameters = []string{
		"view", "q", "category", "unit", "urgency", "channel", "nature", "state", "from", "to", "late", "after", "before", "limit", "role",
		"words", "year", "next", "lang", "large", "no", "code", "place", "title", "parent", "area", "kind", "id", "staff", "who", "major", "owner",
	}
)

// safe checks what every page must have and must not have.
func safe(t *testing.T, p apptest.Page, path string) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=()",
	} {
		if got := p.Header.Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s is %q", path, name, got)
		}
	}
	if csp := p.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") {
		t.Errorf("%s: %s", path, csp)
	}
	if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		if m := inlineCode.FindStringIndex(p.Body); m != nil {
			t.Errorf("%s has code in the page: %.80s", path, p.Body[m[0]:])
		}
		// The guided filing may be kept by the browser itself, for its back button.
		if kept := p.Header.Get("Cache-Control"); !strings.Contains(kept, "no-store") && !(p.Path == "/file" && kept == "private, no-cache") {
			t.Errorf("%s may be kept: %q", path, p.Header.Get("Cache-Control"))
		}
	}
}

// TestEveryPage opens every page as every role, also by ways that are none.
func TestEveryPage(t *testing.T) {
	h := apptest.Start(t, "sqlite", noLimit)
	c := newCast(h)
	r := h.File(1)
	live(c, r.No, "电话核实")
	h.Drain()
	_, staffID := h.Hire(apptest.Post{Role: access.UnitHandler, Unit: h.School})
	opened := map[string]bool{}
	all := everyone(h)
	all[access.Petitioner] = enter(h, r)
	for role, b := range all {
		for _, id := range []int64{staffID, h.School} {
			place := map[string]string{"no": r.No, "token": "x", "verb": "contest", "id": text(id), "code": "0101", "day": "2026-03-04", "step": "what", "seq": "1", "kind": "D11", "act": "approve"}
			for _, path := range routes(h, "GET", place) {
				if path == "/metrics" {
					continue
				}
				p := b.Get(path)
				safe(t, p, fmt.Sprintf("%s for %s", path, role))
				if p.Status >= 500 {
					t.Errorf("%s for %s: %d", path, role, p.Status)
				}
				opened[path] = opened[path] || p.Status == http.StatusOK && p.Path == path
				req, _ := http.NewRequest(http.MethodDelete, h.URL+path, nil)
				if p := b.Ask(req); p.Status != http.StatusMethodNotAllowed || p.Header.Get("Allow") == "" || !strings.Contains(p.Body, "<!doctype html>") {
					t.Errorf("DELETE %s: %d %q", path, p.Status, p.Header.Get("Allow"))
				} else {
					safe(t, p, path)
				}
			}
		}
	}
	// What asks for a fitting id, an upload or a half-open session has tests of its own.
	elsewhere := regexp.MustCompile(`^/(desk/documents/\d|verify/|desk/inbox/\d|file/|files/|receipt/|sign|my$|prefs$|readyz$|follow/.*/|desk/cases/.*/(do|cosigners)/|join/|desk/(rooms|conference|reception)/\d|desk/supervision/(items|candidates)/\d|desk/inspection/(teams|breaches)/\d|desk/leads/items/\d|admin/parameters/versions/\d|admin/(staff|units|reception|clients|import|doors|kiosks)/|agent$|agent/(notice|services)/|desk/reveals|lead/topics/\d|desk/(arrivals|calls|letters|scans|sheets|persons|models|topics)/|doors/|icons/|kiosk|open311|q/)`)
	for path, was := range opened {
		if !was && !elsewhere.MatchString(path) {
			t.Errorf("nobody can open %s", path)
		}
	}
	for _, path := range []string{"/nowhere", "/desk/nowhere", "/assets/none.js", "/%00", "/%ff", "/desk/cases/%27", "/..%2f..%2fetc/passwd"} {
		p := h.Browser().Get(path).Is(http.StatusNotFound, http.StatusOK, http.StatusBadRequest)
		if path != "/assets/none.js" {
			safe(t, p, path)
		}
		p.Lacks("root:")
	}
}

// TestStrangersStayOut: what is for staff is for staff.
func TestStrangersStayOut(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	r := h.File(1)
	b := h.Browser().Stay()
	place := map[string]string{"no": r.No, "verb": "record", "id": "1", "code": "0101", "day": "2026-03-04", "seq": "1", "kind": "D11", "act": "approve"}
	inside := func(path string) bool {
		return regexp.MustCompile(`^/(desk|lead|admin|account)`).MatchString(path)
	}
	for _, path := range routes(h, "GET", place) {
		if !inside(path) {
			continue
		}
		if p := b.Get(path); p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/signin?next="+url.QueryEscape(path) {
			t.Errorf("GET %s: %d %s", path, p.Status, p.Header.Get("Location"))
		}
	}
	for _, path := range routes(h, "POST", place) {
		if inside(path) {
			if p := b.Post(path, url.Values{"text": {"x"}}); p.Status != http.StatusUnauthorized {
				t.Errorf("POST %s: %d", path, p.Status)
			}
		}
	}
	if got := h.Events(r.No); len(got) != 1 {
		t.Errorf("events %v", got)
	}
}

// TestHostileQuestions: whatever stands in an address, nothing breaks.
func TestHostileQuestions(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		h.Drain()
		all := everyone(h)
		all[access.Petitioner] = enter(h, r)
		roles := slices.Sorted(maps.Keys(all))
		for i, word := range hostile {
			query := url.Values{}
			for _, name := range parameters {
				query.Set(name, word)
			}
			lists := []string{"/desk", "/desk/search", "/admin/staff", "/admin/audit", "/admin/sessions", "/admin/duties", "/admin/units", "/admin/categories", "/admin/calendars", "/lead", "/my"}
			for j, role := range roles {
				if (i+j)%share() != 0 { // each word by some
					continue
				}
				b := all[role]
				place := map[string]string{"no": r.No, "verb": "record", "id": "1", "code": "0101", "day": "2026-03-04", "step": "what", "seq": "1", "kind": "D11", "act": "approve"}
				if i%2 == 1 {
					for name := range place {
						place[name] = url.PathEscape(word)
					}
				}
				for _, path := range routes(h, "GET", place) {
					if path == "/metrics" || strings.HasPrefix(path, "/admin") && !administers(role) {
						continue
					}
					if p := b.Get(path + "?" + query.Encode()); p.Status >= 500 || strings.Contains(p.Body, "<script>alert") {
						t.Errorf("GET %s by %s with %.40q: %d", path, role, word, p.Status)
					}
				}
				if role != access.BureauClerk && !administers(role) {
					continue
				}
				for _, path := range lists {
					for _, name := range parameters[:16] {
						if i%2 != len(name)%2 || strings.HasPrefix(path, "/admin") != administers(role) {
							continue
						}
						if p := b.Get(path + "?" + url.Values{name: {word}}.Encode()); p.Status >= 500 {
							t.Errorf("GET %s?%s by %s with %.40q: %d", path, name, role, word, p.Status)
						}
					}
				}
			}
		}
		staysWhole(t, h)
	})
}

func staysWhole(t *testing.T, h *apptest.House) {
	t.Helper()
	for _, table := range []string{"case_file", "case_event", "staff", "unit"} {
		if n, err := db.One(t.Context(), h.DB.Read(), db.Value[int64], "SELECT count(*) FROM "+table); err != nil || n == 0 {
			t.Errorf("%s has %d rows, %v", table, n, err)
		}
	}
}

// TestHostileForms: whatever stands in a form or a body, nothing breaks.
func TestHostileForms(t *testing.T) {
	fields := append([]string{
		"login", "password", "new_password", "again", "token_name", "days", "session", "token", "name", "name_zh", "name_en", "sort", "active", "note",
		"keywords", "natures", "lead_zh", "text", "reason", "basis", "facts", "remedy", "route", "method", "evidence", "outcome", "procedure", "upheld",
		"report_days", "barred", "draft", "select", "verb", "query", "purpose", "wish", "occurred_on", "received_on", "persons", "phone", "id_no",
		"address", "org_name", "anonymous", "secret", "accused", "at", "remove", "_key", "rated_unit", "rated_result", "valid_from", "day", "working", "cleared", "cursor",
	}, parameters...)
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		r := h.File(1)
		c.clerk.Do(r.No, "forward", c.forward().data, "k").Is(http.StatusOK)
		all := everyone(h)
		roles := slices.Sorted(maps.Keys(all))
		for i, word := range hostile {
			form := url.Values{}
			for _, name := range fields {
				form.Set(name, word)
			}
			if i%3 == 0 {
				form.Set("verb", "record")
				form.Set("select", r.No)
			}
			for j, role := range roles {
				if (i+j)%share() != 0 { // each word by some
					continue
				}
				b := all[role]
				verb := []string{"record", "accept", "object", "forward", "urge", "nothing"}[i%6]
				place := map[string]string{"no": r.No, "verb": verb, "id": text(h.Housing), "code": "0101", "day": "2026-03-04", "step": []string{"where", "send", "check"}[i%3]}
				for _, path := range routes(h, "POST", place) {
					if path == "/signout" || strings.HasPrefix(path, "/admin") && !administers(role) {
						continue
					}
					if p := b.Post(path, form); p.Status >= 500 || strings.Contains(p.Body, "<script>alert") {
						t.Errorf("POST %s by %s with %.40q: %d", path, role, word, p.Status)
					}
				}
			}
			body := map[string]any{"words": word, "wish": word, "place": word, "occurred_on": word, "person": map[string]any{"name": word, "phone": word, "id_no": word, "address": word}}
			for _, answer := range []apptest.Answer{
				h.Anybody().With("Idempotency-Key", "hostile-hostile-"+text(int64(i))).Post("/api/v1/filings", body),
				c.handler.Post("/api/v1/cases/"+r.No+"/record", map[string]any{"text": word, "method": word}),
				c.clerk.Post("/api/v1/cases/"+r.No+"/forward", map[string]any{"category": word, "nature": word, "unit": 1}),
				c.clerk.Get("/api/v1/cases?" + url.Values{"q": {word}}.Encode()), c.clerk.Get("/api/v1/cases?" + url.Values{"after": {word}}.Encode()),
				c.clerk.Get("/api/v1/cases?" + url.Values{"category": {word}}.Encode()), c.clerk.Get("/api/v1/cases/" + url.PathEscape(word)),
			} {
				if answer.Status >= 500 || answer.Status >= 400 && len(word) > 4 && strings.Contains(string(answer.Body), word) {
					t.Errorf("%.40q: %d %.200s", word, answer.Status, answer.Body)
				}
			}
		}
		staysWhole(t, h)
	})
}

// administers tells the three who see no cases.
func administers(role access.Role) bool {
	return role == access.SystemAdmin || role == access.SecAdmin || role == access.AuditAdmin
}
