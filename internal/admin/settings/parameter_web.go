package settings

import (
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (h *Web) getParameters(w http.ResponseWriter, r *http.Request) error {
	return h.parameters(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) parameters(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	holding, err := h.uses(r.Context(), []Version{h.InForce()})
	if err != nil {
		return err
	}
	v := parametersView{Form: form, Service: h.Service, Me: access.From(r.Context()), Holding: holding[0], Planned: h.Planned()}
	return web.Render(w, r, status, parametersPage(v))
}

func (h *Web) postParameters(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	me := access.From(r.Context())
	values := map[string]string{}
	for _, d := range Definitions {
		if !d.Rule() && me.Has(d.Owner) && len(form.All(d.Name)) > 0 {
			values[d.Name] = form.Get(d.Name)
		}
	}
	err = h.SetParameters(r.Context(), values)
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.parameters(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "settings.saved")
	return web.Redirect(w, r, "/admin/parameters")
}
