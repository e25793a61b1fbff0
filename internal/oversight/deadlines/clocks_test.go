package deadlines

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// doors are the pages and the API of the calculator alone.
func doors(t *testing.T) http.Handler {
	t.Helper()
	words, err := i18n.New(i18n.Messages, ui.Messages, web.Messages, rest.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	if err := words.Check(); err != nil {
		t.Fatal(err)
	}
	c := calculator()
	rt, err := web.New(web.Options{Catalogue: words, Now: c.clock.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	rt.Add(c)
	api, mux := rest.New("test", "0")
	NewAPI(c).Register(api)
	rt.Handle("/api/v1/", func(w http.ResponseWriter, r *http.Request) error { return web.Dispatch(mux, w, r) })
	return rt
}

func get(t *testing.T, h http.Handler, path, lang string, status int) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", lang)
	if !strings.HasPrefix(path, "/api") {
		r.Header.Set("Accept", "text/html")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body := w.Body.String()
	if w.Code != status {
		t.Fatalf("%s: status %d: %.300s", path, w.Code, body)
	}
	if strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
		t.Errorf("%s: words are missing in %s", path, lang)
	}
	return body
}

func TestEveryClockInBothLanguages(t *testing.T) {
	h := doors(t)
	for _, lang := range []string{"zh-CN", "en"} {
		get(t, h, "/clocks", lang, http.StatusOK)
		law := get(t, h, "/law", lang, http.StatusOK)
		for _, k := range casework.Clocks {
			if !strings.Contains(law, `data-testid="law-`+string(k)+`"`) {
				t.Errorf("%s is not on the law page", k)
			}
			page := get(t, h, "/clocks?start=2026-02-10&clock="+string(k), lang, http.StatusOK)
			for _, part := range []string{`data-testid="due"`, `data-testid="calendar"`, `data-testid="sentence"`, "day-start", "2022-05-01"} {
				if !strings.Contains(page, part) {
					t.Errorf("%s lacks %s", k, part)
				}
			}
		}
	}
}

func TestCalculatorPage(t *testing.T) {
	h := doors(t)
	page := get(t, h, "/clocks?clock=T3&start=2026-02-10", "zh-CN", http.StatusOK)
	for _, part := range []string{"2月24日", "春节", "day-off", "day-makeup", "第 5 天", "第二十三条", "跳过的 9 天"} {
		if !strings.Contains(page, part) {
			t.Errorf("lacks %q", part)
		}
	}
	page = get(t, h, "/clocks?clock=T8&start=2026-02-10&from=2026-02-20&to=2026-02-24", "en", http.StatusOK)
	for _, part := range []string{"day-paused", "5 more days of a hearing"} {
		if !strings.Contains(page, part) {
			t.Errorf("lacks %q", part)
		}
	}
	page = get(t, h, "/clocks?clock=T1&start=soon&extend=x&time=25:00", "zh-CN", http.StatusUnprocessableEntity)
	for _, part := range []string{`value="soon"`, `href="#f-start"`, `href="#f-extend"`} {
		if !strings.Contains(page, part) {
			t.Errorf("lacks %q", part)
		}
	}
	get(t, h, "/clocks?clock=T1&start=2026-02-10&time=25:00", "zh-CN", http.StatusUnprocessableEntity)
	get(t, h, "/clocks?clock=T99&start=2026-02-10", "zh-CN", http.StatusNotFound)
}

func TestAPI(t *testing.T) {
	h := doors(t)
	var list ClockList
	if err := json.Unmarshal([]byte(get(t, h, "/api/v1/clocks", "en", http.StatusOK)), &list); err != nil || len(list.Clocks) != len(casework.Clocks) {
		t.Errorf("%d clocks, %v", len(list.Clocks), err)
	}
	var due DueBody
	path := "/api/v1/clocks/T8/due?start=" + url.QueryEscape("2026-02-10T09:30:00+08:00") + "&pause=2026-02-20/2026-02-24"
	if err := json.Unmarshal([]byte(get(t, h, path, "en", http.StatusOK)), &due); err != nil || due.LastDay != "2026-03-17" || due.Paused != 5 || due.Why == "" || !due.Certain {
		t.Errorf("%+v, %v", due, err)
	}
	if err := json.Unmarshal([]byte(get(t, h, "/api/v1/clocks/T3/due?start=2026-02-10", "zh-CN", http.StatusOK)), &due); err != nil || len(due.Skipped) != 9 || len(due.MakeUp) != 1 {
		t.Errorf("%+v, %v", due, err)
	}
	get(t, h, "/api/v1/clocks/T99/due?start=2026-02-10", "en", http.StatusNotFound)
	get(t, h, "/api/v1/clocks/T1/due?start=yesterday", "en", http.StatusUnprocessableEntity)
	get(t, h, "/api/v1/clocks/T1/due?start=2026-02-10&pause=2026-02-20/x", "en", http.StatusUnprocessableEntity)
}
