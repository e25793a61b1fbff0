package settings

import (
	"net/http"
	"net/url"
	"strconv"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

const pageSize = 50

func (h *Web) getDuties(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	area, _ := query.Int64("area")
	f := DutyFilter{AreaID: area, Category: query.Get("category"), Ended: query.Get("ended") == "1", Limit: pageSize + 1}
	if _, err := web.DecodeCursor(query.Get("after"), &f.After.Category, &f.After.AreaID, &f.After.ID); err != nil {
		return err
	}
	list, err := h.Duties(r.Context(), f)
	if err != nil {
		return err
	}
	v := dutiesView{Form: query, Service: h.Service, Duties: list, Now: h.Clock.Now()}
	if len(list) > pageSize {
		v.Duties = list[:pageSize]
		last := v.Duties[pageSize-1]
		values := url.Values{}
		for name, some := range query.Values() {
			values[name] = some
		}
		values.Set("after", web.EncodeCursor(last.Category, last.AreaID, last.ID))
		v.Next = "/admin/duties?" + values.Encode()
	}
	return web.Render(w, r, http.StatusOK, dutiesPage(v))
}

func (h *Web) getNewDuty(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	if query.Get("from") == "" {
		query.Set("from", calendar.On(h.Clock.Now()).String())
	}
	return web.Render(w, r, http.StatusOK, dutyPage(query, h.Service))
}

func (h *Web) postNewDuty(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.AddDuty(r.Context(), dutyForm(form))
	to := "/admin/duties?" + url.Values{"category": {form.Get("category")}, "area": {form.Get("area")}}.Encode()
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, dutyPage(form, h.Service))
	}
	web.Flash(w, "settings.saved")
	return web.Redirect(w, r, to)
}

func dutyForm(form *page.Form) DutyForm {
	area, _ := form.Int64("area")
	unit, _ := form.Int64("unit")
	from, _ := calendar.ParseDate(form.Get("from")) // a date that is none stays zero and is refused
	return DutyForm{Category: form.Get("category"), AreaID: area, UnitID: unit, Basis: form.Get("basis"), From: from}
}

func (h *Web) postEndDuty(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err := h.EndDuty(r.Context(), n); err != nil {
		return err
	}
	web.Flash(w, "settings.saved")
	return web.Redirect(w, r, web.LocalPath(form.Get("back"), "/admin/duties"))
}
