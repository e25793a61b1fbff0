package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
)

const (
	langCookie  = "lang"
	largeCookie = "large"
	flashCookie = "flash"
	year        = 365 * 24 * 3600
)

// personalise reads language, print size and flash into the context.
func (rt *Router) personalise(r *http.Request, s *state) *http.Request {
	lang := ""
	if c, err := r.Cookie(langCookie); err == nil && (c.Value == i18n.ZH || c.Value == i18n.EN) {
		lang = c.Value
	} else {
		lang = accepted(r.Header.Get("Accept-Language"))
	}
	if c, err := r.Cookie(largeCookie); err == nil {
		s.view.Large = c.Value == "1"
	}
	s.view.Path = r.URL.RequestURI()
	s.view.Flash = rt.flash(r)
	ctx := i18n.With(r.Context(), rt.o.Catalogue, lang)
	return r.WithContext(page.With(ctx, &s.view))
}

// accepted is English only for those who name English and no Chinese.
func accepted(header string) string {
	h := strings.ToLower(header)
	if strings.Contains(h, "en") && !strings.Contains(h, "zh") {
		return i18n.EN
	}
	return i18n.ZH
}

// Preferences registers /prefs, which keeps language and print size in cookies
// and returns to the page that it came from. It works without script.
func (rt *Router) Preferences() {
	rt.Handle("POST /prefs", func(w http.ResponseWriter, r *http.Request) error {
		form, err := Form(r)
		if err != nil {
			return err
		}
		return prefer(w, r, form)
	})
	rt.Handle("GET /prefs", func(w http.ResponseWriter, r *http.Request) error {
		query, err := Query(r)
		if err != nil {
			return err
		}
		return prefer(w, r, query)
	})
}

func prefer(w http.ResponseWriter, r *http.Request, form *page.Form) error {
	if lang := form.Get("lang"); lang == i18n.ZH || lang == i18n.EN {
		SetCookie(w, &http.Cookie{Name: langCookie, Value: lang, MaxAge: year})
	}
	if large := form.Get("large"); large == "0" || large == "1" {
		SetCookie(w, &http.Cookie{Name: largeCookie, Value: large, MaxAge: year})
	}
	return Redirect(w, r, form.Get("next"))
}

// SetCookie sets a cookie with the safe attributes: whole site, not readable
// by script, not sent from other sites, and only over TLS where we have it.
func SetCookie(w http.ResponseWriter, c *http.Cookie) {
	if c.Path == "" {
		c.Path = "/"
	}
	if c.SameSite == 0 {
		c.SameSite = http.SameSiteLaxMode
	}
	c.HttpOnly = true
	c.Secure = responseOf(w).secure
	http.SetCookie(w, c)
}

// Flash keeps a message for the next page: the key of a message and arguments
// that are words or whole numbers, nothing secret and nothing personal.
func Flash(w http.ResponseWriter, key string, args ...any) {
	b, err := json.Marshal(append([]any{key}, args...))
	if err != nil || len(b) > 1000 {
		return
	}
	SetCookie(w, &http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(b), MaxAge: 60})
}

// flash reads the message back. The cookie is not signed: what it can do at
// worst is to show one of our own texts.
func (rt *Router) flash(r *http.Request) *page.Flash {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(b) > 1000 {
		return nil
	}
	var parts []any
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err = dec.Decode(&parts); err != nil || len(parts) == 0 {
		return nil
	}
	key, _ := parts[0].(string)
	if rt.o.Catalogue == nil || !rt.o.Catalogue.Has(key) {
		return nil
	}
	args := parts[1:]
	for i, a := range args {
		switch v := a.(type) {
		case json.Number:
			n, _ := v.Int64()
			args[i] = n
		case string:
		default:
			return nil
		}
	}
	return &page.Flash{Key: key, Args: args}
}
