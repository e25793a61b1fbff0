package room

import (
	"net/http"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

const conferences = "/desk/conference"

func (h *Web) conferenceRoutes(rt *web.Router) {
	attend, convene := h.need(attending...), h.need(conveners...)
	rt.Handle("GET /desk/conference", h.getConferences, attend)
	rt.Handle("GET /desk/conference/new", h.getNewConference, convene)
	rt.Handle("POST /desk/conference/new", h.postNewConference, convene)
	rt.Handle("GET /desk/conference/{id}", h.getConference, attend)
	rt.Handle("POST /desk/conference/{id}/items", h.postItem, convene)
	rt.Handle("POST /desk/conference/{id}/minutes", h.postMinutes, convene)
	rt.Handle("GET /desk/conference/{id}/items/{item}", h.getItem, attend)
	rt.Handle("POST /desk/conference/{id}/items/{item}/decide", h.postDecide, convene)
	rt.Handle("POST /desk/conference/{id}/items/{item}/follow", h.postFollow, attend)
}

func conferencePath(id int64) string { return conferences + "/" + number(id) }

func itemPath(i Item) string { return conferencePath(i.ConferenceID) + "/items/" + number(i.ID) }

type conferencesView struct {
	actor access.Actor
	list  []Conference
	open  []Item
	next  string
	now   time.Time
	*Web
}

func (h *Web) getConferences(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := conferencesView{actor: access.From(r.Context()), now: h.Clock.Now(), Web: h}
	var after, next int64
	if _, err := web.DecodeCursor(form.Get("after"), &after); err != nil {
		return err
	}
	if v.list, next, err = h.Conferences(r.Context(), v.actor, after); err != nil {
		return err
	}
	if next != 0 {
		v.next = conferences + "?after=" + web.EncodeCursor(next)
	}
	if v.open, err = h.OpenItems(r.Context(), v.actor); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, conferencesPage(v))
}

func (h *Web) getNewConference(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, newConferencePage(page.NewForm(nil)))
}

func (h *Web) postNewConference(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id, err := h.Call(r.Context(), access.From(r.Context()), ConferenceForm{Title: form.Get("title"), MeetsAt: momentOf(form), Place: form.Get("place"),
		Chair: form.Get("chair"), Topics: strings.Split(form.Get("topics"), "\n")}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, newConferencePage(form))
	}
	web.Flash(w, "room.saved")
	return web.Redirect(w, r, conferencePath(id))
}

type conferenceView struct {
	Conference
	actor access.Actor
	form  *page.Form
	now   time.Time
	*Web
}

func (v conferenceView) convenes() bool { return v.actor.Has(conveners...) }

func (h *Web) conferenceView(r *http.Request, form *page.Form) (conferenceView, error) {
	v := conferenceView{actor: access.From(r.Context()), form: form, now: h.Clock.Now(), Web: h}
	var err error
	v.Conference, err = h.Conference(r.Context(), v.actor, pathID(r, "id"))
	return v, err
}

func (h *Web) getConference(w http.ResponseWriter, r *http.Request) error {
	return h.showConference(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showConference(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	v, err := h.conferenceView(r, form)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, conferencePage(v))
}

// after ends a form of a conference: shown again with what is wrong, or done.
func (h *Web) after(w http.ResponseWriter, r *http.Request, form *page.Form, err error) error {
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		if r.PathValue("item") != "" {
			return h.showItem(w, r, http.StatusUnprocessableEntity, form)
		}
		return h.showConference(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "room.saved")
	return web.Redirect(w, r, conferencePath(pathID(r, "id")))
}

func (h *Web) postItem(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	return h.after(w, r, form, h.AddItem(r.Context(), access.From(r.Context()), pathID(r, "id"), form.Get("case"), form.Get("topic")))
}

func (h *Web) postMinutes(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	return h.after(w, r, form, h.Meet(r.Context(), access.From(r.Context()), Meeting{pathID(r, "id"), form.Get("attendees"), form.Get("minutes")}, h.Clock.Now()))
}

func (h *Web) getItem(w http.ResponseWriter, r *http.Request) error {
	return h.showItem(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showItem(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	v, err := h.conferenceView(r, form)
	if err != nil {
		return err
	}
	for _, it := range v.Items {
		if it.ID == pathID(r, "item") {
			return web.Render(w, r, status, itemPage(v, it))
		}
	}
	return ErrNotFound
}

func (h *Web) postDecide(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	due, _ := calendar.ParseDate(form.Get("due")) // a date that is none stays zero and is refused
	return h.after(w, r, form, h.Resolve(r.Context(), access.From(r.Context()), Ruling{ConferenceID: pathID(r, "id"), ItemID: pathID(r, "item"),
		Text: form.Get("decision"), UnitID: numberOf(form, "unit"), Due: due}, h.Clock.Now()))
}

func (h *Web) postFollow(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	return h.after(w, r, form, h.Follow(r.Context(), access.From(r.Context()), FollowUp{ConferenceID: pathID(r, "id"), ItemID: pathID(r, "item"),
		Report: form.Get("report"), Done: form.Get("done") == "1"}, h.Clock.Now()))
}

func itemLight(i Item, now time.Time) ui.LightKind {
	return ui.LightKind(light(i.DecidedAt, i.DueAt, now))
}
