package worklist

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
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

// door serves the pages to one actor in one language.
func door(t testing.TB, s *Service, a access.Actor) func(method, path, lang string) (int, string) {
	t.Helper()
	words, err := os.ReadFile("../procedure/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{
		Catalogue: i18n.Must(i18n.Messages, web.Messages, ui.Messages, Messages, words), Now: s.clock.Now, ErrorPage: ui.ErrorPage,
	})
	if err != nil {
		t.Fatal(err)
	}
	rt.Use(func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return next(w, r.WithContext(access.With(r.Context(), a)))
		}
	})
	rt.Add(s)
	return func(method, path, lang string) (int, string) {
		r := httptest.NewRequestWithContext(context.Background(), method, path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
}

var caseLink = regexp.MustCompile(`data-href="/desk/cases/([^"]+)"`)

// TestPages opens every page as every role in both languages, and holds what
// it shows against the rule.
func TestPages(t *testing.T) {
	d := dbtest.SQLite(t)
	cases := busy(t, d, 300)
	s := desk(d, cases)
	s.intake = intakeFunc(nil)
	if _, err := s.Reindex(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for i, a := range cast {
		get := door(t, s, a)
		lang := []string{"zh", "en"}[i%2]
		open := func(path string, want int) string {
			status, body := get("GET", path, lang)
			if status != want || strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
				t.Errorf("%s as %s: %d, want %d: %.300s", path, a.Role, status, want, hole(body))
			}
			return body
		}
		for _, tab := range append(Tabs(a), "nonsense") {
			body := open("/desk?view="+string(tab)+"&category=01&late=1&unit=12&from=2026-01-01", 200)
			body += open("/desk?view="+string(tab), 200)
			for _, m := range caseLink.FindAllStringSubmatch(body, -1) {
				if !access.Visible(a).Sees(cases[m[1]].Facts()) {
					t.Fatalf("%s sees %s in its queue", a.Role, m[1])
				}
			}
		}
		for _, b := range Boards {
			open("/desk/"+b.ID, map[bool]int{true: 200, false: 403}[a.Has(b.roles...)])
		}
		open("/desk/search", 200)
		for _, m := range caseLink.FindAllStringSubmatch(open("/desk/search?q="+"%E7%94%B5%E6%A2%AF", 200), -1) {
			if !access.Visible(a).Sees(cases[m[1]].Facts()) {
				t.Fatalf("%s finds %s", a.Role, m[1])
			}
		}
		open("/desk/new", map[bool]int{true: 200, false: 403}[registrar(a)])
	}
}

// TestUnsigned: without a sign-in there is no page.
func TestUnsigned(t *testing.T) {
	s := desk(dbtest.SQLite(t), nil)
	get := door(t, s, access.Actor{})
	for _, path := range []string{"/desk", "/desk/search", "/desk/new"} {
		if status, _ := get("GET", path, "zh"); status != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// hole shows what is wrong with a page.
func hole(body string) string {
	for _, sign := range []string{"⟦", "%!"} {
		if i := strings.Index(body, sign); i >= 0 {
			return body[max(0, i-60):min(len(body), i+120)]
		}
	}
	return body
}

func BenchmarkQueuePage(b *testing.B) {
	d := dbtest.SQLite(b)
	s := desk(d, crowd(b, d, 2000))
	benchmark(b, s, d, "/desk")
}

func benchmark(b *testing.B, s *Service, _ *db.DB, path string) {
	get := door(b, s, cast[4])
	for b.Loop() {
		if status, _ := get("GET", path, "zh"); status != 200 {
			b.Fatal(status)
		}
	}
}
