package tracking

import (
	"net/http"
	"time"

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
		now := s.Clock.Now()
		c, as, err := s.Enter(r.Context(), form.Get("no"), form.Get("code"), who(r), now)
		status := refused(w, err, now)
		if err = form.Take(err); err != nil {
			return err
		}
		if !form.OK() {
			return web.Render(w, r, status, followPage(form))
		}
		s.grant(w, as, c.No)
		return web.Redirect(w, r, "/follow/"+c.No)
	}
}

// refused is the status of a page that shows a refused form. Who tried too
// often is told when to come back.
func refused(w http.ResponseWriter, err error, now time.Time) int {
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.TooMany {
		return http.StatusUnprocessableEntity
	}
	for _, a := range e.Args {
		if until, ok := a.(time.Time); ok {
			web.RetryAfter(w, until.Sub(now))
		}
	}
	return http.StatusTooManyRequests
}
