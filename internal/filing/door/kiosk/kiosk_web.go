package kiosk

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages of kiosks, and of those who look after them.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

const (
	cookieName = "kiosk"
	grace      = 15 // seconds to say that one is still there
	uploadBody = 64 << 20
)

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	slow := rt.Limit(web.NewLimiter(0.2, 10, 10_000), nil)
	admin := h.need(access.SystemAdmin)
	rt.Handle("GET /kiosk", h.getTiles)
	rt.Handle("GET /kiosk/pair", h.getPair)
	rt.Handle("POST /kiosk/pair", h.postPair, slow)
	rt.Handle("POST /kiosk/beat", h.postBeat)
	rt.Handle("GET /kiosk/wipe", h.getWipe)
	rt.Handle("GET /kiosk/go/{tile}", h.getGo)
	rt.Handle("GET /kiosk/about/{tile}", h.getPlatform)
	rt.Handle("GET /kiosk/notice/{n}", h.getNotice)
	rt.Handle("GET /kiosk/file", h.getFile)
	rt.Handle("POST /kiosk/file/{step}", h.postStep, web.MaxBody(uploadBody))
	rt.Handle("GET /admin/kiosks", h.getMachines, admin)
	rt.Handle("GET /admin/kiosks/{code}", h.getContent, admin)
	rt.Handle("POST /admin/kiosks/{code}", h.postContent, admin)
}

type machineKey struct{}

// Mode tells every page whether it is shown on a kiosk. Such a page may speak
// to the devices of its machine, and nothing of it may be kept.
func (h *Web) Mode(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := r.Cookie(cookieName)
		if err != nil || strings.HasPrefix(r.URL.Path, "/assets/") {
			return next(w, r)
		}
		m, err := h.paired(r.Context(), c.Value, h.Clock.Now())
		if err != nil {
			return next(w, r) // as on any device
		}
		page.From(r.Context()).Kiosk = &page.Kiosk{Idle: m.Idle, Grace: grace, Bridge: m.Bridge}
		if r.URL.Path == "/" || r.URL.Path == "/file" && r.Method == http.MethodGet {
			return web.Redirect(w, r, map[bool]string{true: "/kiosk", false: "/kiosk/file"}[r.URL.Path == "/"])
		}
		if m.Bridge != "" && strings.HasPrefix(r.URL.Path, "/kiosk") {
			web.Connect(w, m.Bridge)
		}
		w.Header().Set("Cache-Control", "no-store")
		return next(w, r.WithContext(context.WithValue(r.Context(), machineKey{}, m)))
	}
}

func machineFrom(ctx context.Context) (machine, bool) {
	m, ok := ctx.Value(machineKey{}).(machine)
	return m, ok
}

// on gives the machine, or leads to where it is paired.
func on(w http.ResponseWriter, r *http.Request) (machine, bool, error) {
	m, ok := machineFrom(r.Context())
	if !ok {
		return m, false, web.Redirect(w, r, "/kiosk/pair")
	}
	return m, true, nil
}

func (h *Web) getTiles(w http.ResponseWriter, r *http.Request) error {
	m, ok, err := on(w, r)
	if !ok {
		return err
	}
	notices, err := h.notices(r.Context(), m.Code)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, tilesPage(notices))
}

func (h *Web) getPair(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, pairPage(page.NewForm(nil)))
}

func (h *Web) postPair(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	token, err := h.pair(r.Context(), form.Get("code"), form.Get("key"), h.Clock.Now())
	if err != nil {
		form.Set("key", "")
		form.Fail("key", ErrPair.ID)
		return web.Render(w, r, http.StatusUnprocessableEntity, pairPage(form))
	}
	web.SetCookie(w, &http.Cookie{Name: cookieName, Value: token, MaxAge: int(pairTime.Seconds())})
	return web.Redirect(w, r, "/kiosk")
}

// postBeat hears that the machine is there, and what devices it has.
func (h *Web) postBeat(w http.ResponseWriter, r *http.Request) error {
	m, ok := machineFrom(r.Context())
	if !ok {
		return ErrPair
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	devices := form.Get("devices")
	if len(devices) > 100 {
		devices = ""
	}
	if err := h.store.beat(r.Context(), m.Code, devices, h.Clock.Now()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getWipe forgets everything of whoever stood here: all cookies but the
// pairing and the preferences, what scripts kept, what the browser kept.
func (h *Web) getWipe(w http.ResponseWriter, r *http.Request) error {
	if _, ok, err := on(w, r); !ok { // a link must not sign anybody out elsewhere
		return err
	}
	for _, c := range r.Cookies() {
		if c.Name != cookieName {
			web.SetCookie(w, &http.Cookie{Name: c.Name, MaxAge: -1})
		}
	}
	w.Header().Set("Clear-Site-Data", `"storage"`) // pages are not kept in the first place
	return web.Redirect(w, r, "/kiosk")
}

func (h *Web) getGo(w http.ResponseWriter, r *http.Request) error {
	m, ok, err := on(w, r)
	if !ok {
		return err
	}
	name := r.PathValue("tile")
	to, known := findTile(name)
	if _, platform := findPlatform(name); !known && platform {
		to, known = "/kiosk/about/"+name, true
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "notice-")); !known && err == nil && n >= 0 && n < mostNotices {
		to, known = "/kiosk/notice/"+strconv.Itoa(n), true
	}
	if !known {
		return errNoTile
	}
	if err := h.store.use(r.Context(), m.Code, name, h.Clock.Now()); err != nil {
		return err
	}
	return web.Redirect(w, r, to)
}

func (h *Web) getPlatform(w http.ResponseWriter, r *http.Request) error {
	m, ok, err := on(w, r)
	if !ok {
		return err
	}
	p, known := findPlatform(r.PathValue("tile"))
	if !known {
		return errNoTile
	}
	return web.Render(w, r, http.StatusOK, toldPage(told{
		Title: i18n.T(r.Context(), "kiosk.platform."+p.Name), Text: i18n.T(r.Context(), "kiosk.platform."+p.Name+".text"),
		Link: m.links[p.Name], QR: picture(m.links[p.Name]),
	}))
}

func (h *Web) getNotice(w http.ResponseWriter, r *http.Request) error {
	m, ok, err := on(w, r)
	if !ok {
		return err
	}
	list, err := h.notices(r.Context(), m.Code)
	n, bad := strconv.Atoi(r.PathValue("n"))
	if err != nil || bad != nil || n < 0 || n >= len(list) {
		return errNoTile.Because(err)
	}
	t := list[n]
	return web.Render(w, r, http.StatusOK, toldPage(told{
		Title: i18n.Pick(r.Context(), t.TitleZH, t.TitleEN), Text: i18n.Pick(r.Context(), t.TextZH, t.TextEN), Link: t.Link, QR: picture(t.Link),
	}))
}

// picture is a QR code for a phone; "" for no address.
func picture(link string) string {
	if link == "" {
		return ""
	}
	png, err := qrcode.Encode(link, qrcode.Medium, 320)
	if err != nil {
		return "" // too long for a code: the address is written beside it
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
}

// machineView is one kiosk for those who look after it.
type machineView struct {
	Code    string
	Seen    seenLast
	Working bool
	Used    []used
}

func (h *Web) getMachines(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), h.Clock.Now()
	list, err := h.Doors.Active(ctx, kindName)
	if err != nil {
		return err
	}
	seen, err := h.store.machines(ctx)
	if err != nil {
		return err
	}
	counts, err := h.store.used(ctx, calendar.On(now).Add(-29))
	if err != nil {
		return err
	}
	var out []machineView
	for _, set := range list {
		v := machineView{Code: set.Code}
		for _, s := range seen {
			if s.Code == set.Code {
				v.Seen, v.Working = s, now.Sub(s.At) <= stale
			}
		}
		for _, u := range counts {
			if u.Code == set.Code {
				v.Used = append(v.Used, u)
			}
		}
		out = append(out, v)
	}
	return web.Render(w, r, http.StatusOK, machinesPage(out, now))
}

func (h *Web) getContent(w http.ResponseWriter, r *http.Request) error {
	form := page.NewForm(nil)
	if _, err := h.machine(r.Context(), r.PathValue("code")); err != nil {
		return errNoTile.Because(err)
	}
	text, _ := h.store.notices(r.Context(), r.PathValue("code")) // none yet is an empty text
	return web.Render(w, r, http.StatusOK, contentPage(r.PathValue("code"), form.Set("notices", text)))
}

func (h *Web) postContent(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	if _, err := h.machine(r.Context(), code); err != nil {
		return errNoTile.Because(err)
	}
	if err = form.Take(h.SetNotices(r.Context(), access.From(r.Context()).ID, code, form.Get("notices"), h.Clock.Now())); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, contentPage(code, form))
	}
	web.Flash(w, "kiosk.saved")
	return web.Redirect(w, r, "/admin/kiosks")
}

// tileWord names a tile in the register of use.
func tileWord(ctx context.Context, name string) string {
	if _, ok := findTile(name); ok && i18n.Has(ctx, "kiosk.tile."+name) {
		return i18n.T(ctx, "kiosk.tile."+name)
	}
	if _, ok := findPlatform(name); ok {
		return i18n.T(ctx, "kiosk.platform."+name)
	}
	return i18n.T(ctx, "kiosk.notices")
}

// seenWord says when a machine was last heard of.
func seenWord(ctx context.Context, at, now time.Time) string {
	if at.IsZero() {
		return i18n.T(ctx, "kiosk.never")
	}
	return i18n.Ago(ctx, at, now)
}

func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, uploadBody)) }

func areaOptions(ctx context.Context, units Units) []ui.Option {
	lang := i18n.Lang(ctx)
	var list []ui.Option
	for _, u := range units.All() {
		if u.Active && u.Area == u.ID {
			list = append(list, ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: strings.Repeat("\u3000", max(0, len(u.Areas)-1)) + u.Name(lang)})
		}
	}
	return list
}
