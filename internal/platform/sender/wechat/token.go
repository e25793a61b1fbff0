package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"xinqiao/internal/platform/sender"
)

// early is how long before its end a token is replaced. WeChat makes the next
// one five minutes before and honours both meanwhile.
const early = 4 * time.Minute

// fresh gives a token. If one was just rejected, another is fetched; and should
// WeChat insist on the same, it is told to make a new one, which it does twenty
// times a day.
//
// The stable interface is asked: it gives every process the same token, whereas
// the older one ends the token of all others with each call.
func (s *Sender) fresh(ctx context.Context, rejected string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" && s.token != rejected && s.caller.Now().Before(s.until) {
		return s.token, nil
	}
	s.token = ""
	a, err := s.fetch(ctx, false)
	if err == nil && a.Token == rejected && rejected != "" {
		a, err = s.fetch(ctx, true)
	}
	if err != nil {
		return "", err
	}
	s.token, s.until = a.Token, s.caller.Now().Add(time.Duration(a.Seconds)*time.Second-early)
	return s.token, nil
}

func (s *Sender) fetch(ctx context.Context, force bool) (result, error) {
	body, err := json.Marshal(map[string]any{
		"grant_type": "client_credential", "appid": s.c.AppID, "secret": s.c.Secret, "force_refresh": force,
	})
	if err != nil {
		return result{}, err
	}
	a, err := s.do(ctx, http.MethodPost, "/cgi-bin/stable_token", body)
	if err == nil {
		err = s.judge(a.Code)
	}
	if err == nil && a.Token == "" {
		err = errors.New("WeChat gives no token")
	}
	if err != nil && sender.KindOf(err) != sender.Retryable {
		// Whatever went wrong, no message has left.
		return result{}, sender.Later("token", 0, err)
	}
	return a, err
}
