package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
)

var words = i18n.Must(Messages, []byte(`{
	"fault.test.rule": ["还不能催办，请 %s 再来", "Not yet: come back %s"],
	"fault.test.name": ["请写名字", "Give a name"],
	"test.saved": ["已保存 %d 件 %s", "%d saved %s"]
}`))

var noon = time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)

func say(s string) templ.Component { return templ.Raw(s) }

func testRouter(t *testing.T, o Options, log io.Writer) *Router {
	t.Helper()
	o.Catalogue, o.Now, o.SignIn = words, func() time.Time { return noon }, "/signin"
	if log != nil {
		o.Log = slog.New(slog.NewJSONHandler(log, nil))
	}
	rt, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	rt.Preferences()
	rt.Handle("GET /ok/{no}", func(w http.ResponseWriter, r *http.Request) error {
		v := page.From(r.Context())
		flash := ""
		if v.Flash != nil {
			flash = i18n.T(r.Context(), v.Flash.Key, v.Flash.Args...)
		}
		return Render(w, r, http.StatusOK, say(i18n.Lang(r.Context())+" "+v.Path+" "+flash))
	})
	rt.Handle("GET /big", func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, http.StatusOK, say(strings.Repeat("信桥", 2000)))
	})
	rt.Handle("GET /panic", func(http.ResponseWriter, *http.Request) error { panic("secret 990000") })
	rt.Handle("GET /fail/{what}", func(w http.ResponseWriter, r *http.Request) error { return failures[r.PathValue("what")] })
	rt.Handle("GET /api/v1/fail/{what}", func(w http.ResponseWriter, r *http.Request) error { return failures[r.PathValue("what")] })
	rt.Handle("POST /form", echo)
	rt.Handle("POST /upload", echo, MaxBody(4<<20))
	return rt
}

func echo(w http.ResponseWriter, r *http.Request) error {
	f, err := Form(r)
	if err != nil {
		return err
	}
	Flash(w, "test.saved", 3, f.Get("a"))
	return Redirect(w, r, f.Get("next"))
}

var failures = map[string]error{
	"notfound":    fault.New(fault.NotFound, "test.unknown"),
	"rule":        fault.New(fault.RuleBroken, "test.rule", "9:00").Because(errors.New("secret cause")),
	"conflict":    fault.New(fault.Conflict, "test.x"),
	"denied":      fault.New(fault.Denied, "test.x"),
	"unsigned":    fault.New(fault.Unsigned, "test.x"),
	"large":       fault.New(fault.TooLarge, "test.x"),
	"many":        fault.New(fault.TooMany, "test.x"),
	"unavailable": fault.New(fault.Unavailable, "test.x"),
	"invalid":     fault.New(fault.Invalid, "test.x").Field("name", "test.name"),
	"plain":       errors.New("secret cause"),
	"deadline":    context.DeadlineExceeded,
}

func ask(rt http.Handler, method, target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, r)
	return w
}

func TestFailures(t *testing.T) {
	var log bytes.Buffer
	rt := testRouter(t, Options{}, &log)
	for what, status := range map[string]int{
		"/fail/notfound": 404, "/fail/rule": 409, "/fail/conflict": 409, "/fail/denied": 403, "/fail/large": 413,
		"/fail/many": 429, "/fail/unavailable": 503, "/fail/invalid": 422, "/fail/plain": 500, "/fail/deadline": 503,
		"/panic": 500, "/nowhere": 404, "/form": 405, "/fail/unsigned": 303, "/ok/%ff": 404, "/ok/%00": 404,
	} {
		for _, lang := range []string{"zh", "en"} {
			w := ask(rt, "GET", what, nil, "Accept", "text/html", "Accept-Language", lang)
			body := w.Body.String()
			if w.Code != status {
				t.Errorf("%s: %d, want %d", what, w.Code, status)
			}
			if strings.Contains(body, "secret") || strings.Contains(body, "⟦") {
				t.Errorf("%s: leaks or lacks words: %s", what, body)
			}
			if status != 303 && !strings.Contains(body, w.Header().Get("X-Request-Id")) {
				t.Errorf("%s: no request id on the page", what)
			}
			if (status == 429 || status == 503) && w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", what)
			}
		}
	}
	if w := ask(rt, "GET", "/fail/unsigned", nil); w.Header().Get("Location") != "/signin?next=%2Ffail%2Funsigned" {
		t.Error("signed-out people go to", w.Header().Get("Location"))
	}
	if w := ask(rt, "GET", "/form", nil); w.Header().Get("Allow") == "" {
		t.Error("405 without Allow")
	}
	if !strings.Contains(log.String(), "secret cause") || !strings.Contains(log.String(), "secret 990000") {
		t.Error("the log lacks the causes")
	}
	if strings.Contains(log.String(), "/ok/%") {
		t.Error("the log holds raw paths")
	}
}

func TestProblem(t *testing.T) {
	rt := testRouter(t, Options{}, nil)
	for _, path := range []string{"/api/v1/fail/invalid", "/fail/invalid"} {
		w := ask(rt, "GET", path, nil, "Accept", "application/json", "Accept-Language", "en")
		var p problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(path, err, w.Body)
		}
		if w.Header().Get("Content-Type") != "application/problem+json" || p.Status != 422 || p.Type != "urn:xinqiao:fault:test.x" ||
			len(p.Errors) != 1 || p.Errors[0] != (page.FieldFailure{Name: "name", Message: "Give a name"}) || p.RequestID == "" {
			t.Errorf("%s: %+v", path, p)
		}
	}
	w := ask(rt, "GET", "/fail/rule", nil, "HX-Request", "true")
	if w.Code != 409 || w.Header().Get("HX-Retarget") != "#alerts" || !strings.Contains(w.Body.String(), "9:00") {
		t.Error("fragment:", w.Code, w.Header(), w.Body)
	}
}

func TestForms(t *testing.T) {
	rt := testRouter(t, Options{MaxBody: 1000}, nil)
	const urlencoded = "application/x-www-form-urlencoded"
	var multi bytes.Buffer
	mw := multipart.NewWriter(&multi)
	mw.WriteField("a", strings.Repeat("字", 1000))
	mw.Close()
	for name, c := range map[string]struct {
		path, kind, body string
		status           int
	}{
		"plain":             {"/form", urlencoded, "a=1&next=/ok/1", 303},
		"utf-8 said":        {"/form", urlencoded + "; charset=UTF-8", "a=%E4%BF%A1", 303},
		"gbk bytes":         {"/form", urlencoded, "a=%D0%C5%B7%C3", 422},
		"gbk said":          {"/form", urlencoded + "; charset=gbk", "a=1", 422},
		"broken type":       {"/form", "a;;b=/", "a=1", 422},
		"broken escape":     {"/form", urlencoded, "a=%zz", 422},
		"no multipart end":  {"/form", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nhal", 422},
		"huge":              {"/form", urlencoded, "a=" + strings.Repeat("x", 2000), 413},
		"huge multipart":    {"/form", mw.FormDataContentType(), multi.String(), 413},
		"allowed multipart": {"/upload", mw.FormDataContentType(), multi.String(), 303},
	} {
		w := ask(rt, "POST", c.path, strings.NewReader(c.body), "Content-Type", c.kind)
		if w.Code != c.status || strings.Contains(w.Body.String(), "⟦") {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, c.status, w.Body)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  信访 ":            "信访",
		"a\x00b\x07":       "ab",
		"一\r\n二\r三\t":      "一\n二\n三",
		"\u202egnp.exe":    "gnp.exe",
		"\ufeff𠮷野家":        "𠮷野家",
		"a\u0085b\u2066 c": "ab c",
		"plain, 标点。":       "plain, 标点。",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("信\u202e\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		once := Clean(s)
		if strings.ContainsAny(once, "\x00\r\u202e") || Clean(once) != once {
			t.Errorf("%q → %q → %q", s, once, Clean(once))
		}
	})
}

func TestCrossSite(t *testing.T) {
	rt := testRouter(t, Options{TrustedOrigins: []string{"https://portal.example"}}, nil)
	for name, c := range map[string]struct {
		header []string
		status int
	}{
		"same site":      {[]string{"Sec-Fetch-Site", "same-origin"}, 303},
		"no browser":     {nil, 303},
		"cross site":     {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"old browser":    {[]string{"Origin", "https://evil.example"}, 403},
		"trusted origin": {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://portal.example"}, 303},
	} {
		h := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, c.header...)
		if w := ask(rt, "POST", "/form", strings.NewReader("a=1"), h...); w.Code != c.status {
			t.Errorf("%s: %d, want %d", name, w.Code, c.status)
		}
	}
}

func TestHeadersAndGzip(t *testing.T) {
	rt := testRouter(t, Options{Secure: true}, nil)
	w := ask(rt, "GET", "/big", nil, "Accept-Encoding", "gzip, br")
	h := w.Header()
	if h.Get("Content-Encoding") != "gzip" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
		h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Strict-Transport-Security") == "" || h.Get("Cache-Control") != "private, no-store" {
		t.Error(h)
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(z); len(b) != 12000 {
		t.Error("unzipped", len(b))
	}
	if w = ask(rt, "GET", "/big", nil); w.Header().Get("Content-Encoding") != "" || w.Body.Len() != 12000 {
		t.Error("zipped unasked")
	}
	if w = ask(rt, "GET", "/ok/1", nil, "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" || w.Body.Len() == 0 {
		t.Error("a small page was zipped or lost")
	}
}

func TestPreferencesAndFlash(t *testing.T) {
	rt := testRouter(t, Options{}, nil)
	form := url.Values{"lang": {"en"}, "large": {"1"}, "next": {"/ok/7?a=1"}}.Encode()
	w := ask(rt, "POST", "/prefs", strings.NewReader(form), "Content-Type", "application/x-www-form-urlencoded")
	if w.Code != 303 || w.Header().Get("Location") != "/ok/7?a=1" || len(w.Result().Cookies()) != 2 {
		t.Fatal(w.Code, w.Header())
	}
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil", ""} {
		w = ask(rt, "GET", "/prefs?next="+url.QueryEscape(next), nil)
		if w.Header().Get("Location") != "/" {
			t.Error(next, "leads to", w.Header().Get("Location"))
		}
	}
	for header, lang := range map[string]string{"": "zh", "en-GB,en": "en", "zh-CN,en": "zh", "en,zh;q=0.5": "zh", "fr": "zh"} {
		if w = ask(rt, "GET", "/ok/1", nil, "Accept-Language", header); !strings.HasPrefix(w.Body.String(), lang) {
			t.Errorf("%q: %s", header, w.Body)
		}
	}
	w = ask(rt, "POST", "/form", strings.NewReader("a=<b>"), "Content-Type", "application/x-www-form-urlencoded")
	cookie := w.Result().Cookies()[0]
	w = ask(rt, "GET", "/ok/1", nil, "Cookie", cookie.Name+"="+cookie.Value+"; lang=en")
	if !strings.Contains(w.Body.String(), "3 saved <b>") || w.Result().Cookies()[0].MaxAge != -1 {
		t.Error("flash:", w.Body, w.Result().Cookies())
	}
	for _, bad := range []string{"%%%", "bm90IGpzb24", "WyJubyBzdWNoIGtleSJd", "W10", "WyJ0ZXN0LnNhdmVkIix7fV0"} {
		if w = ask(rt, "GET", "/ok/1", nil, "Cookie", "flash="+bad); w.Code != 200 || strings.Contains(w.Body.String(), "saved") {
			t.Error("broken flash", bad, w.Code, w.Body)
		}
	}
}

func TestUseAndObserve(t *testing.T) {
	var seen []string
	rt := testRouter(t, Options{Observe: func(route string, status int, _ time.Duration) { seen = append(seen, route) }}, nil)
	rt.Use(func(next Handler) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if r.URL.Path == "/ok/secret" {
				return failures["denied"]
			}
			return next(w, r)
		}
	})
	if w := ask(rt, "GET", "/ok/secret", nil); w.Code != 403 {
		t.Error(w.Code)
	}
	if w := ask(rt, "GET", "/ok/1", nil); w.Code != 200 {
		t.Error(w.Code)
	}
	if len(seen) != 2 || seen[1] != "GET /ok/{no}" {
		t.Error(seen)
	}
}

func TestCursor(t *testing.T) {
	var at, id int64
	if ok, err := DecodeCursor(EncodeCursor(int64(1)<<60, 7), &at, &id); !ok || err != nil || at != 1<<60 || id != 7 {
		t.Error(ok, err, at, id)
	}
	if ok, err := DecodeCursor("", &at); ok || err != nil {
		t.Error("empty cursor", ok, err)
	}
	for _, bad := range []string{"!", "bnVsbA", "WzFd", "WyJhIiwiYiJd"} {
		if _, err := DecodeCursor(bad, &at, &id); fault.KindOf(err) != fault.Invalid {
			t.Error(bad, err)
		}
	}
}

func TestAssets(t *testing.T) {
	h := Assets(fstest.MapFS{"a-1.js": {Data: []byte("let a")}, "a-1.js.gz": {Data: []byte("zipped")}})
	w := ask(h, "GET", "/assets/a-1.js", nil, "Accept-Encoding", "gzip")
	if w.Body.String() != "zipped" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.Contains(w.Header().Get("Content-Type"), "javascript") {
		t.Error(w.Header(), w.Body)
	}
	if w = ask(h, "GET", "/assets/a-1.js", nil); w.Body.String() != "let a" {
		t.Error(w.Body)
	}
	if w = ask(h, "GET", "/assets/b.js", nil); w.Code != 404 {
		t.Error(w.Code)
	}
}

func TestBrokenComponent(t *testing.T) {
	rt := testRouter(t, Options{}, nil)
	rt.Handle("GET /broken", func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, 200, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			io.WriteString(w, "half a page")
			return errors.New("secret")
		}))
	})
	if w := ask(rt, "GET", "/broken", nil); w.Code != 500 || strings.Contains(w.Body.String(), "half") {
		t.Error(w.Code, w.Body)
	}
}

func TestRedirectForHtmx(t *testing.T) {
	rt := testRouter(t, Options{}, nil)
	w := ask(rt, "POST", "/form", strings.NewReader("next=/ok/2"), "Content-Type", "application/x-www-form-urlencoded", "HX-Request", "true")
	if w.Code != 200 || w.Header().Get("HX-Redirect") != "/ok/2" {
		t.Error(w.Code, w.Header())
	}
}

func TestEveryFailureHasWords(t *testing.T) {
	if err := words.Check(); err != nil {
		t.Error(err)
	}
}
