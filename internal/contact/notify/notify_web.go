package notify

import (
	"context"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/web"
)

// Guard lets only some roles through, any signed-in person when none is named.
type Guard interface {
	Need(roles ...access.Role) web.Middleware
}

// Prover tells which case a petitioner's browser has proven.
type Prover interface {
	Proven(r *http.Request, no string) (casework.Case, bool)
}

// Web is the capability's pages and the doors of the carriers.
type Web struct {
	*Service
	guard  Guard
	prover Prover
}

// NewWeb makes the pages.
func NewWeb(s *Service, g Guard, p Prover) *Web { return &Web{Service: s, guard: g, prover: p} }

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	signed, overseers := h.guard.Need(), h.guard.Need(access.SystemAdmin, access.BureauHead)
	rt.Handle("GET /desk/inbox", h.getInbox, signed)
	rt.Handle("GET /desk/inbox/{id}", h.openItem, signed)
	rt.Handle("POST /desk/inbox/read", h.postRead, signed)
	rt.Handle("GET /account/reminders", h.getMine, signed)
	rt.Handle("POST /account/reminders", h.postMine, signed)
	rt.Handle("POST /account/reminders/forget", h.postForget, signed)
	rt.Handle("GET /admin/reminders", h.getMatrix, overseers)
	rt.Handle("POST /admin/reminders", h.postMatrix, overseers)
	rt.Handle("GET /admin/messages", h.getLog, overseers)
	rt.Handle("POST /admin/messages/{id}", h.postStuck, overseers)
	calm := rt.Limit(web.NewLimiter(1, 20, 20_000), nil)
	rt.Handle("GET /follow/{no}/notices", h.getNotices)
	rt.Handle("POST /follow/{no}/notices", h.postNotices, calm)
	rt.Handle("POST /follow/{no}/push", h.postCasePush, calm)
	rt.Handle("POST /push/subscribe", h.postPush, signed, calm)
	rt.Handle("GET /push-worker.js", pushWorker)
	for _, each := range h.Senders {
		if l, ok := each.(sender.Listener); ok {
			reports := l.Reports(h.Take)
			rt.Mount("/hooks/"+string(each.Way())+"/"+each.Name(), reports)
		}
	}
}

// Badge counts the unread reminders for the head of every page of the desk.
func (h *Web) Badge(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := access.From(r.Context())
		if a.Signed() && receives(a) && r.Method == http.MethodGet && !web.IsFragment(r) && !strings.HasPrefix(r.URL.Path, "/assets/") && !strings.HasPrefix(r.URL.Path, "/api/") {
			n, err := h.Unread(r.Context())
			if err != nil {
				return err
			}
			v := page.From(r.Context())
			v.Tray, v.Unread = true, n
		}
		return next(w, r)
	}
}

// receives tells whether somebody's role is ever reminded.
func receives(a access.Actor) bool {
	return a.Has(access.BureauClerk, access.BureauHead, access.UnitHandler, access.UnitHead, access.Leader, access.Supervisor, access.Inspector)
}

func (h *Web) getInbox(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	before := int64(math.MaxInt64)
	later, err := web.DecodeCursor(query.Get("before"), &before)
	if err != nil {
		return err
	}
	v := trayView{All: query.Get("view") == "all", Now: h.Clock.Now()}
	items, more, err := h.Tray(r.Context(), !v.All, before)
	if err != nil {
		return err
	}
	v.Items = items
	path := "/desk/inbox?view=" + v.view()
	if later {
		v.First = path
	}
	if more {
		v.Next = path + "&before=" + web.EncodeCursor(items[len(items)-1].ID)
	}
	if v.Unread, err = h.Unread(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, trayPageView(v))
}

func (h *Web) openItem(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return errMissing
	}
	path, err := h.MarkRead(r.Context(), id)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path)
}

func (h *Web) postRead(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id, _ := form.Int64("id")
	if _, err := h.MarkRead(r.Context(), max(id, 0)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/desk/inbox")
}

func (h *Web) getMine(w http.ResponseWriter, r *http.Request) error {
	return h.mine(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) mine(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	k, err := h.Mine(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, status, reachPage(reachView{Form: form, Contacts: k, Ways: h.ways(), PushKey: h.PushKey}))
}

// ways are those that lead out of the house, with their carrier.
func (h *Web) ways() map[sender.Way]string {
	out := map[sender.Way]string{}
	for _, w := range Ways {
		if name, ok := h.Configured(w); ok {
			out[w] = name
		}
	}
	return out
}

func (h *Web) postMine(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	reach := Reach{Mobile: form.Get("sms"), Mail: form.Get("mail"), OpenID: form.Get("wechat"), Lang: form.Get("lang"),
		Quiet: Quiet{minutes(form.Get("quiet_from")), minutes(form.Get("quiet_to"))}}
	for _, way := range Ways {
		if way != sender.InApp && !form.Has("on", string(way)) {
			reach.Off = append(reach.Off, way)
		}
		if !form.Has("drop", string(way)) {
			reach.Keep = append(reach.Keep, way)
		}
	}
	err = h.SetMine(r.Context(), reach)
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.mine(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "notify.saved")
	return web.Redirect(w, r, "/account/reminders")
}

func (h *Web) postForget(w http.ResponseWriter, r *http.Request) error {
	if err := h.ForgetBrowsers(r.Context()); err != nil {
		return err
	}
	web.Flash(w, "notify.forgotten")
	return web.Redirect(w, r, "/account/reminders")
}

// minutes reads "21:30"; what is none is -1.
func minutes(text string) int {
	hour, minute, ok := strings.Cut(text, ":")
	a, err1 := strconv.Atoi(hour)
	b, err2 := strconv.Atoi(minute)
	if !ok || err1 != nil || err2 != nil || a < 0 || a > 23 || b < 0 || b > 59 {
		return -1
	}
	return a*60 + b
}

// clockText writes it back.
func clockText(m int) string {
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return two(m/60) + ":" + two(m%60)
}

func (h *Web) postPush(w http.ResponseWriter, r *http.Request) error {
	return h.subscribe(w, r, r.Context(), 0)
}

func (h *Web) postCasePush(w http.ResponseWriter, r *http.Request) error {
	c, ok := h.prover.Proven(r, r.PathValue("no"))
	if !ok {
		return fault.New(fault.Unsigned, "notify.unsigned")
	}
	return h.subscribe(w, r, r.Context(), c.ID)
}

func (h *Web) subscribe(w http.ResponseWriter, r *http.Request, ctx context.Context, caseID int64) error {
	if h.PushKey == "" {
		return fault.New(fault.NotFound, "notify.no_push")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 4096))
	if err != nil {
		return err
	}
	if err := h.AddBrowser(ctx, caseID, body); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// pushWorker is the script that shows a message while no page is open. It
// stands at the root, since a worker serves what lies below it.
func pushWorker(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err := w.Write(workerScript)
	return err
}

func (h *Web) getNotices(w http.ResponseWriter, r *http.Request) error {
	return h.notices(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) notices(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	no := r.PathValue("no")
	c, ok := h.prover.Proven(r, no)
	if !ok {
		if checked, valid := casework.CheckNumber(no); valid {
			return web.Redirect(w, r, "/follow?no="+checked)
		}
		return web.Redirect(w, r, "/follow")
	}
	choice, err := h.ChoiceOf(r.Context(), c.ID)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, noticesPage(noticesView{Form: form, No: c.No, Choice: choice, Ways: h.ways(), PushKey: h.PushKey}))
}

func (h *Web) postNotices(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, ok := h.prover.Proven(r, r.PathValue("no"))
	if !ok {
		return web.Redirect(w, r, "/follow")
	}
	way := sender.Way(form.Get("way"))
	if way == "none" {
		way = ""
	}
	err = h.Choose(r.Context(), c.ID, way, form.Get("mail"), form.Get("lang"))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.notices(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "notify.saved")
	return web.Redirect(w, r, "/follow/"+c.No)
}
