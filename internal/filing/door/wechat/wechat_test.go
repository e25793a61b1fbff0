package wechat

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/web"
)

const (
	appID = "wx0000000000000000"
	token = "an invented token"
)

var number = casework.NewNumber("MC", 2026, 7)

var aesKey = strings.TrimSuffix(base64.StdEncoding.EncodeToString([]byte("an invented key of 32 characters")), "=")

// tencent is WeChat's side: tokens, media, menus; it signs, encrypts, repeats
// and fails when it is told to.
type tencent struct {
	t    *testing.T
	srv  *httptest.Server
	lock lock
	now  func() time.Time

	mu     sync.Mutex
	away   bool
	valid  int
	menu   map[string]any
	badone bool // the next media is an error
}

func newTencent(t *testing.T, key string) *tencent {
	l, err := newLock(token, appID, key)
	if err != nil {
		t.Fatal(err)
	}
	p := &tencent{t: t, lock: l, valid: 1}
	p.srv = httptest.NewServer(p)
	t.Cleanup(p.srv.Close)
	return p
}

func (p *tencent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case p.away:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.URL.Path == "/cgi-bin/stable_token":
		fmt.Fprintf(w, `{"access_token":"token-%d","expires_in":7200}`, p.valid)
	case r.URL.Query().Get("access_token") != "token-"+strconv.Itoa(p.valid):
		fmt.Fprint(w, `{"errcode":42001,"errmsg":"access_token expired"}`)
	case r.URL.Path == "/cgi-bin/get_api_domain_ip":
		fmt.Fprint(w, `{"ip_list":["101.226.62.77"]}`)
	case r.URL.Path == "/cgi-bin/menu/create":
		_ = json.NewDecoder(r.Body).Decode(&p.menu)
		fmt.Fprint(w, `{"errcode":0,"errmsg":"ok"}`)
	case r.URL.Path == "/cgi-bin/media/get":
		if p.badone {
			p.badone = false
			fmt.Fprint(w, `{"errcode":40007,"errmsg":"invalid media_id"}`)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("Content-Disposition", `attachment; filename="`+r.URL.Query().Get("media_id")+`.jpg"`)
		_, _ = w.Write([]byte("\xff\xd8\xff\xe0 " + r.URL.Query().Get("media_id")))
	default:
		p.t.Errorf("call of %s", r.URL.Path)
	}
}

// call is the call that WeChat makes for a message.
func (p *tencent) call(body string) *http.Request {
	ts, nonce := strconv.FormatInt(p.now().Unix(), 10), "n-1"
	q := url.Values{"timestamp": {ts}, "nonce": {nonce}, "signature": {p.lock.sign(ts, nonce)}, "openid": {"o-reader"}}
	if p.lock.key != nil {
		secret, err := p.lock.close([]byte(body))
		if err != nil {
			p.t.Fatal(err)
		}
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", p.lock.sign(ts, nonce, secret))
		body = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[" + secret + "]]></Encrypt></xml>"
	}
	return httptest.NewRequest(http.MethodPost, "/doors/wechat/city?"+q.Encode(), strings.NewReader(body))
}

// rig is the door with its router.
type rig struct {
	*tencent
	web  *Web
	rt   *web.Router
	sink door.Sink
	now  *clock.Manual
	n    int
	from string
	sent []sender.Report
}

type registry []door.Setting

func (r registry) Active(context.Context, string) ([]door.Setting, error) { return r, nil }

type files struct{ got map[string]string }

func (f files) State(_ context.Context, no string) (State, error) {
	return State{No: no, Title: "路灯坏了", State: "state.accepted"}, nil
}
func (f files) Proves(_ context.Context, no, code, _ string) bool { return f.got[no] == code }
func (f files) AreaOf(text string) int64 {
	if strings.Contains(text, "东河区") {
		return 42
	}
	return 0
}

type fates struct{}

func (fates) Became(context.Context, string, string) (door.Taken, bool, error) {
	return door.Taken{State: door.Filed, No: number}, true, nil
}

var words = func() *i18n.Catalogue {
	c, err := i18n.New(i18n.Messages, web.Messages, Messages)
	if err != nil {
		panic(err)
	}
	return c
}()

func newRig(t *testing.T, d *db.DB, key string, sink door.Sink) *rig {
	t.Helper()
	now := clock.At(time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC))
	r := &rig{tencent: newTencent(t, key), sink: sink, now: now, from: "o-reader"}
	r.tencent.now = now.Now
	keys := seal.Random()
	n := Needs{Doors: registry{r.setting(key)}, Sink: sink, Fates: fates{}, Memory: Store{DB: d, Keys: keys}, Cases: files{map[string]string{number: "ABCD2345"}},
		Areas: files{}, Words: words, Clock: now, Log: slog.New(slog.DiscardHandler), Base: "https://petition.example.org",
		Report: func(_ context.Context, all ...sender.Report) error { r.sent = append(r.sent, all...); return nil }}
	r.web = NewWeb(n, func(...access.Role) web.Middleware { return func(h web.Handler) web.Handler { return h } })
	rt, err := web.New(web.Options{Catalogue: words, Now: now.Now, Log: slog.New(slog.DiscardHandler), ErrorPage: func(page.Failure) templ.Component { return templ.NopComponent }})
	if err != nil {
		t.Fatal(err)
	}
	rt.Add(r.web)
	r.rt = rt
	return r
}

func (r *rig) setting(key string) door.Setting {
	return door.Setting{Code: "city", Channel: "wechat", Values: map[string]string{"app_id": appID, "secret": "an-invented-secret", "token": token, "aes_key": key, "url": r.srv.URL}}
}

func (r *rig) post(body string) (int, string) {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.rt.ServeHTTP(w, r.call(body))
	if w.Code != http.StatusOK || w.Body.String() == "success" {
		return w.Code, ""
	}
	out := w.Body.Bytes()
	if r.lock.key != nil {
		var h struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
		if err := xml.Unmarshal(out, &h); err != nil {
			r.t.Fatal(err)
		}
		if !r.lock.signed(h.MsgSignature, h.TimeStamp, h.Nonce, h.Encrypt) {
			r.t.Error("an answer is not signed")
		}
		var err error
		if out, err = r.lock.open(h.Encrypt); err != nil {
			r.t.Fatal(err)
		}
	}
	var a struct{ ToUserName, FromUserName, Content string }
	if err := xml.Unmarshal(out, &a); err != nil || a.ToUserName != r.from || a.FromUserName != "gh_1" {
		r.t.Fatalf("answer %q: %v", out, err)
	}
	return w.Code, a.Content
}

func (r *rig) message(kind, rest string) string {
	r.n++
	return fmt.Sprintf("<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime><MsgType><![CDATA[%s]]></MsgType>%s<MsgId>%d</MsgId></xml>",
		r.from, r.now.Now().Unix(), kind, rest, 23000000000000000+r.n)
}

func (r *rig) text(s string) string { return r.message("text", "<Content><![CDATA["+s+"]]></Content>") }

// says sends a text and wants a word in the answer.
func (r *rig) says(text, want string) string {
	r.t.Helper()
	status, got := r.post(r.text(text))
	if status != http.StatusOK || !strings.Contains(got, want) {
		r.t.Fatalf("%q: %d %q, want %q", text, status, got, want)
	}
	return got
}

var answers = []struct{ text, want string }{
	{"我要反映", "发生了什么"}, {"小区门口的路灯坏了三天，晚上看不清路", "希望怎么解决"}, {"尽快修好", "哪里"}, {"东河区东河路", "真实姓名"},
	{"王小明", "联系电话"}, {"13800000000", "住址"}, {"东河区东河路1号", "回复 1 确认"},
}

func TestAFilingByDialogue(t *testing.T) {
	for name, key := range map[string]string{"safe mode": aesKey, "plain mode": ""} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				sink := &doortest.Sink{}
				r := newRig(t, d, key, sink)
				for i, a := range answers {
					got := r.says(a.text, a.want)
					if strings.Contains(got, "⟦") {
						t.Errorf("a missing word: %q", got)
					}
					if i == 1 {
						if _, got := r.post(r.message("image", "<MediaId>m-1</MediaId>")); !strings.Contains(got, "第 1 个") {
							t.Fatalf("a photo: %q", got)
						}
					}
				}
				confirm := r.text("1")
				_, got := r.post(confirm)
				if !strings.Contains(got, "MC26-0000-0000") || !strings.Contains(got, "0000-0000") || !strings.Contains(got, "https://petition.example.org/follow?no=") {
					t.Fatalf("the receipt: %q", got)
				}
				for range 3 {
					if _, again := r.post(confirm); again != got {
						t.Errorf("a repetition is answered %q", again)
					}
				}
				all := sink.All()
				if len(all) != 1 {
					t.Fatalf("%d arrivals", len(all))
				}
				a := all[0]
				if !a.Ready || a.From != "o-reader" || a.Draft.Words != answers[1].text || a.Draft.AreaID != 42 || a.Draft.Person.Phone != "13800000000" ||
					a.Draft.Person.OpenID != "o-reader" || len(a.Files) != 1 || a.Files[0].Name != "m-1.jpg" || !strings.HasPrefix(string(a.Files[0].Data), "\xff\xd8\xff") {
					t.Errorf("arrival %+v", a)
				}
				r.says("查询", "路灯坏了")
			})
		})
	}
}

func TestLeavingTheStraightWay(t *testing.T) {
	d := dbtest.SQLite(t)
	sink := &doortest.Sink{}
	r := newRig(t, d, aesKey, sink)
	r.says("你好", "回复 1")
	r.says(number+" ABCD2345", "路灯坏了") // proven by the code
	r.says("1", "发生了什么")
	r.says("灯坏", "再说具体一些")
	r.says("小区门口的路灯坏了三天", "希望怎么解决")
	r.says("返回", "发生了什么")
	r.says("小区门口的路灯坏了五天", "希望怎么解决")
	r.says("English", "What do you ask for")
	r.says("repair it", "Where did it happen")
	r.says("东河路", "real name")
	r.says("保密", "will not see who you are")
	r.says("a1", "does not look like a name")
	r.says("王小明", "telephone number")
	r.says("12", "no telephone number")
	r.says("cancel", "What you wrote is gone")
	r.says("查询", "not filed anything")
	r.says("cancel", "Cancelled")
	r.says("中文", "回复 1")
	r.says("反映", "发生了什么")
	r.now.Advance(31 * time.Minute)
	r.says("小区门口的路灯坏了三天", "已清除")
	if status, got := r.post(r.message("image", "<MediaId>m</MediaId>")); status != http.StatusOK || !strings.Contains(got, "第 1 个") {
		t.Errorf("a photo: %q", got)
	}
	r.badone = true
	if _, got := r.post(r.message("image", "<MediaId>m</MediaId>")); !strings.Contains(got, "再发一次") {
		t.Errorf("a photo that WeChat does not give: %q", got)
	}
	r.valid = 2 // the token ended before its time
	if _, got := r.post(r.message("voice", "<MediaId>v</MediaId><Format>amr</Format><Recognition><![CDATA[尽快修好]]></Recognition>")); !strings.Contains(got, "哪里") {
		t.Errorf("a recording that WeChat has understood: %q", got)
	}
	if _, got := r.post(r.message("event", "<Event>CLICK</Event><EventKey>HELP</EventKey>")); !strings.Contains(got, "逐条回答") {
		t.Errorf("a click: %q", got)
	}
	if _, got := r.post(r.message("event", "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>7</MsgID><Status>success</Status>")); got != "" || len(r.sent) != 1 || r.sent[0].Status != sender.Delivered {
		t.Errorf("a report: %q %v", got, r.sent)
	}
	if len(sink.All()) != 0 {
		t.Error("something was filed")
	}
}

func TestOnlyWeChatIsHeard(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), aesKey, &doortest.Sink{})
	good := func() *http.Request { return r.call(r.text("1")) }
	for name, spoil := range map[string]func(q url.Values){
		"signature": func(q url.Values) { q.Set("signature", "00") }, "old": func(q url.Values) { q.Set("timestamp", "1") },
		"inner": func(q url.Values) { q.Set("msg_signature", "00") }, "none": func(q url.Values) { q.Del("signature") },
	} {
		req := good()
		q := req.URL.Query()
		spoil(q)
		req.URL.RawQuery = q.Encode()
		w := httptest.NewRecorder()
		r.rt.ServeHTTP(w, req)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	w := httptest.NewRecorder()
	req := good()
	req.Body = io.NopCloser(strings.NewReader(r.text("1"))) // in clear, although there is a key
	if r.rt.ServeHTTP(w, req); w.Code != http.StatusForbidden {
		t.Errorf("in clear: %d", w.Code)
	}
	ts := strconv.FormatInt(r.now.Now().Unix(), 10)
	q := url.Values{"timestamp": {ts}, "nonce": {"n"}, "signature": {r.lock.sign(ts, "n")}, "echostr": {"7"}}
	w = httptest.NewRecorder()
	if r.rt.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/doors/wechat/city?"+q.Encode(), nil)); w.Code != http.StatusOK || w.Body.String() != "7" {
		t.Errorf("the handshake: %d %q", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	if r.rt.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/doors/wechat/elsewhere?"+q.Encode(), nil)); w.Code != http.StatusNotFound {
		t.Errorf("no door: %d", w.Code)
	}
}

func TestTheMenuIsPublished(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), aesKey, &doortest.Sink{})
	w := httptest.NewRecorder()
	r.rt.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/admin/doors/city/wechat-menu", nil))
	if b, _ := json.Marshal(r.menu); w.Code != http.StatusSeeOther || !strings.Contains(string(b), "我要反映") {
		t.Errorf("%d %s", w.Code, b)
	}
}

func TestExercise(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRig(t, d, aesKey, nil)
	doortest.Exercise(t, doortest.Subject{
		Acknowledged: true, Private: []string{"o-reader", "王小明", "13800000000"},
		Open: func(t *testing.T, sink door.Sink) door.Door {
			r.web.Sink, r.web.accounts.opened = sink, map[string]*account{}
			a, err := open(r.web.Needs, r.setting(aesKey))
			if err != nil {
				t.Fatal(err)
			}
			return a
		},
		Send: func(n int) error {
			r.n, r.from = 1000*n, "o-reader-"+strconv.Itoa(n)
			for _, a := range append(answers[:len(answers):len(answers)], struct{ text, want string }{"1", ""}) {
				if status, _ := r.post(r.text(a.text)); status != http.StatusOK {
					return errors.New("WeChat was told " + strconv.Itoa(status))
				}
			}
			return nil
		},
		Break: func() { r.mu.Lock(); r.away = true; r.mu.Unlock() },
		Mend:  func() { r.mu.Lock(); r.away = false; r.mu.Unlock() },
	})
}

func FuzzOpen(f *testing.F) {
	l, _ := newLock(token, appID, aesKey)
	secret, _ := l.close([]byte("<xml/>"))
	f.Add(secret)
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, s string) { _, _ = l.open(s) })
}

func FuzzTurn(f *testing.F) {
	f.Add("1", "小区门口的路灯坏了三天")
	f.Add("查询", number)
	f.Fuzz(func(t *testing.T, a, b string) {
		d := Dialogue{}
		for _, s := range []string{a, b, a, b, "返回", a, b, b, "1"} {
			var out []said
			d, out, _ = turn(d, s, time.Unix(1e9, 0))
			_ = out
		}
	})
}
