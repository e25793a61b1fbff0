package room

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

const (
	seatCookie  = "room_seat"
	seatPurpose = "room/seat"
	seatTime    = 2 * time.Hour
)

// guestRoutes are the pages of outside seats. The address holds the room, the
// code comes by form, the proof stands in a cookie of this room alone.
func (h *Web) guestRoutes(rt *web.Router) {
	limit := rt.Limit(web.NewLimiter(0.2, 20, 10_000), rt.ClientKey)
	rt.Handle("GET /room/{id}", h.getVisit)
	rt.Handle("POST /room/{id}", h.postEnter, limit)
	rt.Handle("POST /room/{id}/opinion", h.postOpinion)
	rt.Handle("POST /room/{id}/leave", h.postLeave)
}

func visitPath(id int64) string { return "/room/" + number(id) }

// seatOf reads which seat of this room was proven.
func (h *Web) seatOf(r *http.Request) (int64, bool) {
	for _, cookie := range r.CookiesNamed(seatCookie) {
		payload, ok := h.Keys.Signed(seatPurpose, cookie.Value, h.Clock.Now())
		room, seat, _ := strings.Cut(payload, " ")
		if id, err := strconv.ParseInt(seat, 36, 64); ok && err == nil && room == r.PathValue("id") {
			return id, true
		}
	}
	return 0, false
}

func (h *Web) getVisit(w http.ResponseWriter, r *http.Request) error {
	if seat, ok := h.seatOf(r); ok {
		return h.showVisit(w, r, http.StatusOK, seat, page.NewForm(nil))
	}
	return web.Render(w, r, http.StatusOK, enterPage(pathID(r, "id"), page.NewForm(nil)))
}

func (h *Web) showVisit(w http.ResponseWriter, r *http.Request, status int, seat int64, form *page.Form) error {
	v, err := h.Visit(r.Context(), pathID(r, "id"), seat, h.Clock.Now())
	if fault.KindOf(err) == fault.NotFound { // the seat was taken away meanwhile
		return web.Render(w, r, http.StatusOK, enterPage(pathID(r, "id"), page.NewForm(nil)))
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, status, h.visitPage(pathID(r, "id"), v, form))
}

func (h *Web) postEnter(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	now, id := h.Clock.Now(), pathID(r, "id")
	seat, err := h.Enter(r.Context(), id, form.Get("code"), now)
	status := http.StatusUnprocessableEntity
	if e, ok := fault.As(err); ok && e.Kind == fault.TooMany {
		status = http.StatusTooManyRequests
		web.RetryAfter(w, pause)
	}
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, status, enterPage(id, form))
	}
	web.SetCookie(w, &http.Cookie{
		Name: seatCookie, Path: visitPath(id), MaxAge: int(seatTime.Seconds()),
		Value: h.Keys.Sign(seatPurpose, number(id)+" "+strconv.FormatInt(seat.ID, 36), now.Add(seatTime)),
	})
	return web.Redirect(w, r, visitPath(id))
}

func (h *Web) postOpinion(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id := pathID(r, "id")
	seat, ok := h.seatOf(r)
	if !ok {
		return web.Redirect(w, r, visitPath(id))
	}
	_, err = h.SayFor(r.Context(), id, seat, OpinionForm{Key: form.Key(), Text: form.Get("text"), Basis: form.Get("basis")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showVisit(w, r, http.StatusUnprocessableEntity, seat, form)
	}
	web.Flash(w, "room.opinion_kept")
	return web.Redirect(w, r, visitPath(id))
}

func (h *Web) postLeave(w http.ResponseWriter, r *http.Request) error {
	id := pathID(r, "id")
	web.SetCookie(w, &http.Cookie{Name: seatCookie, Path: visitPath(id), MaxAge: -1})
	web.Flash(w, "room.left")
	return web.Redirect(w, r, visitPath(id))
}
