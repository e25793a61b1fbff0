package tracking

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/web"
)

// A case is opened by a signed cookie that names it and that the browser sends
// to its pages only, so that two open cases never mix.
const (
	caseCookie   = "case"
	casePurpose  = "case"
	caseTime     = 2 * time.Hour
	phoneCookie  = "phone"
	phonePurpose = "tracking/phone"
	phoneTime    = 30 * time.Minute
	uploadBody   = 64 << 20
)

// Routes registers the pages of following a case.
func (s *Service) Routes(rt *web.Router) {
	calm := rt.Limit(web.NewLimiter(1, 40, 20_000), nil)
	who := func(r *http.Request) string { return rt.ClientKey(r) }
	rt.Handle("GET /follow", s.getFollow)
	rt.Handle("POST /follow", s.postFollow(who), calm)
	rt.Handle("GET /follow/{no}", s.withCase(s.getCase))
	rt.Handle("GET /follow/{no}/why/{seq}", s.withCase(s.getWhy))
	rt.Handle("GET /follow/{no}/letter/{seq}", s.withCase(s.getLetter))
	rt.Handle("GET /follow/{no}/files/{id}", s.withCase(s.getFile))
	rt.Handle("GET /follow/{no}/documents/{id}", s.withCase(s.getDocument))
	rt.Handle("GET /follow/{no}/{verb}", s.withCase(s.getAct))
	rt.Handle("POST /follow/{no}/leave", s.leave)
	rt.Handle("POST /follow/{no}/{verb}", s.withCase(s.postAct), calm, web.MaxBody(uploadBody))
	rt.Handle("GET /phone", s.getPhone)
	rt.Handle("POST /phone", s.postPhone(who), calm)
	rt.Handle("POST /phone/code", s.postCode, calm)
	rt.Handle("GET /my", s.getMine)
	rt.Handle("POST /my/leave", s.leavePhone)
}

// visit is a petitioner at a case that was proven.
type visit struct {
	Case  casework.Case
	Actor access.Actor
	Rules casework.Rules
	Now   time.Time
	Rated bool // one who signed has rated
}

type visitHandler func(w http.ResponseWriter, r *http.Request, v visit) error

// withCase lets in who holds the cookie of this very case, or the phone that
// it was filed with. Everyone else is asked for number and code.
func (s *Service) withCase(h visitHandler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		no, ok := casework.CheckNumber(r.PathValue("no"))
		if !ok || no != r.PathValue("no") {
			return web.Redirect(w, r, "/follow")
		}
		c, actor, ok := s.proven(r, no)
		if !ok {
			web.Flash(w, "tracking.enter_first")
			return web.Redirect(w, r, "/follow?no="+no)
		}
		r = r.WithContext(access.With(r.Context(), actor))
		return h(w, r, visit{Case: c, Actor: actor, Rules: s.Cases.Rules().For(c), Now: s.Clock.Now()})
	}
}

// Proven gives the case that a browser has proven as that of the one who filed
// it, for other pages below /follow/{no}.
func (s *Service) Proven(r *http.Request, no string) (casework.Case, bool) {
	c, actor, ok := s.proven(r, no)
	return c, ok && actor.Cosigner == 0
}

// ProvenAs gives the case that a browser has proven, and as whom.
func (s *Service) ProvenAs(r *http.Request, no string) (casework.Case, access.Actor, bool) {
	no, ok := casework.CheckNumber(no)
	if !ok {
		return casework.Case{}, access.Actor{}, false
	}
	return s.proven(r, no)
}

func (s *Service) proven(r *http.Request, no string) (casework.Case, access.Actor, bool) {
	ctx := r.Context()
	if a, ok := s.granted(r, no); ok {
		c, err := s.Cases.Case(ctx, a, no)
		return c, a, err == nil && s.standing(ctx, a)
	}
	if phone, ok := s.phoneOf(r); ok {
		return s.ownedBy(ctx, phone, no)
	}
	return casework.Case{}, access.Actor{}, false
}

// granted reads the cookie of one case: its number, its id and, of one who
// signed too, which one.
func (s *Service) granted(r *http.Request, no string) (access.Actor, bool) {
	for _, cookie := range r.CookiesNamed(caseCookie) {
		payload, ok := s.Keys.Signed(casePurpose, cookie.Value, s.Clock.Now())
		parts := strings.Fields(payload)
		if !ok || len(parts) < 2 || parts[0] != no {
			continue
		}
		a := access.Actor{Role: access.Petitioner}
		var err error
		if len(parts) > 2 {
			if a.Cosigner, err = strconv.ParseInt(parts[2], 36, 64); err != nil {
				continue
			}
		}
		if a.CaseID, err = strconv.ParseInt(parts[1], 36, 64); err == nil {
			return a, true
		}
	}
	return access.Actor{}, false
}

func (s *Service) grant(w http.ResponseWriter, a access.Actor, no string) {
	payload := no + " " + strconv.FormatInt(a.CaseID, 36)
	if a.Cosigner != 0 {
		payload += " " + strconv.FormatInt(a.Cosigner, 36)
	}
	web.SetCookie(w, &http.Cookie{
		Name: caseCookie, Path: "/follow/" + no, MaxAge: int(caseTime.Seconds()),
		Value: s.Keys.Sign(casePurpose, payload, s.Clock.Now().Add(caseTime)),
	})
}

// leave forgets the case on this device.
func (s *Service) leave(w http.ResponseWriter, r *http.Request) error {
	no, ok := casework.CheckNumber(r.PathValue("no"))
	if ok {
		web.SetCookie(w, &http.Cookie{Name: caseCookie, Path: "/follow/" + no, MaxAge: -1})
	}
	web.Flash(w, "tracking.left")
	return web.Redirect(w, r, "/follow")
}

// phoneOf reads the proven phone; its number is sealed in the cookie.
func (s *Service) phoneOf(r *http.Request) (string, bool) {
	cookie, err := r.Cookie(phoneCookie)
	if err != nil {
		return "", false
	}
	sealed, ok := s.Keys.Signed(phonePurpose, cookie.Value, s.Clock.Now())
	if !ok {
		return "", false
	}
	phone, err := s.Keys.Unseal(phonePurpose, []byte(sealed))
	return string(phone), err == nil
}

func (s *Service) grantPhone(w http.ResponseWriter, phone string) {
	sealed := string(s.Keys.Seal(phonePurpose, []byte(phone)))
	web.SetCookie(w, &http.Cookie{
		Name: phoneCookie, MaxAge: int(phoneTime.Seconds()),
		Value: s.Keys.Sign(phonePurpose, sealed, s.Clock.Now().Add(phoneTime)),
	})
}

func (s *Service) leavePhone(w http.ResponseWriter, r *http.Request) error {
	web.SetCookie(w, &http.Cookie{Name: phoneCookie, MaxAge: -1})
	web.Flash(w, "tracking.left")
	return web.Redirect(w, r, "/follow")
}

// getFile shows a file that the page of the case lists, and no other.
func (s *Service) getFile(w http.ResponseWriter, r *http.Request, v visit) error {
	pages, err := s.open(r.Context(), v)
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if !pages.shows(id) || s.Download == nil {
		return errNoFile
	}
	return s.Download(w, r)
}

// getDocument shows a served document; that it was opened is on record.
func (s *Service) getDocument(w http.ResponseWriter, r *http.Request, v visit) error {
	if s.Document == nil || v.joint() { // they are addressed to the one who filed

		return errNoLetter
	}
	return s.Document(w, r)
}
