package sms

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/web"
)

// Web is where Kannel posts.
type Web struct{ *Service }

// NewWeb makes it.
func NewWeb(s *Service) *Web { return &Web{s} }

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	rt.Handle("POST /doors/sms/{code}", h.post, web.MaxBody(64<<10))
	rt.Handle("GET /doors/sms/{code}", h.post)
}

// post takes a message and answers it: Kannel sends the text of the answer back
// to the telephone. A failure has the status of one, so that Kannel tries
// again; what can never be received is answered as done, or it would be tried
// for ever.
func (h *Web) post(w http.ResponseWriter, r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Denied, ErrForged.ID).Because(err)
	}
	g, err := h.gateway(r.Context(), r.PathValue("code"), query.Get("key"))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	m := parse(query, r.Header, body)
	text, err := g.receive(r.Context(), m)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		h.Log.Warn("a short message without text was dropped", "door", g.code)
		text, err = "", nil
	}
	if err != nil {
		return fault.New(fault.Unavailable, "sms.later").Because(err)
	}
	if g.silent {
		text = ""
	}
	head := w.Header()
	head.Set("Content-Type", "text/plain; charset=UTF-8")
	head.Set("Cache-Control", "no-store")
	if !plain(text) {
		head.Set("X-Kannel-Coding", "2")
	}
	_, err = io.WriteString(w, text)
	return err
}

// plain tells whether a text fits the alphabet of telephones.
func plain(text string) bool {
	for _, r := range text {
		if r > 0x7f {
			return false
		}
	}
	return true
}

// parse reads what Kannel posts: the text as the body (post-url), the rest in
// the query, or all of it there (get-url).
func parse(query url.Values, head http.Header, body []byte) message {
	first := func(header, name string) string {
		if v := query.Get(name); v != "" {
			return v
		}
		v, err := url.QueryUnescape(head.Get(header))
		if err != nil {
			return head.Get(header)
		}
		return v
	}
	m := message{id: clean(query.Get("id")), from: clean(strings.ReplaceAll(first("X-Kannel-From", "from"), " ", "+")), text: query.Get("text")}
	if len(m.from) > 40 {
		m.from = ""
	}
	if m.text == "" {
		m.text = decode(head, body)
	}
	m.text = clean(m.text)
	if n, err := strconv.ParseInt(query.Get("at"), 10, 64); err == nil && n > 0 && n < 1<<40 {
		m.at = time.Unix(n, 0).UTC()
	} else if t, err := time.Parse(time.DateTime, head.Get("X-Kannel-Time")); err == nil {
		m.at = t
	}
	return m
}

// decode reads the body in the encoding that it announces. Kannel hands on
// UCS-2 as it came when the service sets no charset.
func decode(head http.Header, body []byte) string {
	_, params, err := mime.ParseMediaType(head.Get("Content-Type"))
	charset := strings.ToUpper(params["charset"])
	if err != nil && head.Get("X-Kannel-Coding") == "2" && !utf8.Valid(body) {
		charset = "UTF-16BE"
	}
	if charset != "UTF-16BE" && charset != "UTF-16" && charset != "UCS-2" {
		return string(body)
	}
	var units []uint16
	for i := 0; i+1 < len(body); i += 2 {
		units = append(units, uint16(body[i])<<8|uint16(body[i+1]))
	}
	return string(utf16.Decode(units))
}

// clean makes valid text of what came over the air.
func clean(s string) string { return web.Clean(strings.ToValidUTF8(s, "\ufffd")) }
