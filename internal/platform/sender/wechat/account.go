package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"xinqiao/internal/platform/sender"
)

// largestMedia is more than WeChat lets anybody send.
const largestMedia = 20 << 20

// Media (临时素材) is a photo or a recording that somebody has sent.
type Media struct {
	Name, Type string
	Data       []byte
}

// Media fetches what somebody has sent to the account. WeChat keeps it for
// three days.
func (s *Sender) Media(ctx context.Context, id string) (Media, error) {
	for tries := 0; ; tries++ {
		token, err := s.fresh(ctx, "")
		if err != nil {
			return Media{}, err
		}
		m, code, err := s.media(ctx, token, id)
		if err != nil {
			return Media{}, err
		}
		if stale[code] && tries == 0 {
			if _, err := s.fresh(ctx, token); err != nil {
				return Media{}, err
			}
			continue
		}
		return m, s.judge(code)
	}
}

func (s *Sender) media(ctx context.Context, token, id string) (m Media, code int, err error) {
	q := url.Values{"access_token": {token}, "media_id": {id}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.c.URL, "/")+"/cgi-bin/media/get?"+q.Encode(), nil)
	if err != nil {
		return m, 0, sender.Unset("url", errors.New("the address of WeChat is malformed"))
	}
	a, err := s.caller.DoUpTo(req, largestMedia+1)
	if err == nil {
		err = s.caller.Judge(a)
	}
	if err != nil {
		return m, 0, err
	}
	if len(a.Body) > largestMedia {
		return m, 0, sender.Refused("size", errors.New("the file is too large"))
	}
	m.Type, _, _ = mime.ParseMediaType(a.Header.Get("Content-Type"))
	if m.Type == "application/json" || m.Type == "text/plain" { // an error, or the address of a film, which we do not take
		var out result
		if err := json.Unmarshal(a.Body, &out); err != nil || out.Code == 0 {
			return m, 0, sender.Refused("media", errors.New("WeChat gives no file"))
		}
		return m, out.Code, nil
	}
	if _, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); err == nil {
		m.Name = params["filename"]
	}
	m.Data = a.Body
	return m, 0, nil
}

// PublishMenu replaces the menu of the account (自定义菜单).
func (s *Sender) PublishMenu(ctx context.Context, menu any) error {
	body, err := json.Marshal(menu)
	if err != nil {
		return sender.Refused("menu", err)
	}
	_, err = s.call(ctx, http.MethodPost, "/cgi-bin/menu/create", body)
	return err
}

// Reach tells whether WeChat answers and takes our credentials; it asks for
// nothing that only some accounts may.
func (s *Sender) Reach(ctx context.Context) error {
	_, err := s.call(ctx, http.MethodGet, "/cgi-bin/get_api_domain_ip", nil)
	return err
}
