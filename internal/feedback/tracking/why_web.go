package tracking

import (
	"net/http"

	"xinqiao/internal/platform/web"
)

func (s *Service) getWhy(w http.ResponseWriter, r *http.Request, v visit) error {
	view, ok := v.why(r.PathValue("seq"))
	if !ok {
		return errNoDuty
	}
	view.Who = nameOf(r.Context(), s.Units, view.Duty.UnitID)
	return web.Render(w, r, http.StatusOK, whyPage(view))
}
