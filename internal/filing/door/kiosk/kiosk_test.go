package kiosk

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

const deviceKey = "a-key-of-the-hall-0001"

// hall is a registry with one kiosk in it.
type hall struct {
	door.Sink
	key string
}

func (h *hall) Active(context.Context, string) ([]door.Setting, error) {
	return []door.Setting{{Code: "hall-1", Values: map[string]string{"key": h.key, "paper": "58", "affairs": "https://affairs.example"}}}, nil
}

type places struct{}

func (places) All() []access.Unit {
	return []access.Unit{{ID: 1, NameZH: "名川市", NameEN: "Mingchuan", Area: 1, Areas: []int64{1}, Active: true}}
}
func (p places) Unit(int64) (access.Unit, bool) { return p.All()[0], true }

// browser is the one of the machine.
type browser struct {
	t       *testing.T
	rt      http.Handler
	service *Service
	clock   *clock.Manual
	hall    *hall
	cookies map[string]string
}

func stage(t *testing.T, d *db.DB, sink door.Sink) *browser {
	t.Helper()
	path := filepath.Join(t.TempDir(), "seal.key")
	master, err := seal.MasterBeside(path+".master", path)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenOrCreate(t.Context(), path, master, start)
	if err != nil {
		t.Fatal(err)
	}
	now, h := clock.At(start), &hall{sink, deviceKey}
	s := New(Needs{DB: d, Doors: h, Units: places{}, Keys: keys, Clock: now, Base: "https://xq.example", Check: func(d door.Draft, _ time.Time) error {
		bad := fault.New(fault.Invalid, "kiosk.setting")
		if !d.Anonymous && d.Person.Name == "" {
			bad.Field("name", "kiosk.no_tile")
		}
		return bad.OrNil()
	}})
	words, err := i18n.New(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: words, Now: now.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	h2 := NewWeb(s, func(...access.Role) web.Middleware { return func(next web.Handler) web.Handler { return next } })
	rt.Use(h2.Mode)
	rt.Add(h2)
	return &browser{t, rt, s, now, h, map[string]string{}}
}

func (b *browser) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.rt.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

func (b *browser) pair() {
	b.t.Helper()
	if w := b.ask("POST", "/kiosk/pair", url.Values{"code": {"hall-1"}, "key": {b.hall.key}}); w.Code != http.StatusSeeOther {
		b.t.Fatalf("pairing: %d", w.Code)
	}
}

func filled(key string) url.Values {
	return url.Values{"_key": {key}, "at": {"check"}, "purpose": {"request"}, "words": {"电梯停了三个星期，老人下不了楼。"}, "wish": {"修好"},
		"area": {"1"}, "name": {"柳青禾"}, "phone": {"13900000007"}, "address": {"幸福小区 401"}}
}

func TestPairedPagesOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := stage(t, d, &doortest.Sink{})
		if w := b.ask("GET", "/kiosk", nil); w.Header().Get("Location") != "/kiosk/pair" {
			t.Errorf("not paired: %d %s", w.Code, w.Header().Get("Location"))
		}
		if w := b.ask("POST", "/kiosk/pair", url.Values{"code": {"hall-1"}, "key": {"wrong-wrong-wrong-wrong"}}); w.Code != http.StatusUnprocessableEntity || len(b.cookies) != 0 {
			t.Errorf("a wrong key: %d %v", w.Code, b.cookies)
		}
		b.pair()
		w := b.ask("GET", "/kiosk", nil)
		if w.Code != 200 || !strings.Contains(w.Body.String(), `data-idle="60"`) || !strings.Contains(w.Body.String(), `hx-push-url="false"`) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("the tiles: %d %v", w.Code, w.Header())
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' ws://127.0.0.1:17890;") {
			t.Errorf("policy %q", csp)
		}
		b.ask("GET", "/kiosk/go/affairs", nil)
		if w := b.ask("GET", "/kiosk/about/affairs", nil); !strings.Contains(w.Body.String(), "https://affairs.example") {
			t.Error("another platform's address is not shown")
		}
		b.cookies["receipt"] = "somebody's"
		if b.ask("GET", "/kiosk/wipe", nil); b.cookies["receipt"] != "" || b.cookies[cookieName] == "" {
			t.Errorf("after the wipe: %v", b.cookies)
		}
		b.hall.key = "another-key-of-the-hall"
		if w := b.ask("GET", "/kiosk", nil); w.Header().Get("Location") != "/kiosk/pair" {
			t.Error("a new key ends the pairing")
		}
	})
}

func TestFilingOnAKiosk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sink := &doortest.Sink{}
		b := stage(t, d, sink)
		b.pair()
		key := "KEYOFTHISFORM2345678901234"
		missing := filled(key)
		missing.Set("at", "you")
		missing.Del("name")
		if w := b.ask("POST", "/kiosk/file/check", missing); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("without a name: %d", w.Code)
		}
		for range 2 {
			w := b.ask("POST", "/kiosk/file/send", filled(key))
			if w.Code != 200 || !strings.Contains(w.Body.String(), "MC26-0000-0000") {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			slip, err := base64.StdEncoding.DecodeString(regexp.MustCompile(`data-slip="([^"]+)"`).FindStringSubmatch(w.Body.String())[1])
			if err != nil || !bytes.Contains(slip, []byte("MC26-0000-0000")) || !bytes.Contains(slip, []byte("https://xq.example/follow?no=")) {
				t.Errorf("slip %q %v", slip, err)
			}
		}
		all := sink.All()
		if len(all) != 1 || all[0].Draft.Channel != "kiosk" || !all[0].Ready || all[0].Draft.Person.Name != "柳青禾" {
			t.Errorf("arrivals %+v", all)
		}
	})
}

func TestNotices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := stage(t, d, &doortest.Sink{})
		b.pair()
		if err := b.service.SetNotices(t.Context(), 1, "hall-1", "法律援助 | Legal aid | 二楼 | Second floor\n只有名称", start); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a broken line: %v", err)
		}
		if err := b.service.SetNotices(t.Context(), 1, "hall-1", "法律援助 | Legal aid | 二楼 208 | Second floor | https://aid.example", start); err != nil {
			t.Fatal(err)
		}
		if w := b.ask("GET", "/kiosk/notice/0", nil); !strings.Contains(w.Body.String(), "二楼 208") {
			t.Error("the text is not shown")
		}
		b.ask("GET", "/kiosk/go/notice-0", nil)
		b.ask("GET", "/kiosk/go/notice-0", nil)
		b.ask("POST", "/kiosk/beat", url.Values{"devices": {"card print"}})
		w := b.ask("GET", "/admin/kiosks", nil)
		if !strings.Contains(w.Body.String(), "card print") || !regexp.MustCompile(`<td class="num"[^>]*>2</td>`).MatchString(w.Body.String()) {
			t.Errorf("register: %s", w.Body)
		}
		dbtest.Indexed(t, d, usedQuery, "2026-02-01")
	})
}

// TestDoor: a kiosk is a door like any other.
func TestDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var b *browser
		silent := false
		doortest.Exercise(t, doortest.Subject{
			Open: func(t *testing.T, sink door.Sink) door.Door {
				b = stage(t, d, sink)
				b.pair()
				if !silent {
					b.ask("POST", "/kiosk/beat", nil)
				}
				set, _ := b.hall.Active(t.Context(), kindName)
				o, err := Kind(b.service).Open(set[0])
				if err != nil {
					t.Fatal(err)
				}
				return o
			},
			Send: func(n int) error {
				w := b.ask("POST", "/kiosk/file/send", filled(fmt.Sprintf("KEYOFTHISFORM23456789%05d", n)))
				if w.Code != http.StatusOK {
					return errors.New("status " + http.StatusText(w.Code))
				}
				return nil
			},
			Acknowledged: true,
			Break:        func() { silent = true; b.clock.Set(b.clock.Now().Add(10 * time.Minute)) },
			Mend:         func() { silent = false; b.ask("POST", "/kiosk/beat", nil) },
			Private:      []string{"柳青禾", "13900000007", "电梯停了"},
		})
	})
}

func TestSettings(t *testing.T) {
	for field, values := range map[string]map[string]string{
		"key": {"key": "short"}, "idle": {"key": deviceKey, "idle": "1"}, "bridge": {"key": deviceKey, "bridge": "70000"}, "review": {"key": deviceKey, "review": "javascript:1"},
	} {
		_, err := Kind(nil).Open(door.Setting{Code: "x", Values: values})
		if e, ok := fault.As(err); !ok || len(e.Fields) != 1 || e.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
