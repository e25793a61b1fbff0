package tracking

import (
	"math"
	"net/http"

	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (s *Service) getPhone(w http.ResponseWriter, r *http.Request) error {
	if _, ok := s.phoneOf(r); ok {
		return web.Redirect(w, r, "/my")
	}
	return web.Render(w, r, http.StatusOK, phonePage(page.NewForm(nil)))
}

func (s *Service) postPhone(who func(*http.Request) string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, err := web.Form(r)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		shown, err := s.AskCode(r.Context(), form.Get("phone"), who(r), now)
		status := refused(w, err, now)
		if err = form.Take(err); err != nil {
			return err
		}
		if !form.OK() {
			return web.Render(w, r, status, phonePage(form))
		}
		return web.Render(w, r, http.StatusOK, codePage(form, shown))
	}
}

func (s *Service) postCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	phone, err := s.ProvePhone(r.Context(), form.Get("phone"), form.Get("code"), s.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, codePage(form, ""))
	}
	s.grantPhone(w, phone)
	return web.Redirect(w, r, "/my")
}

func (s *Service) getMine(w http.ResponseWriter, r *http.Request) error {
	phone, ok := s.phoneOf(r)
	if !ok {
		return web.Redirect(w, r, "/phone")
	}
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	before := int64(math.MaxInt64)
	later, err := web.DecodeCursor(query.Get("before"), &before)
	if err != nil {
		return err
	}
	list, more, err := s.mine(r.Context(), phone, before)
	if err != nil {
		return err
	}
	v := mineView{Cases: list, Rules: s.Cases.Rules(), Now: s.Clock.Now()}
	if later {
		v.First = "/my"
	}
	if more {
		v.Next = "/my?before=" + web.EncodeCursor(list[len(list)-1].ID)
	}
	return web.Render(w, r, http.StatusOK, minePage(v))
}
