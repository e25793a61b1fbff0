package room

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// acts are what can be done in a room, each on a page of its own.
var acts = []string{"seat", "guest", "session", "minutes", "opinion", "task", "brief", "conclude"}

// offers tells whether the reader may do an act now.
func (v roomView) offers(act string) bool {
	switch act {
	case "opinion":
		_, sits := v.Own(v.actor)
		return v.Sits() && sits
	case "task":
		return v.Leads() && v.may(casework.AddTask)
	case "minutes":
		_, ok := v.toRecord()
		return v.Leads() && ok
	case "seat", "guest", "session", "brief", "conclude":
		return v.Leads()
	}
	return false
}

// toRecord is the oldest session that has begun and has no minutes.
func (v roomView) toRecord() (Session, bool) {
	for _, x := range v.Sessions {
		if !x.Held() && !v.now.Before(x.MeetsAt) {
			return x, true
		}
	}
	return Session{}, false
}

func (h *Web) getAct(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	return h.showAct(w, r, http.StatusOK, form)
}

func (h *Web) showAct(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	act := r.PathValue("act")
	if !v.offers(act) {
		return ErrNotFound
	}
	return web.Render(w, r, status, actPage(v, act, form))
}

func (h *Web) postAct(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	act := r.PathValue("act")
	if err = form.Take(h.act(r.Context(), v, act, form)); err != nil {
		return err
	}
	if !form.OK() {
		return h.showAct(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "room.saved")
	return web.Redirect(w, r, roomPath(v.ID))
}

// act carries out what a form asks for.
func (h *Web) act(ctx context.Context, v roomView, act string, form *page.Form) (err error) {
	switch act {
	case "seat":
		_, err = h.AddSeat(ctx, v.actor, v.ID, SeatForm{Key: form.Key(), Kind: Kind(form.Get("kind")), UnitID: numberOf(form, "unit")}, v.now)
	case "guest":
		_, err = h.AddSeat(ctx, v.actor, v.ID, SeatForm{Key: form.Key(), Kind: Kind(form.Get("kind")), Name: form.Get("name"),
			Office: form.Get("office"), Sees: Sees(form.Get("sees"))}, v.now)
	case "session":
		_, err = h.Appoint(ctx, v.actor, v.ID, Appointment{MeetsAt: momentOf(form), Mode: form.Get("mode"), Place: form.Get("place"), Agenda: form.Get("agenda")}, v.now)
	case "minutes":
		err = h.Hold(ctx, v.actor, v.ID, Minutes{Key: form.Key(), SessionID: numberOf(form, "session"), Attendees: form.Get("attendees"), Text: form.Get("text")}, v.now)
	case "opinion":
		_, err = h.Say(ctx, v.actor, v.ID, OpinionForm{Key: form.Key(), Text: form.Get("text"), Basis: form.Get("basis")}, v.now)
	case "task":
		err = h.Assist(ctx, v.actor, v.ID, TaskForm{Key: form.Key(), UnitID: numberOf(form, "unit"), Text: form.Get("text"), Days: form.Int("days")}, v.now)
	case "brief":
		err = h.SetBrief(ctx, v.actor, v.ID, form.Get("brief"))
	case "conclude":
		_, err = h.Conclude(ctx, v.actor, v.ID, conclusionOf(form), v.now)
	default:
		err = ErrNotFound
	}
	return err
}

// mostTasks is how many tasks a conclusion may bring at once.
const mostTasks = 3

func conclusionOf(form *page.Form) Conclusion {
	in := Conclusion{Key: form.Key(), Text: form.Get("text"), UnitID: numberOf(form, "unit")}
	for i := 1; i <= mostTasks; i++ {
		n := strconv.Itoa(i)
		t := TaskForm{UnitID: numberOf(form, "unit"+n), Text: form.Get("text" + n), Days: form.Int("days" + n)}
		if t.UnitID != 0 || strings.TrimSpace(t.Text) != "" {
			in.Tasks = append(in.Tasks, t)
		}
	}
	return in
}
