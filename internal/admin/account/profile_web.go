package account

import (
	"encoding/hex"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (h *Web) profileRoutes(rt *web.Router) {
	signed := h.Need()
	rt.Handle("GET /account", h.getProfile, signed)
	password := h.halfway(StepPassword, StepNone)
	rt.Handle("GET /account/password", h.getPassword, password)
	rt.Handle("POST /account/password", h.postPassword, password)
	enrol := h.halfway(StepEnrol, StepNone)
	rt.Handle("GET /account/second-factor", h.getEnrolment, enrol)
	rt.Handle("POST /account/second-factor", h.postEnrolment, enrol)
	rt.Handle("POST /account/second-factor/remove", h.postRemoval, signed)
	rt.Handle("POST /account/sessions/end", h.postEndSession, signed)
	rt.Handle("POST /account/tokens", h.postToken, signed)
	rt.Handle("POST /account/tokens/end", h.postEndToken, signed)
}

func (h *Web) getProfile(w http.ResponseWriter, r *http.Request) error {
	return h.profile(w, r, http.StatusOK, page.NewForm(nil), "")
}

// profile draws the whole page; token is a new API token to be shown once.
func (h *Web) profile(w http.ResponseWriter, r *http.Request, status int, form *page.Form, token string) error {
	ctx := r.Context()
	me := access.From(ctx)
	st, err := h.Staff(ctx, me.ID)
	if err != nil {
		return err
	}
	v := profileView{Staff: st, Path: h.Units.Path(me.UnitID), Now: h.Clock.Now(), Form: form, NewToken: token}
	if c, ok := currentOf(r); ok {
		v.Hash = c.Hash
	}
	if v.Sessions, err = h.MySessions(ctx); err != nil {
		return err
	}
	if v.Tokens, err = h.MyTokens(ctx); err != nil {
		return err
	}
	if v.Recovery, err = h.RecoveryLeft(ctx, me.ID); err != nil {
		return err
	}
	return web.Render(w, r, status, profilePage(v))
}

func (h *Web) getPassword(w http.ResponseWriter, r *http.Request) error {
	c, _ := currentOf(r)
	form := page.NewForm(nil).Set("next", web.LocalPath(r.URL.Query().Get("next"), ""))
	return web.Render(w, r, http.StatusOK, passwordPage(form, c.owes == StepPassword))
}

func (h *Web) postPassword(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, _ := currentOf(r)
	if form.Get("new_password") != form.Get("again") {
		form.Fail("again", "account.password_differs")
		return web.Render(w, r, http.StatusUnprocessableEntity, passwordPage(form, c.owes == StepPassword))
	}
	in, err := h.ChangePassword(r.Context(), c.Session, NewPassword{
		Old: form.Get("password"), New: form.Get("new_password"), Visit: h.visit(r),
	}, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, passwordPage(form, c.owes == StepPassword))
	}
	admit(w, in.Token)
	web.Flash(w, "account.password_changed")
	next := form.Get("next")
	if c.owes == StepNone {
		next = "/account"
	}
	return web.Redirect(w, r, stepPath(in.Owes, next, in.Role))
}

func (h *Web) getEnrolment(w http.ResponseWriter, r *http.Request) error {
	form := page.NewForm(nil).Set("next", web.LocalPath(r.URL.Query().Get("next"), ""))
	return h.enrolment(w, r, http.StatusOK, form)
}

func (h *Web) enrolment(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	c, _ := currentOf(r)
	e, err := h.BeginEnrolment(r.Context(), c.Session)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, enrolPage(form, e, c.owes == StepEnrol))
}

func (h *Web) postEnrolment(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, _ := currentOf(r)
	in, codes, err := h.ConfirmEnrolment(r.Context(), c.Session, form.Get("code"), h.visit(r), h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		form.Set("code", "")
		return h.enrolment(w, r, http.StatusUnprocessableEntity, form)
	}
	admit(w, in.Token)
	next := form.Get("next")
	if c.owes == StepNone {
		next = "/account"
	}
	return web.Render(w, r, http.StatusOK, recoveryPage(codes, stepPath(in.Owes, next, in.Role)))
}

func (h *Web) postRemoval(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, ok := currentOf(r)
	if !ok {
		return fault.New(fault.Unsigned, "account.unsigned")
	}
	err = h.RemoveSecondFactor(r.Context(), c.Session, form.Get("password"), h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.profile(w, r, http.StatusUnprocessableEntity, form, "")
	}
	web.Flash(w, "account.second_factor_removed")
	return web.Redirect(w, r, "/account")
}

func (h *Web) postEndSession(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, _ := currentOf(r)
	if form.Get("session") == "others" {
		err = h.EndMyOthers(r.Context(), c.Hash)
	} else {
		err = h.EndMine(r.Context(), unhex(form.Get("session")))
	}
	if err != nil {
		return err
	}
	web.Flash(w, "account.session_ended")
	return web.Redirect(w, r, "/account")
}

func (h *Web) postToken(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	token, err := h.AddToken(r.Context(), form.Get("token_name"), form.Int("days"), h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.profile(w, r, http.StatusUnprocessableEntity, form, "")
	}
	return h.profile(w, r, http.StatusOK, page.NewForm(nil), token)
}

func (h *Web) postEndToken(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.EndToken(r.Context(), unhex(form.Get("token"))); err != nil {
		return err
	}
	web.Flash(w, "account.token_ended")
	return web.Redirect(w, r, "/account")
}

// unhex reads a hash back; what is none finds nothing.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil || b == nil {
		return []byte{}
	}
	return b
}
