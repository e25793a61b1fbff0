package unit

import (
	"fmt"
	"net/http"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// Guard lets only some roles through.
type Guard interface {
	Need(roles ...access.Role) web.Middleware
}

// Web is the capability's pages.
type Web struct {
	*Service
	guard Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, g Guard) *Web { return &Web{s, g} }

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	system := h.guard.Need(access.SystemAdmin)
	rt.Handle("GET /admin/units", h.getUnits, system)
	rt.Handle("GET /admin/units/new", h.getNewUnit, system)
	rt.Handle("POST /admin/units/new", h.postNewUnit, system)
	rt.Handle("GET /admin/units/{id}", h.getUnit, system)
	rt.Handle("POST /admin/units/{id}", h.postUnit, system)
	rt.Handle("POST /admin/units/{id}/active", h.postUnitActive, system)
}

const foundUnits = 50

func (h *Web) getUnits(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	tree := h.Tree()
	v := unitsView{Form: query, Tree: tree}
	if at, ok := query.Int64("at"); ok {
		v.At, _ = tree.Unit(at)
	} else if roots := tree.Children(0); len(roots) > 0 {
		v.At = roots[0]
	}
	if words := query.Get("q"); words != "" {
		v.Found = tree.Search(words, foundUnits)
	}
	return web.Render(w, r, http.StatusOK, unitsPage(v))
}

func (h *Web) getNewUnit(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, unitPage(unitView{Form: query, Tree: h.Tree()}))
}

func (h *Web) postNewUnit(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	f := unitForm(form)
	_, err = h.AddOne(r.Context(), f)
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, unitPage(unitView{Form: form, Tree: h.Tree()}))
	}
	web.Flash(w, "unit.unit_added")
	return web.Redirect(w, r, fmt.Sprintf("/admin/units?at=%d", f.ParentID))
}

func (h *Web) getUnit(w http.ResponseWriter, r *http.Request) error {
	u, err := h.unitOf(r)
	if err != nil {
		return err
	}
	tree := h.Tree()
	form := page.NewForm(nil).
		Set("parent", strconv.FormatInt(u.ParentID, 10)).Set("code", u.Code).Set("kind", string(u.Kind)).
		Set("name_zh", u.NameZH).Set("name_en", u.NameEN).Set("sort", strconv.Itoa(tree.sortOf(u.ID)))
	return web.Render(w, r, http.StatusOK, unitPage(unitView{Form: form, Tree: tree, Unit: u}))
}

func (h *Web) postUnit(w http.ResponseWriter, r *http.Request) error {
	u, err := h.unitOf(r)
	if err != nil {
		return err
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.Edit(r.Context(), u.ID, unitForm(form))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, unitPage(unitView{Form: form, Tree: h.Tree(), Unit: u}))
	}
	web.Flash(w, "unit.unit_saved")
	return web.Redirect(w, r, fmt.Sprintf("/admin/units?at=%d", u.ID))
}

func (h *Web) postUnitActive(w http.ResponseWriter, r *http.Request) error {
	u, err := h.unitOf(r)
	if err != nil {
		return err
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.Activate(r.Context(), u.ID, form.Get("active") == "1"); err != nil {
		return err
	}
	web.Flash(w, "unit.unit_saved")
	return web.Redirect(w, r, fmt.Sprintf("/admin/units?at=%d", u.ID))
}

func (h *Web) unitOf(r *http.Request) (access.Unit, error) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	u, ok := h.Unit(id)
	if !ok {
		return u, fault.New(fault.NotFound, "unit.unit_unknown")
	}
	return u, nil
}

func unitForm(form *page.Form) Form {
	parent, _ := form.Int64("parent")
	return Form{
		ParentID: max(parent, 0), Code: form.Get("code"), NameZH: form.Get("name_zh"), NameEN: form.Get("name_en"),
		Kind: access.UnitKind(form.Get("kind")), Sort: form.Int("sort"),
	}
}
