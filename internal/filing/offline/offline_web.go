package offline

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

//go:embed icons
var icons embed.FS

// Web is the pages.
type Web struct {
	units  Units
	worker *worker
}

// NewWeb makes the pages. The shells of other capabilities are kept beside
// those of this one; whole is the router that draws them all.
func NewWeb(units Units, others []string, whole http.Handler, now clock.Clock) *Web {
	return &Web{units: units, worker: &worker{shells: slices.Concat(shells, others), whole: whole, clock: now}}
}

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	rt.Handle("GET /sw.js", h.worker.get)
	rt.Handle("GET /manifest.webmanifest", manifest("/", "/?app=1"))
	rt.Handle("GET /agent/manifest.webmanifest", manifest("/agent", "/agent?app=1"))
	rt.Handle("GET /icons/{name}", getIcon)
	rt.Handle("GET "+pageNone, Shell(func(*http.Request) templ.Component { return nonePage() }))
	rt.Handle("GET "+pageOutbox, Shell(func(*http.Request) templ.Component { return outboxPage() }))
	rt.Handle("GET "+pageNew, Shell(func(r *http.Request) templ.Component { return newPage(places(r.Context(), h.units)) }))
}

// Shell draws a page as for nobody, so that a device can keep it: no name, no
// reminders, no message left over from another page.
func Shell(draw func(r *http.Request) templ.Component) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		view := *page.From(r.Context())
		view.Tray, view.Unread, view.Flash = false, 0, nil
		ctx := access.With(page.With(r.Context(), &view), access.Actor{})
		r = r.WithContext(ctx)
		return web.Render(w, r, http.StatusOK, draw(r))
	}
}

// places are what a person chooses from.
func places(ctx context.Context, units Units) []ui.Option {
	lang := i18n.Lang(ctx)
	var list []ui.Option
	for _, u := range units.All() {
		if !u.Active || u.Area != u.ID {
			continue
		}
		group := ""
		if len(u.Areas) > 1 {
			district, _ := units.Unit(u.Areas[1])
			group = district.Name(lang)
		}
		list = append(list, ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: u.Name(lang), Group: group})
	}
	return list
}

// Places gives other shells the same list.
func Places(ctx context.Context, units Units) []ui.Option { return places(ctx, units) }

type icon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

type shortcut struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// manifest tells a browser how to install us, in the reader's language.
func manifest(scope, start string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, app := r.Context(), "public"
		if scope != "/" {
			app = "agent"
		}
		cuts := []shortcut{{i18n.T(ctx, "offline.new.title"), pageNew}, {i18n.T(ctx, "offline.outbox.title"), pageOutbox}}
		if app == "agent" {
			cuts = []shortcut{{i18n.T(ctx, "offline.agent.new"), "/agent/new"}, {i18n.T(ctx, "offline.outbox.title"), "/agent/outbox"}}
		}
		lang := "zh-CN"
		if i18n.Lang(ctx) == i18n.EN {
			lang = "en"
		}
		w.Header().Set("Content-Type", "application/manifest+json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Add("Vary", "Cookie, Accept-Language")
		return json.NewEncoder(w).Encode(map[string]any{
			"id": scope, "scope": scope, "start_url": start, "lang": lang, "dir": "ltr", "display": "standalone",
			"name": i18n.T(ctx, "offline."+app+".name"), "short_name": i18n.T(ctx, "offline."+app+".short"), "description": i18n.T(ctx, "ui.description"),
			"background_color": "#fbfaf7", "theme_color": "#172740", "categories": []string{"government", "utilities"}, "shortcuts": cuts,
			"icons": []icon{
				{"/icons/icon-192.png", "192x192", "image/png", "any"}, {"/icons/icon-512.png", "512x512", "image/png", "any"},
				{"/icons/maskable-512.png", "512x512", "image/png", "maskable"}, {"/icons/icon.svg", "any", "image/svg+xml", "any"},
			},
		})
	}
}

func getIcon(w http.ResponseWriter, r *http.Request) error {
	name := path.Base(r.PathValue("name"))
	body, err := fs.ReadFile(icons, "icons/"+name)
	if err != nil {
		return errNoIcon
	}
	kind := "image/png"
	if path.Ext(name) == ".svg" {
		kind = "image/svg+xml"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, err = w.Write(body)
	return err
}
