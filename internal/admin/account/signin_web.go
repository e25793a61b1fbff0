package account

import (
	"errors"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (h *Web) signInRoutes(rt *web.Router) {
	rt.Handle("GET /signin", h.getSignIn)
	rt.Handle("POST /signin", h.postSignIn)
	rt.Handle("GET /signin/totp", h.getTOTP, h.halfway(StepTOTP))
	rt.Handle("POST /signin/totp", h.postTOTP, h.halfway(StepTOTP))
	rt.Handle("POST /signout", h.postSignOut)
	rt.Handle("GET /signout", h.getSignOut)
}

func (h *Web) getSignIn(w http.ResponseWriter, r *http.Request) error {
	next := r.URL.Query().Get("next")
	if a := access.From(r.Context()); a.Signed() {
		return web.Redirect(w, r, stepPath(StepNone, next, a.Role))
	}
	return web.Render(w, r, http.StatusOK, signInPage(page.NewForm(nil).Set("next", web.LocalPath(next, ""))))
}

func (h *Web) postSignIn(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	in, err := h.SignIn(r.Context(), form.Get("login"), form.Get("password"), h.visit(r), h.Clock.Now())
	if errors.Is(err, ErrSignIn) {
		form.Fail("password", ErrSignIn.ID, ErrSignIn.Args...)
		return web.Render(w, r, http.StatusUnprocessableEntity, signInPage(form))
	}
	if err != nil {
		return err
	}
	admit(w, in.Token)
	return web.Redirect(w, r, stepPath(in.Owes, form.Get("next"), in.Role))
}

func (h *Web) getTOTP(w http.ResponseWriter, r *http.Request) error {
	form := page.NewForm(nil).Set("next", web.LocalPath(r.URL.Query().Get("next"), ""))
	return web.Render(w, r, http.StatusOK, codePage(form))
}

func (h *Web) postTOTP(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, _ := currentOf(r)
	in, err := h.ProveSecondFactor(r.Context(), c.Session, form.Get("code"), h.visit(r), h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		form.Set("code", "")
		return web.Render(w, r, http.StatusUnprocessableEntity, codePage(form))
	}
	admit(w, in.Token)
	return web.Redirect(w, r, stepPath(in.Owes, form.Get("next"), in.Role))
}

// getSignOut leads those who typed the address to the button.
func (h *Web) getSignOut(w http.ResponseWriter, r *http.Request) error {
	return web.Redirect(w, r, "/account")
}

func (h *Web) postSignOut(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(cookieName); err == nil {
		if err := h.SignOut(r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	dismiss(w)
	web.Flash(w, "account.signed_out")
	return web.Redirect(w, r, "/signin")
}
