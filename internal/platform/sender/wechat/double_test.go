package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/sendertest"
)

const (
	appID     = "wx0000000000000000"
	appSecret = "an-invented-app-secret"
	token     = "an invented token"
	template  = "an-invented-template"
)

var aesKey = strings.TrimSuffix(base64.StdEncoding.EncodeToString([]byte("an invented key of 32 characters")), "=")

// platform is WeChat's side: tokens that end, followers, templates, events.
type platform struct {
	t    *testing.T
	door *sendertest.Door

	mu      sync.Mutex
	tokens  int // made so far
	valid   string
	life    int
	forced  int
	fetched int
	sent    map[string]post // by client_msg_id
	count   map[string]int
	next    int  // errcode of the next message
	hang    bool // the next message is taken and not answered
	free    chan struct{}
}

type post struct {
	To       string `json:"touser"`
	Template string `json:"template_id"`
	URL      string `json:"url"`
	Key      string `json:"client_msg_id"`
	Data     map[string]struct{ Value string }
	id       int
}

func newPlatform(t *testing.T) *platform {
	p := &platform{t: t, life: 7200, sent: map[string]post{}, count: map[string]int{}, free: make(chan struct{})}
	p.door = sendertest.NewDoor(t, p, false)
	t.Cleanup(func() { close(p.free) })
	return p
}

func answer(w http.ResponseWriter, s string, a ...any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, s, a...)
}

func code(w http.ResponseWriter, n int) {
	answer(w, `{"errcode":%d,"errmsg":"no, o-reader-1 rid: 1"}`, n)
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/cgi-bin/stable_token":
		p.giveToken(w, r)
	case "/cgi-bin/message/template/send":
		p.send(w, r)
	case "/cgi-bin/template/get_all_private_template":
		if p.honours(w, r) {
			answer(w, `{"template_list":[]}`)
		}
	default:
		p.t.Errorf("call of %s", r.URL.Path)
	}
}

func (p *platform) giveToken(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Grant  string `json:"grant_type"`
		ID     string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Method != http.MethodPost || in.Grant != "client_credential" || in.ID != appID {
		code(w, 40013)
		return
	}
	if in.Secret != appSecret {
		code(w, 40125)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fetched++
	if p.tokens == 0 || in.Force {
		p.make()
	}
	if in.Force {
		p.forced++
	}
	answer(w, `{"access_token":"token-%d","expires_in":%d}`, p.tokens, p.life)
}

// make makes the next token the only one that counts.
func (p *platform) make() { p.tokens++; p.valid = fmt.Sprintf("token-%d", p.tokens) }

func (p *platform) honours(w http.ResponseWriter, r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Query().Get("access_token") != p.valid {
		code(w, 40001)
		return false
	}
	return true
}

func (p *platform) send(w http.ResponseWriter, r *http.Request) {
	if !p.honours(w, r) {
		return
	}
	var in post
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Template != template {
		code(w, 40037)
		return
	}
	p.mu.Lock()
	next, hang := p.next, p.hang
	p.next, p.hang = 0, false
	switch {
	case next != 0:
		p.mu.Unlock()
		code(w, next)
		return
	case !strings.HasPrefix(in.To, "o-reader"):
		p.mu.Unlock()
		code(w, 43004)
		return
	}
	if _, seen := p.sent[in.Key]; !seen { // else it is dropped, as documented
		in.id = 200000000 + len(p.sent)
		p.sent[in.Key] = in
		p.count[in.Key]++
	}
	id := p.sent[in.Key].id
	p.mu.Unlock()
	if hang {
		<-p.free
		return
	}
	answer(w, `{"errcode":0,"errmsg":"ok","msgid":%d}`, id)
}

func signed(words ...string) string {
	sort.Strings(words)
	return fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(words, ""))))
}

// event is the call that WeChat makes, encrypted if there is a key.
func event(id, status, key string, at time.Time) *http.Request {
	text := fmt.Sprintf("<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o-reader-1]]></FromUserName><CreateTime>%d</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>%s</MsgID><Status><![CDATA[%s]]></Status></xml>", at.Unix(), id, status)
	ts, nonce := strconv.FormatInt(at.Unix(), 10), "n-1"
	q := url.Values{"timestamp": {ts}, "nonce": {nonce}, "signature": {signed(token, ts, nonce)}}
	if key != "" {
		hidden := encrypt(text, key, appID)
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", signed(token, ts, nonce, hidden))
		text = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[" + hidden + "]]></Encrypt></xml>"
	}
	return httptest.NewRequest(http.MethodPost, "/hooks/wechat?"+q.Encode(), strings.NewReader(text))
}

func encrypt(text, key, app string) string {
	k, _ := base64.StdEncoding.DecodeString(key + "=")
	b := make([]byte, 20)
	_, _ = rand.Read(b[:16])
	binary.BigEndian.PutUint32(b[16:], uint32(len(text)))
	b = append(b, text+app...)
	pad := 32 - len(b)%32
	b = append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, _ := aes.NewCipher(k)
	cipher.NewCBCEncrypter(block, k[:16]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

func (p *platform) sender(change func(*Config)) *Sender {
	c := Config{URL: p.door.URL, AppID: appID, Secret: appSecret, Token: token, AESKey: aesKey, Out: sender.Outgoing{Timeout: 500 * time.Millisecond}}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}
