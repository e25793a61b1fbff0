package attachment

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
)

// serve gives the routes to an actor.
func serve(t *testing.T, s *Service, a access.Actor) http.Handler {
	t.Helper()
	rt, err := web.New(web.Options{Catalogue: new(i18n.Catalogue), Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	rt.Use(func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return next(w, r.WithContext(access.With(r.Context(), a)))
		}
	})
	rt.Add(s)
	return rt
}

func TestGetFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(t, d)
		all := map[string]Attachment{}
		for name, content := range map[string]string{"现场.png": png, "a.pdf": "%PDF-1.7\n", "说明.txt": "占道经营"} {
			all[name] = upload(t, s, draft, name, content)
		}
		if err := send(t, d, func(b *db.Batch) { s.ClaimDraft(b, draft, 42, 1) }); err != nil {
			t.Fatal(err)
		}
		h := serve(t, s, clerk)
		for name, x := range map[string]struct{ kind, how, policy string }{
			"现场.png": {"image/png", "inline; filename*=utf-8''%E7%8E%B0%E5%9C%BA.png", filePolicy},
			"a.pdf":  {"application/pdf", "inline; filename=a.pdf", pdfPolicy},
			"说明.txt": {"application/octet-stream", "attachment; filename*=utf-8''%E8%AF%B4%E6%98%8E.txt", filePolicy},
		} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", all[name].Href(), nil))
			head := w.Header()
			if w.Code != 200 || head.Get("Content-Type") != x.kind || head.Get("Content-Disposition") != x.how ||
				head.Get("Content-Security-Policy") != x.policy || head.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d %v", name, w.Code, head)
			}
			again := httptest.NewRequest("GET", all[name].Href(), nil)
			again.Header.Set("If-None-Match", head.Get("ETag"))
			w = httptest.NewRecorder()
			if h.ServeHTTP(w, again); w.Code != http.StatusNotModified {
				t.Errorf("%s asked again: %d", name, w.Code)
			}
		}
		for _, x := range []struct {
			actor access.Actor
			path  string
		}{{access.Actor{}, all["a.pdf"].Href()}, {clerk, "/files/999"}, {clerk, "/files/x"}} {
			w := httptest.NewRecorder()
			serve(t, s, x.actor).ServeHTTP(w, httptest.NewRequest("GET", x.path, nil))
			if w.Code != 404 || strings.Contains(w.Body.String(), "%PDF") {
				t.Errorf("%s: %d", x.path, w.Code)
			}
		}
	})
}
