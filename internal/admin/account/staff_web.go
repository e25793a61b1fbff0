package account

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (h *Web) staffRoutes(rt *web.Router) {
	both := h.Need(access.SystemAdmin, access.SecAdmin)
	system, secure := h.Need(access.SystemAdmin), h.Need(access.SecAdmin)
	rt.Handle("GET /admin/staff", h.getStaffList, both)
	rt.Handle("GET /admin/staff/new", h.getNewStaff, system)
	rt.Handle("POST /admin/staff/new", h.postNewStaff, system)
	rt.Handle("GET /admin/staff/{id}", h.getStaff, both)
	rt.Handle("POST /admin/staff/{id}", h.postStaff, system)
	rt.Handle("POST /admin/staff/{id}/active", h.postStaffActive, system)
	rt.Handle("POST /admin/staff/{id}/role", h.postRole, secure)
	rt.Handle("POST /admin/staff/{id}/reset", h.postReset, secure)
	rt.Handle("POST /admin/staff/{id}/lock", h.postLock, secure)
	rt.Handle("POST /admin/staff/{id}/sessions/end", h.postEndSessions, secure)
}

const pageSize = 50

func (h *Web) getStaffList(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	unit, _ := query.Int64("unit")
	f := StaffFilter{UnitID: unit, Role: access.Role(query.Get("role")), Words: query.Get("q"), Limit: pageSize + 1}
	if _, err := web.DecodeCursor(query.Get("after"), &f.After); err != nil {
		return err
	}
	list, err := h.ListStaff(r.Context(), f)
	if err != nil {
		return err
	}
	v := staffListView{Form: query, Tree: h.Units, Now: h.Clock.Now(), Staff: list}
	if len(list) > pageSize {
		v.Staff = list[:pageSize]
		v.Next = "/admin/staff?" + nextQuery(query, web.EncodeCursor(v.Staff[pageSize-1].Login))
	}
	return web.Render(w, r, http.StatusOK, staffListPage(v))
}

// nextQuery is the same filter further on.
func nextQuery(query *page.Form, after string) string {
	values := url.Values{}
	for name, list := range query.Values() {
		values[name] = list
	}
	values.Set("after", after)
	return values.Encode()
}

func (h *Web) getNewStaff(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, newStaffPage(query, h.Units))
}

func (h *Web) postNewStaff(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	added, err := h.AddStaff(r.Context(), staffForm(form), h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, newStaffPage(form, h.Units))
	}
	web.Flash(w, "account.staff_added")
	return web.Redirect(w, r, fmt.Sprintf("/admin/staff/%d", added))
}

func staffForm(form *page.Form) StaffForm {
	unit, _ := form.Int64("unit")
	return StaffForm{Login: form.Get("login"), Name: form.Get("name"), UnitID: unit}
}

func (h *Web) getStaff(w http.ResponseWriter, r *http.Request) error {
	return h.showStaff(w, r, http.StatusOK, page.NewForm(nil), "")
}

// showStaff draws a record; password is a new one to be shown once.
func (h *Web) showStaff(w http.ResponseWriter, r *http.Request, status int, form *page.Form, password string) error {
	st, err := h.Staff(r.Context(), staffID(r))
	if err != nil {
		return err
	}
	v := staffView{
		Staff: st, Form: form, Tree: h.Units, Now: h.Clock.Now(), Password: password,
		Me: access.From(r.Context()),
	}
	return web.Render(w, r, status, staffPage(v))
}

func staffID(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return n
}

// staffAct runs one change of a record and shows it again.
func (h *Web) staffAct(w http.ResponseWriter, r *http.Request, message string, act func(id int64, form *page.Form) error) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err = form.Take(act(staffID(r), form)); err != nil {
		return err
	}
	if !form.OK() {
		return h.showStaff(w, r, http.StatusUnprocessableEntity, form, "")
	}
	web.Flash(w, message)
	return web.Redirect(w, r, fmt.Sprintf("/admin/staff/%d", staffID(r)))
}

func (h *Web) postStaff(w http.ResponseWriter, r *http.Request) error {
	return h.staffAct(w, r, "account.staff_saved", func(id int64, form *page.Form) error {
		return h.EditStaff(r.Context(), id, staffForm(form))
	})
}

func (h *Web) postStaffActive(w http.ResponseWriter, r *http.Request) error {
	return h.staffAct(w, r, "account.staff_saved", func(id int64, form *page.Form) error {
		return h.ActivateStaff(r.Context(), id, form.Get("active") == "1")
	})
}

func (h *Web) postRole(w http.ResponseWriter, r *http.Request) error {
	return h.staffAct(w, r, "account.staff_saved", func(id int64, form *page.Form) error {
		return h.GrantRole(r.Context(), id, access.Role(form.Get("role")), form.Get("cleared") == "1")
	})
}

func (h *Web) postLock(w http.ResponseWriter, r *http.Request) error {
	return h.staffAct(w, r, "account.staff_saved", func(id int64, form *page.Form) error {
		if form.Get("lock") == "1" {
			return h.Lock(r.Context(), id)
		}
		return h.Unlock(r.Context(), id)
	})
}

func (h *Web) postEndSessions(w http.ResponseWriter, r *http.Request) error {
	return h.staffAct(w, r, "account.session_ended", func(id int64, _ *page.Form) error {
		return h.EndSessions(r.Context(), id)
	})
}

// postReset shows the new password in its answer: it must not travel in an
// address or a cookie.
func (h *Web) postReset(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.Form(r); err != nil {
		return err
	}
	password, err := h.ResetCredentials(r.Context(), staffID(r))
	if err != nil {
		return err
	}
	return h.showStaff(w, r, http.StatusOK, page.NewForm(nil), password)
}
