package account

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
)

// Web is the capability's pages and the guard of everybody else's.
type Web struct {
	*Service
	rt *web.Router
}

// NewWeb makes the pages.
func NewWeb(s *Service) *Web { return &Web{Service: s} }

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	h.rt = rt
	h.signInRoutes(rt)
	h.profileRoutes(rt)
	h.staffRoutes(rt)
	h.logRoutes(rt)
}

const cookieName = "session"

// bearer is the scheme of API tokens.
const bearer = "Bearer "

// current is the session of a request, also one that still owes a step.
type current struct {
	Session
	owes Step
}

type currentKey struct{}

func currentOf(r *http.Request) (current, bool) {
	c, ok := r.Context().Value(currentKey{}).(current)
	return c, ok
}

// Authenticate finds out who asks and puts the actor into the context. A
// session that still owes a step has no actor. Give it to web.Router.Use.
func (h *Web) Authenticate(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			return next(w, r)
		}
		ctx, err := h.identify(r)
		if err != nil {
			return err
		}
		return next(w, r.WithContext(ctx))
	}
}

func (h *Web) identify(r *http.Request) (context.Context, error) {
	ctx, now := r.Context(), h.Clock.Now()
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), bearer); ok && strings.HasPrefix(r.URL.Path, "/api/") {
		a, err := h.TokenActor(ctx, token, now)
		return access.With(ctx, a), err
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return ctx, nil
	}
	se, owes, ok, err := h.Session(ctx, cookie.Value, now)
	if err != nil || !ok {
		return ctx, err
	}
	if owes == StepNone {
		ctx = access.With(ctx, h.Actor(se.Staff))
	}
	return context.WithValue(ctx, currentKey{}, current{se, owes}), nil
}

// Need lets only these roles through, and any signed-in person when none is
// named. Who is not signed in is asked to; who is not entitled reads the rule.
func (h *Web) Need(roles ...access.Role) web.Middleware {
	return func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			a := access.From(r.Context())
			if !a.Signed() {
				if c, half := currentOf(r); half {
					return web.Redirect(w, r, stepPath(c.owes, r.URL.RequestURI(), c.Staff.Role))
				}
				return fault.New(fault.Unsigned, "account.unsigned")
			}
			if len(roles) > 0 && !slices.Contains(roles, a.Role) {
				return fault.New(fault.Denied, "account.role_needed", roleNames(r.Context(), roles))
			}
			return next(w, r)
		}
	}
}

func roleNames(ctx context.Context, roles []access.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = i18n.T(ctx, "role."+string(role))
	}
	return strings.Join(names, i18n.T(ctx, "account.and"))
}

// halfway serves a session that owes one of the steps; others are sent where
// they belong.
func (h *Web) halfway(steps ...Step) web.Middleware {
	return func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			c, ok := currentOf(r)
			if !ok {
				return fault.New(fault.Unsigned, "account.unsigned")
			}
			if !slices.Contains(steps, c.owes) {
				return web.Redirect(w, r, stepPath(c.owes, r.URL.Query().Get("next"), c.Staff.Role))
			}
			return next(w, r)
		}
	}
}

// stepPath is the page of the next step of signing in, or where to go after
// the last.
func stepPath(s Step, next string, role access.Role) string {
	switch s {
	case StepTOTP:
		return withNext("/signin/totp", next)
	case StepPassword:
		return withNext("/account/password", next)
	case StepEnrol:
		return withNext("/account/second-factor", next)
	}
	return web.LocalPath(next, home(role))
}

func withNext(path, next string) string {
	if next = web.LocalPath(next, ""); next == "" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

// home is where a role's work lies.
func home(role access.Role) string {
	switch role {
	case access.SystemAdmin:
		return "/admin/units"
	case access.SecAdmin:
		return "/admin/staff"
	case access.AuditAdmin:
		return "/admin/audit"
	case access.Leader:
		return "/lead"
	}
	return "/desk"
}

// admit gives the browser its token.
func admit(w http.ResponseWriter, token string) {
	web.SetCookie(w, &http.Cookie{Name: cookieName, Value: token})
}

func dismiss(w http.ResponseWriter) {
	web.SetCookie(w, &http.Cookie{Name: cookieName, MaxAge: -1})
}

func (h *Web) visit(r *http.Request) Visit {
	return Visit{IP: h.rt.ClientIP(r).String(), Agent: r.UserAgent()}
}
