package wechat

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/web"
)

// oldest is how far the time of a call may be from ours.
const oldest = 10 * time.Minute

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the callbacks and the publishing of menus.
type Web struct {
	accounts
	need Guard
}

// NewWeb makes the callbacks.
func NewWeb(n Needs, need Guard) *Web {
	return &Web{accounts: accounts{Needs: n, opened: map[string]*account{}}, need: need}
}

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	rt.Handle("GET /doors/wechat/{code}", h.greet)
	rt.Handle("POST /doors/wechat/{code}", h.receive, web.MaxBody(1<<18))
	rt.Handle("POST /admin/doors/{code}/wechat-menu", h.postMenu, h.need(access.SystemAdmin))
}

// What a caller is told.
var (
	errNoDoor    = fault.New(fault.NotFound, "wechat.no_door")
	errForbidden = fault.New(fault.Denied, "wechat.unsigned")
	errLater     = fault.New(fault.Unavailable, "wechat.later")
)

// called finds the account and checks who calls.
func (h *Web) called(r *http.Request) (*account, error) {
	a, err := h.find(r.Context(), r.PathValue("code"))
	if err != nil || a == nil {
		return nil, errNoDoor.Because(err)
	}
	q := r.URL.Query()
	sent, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if err != nil || h.Clock.Now().Sub(time.Unix(sent, 0)).Abs() > oldest || !a.lock.signed(q.Get("signature"), q.Get("timestamp"), q.Get("nonce")) {
		return nil, errForbidden.Because(errUnsigned)
	}
	return a, nil
}

// greet answers when the address is entered at WeChat.
func (h *Web) greet(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.called(r); err != nil {
		return err
	}
	return plain(w, "text/plain", []byte(r.URL.Query().Get("echostr")))
}

func plain(w http.ResponseWriter, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, err := w.Write(body)
	return err
}

func (h *Web) receive(w http.ResponseWriter, r *http.Request) error {
	a, err := h.called(r)
	if err != nil {
		return err
	}
	m, err := a.read(r)
	if err != nil {
		return err
	}
	if m.FromUserName == "" || m.ToUserName == "" {
		return plain(w, "text/plain", []byte("success"))
	}
	text, err := a.hear(r.Context(), m)
	if errors.Is(err, ErrMeanwhile) { // the first call is still at it; WeChat asks once more
		return errLater.Because(err)
	}
	if err != nil {
		return errLater.Because(err)
	}
	if text == "" {
		return plain(w, "text/plain", []byte("success"))
	}
	return a.reply(w, m, text)
}

// read reads a message. With a key, nothing passes but what is encrypted with it.
func (a *account) read(r *http.Request) (incoming, error) {
	var m incoming
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = xml.Unmarshal(body, &m)
	}
	if err != nil {
		return m, web.ErrForm.Because(err)
	}
	if a.lock.key == nil {
		return m, nil
	}
	q := r.URL.Query()
	if !a.lock.signed(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), m.Encrypt) {
		return m, errForbidden.Because(errUnsigned)
	}
	text, err := a.lock.open(m.Encrypt)
	if err != nil {
		return m, errForbidden.Because(err)
	}
	m = incoming{}
	if err := xml.Unmarshal(text, &m); err != nil {
		return m, web.ErrForm.Because(err)
	}
	return m, nil
}

// reply writes a passive answer (被动回复), encrypted as the question was.
func (a *account) reply(w http.ResponseWriter, m incoming, text string) error {
	now := a.Clock.Now()
	out, err := m.answer(text, now)
	if err != nil || a.lock.key == nil {
		return errors.Join(err, plain(w, "application/xml", out))
	}
	secret, err := a.lock.close(out)
	if err != nil {
		return err
	}
	ts, nonce := strconv.FormatInt(now.Unix(), 10), strconv.FormatInt(now.UnixNano()%1e9, 10)
	out, err = xml.Marshal(hidden{Encrypt: cdata{secret}, MsgSignature: cdata{a.lock.sign(ts, nonce, secret)}, TimeStamp: ts, Nonce: cdata{nonce}})
	if err != nil {
		return err
	}
	return plain(w, "application/xml", out)
}

func (h *Web) postMenu(w http.ResponseWriter, r *http.Request) error {
	a, err := h.find(r.Context(), r.PathValue("code"))
	if err != nil || a == nil {
		return errNoDoor.Because(err)
	}
	if err := a.api.PublishMenu(r.Context(), a.menu()); err != nil {
		h.Log.WarnContext(r.Context(), "the menu was not published", "door", a.setting.Code, "error", err)
		web.Flash(w, "wechat.menu_failed")
	} else {
		web.Flash(w, "wechat.menu_published")
	}
	return web.Redirect(w, r, "/admin/doors/"+a.setting.Code)
}
