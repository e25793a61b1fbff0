package document

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// door serves the pages to one actor in one language.
func door(t testing.TB, s *Service, a access.Actor) func(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	words, err := os.ReadFile("../procedure/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{
		Catalogue: i18n.Must(i18n.Messages, web.Messages, ui.Messages, Messages, words), Now: s.Clock.Now, ErrorPage: ui.ErrorPage,
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
	rt.Handle("GET /follow/{no}/documents/{id}", s.GetLetter)
	rt.Handle("GET /panel", func(w http.ResponseWriter, r *http.Request) error {
		c, err := s.Cases.Case(r.Context(), a, no)
		if err != nil {
			return err
		}
		p, err := s.Panel(r.Context(), a, c)
		if err != nil || p == nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, p)
	})
	return func(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if body := w.Body.String(); strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && (strings.Contains(body, "⟦") || strings.Contains(body, "%!")) {
			at := strings.Index(body, "⟦")
			t.Errorf("%s %s in %s: a word is missing: %.200s", method, path, lang, body[max(at, 0):])
		}
		return w
	}
}

// TestPages walks a document through its pages in both languages.
func TestPages(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.desk.happens("registered", casework.Data{})
	h.desk.happens("accepted", casework.Data{})
	h.desk.happens("drafted", casework.Data{})
	unit, boss, follow := door(t, h.Service, handler), door(t, h.Service, head), door(t, h.Service, petitioner)
	for _, lang := range []string{"zh", "en"} {
		made := unit("POST", "/desk/cases/"+no+"/documents", lang, url.Values{"kind": {"D11"}})
		at := made.Header().Get("Location")
		if made.Code != http.StatusSeeOther || at == "" {
			t.Fatalf("%d %s", made.Code, made.Body)
		}
		id := at[strings.LastIndex(at, "/")+1:]
		open := func(who func(string, string, string, url.Values) *httptest.ResponseRecorder, path string, want int) string {
			w := who("GET", path, lang, nil)
			if w.Code != want {
				t.Errorf("%s: %d, want %d: %.300s", path, w.Code, want, w.Body)
			}
			return w.Body.String()
		}
		post := func(who func(string, string, string, url.Values) *httptest.ResponseRecorder, act string, form url.Values, want int) string {
			w := who("POST", at+"/"+act, lang, form)
			if w.Code != want {
				t.Errorf("%s: %d, want %d: %.300s", act, w.Code, want, w.Body)
			}
			return w.Body.String()
		}
		body := open(unit, at, 200)
		for _, want := range []string{"信访处理意见书", `data-testid="text"`, `data-testid="why-not"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page of a draft lacks %s", want)
			}
		}
		if body := post(unit, "edit", url.Values{"text": {"没有标题"}}, 422); !strings.Contains(body, "errors") {
			t.Error("a text without title is not explained")
		}
		post(unit, "approve", nil, 403)
		post(boss, "approve", nil, 303)
		post(boss, "seal", nil, 303)
		open(boss, at, 200)
		post(unit, "serve", url.Values{"method": {"left"}}, 422)
		open(follow, "/follow/"+no+"/documents/"+id, 404)
		post(unit, "serve", url.Values{"method": {"electronic"}}, 303)
		open(unit, at, 200)
		open(follow, "/follow/"+no+"/documents/"+id, 200)
		if pdf := open(follow, "/follow/"+no+"/documents/"+id+"?file", 200); !strings.HasPrefix(pdf, "%PDF") {
			t.Error("the petitioner gets no PDF")
		}
		open(door(t, h.Service, stranger), at, 404)
		open(unit, at+"/docx", 200)
		for _, state := range States {
			open(unit, "/desk/documents?state="+string(state), 200)
		}
		open(unit, "/panel", 200)
		open(unit, "/desk/documents/issuer", 200)
		open(unit, "/admin/documents", 403)
		post(boss, "void", url.Values{}, 422)
		post(boss, "void", url.Values{"reason": {"重新作出"}}, 303)
		open(follow, "/follow/"+no+"/documents/"+id, 404)
	}
}

// TestBureauPages: texts with preview and named mistakes, papers of the unit.
func TestBureauPages(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	boss := door(t, h.Service, chief)
	for _, lang := range []string{"zh", "en"} {
		for _, path := range []string{"/desk/documents", "/desk/documents/new", "/admin/documents", "/admin/documents/D11", "/verify"} {
			if w := boss("GET", path, lang, nil); w.Code != 200 {
				t.Errorf("%s: %d %.200s", path, w.Code, w.Body)
			}
		}
		w := boss("POST", "/admin/documents/D11", lang, url.Values{"text": {"# 题\n\n{{.Nobody}}"}, "do": {"preview"}})
		if w.Code != 422 || !strings.Contains(w.Body.String(), "Nobody") || !strings.Contains(w.Body.String(), "3") {
			t.Errorf("a mistake: %d", w.Code)
		}
		w = boss("POST", "/admin/documents/D11", lang, url.Values{"text": {"# 新题\n\n正文"}, "do": {"preview"}})
		if w.Code != 200 || !strings.Contains(w.Body.String(), "新题") {
			t.Errorf("a preview: %d", w.Code)
		}
		for _, do := range []string{"save", "restore"} {
			if w = boss("POST", "/admin/documents/D11", lang, url.Values{"text": {"# 新题\n\n正文"}, "do": {do}}); w.Code != 303 {
				t.Errorf("%s: %d", do, w.Code)
			}
		}
		if w = boss("POST", "/desk/documents/new", lang, url.Values{"kind": {"D25"}}); w.Code != 303 {
			t.Errorf("an annual report: %d %.200s", w.Code, w.Body)
		}
	}
	if list, err := h.Waiting(t.Context(), chief, Draft, 1<<60); err != nil || len(list) != 2 {
		t.Errorf("%d wait, %v", len(list), err)
	}
}

// TestVerifyPage shows no name, and finds a changed file.
func TestVerifyPage(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	doc := h.sealed(t, "D11")
	anybody := door(t, h.Service, access.Actor{})
	w := anybody("GET", "/verify/"+doc.Code, "zh", nil)
	if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, doc.Label) || strings.Contains(body, "张试") || strings.Contains(body, no) {
		t.Errorf("%d", w.Code)
	}
	if w := anybody("GET", "/verify/NOSUCH", "en", nil); w.Code != 404 {
		t.Errorf("an unknown code: %d", w.Code)
	}
	_, pdf, err := h.Download(t.Context(), handler, doc.ID, "pdf", false)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"verdict-same": pdf, "verdict-changed": append(bytes.Clone(pdf), ' ')} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		form.WriteField("code", doc.Code)
		part, _ := form.CreateFormFile("file", "a.pdf")
		part.Write(file)
		form.Close()
		rt, err := web.New(web.Options{Catalogue: i18n.Must(i18n.Messages, web.Messages, ui.Messages, Messages), Now: h.Clock.Now, ErrorPage: ui.ErrorPage})
		if err != nil {
			t.Fatal(err)
		}
		rt.Add(h.Service)
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/verify", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), name) {
			t.Errorf("%s is not shown: %d %s", name, w.Code, strconv.Itoa(w.Body.Len()))
		}
	}
}
