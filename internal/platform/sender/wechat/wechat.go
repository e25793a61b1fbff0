// Package wechat sends template messages (模板消息) of a WeChat service account
// (服务号).
//
// WeChat drops a message whose client_msg_id it has seen for the same reader in
// the last ten minutes, so that Unknown ends in sender.Again for nine.
package wechat

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"xinqiao/internal/platform/sender"
)

// Config describes the account.
type Config struct {
	URL    string // empty: https://api.weixin.qq.com
	AppID  string
	Secret string // AppSecret

	Forms sender.Forms // the account's templates for our messages

	// Token and AESKey guard the events that WeChat reports with. With an
	// AESKey (EncodingAESKey, 43 characters) only encrypted events are believed.
	Token  string
	AESKey string

	Out sender.Outgoing
}

// Sender sends template messages.
type Sender struct {
	c      Config
	key    []byte // of events, nil in plain mode
	caller *sender.Caller

	mu    sync.Mutex // held while a token is fetched: nobody has use for a second
	token string
	until time.Time
}

// New makes a sender and refuses what cannot work.
func New(c Config) (*Sender, error) {
	if c.URL == "" {
		c.URL = "https://api.weixin.qq.com"
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || c.AppID == "" || c.Secret == "" {
		return nil, errors.New("wechat: the address, the AppID or the AppSecret is missing")
	}
	s := &Sender{c: c, caller: sender.NewCaller(c.Out)}
	if c.AESKey != "" {
		key, err := base64.StdEncoding.DecodeString(c.AESKey + "=")
		if err != nil || len(key) != 32 || c.Token == "" {
			return nil, errors.New("wechat: events need a token and an EncodingAESKey of 43 characters")
		}
		s.key = key
	}
	return s, nil
}

// Way is WeChat.
func (s *Sender) Way() sender.Way { return sender.WeChat }

// Name names the kind of message.
func (s *Sender) Name() string { return "wechat" }

// Deduplicates says for how long a repeated key is dropped.
func (s *Sender) Deduplicates() time.Duration { return 9 * time.Minute }

// Send fills a template and sends it to a follower.
func (s *Sender) Send(ctx context.Context, m sender.Message) (sender.Receipt, error) {
	if !sender.ValidKey(m.Key) {
		return sender.Receipt{}, sender.Refused("key", errors.New("the key is malformed"))
	}
	m, err := s.c.Forms.Fill(m)
	if err != nil {
		return sender.Receipt{}, err
	}
	if m.To == "" || m.Template == "" {
		return sender.Receipt{}, sender.Refused("template", errors.New("a template message needs an openid and a template"))
	}
	type value struct {
		Value string `json:"value"`
	}
	data := make(map[string]value, len(m.Fields))
	for k, v := range m.Fields {
		data[k] = value{v}
	}
	body, err := json.Marshal(map[string]any{
		"touser": m.To, "template_id": m.Template, "url": m.URL, "client_msg_id": m.Key, "data": data,
	})
	if err != nil {
		return sender.Receipt{}, sender.Refused("fields", err)
	}
	a, err := s.call(ctx, http.MethodPost, "/cgi-bin/message/template/send", body)
	var e *sender.Error
	if errors.As(err, &e) && e.Code == known {
		return sender.Receipt{At: s.caller.Now(), Note: "known"}, nil
	}
	if err != nil {
		return sender.Receipt{}, err
	}
	return sender.Receipt{ID: a.MsgID.String(), At: s.caller.Now()}, nil
}

// Check fetches a token and lists the account's templates.
func (s *Sender) Check(ctx context.Context) error {
	_, err := s.call(ctx, http.MethodGet, "/cgi-bin/template/get_all_private_template", nil)
	return err
}

// result is what every answer of WeChat holds.
type result struct {
	Code  int         `json:"errcode"`
	MsgID json.Number `json:"msgid"`

	Token   string `json:"access_token"`
	Seconds int    `json:"expires_in"`
}

// call calls with a token. A token that WeChat no longer honours is replaced
// once: the message was not looked at.
func (s *Sender) call(ctx context.Context, method, path string, body []byte) (result, error) {
	for tries := 0; ; tries++ {
		token, err := s.fresh(ctx, "")
		if err != nil {
			return result{}, err
		}
		a, err := s.do(ctx, method, path+"?access_token="+url.QueryEscape(token), body)
		if err != nil {
			return result{}, err
		}
		if stale[a.Code] && tries == 0 {
			if _, err := s.fresh(ctx, token); err != nil {
				return result{}, err
			}
			continue
		}
		return a, s.judge(a.Code)
	}
}

func (s *Sender) do(ctx context.Context, method, path string, body []byte) (result, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(s.c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return result{}, sender.Unset("url", errors.New("the address of WeChat is malformed"))
	}
	req.Header.Set("Content-Type", "application/json")
	a, err := s.caller.Do(req)
	if err == nil {
		err = s.caller.Judge(a)
	}
	if err != nil {
		return result{}, err
	}
	var out result
	if err := json.Unmarshal(a.Body, &out); err != nil {
		return result{}, sender.Lost(errors.New("WeChat's answer is malformed"))
	}
	return out, nil
}

// known is how WeChat answers a client_msg_id that it has seen, where it does
// not answer with the first message's number: the message was taken before.
const known = "45065"

// stale are the answers to a token that is wrong, malformed or expired.
var stale = map[int]bool{40001: true, 40014: true, 42001: true}

// unset are the answers to wrong settings of ours: AppID, AppSecret, address
// not on the list of allowed ones, interface not granted.
var unset = map[int]bool{40001: true, 40014: true, 42001: true, 40013: true, 40125: true, 40164: true, 40243: true, 41002: true, 41004: true, 48001: true, 48004: true, 50001: true}

// judge turns WeChat's code into an error.
func (s *Sender) judge(n int) error {
	code := strconv.Itoa(n)
	err := errors.New("WeChat refuses")
	switch {
	case n == 0:
		return nil
	case unset[n]:
		return sender.Unset(code, err)
	case n == 40003 || n == 43004: // no such follower
		return sender.Dead(code, err)
	case n == -1 || n == 45011: // busy; too often in a minute
		return sender.Later(code, time.Minute, err)
	case n == 45009: // the day's quota: it is renewed at midnight in China
		now := s.caller.Now().In(china)
		y, m, d := now.Date()
		return sender.Later(code, time.Date(y, m, d+1, 0, 5, 0, 0, china).Sub(now), err)
	}
	return sender.Refused(code, err)
}

var china = time.FixedZone("CST", 8*3600)
