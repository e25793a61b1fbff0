package tracking

import (
	"net/http"

	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

func (s *Service) getWhy(w http.ResponseWriter, r *http.Request, v visit) error {
	view, ok := v.why(r.PathValue("seq"))
	if !ok {
		return errNoDuty
	}
	if view.Duty.Paused > 0 {
		events, err := s.Cases.History(r.Context(), v.Case.ID)
		if err != nil {
			return err
		}
		view.Why.Pauses = ui.Hearings(view.Duty, events)
	}
	view.Who = nameOf(r.Context(), s.Units, view.Duty.UnitID)
	return web.Render(w, r, http.StatusOK, whyPage(view))
}
