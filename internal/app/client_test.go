package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door/client"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/hook"
)

// otherSide is a webhook's receiver that fails when it is told to.
type otherSide struct {
	*httptest.Server
	mu     sync.Mutex
	secret []byte
	status int
	hang   bool // take the message, then break off without an answer
	got    map[string]int
	bodies []string
	bad    int
}

func newOtherSide(t *testing.T) *otherSide {
	o := &otherSide{status: http.StatusNoContent, got: map[string]int{}}
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

func (o *otherSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	var sent int64
	_, _ = fmt.Sscan(r.Header.Get(hook.HeaderTime), &sent)
	if r.Header.Get(hook.HeaderSignature) != hook.Sign(o.secret, time.Unix(sent, 0), body) {
		o.bad++
	}
	if o.status < 300 {
		var told client.Told
		_ = json.Unmarshal(body, &told)
		o.got[told.Event]++
		o.bodies = append(o.bodies, string(body))
	}
	if o.hang {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(o.status)
}

func (o *otherSide) be(status int, hang bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status, o.hang = status, hang
}

// TestClientJourney: a program files with its key, follows, uses up its quota,
// and is told what happens, at least once, through failures on both sides.
func TestClientJourney(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		openMailbox(t, h)
		other := newOtherSide(t)
		admin := access.Actor{ID: 1, Role: access.SystemAdmin}
		ctx := access.With(t.Context(), admin)
		f := client.Form{Name: "市民 App", Scopes: client.Scopes, Door: "mayor", PerMinute: 5, PerDay: 1000, Webhook: other.URL + "/hook", Active: true}
		issued, err := h.Clients.Add(ctx, admin, f)
		if err != nil {
			t.Fatal(err)
		}
		other.secret = []byte(issued.Secret)
		app := h.Anybody().With(client.Header, issued.Key)
		var r struct{ No, Code string }
		filing := h.Filing(1)
		app.With("Idempotency-Key", "a-key-of-the-app-0001").Post("/api/v1/filings", filing).Is(201).Into(&r)
		var again struct {
			No    string
			Again bool
		}
		app.With("Idempotency-Key", "a-key-of-the-app-0001").Post("/api/v1/filings", filing).Is(201).Into(&again)
		if again.No != r.No || !again.Again {
			t.Errorf("%+v", again)
		}
		if c := h.Case(r.No); c.Channel != casework.Mail {
			t.Errorf("the channel is %s", c.Channel)
		}
		app.With("X-Query-Code", r.Code).Get("/api/v1/cases/" + r.No).Is(200)
		h.Anybody().With(client.Header, "xqc_nobodys").Get("/api/v1/cases/" + r.No).Is(401)
		app.With("Origin", "https://elsewhere.test").Get("/api/v1/cases/" + r.No).Is(403)
		app.With("X-Query-Code", r.Code).Get("/api/v1/cases/" + r.No).Is(200)
		app.With("X-Query-Code", r.Code).Get("/api/v1/cases/" + r.No).Is(200)
		over := app.With("X-Query-Code", r.Code).Get("/api/v1/cases/" + r.No).Is(429)
		if wait := over.Header.Get("Retry-After"); wait == "" || wait == "0" {
			t.Errorf("Retry-After %q", wait)
		}
		h.Clock.Advance(time.Minute)
		app.With("X-Query-Code", r.Code).Get("/api/v1/cases/" + r.No).Is(200)

		h.File(2) // somebody else's case is not told
		h.Drain()
		deliver := func() {
			t.Helper()
			if err := h.Clients.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		other.be(http.StatusInternalServerError, false)
		deliver()
		other.be(http.StatusNoContent, true) // taken, and the line breaks
		h.Clock.Advance(time.Hour)
		deliver()
		other.be(http.StatusNoContent, false)
		h.Clock.Advance(10 * time.Hour)
		deliver()
		deliver()
		if other.got["case.registered"] != 2 || len(other.got) != 1 || other.bad != 0 {
			t.Errorf("told %v, %d with a wrong signature", other.got, other.bad)
		}
		if ids := regexp.MustCompile(`"id":"(\d+)"`).FindStringSubmatch(other.bodies[0]); ids == nil || !strings.Contains(other.bodies[1], ids[0]) {
			t.Error("the second attempt has another id")
		}
		for _, b := range other.bodies {
			if !strings.Contains(b, r.No) || len(b) > 300 {
				t.Errorf("the body: %s", b)
			}
		}

		app.With("X-Query-Code", r.Code).With("Idempotency-Key", "another-key-00001").Post("/api/v1/cases/"+r.No+"/supplement", casework.Data{Text: "补充一张照片"}).Is(200)
		h.Drain()
		other.Close()
		for range 14 {
			h.Clock.Advance(7 * time.Hour)
			deliver()
		}
		b := h.SignIn(apptest.Post{Role: access.SystemAdmin, Unit: h.City.City})
		at := "/admin/clients/" + fmt.Sprint(issued.ID)
		b.Get("/admin/clients").Has("市民 App")
		b.Get(at).Has("case.supplemented", r.No, "多次送不到").Lacks(issued.Key, issued.Secret)
		b.Post(at+"/again", nil).Is(200, 303)
		b.Get(at).Lacks("多次送不到")

		f.Active = false
		if err := h.Clients.Edit(ctx, admin, issued.ID, 1, f); err != nil {
			t.Fatal(err)
		}
		app.Get("/api/v1/cases/" + r.No).Is(401)
		f.Webhook = "https://192.168.3.4/hook"
		if err := h.Clients.Edit(ctx, admin, issued.ID, 2, f); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an internal address: %v", err)
		}
		if strings.Contains(h.Log.String(), issued.Key) || strings.Contains(h.Log.String(), issued.Secret) {
			t.Error("the log holds a key")
		}
	}, func(c *app.Config) { c.WebhookAllow = []string{"127.0.0.0/8"} })
}

// TestClientQuota: the quota holds over all processes, to the call.
func TestClientQuota(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		openMailbox(t, h)
		admin := access.Actor{ID: 1, Role: access.SystemAdmin}
		issued, err := h.Clients.Add(access.With(t.Context(), admin), admin, client.Form{Name: "小程序", Scopes: []client.Scope{client.File}, Door: "mayor", PerMinute: 20, PerDay: 25, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var all sync.WaitGroup
		in := 0
		for range 40 {
			all.Go(func() {
				_, err := h.Clients.Enter(t.Context(), issued.Key, client.File, "")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					in++
				} else if fault.KindOf(err) != fault.TooMany {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in != 20 {
			t.Errorf("%d of 20 calls a minute were let in", in)
		}
		if _, err := h.Clients.Enter(t.Context(), issued.Key, client.Follow, ""); fault.KindOf(err) != fault.Denied {
			t.Errorf("another scope: %v", err)
		}
		h.Clock.Advance(time.Minute)
		for range 10 {
			_, err = h.Clients.Enter(t.Context(), issued.Key, client.File, "")
		}
		use, useErr := h.Clients.Usage(t.Context(), issued.ID, h.Clock.Now(), 1)
		if useErr != nil || len(use) != 1 || use[0].Used != 25 || use[0].Refused != 25 || fault.KindOf(err) != fault.TooMany {
			t.Errorf("%+v %v %v", use, useErr, err)
		}
	})
}
