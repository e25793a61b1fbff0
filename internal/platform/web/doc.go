// Package web is the one place where HTTP meets people: it routes, guards,
// measures and renders, so that a handler says only what it does.
//
//	func (s *Service) Routes(rt *web.Router) {
//		rt.Handle("POST /desk/cases/{no}/urge", s.postUrge, s.needs.Staff)
//	}
//
//	func (s *Service) postUrge(w http.ResponseWriter, r *http.Request) error {
//		form, err := web.Form(r)
//		if err != nil {
//			return err
//		}
//		err = s.Urge(r.Context(), r.PathValue("no"), form.Get("words"), form.Key())
//		if err = form.Take(err); err != nil {
//			return err // a fault: rendered as page, fragment or problem+json
//		}
//		if !form.OK() {
//			return web.Render(w, r, http.StatusUnprocessableEntity, urgePage(form))
//		}
//		web.Flash(w, "urge.done")
//		return web.Redirect(w, r, "/desk")
//	}
//
// Every request passes, in this order: request id, access log (without
// personal data), recovery, compression, security headers, load shedding, rate
// limit, cross-origin protection, body limit, language and preferences, then
// the middlewares of Use and of the route.
package web
