package tracking

import (
	"net/http"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (s *Service) getFollow(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, followPage(page.NewForm(nil).Set("no", form.Get("no"))))
}

func (s *Service) postFollow(who func(*http.Request) string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, err := web.Form(r)
		if err != nil {
			return err
		}
		c, err := s.Enter(r.Context(), form.Get("no"), form.Get("code"), who(r), s.Clock.Now())
		status := statusOf(err)
		if err = form.Take(err); err != nil {
			return err
		}
		if !form.OK() {
			return web.Render(w, r, status, followPage(form))
		}
		s.grant(w, c)
		return web.Redirect(w, r, "/follow/"+c.No)
	}
}

// statusOf is the status of a page that shows a refused form.
func statusOf(err error) int {
	if fault.KindOf(err) == fault.TooMany {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}
