// Package webpush notifies browsers that subscribed, as RFC 8030, 8291 and 8292
// say: the payload is encrypted for the browser, so that the push service in
// between sees who is notified and when, not of what.
//
// A message carries its key twice, as topic and as tag. The push service
// replaces a message of the same topic that waits; the browser replaces a
// notification of the same tag that shows, if the page's service worker passes
// the payload's tag to showNotification. So Unknown ends in sender.Again.
package webpush

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/sender"
)

// Known are the push services of the common browsers. A subscription comes from
// a visitor, so that its address must not be called wherever it points.
var Known = []string{
	"fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "*.push.apple.com", "*.notify.windows.com",
}

// Config describes us to the push services.
type Config struct {
	Key     string // private key as NewKey made it
	Subject string // whom a push service can write to: mailto:… or https://…
	Hosts   []string
	TTL     time.Duration // how long a message may wait for the browser; 0 is three days
	Out     sender.Outgoing
}

// Sender notifies browsers.
type Sender struct {
	c      Config
	key    *ecdsa.PrivateKey
	public string
	caller *sender.Caller
}

// NewKey makes a key pair. The private key is a secret of the house, the public
// one goes into the page. Subscriptions are bound to it: a new key ends them.
func NewKey() (private, public string, err error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	b, err := k.Bytes()
	if err != nil {
		return "", "", err
	}
	public, err = publicOf(k)
	return encode(b), public, err
}

// New makes a sender and refuses what cannot work.
func New(c Config) (*Sender, error) {
	b, err := decode(c.Key)
	if err != nil {
		return nil, errors.New("webpush: the private key is malformed")
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), b)
	if err != nil {
		return nil, errors.New("webpush: the private key is none of P-256")
	}
	if !strings.HasPrefix(c.Subject, "mailto:") && !strings.HasPrefix(c.Subject, "https://") {
		return nil, errors.New("webpush: push services want an address that begins with mailto: or https://")
	}
	if c.Hosts == nil {
		c.Hosts = Known
	}
	if c.TTL == 0 {
		c.TTL = 72 * time.Hour
	}
	public, err := publicOf(key)
	if err != nil {
		return nil, err
	}
	return &Sender{c: c, key: key, public: public, caller: sender.NewCaller(c.Out)}, nil
}

// PublicKey is the applicationServerKey that pages subscribe with.
func (s *Sender) PublicKey() string { return s.public }

// Way is push.
func (s *Sender) Way() sender.Way { return sender.Push }

// Name names the protocol.
func (s *Sender) Name() string { return "webpush" }

// Deduplicates says for how long a repeated key replaces the first.
func (s *Sender) Deduplicates() time.Duration { return s.c.TTL }

// subscription is what a browser's PushSubscription.toJSON gives.
type subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256DH string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`

	at     *url.URL
	public *ecdh.PublicKey
	auth   []byte
}

// Payload is what the service worker receives.
type Payload struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	URL   string `json:"url,omitempty"`
	Tag   string `json:"tag"`
	Lang  string `json:"lang,omitempty"`
}

// Valid tells whether a subscription could be notified, for the form that takes
// it from the browser.
func (s *Sender) Valid(subscription string) bool {
	_, err := s.parse(subscription)
	return err == nil
}

// Send hands one notification to the subscription's push service.
func (s *Sender) Send(ctx context.Context, m sender.Message) (sender.Receipt, error) {
	if !sender.ValidKey(m.Key) {
		return sender.Receipt{}, sender.Refused("key", errors.New("the key is malformed"))
	}
	sub, err := s.parse(m.To)
	if err != nil {
		return sender.Receipt{}, sender.Dead("subscription", err)
	}
	payload, err := json.Marshal(Payload{Title: m.Title, Body: m.Text, URL: m.URL, Tag: m.Key, Lang: m.Lang})
	if err != nil {
		return sender.Receipt{}, sender.Refused("payload", err)
	}
	body, err := encrypt(payload, sub)
	if err != nil {
		return sender.Receipt{}, sender.Refused("length", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sub.Endpoint, bytes.NewReader(body))
	if err != nil {
		return sender.Receipt{}, sender.Dead("subscription", errors.New("the address of the subscription is malformed"))
	}
	token, err := s.vapid(sub.at)
	if err != nil {
		return sender.Receipt{}, sender.Unset("key", err)
	}
	topic := sha256.Sum256([]byte(m.Key))
	req.Header.Set("Authorization", token)
	req.Header.Set("Content-Encoding", "aes128gcm")
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("TTL", strconv.Itoa(int(s.c.TTL.Seconds())))
	req.Header.Set("Topic", encode(topic[:24])) // 32 characters, the most that is allowed
	req.Header.Set("Urgency", "normal")
	a, err := s.caller.Do(req)
	if err == nil {
		err = s.judge(a)
	}
	if err != nil {
		return sender.Receipt{}, err
	}
	return sender.Receipt{At: s.caller.Now(), Note: strconv.Itoa(a.Status)}, nil
}

// judge reads the push service's answer: 404 and 410 say that the subscription
// has ended.
func (s *Sender) judge(a sender.Answer) error {
	switch a.Status {
	case http.StatusNotFound, http.StatusGone:
		return sender.Dead(strconv.Itoa(a.Status), errors.New("the subscription has ended"))
	}
	return s.caller.Judge(a)
}

// Check calls the push services; one that answers will do, since not every
// network reaches all of them. Whether they accept our key shows only with a
// subscription.
func (s *Sender) Check(ctx context.Context) error {
	var failed []error
	for _, host := range s.c.Hosts {
		if strings.HasPrefix(host, "*") {
			continue
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+host+"/", nil)
		if err != nil {
			return sender.Unset("hosts", err)
		}
		if _, err = s.caller.Do(req); err == nil {
			return nil
		}
		failed = append(failed, err)
	}
	return sender.Later("unreachable", 0, errors.Join(failed...))
}

// parse reads a subscription and lets through only what a push service would
// have given.
func (s *Sender) parse(text string) (subscription, error) {
	var sub subscription
	malformed := errors.New("the subscription is malformed")
	if len(text) > 4096 || json.Unmarshal([]byte(text), &sub) != nil {
		return sub, malformed
	}
	at, err := url.Parse(sub.Endpoint)
	if err != nil || at.Scheme != "https" || at.User != nil || !s.allowed(at) {
		return sub, errors.New("the subscription is of no known push service")
	}
	key, err := decode(sub.Keys.P256DH)
	if err != nil {
		return sub, malformed
	}
	sub.at = at
	if sub.public, err = ecdh.P256().NewPublicKey(key); err != nil {
		return sub, malformed
	}
	if sub.auth, err = decode(sub.Keys.Auth); err != nil || len(sub.auth) != 16 {
		return sub, malformed
	}
	return sub, nil
}

// allowed looks the host up; its port must be the usual one or listed.
func (s *Sender) allowed(u *url.URL) bool {
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":443")
	for _, pattern := range s.c.Hosts {
		if ok, _ := path.Match(pattern, host); ok {
			return true
		}
	}
	return false
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode reads base64 as browsers and tools write it: for URLs, with padding or
// without.
func decode(s string) ([]byte, error) {
	s = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(strings.TrimSpace(s))
	return base64.RawURLEncoding.DecodeString(s)
}
