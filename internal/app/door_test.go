package app_test

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strconv"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/fault"
)

// testDoor is a door whose counterpart can be taken away.
type testDoor struct{ broken *bool }

func (d testDoor) Run(ctx context.Context, _ door.Sink) error { <-ctx.Done(); return ctx.Err() }

func (d testDoor) Probe(context.Context) error {
	if *d.broken {
		return errors.New("the counterpart does not answer")
	}
	return nil
}

var png = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"), bytes.Repeat([]byte{7}, 60_000)...)

func letterFrom(code, key string, d door.Draft) door.Arrival {
	return door.Arrival{Door: code, Key: key, Thread: "talk", At: apptest.Monday, From: "13800001234", Draft: d,
		Raw: door.Part{Name: "raw.json", Data: []byte(`{"text":"原文"}`)}, Files: []door.Part{
			{Name: "照片.png", Type: "image/png", Data: png}, {Name: "calendar.ics", Type: "text/calendar", Data: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")},
		}}
}

// TestDoorJourney: the registry through its pages, an arrival from the tray to
// a case with its files, a second one joined, a third set aside and fetched.
func TestDoorJourney(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.SignIn(apptest.Post{Role: access.SystemAdmin, Unit: h.City.City})
		admin.Get("/admin/doors").Has("还没有渠道")
		admin.Get("/admin/doors/new").Has("只登记")
		form := url.Values{"kind": {"listed"}, "code": {"mayor"}, "name_zh": {"市长信箱"}, "channel": {"mail"}, "merge": {"dual"}, "active": {"1"},
			"set-number": {"12340"}, "hours": {"never"}}
		admin.Post("/admin/doors/new", form).Is(422).Has("市长信箱", "08:30-17:30")
		form.Set("hours", "08:30-17:30")
		admin.Post("/admin/doors/new", form).Is(200, 303)
		admin.Post("/admin/doors/new", form).Is(422)
		admin.Get("/admin/doors").Has("市长信箱", "08:30-17:30", "双号并行")
		admin.Get("/admin/doors/mayor").Has("12340")
		admin.Post("/admin/doors/mayor/try", url.Values{}).Has("已连通")
		broken := true
		h.Doors.Register(door.Kind{Name: "gone", Open: func(door.Setting) (door.Door, error) { return testDoor{&broken}, nil }})
		if err := h.Doors.Save(t.Context(), access.Actor{Role: access.System}, door.Entry{Code: "gone", Kind: "gone", Channel: casework.SMS, NameZH: "短信"}, nil); err != nil {
			t.Fatal(err)
		}
		if err := h.Doors.Try(t.Context(), "gone"); err == nil {
			t.Error("a door that does not answer works")
		}

		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.CityBureau})
		clerk.Get("/admin/doors").Is(403)
		clerk.Get("/desk/arrivals").Has("没有来件在等")
		got, err := h.Doors.Take(t.Context(), letterFrom("mayor", "one", door.Draft{Words: "北门外的路灯坏了三天，晚上看不见路。"}))
		if err != nil || got.State != door.Held {
			t.Fatal(got, err)
		}
		at := "/desk/arrivals/" + strconv.FormatInt(got.ID, 10)
		clerk.Get("/desk/arrivals").Has("北门外的路灯", "138****34").Lacks("13800001234")
		clerk.Get(at).Has("北门外的路灯", "13800001234", at+"/parts/1")
		if p := clerk.Get(at + "/parts/1").Is(200); p.Header.Get("Content-Type") != "image/png" || len(p.Body) != len(png) {
			t.Error("the picture does not come back as it was")
		}
		if p := clerk.Get(at + "/parts/2").Is(200); p.Header.Get("Content-Type") != "application/octet-stream" {
			t.Error("an unknown type is shown")
		}
		file := url.Values{"kind": {"petition"}, "purpose": {"request"}, "words": {"北门外的路灯坏了三天，晚上看不见路。"}, "wish": {""},
			"name": {"章试"}, "address": {"和平路七号"}, "phone": {"13800001234"}, "area": {strconv.FormatInt(h.City.City, 10)}, "channel": {"mail"}}
		clerk.Post(at+"/register", file).Is(422).Has("和平路七号", "章试")
		file.Set("wish", "请修复路灯")
		clerk.Post(at+"/register", file).Is(200).Has("calendar.ics")
		again, err := h.Doors.Take(t.Context(), letterFrom("mayor", "one", door.Draft{}))
		if err != nil || again.State != door.Filed || again.No == "" {
			t.Fatal(again, err)
		}
		clerk.Post(at+"/register", file).Is(409)
		clerk.Get("/desk/cases/" + again.No).Has("照片.png")
		if c := h.Case(again.No); c.Channel != casework.Mail {
			t.Errorf("the channel is %s", c.Channel)
		}

		more, err := h.Doors.Take(t.Context(), letterFrom("mayor", "two", door.Draft{Words: "还有一盏也坏了，编号 " + again.No}))
		if err != nil {
			t.Fatal(err)
		}
		at = "/desk/arrivals/" + strconv.FormatInt(more.ID, 10)
		clerk.Get(at).Has(again.No, "同一往来中的事项")
		clerk.Post(at+"/join", url.Values{"no": {again.No}, "text": {"还有一盏也坏了。"}}).Is(200, 303)
		if events := h.Events(again.No); len(events) != 2 || events[1] != "supplemented" {
			t.Errorf("%v", events)
		}
		advert, err := h.Doors.Take(t.Context(), letterFrom("mayor", "three", door.Draft{Words: "低价出售"}))
		if err != nil {
			t.Fatal(err)
		}
		at = "/desk/arrivals/" + strconv.FormatInt(advert.ID, 10)
		clerk.Post(at+"/aside", url.Values{"reason": {""}}).Is(422)
		clerk.Post(at+"/aside", url.Values{"reason": {"广告"}}).Is(200, 303)
		clerk.Get("/desk/arrivals").Lacks("低价出售")
		clerk.Get("/desk/arrivals?state=aside").Has("低价出售", "广告")
		clerk.Post(at+"/back", url.Values{}).Is(200, 303)
		clerk.Get("/desk/arrivals").Has("低价出售")
	})
}

// openMailbox registers a door that just waits.
func openMailbox(t *testing.T, h *apptest.House) {
	t.Helper()
	if err := h.Doors.Save(access.With(t.Context(), access.Actor{Role: access.System}), access.Actor{Role: access.System},
		door.Entry{Code: "mayor", Kind: "listed", Channel: casework.Mail, NameZH: "市长信箱", Active: true}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestDoorOrders: a petition needs a name and an address, a hotline order that
// another line hands on needs words; who confirmed one is its registrar.
func TestDoorOrders(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		openMailbox(t, h)
		take := func(key string, d door.Draft) door.Taken {
			t.Helper()
			a := letterFrom("mayor", key, d)
			a.Ready, a.Files = true, a.Files[:1]
			got, err := h.Doors.Take(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := take("petition", door.Draft{Words: "北门外的路灯坏了三天，晚上看不见路。", Wish: "修复"}); got.State != door.Held {
			t.Errorf("a petition without a name: %+v", got)
		}
		order := take("order", door.Draft{Kind: casework.Order, Words: "路灯坏了"})
		if c := h.Case(order.No); order.State != door.Filed || c.PetitionerID != 0 || c.Kind != casework.Order {
			t.Errorf("an order without a name: %+v %+v", order, c)
		}
		_, operator := h.Hire(apptest.Post{Role: access.Operator, Unit: h.CityBureau})
		call := take("call", door.Draft{Kind: casework.Order, Words: "路灯坏了", Staff: operator, Person: door.Person{Name: "章试"}})
		if c := h.Case(call.No); c.RegisteredBy != operator || c.PetitionerID == 0 {
			t.Errorf("confirmed by an operator: %+v", c)
		}
		_, handler := h.Hire(apptest.Post{Role: access.UnitHandler, Unit: h.School})
		if got := take("cheat", door.Draft{Kind: casework.Order, Words: "路灯坏了", Staff: handler}); got.State != door.Held {
			t.Errorf("confirmed by one who may not register: %+v", got)
		}
	})
}

// TestDoorLeak: nobody sees more through an arrival than through its case.
func TestDoorLeak(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		openMailbox(t, h)
		secret := letterFrom("mayor", "accuse", door.Draft{Purpose: "accusation", Words: "局长收了包工头的红包，我有录音为证。", Anonymous: true})
		secret.Thread, secret.From = "other", "informer@mail.test"
		waiting, err := h.Doors.Take(t.Context(), secret)
		if err != nil || waiting.State != door.Held {
			t.Fatal(waiting, err)
		}
		secret.Key, secret.Ready, secret.Files, secret.Draft.Wish = "accuse-2", true, nil, "请查处"
		filed, err := h.Doors.Take(t.Context(), secret)
		if err != nil || filed.State != door.Filed || h.Case(filed.No).Lane != access.LaneConfidential {
			t.Fatal(filed, err)
		}
		paths := []string{"", "/parts/0"}
		for _, post := range []apptest.Post{{Role: access.BureauClerk, Unit: h.CityBureau}, {Role: access.Operator, Unit: h.CityBureau},
			{Role: access.BureauHead, Unit: h.EastBureau}, {Role: access.UnitHandler, Unit: h.Housing}, {Role: access.Leader, Unit: h.City.City},
			{Role: access.SystemAdmin, Unit: h.City.City}} {
			b := h.SignIn(post)
			for _, id := range []int64{waiting.ID, filed.ID} {
				for _, p := range paths {
					b.Get("/desk/arrivals/"+strconv.FormatInt(id, 10)+p).Is(403, 404).Lacks("红包", "informer", filed.No)
				}
				b.Post("/desk/arrivals/"+strconv.FormatInt(id, 10)+"/aside", url.Values{"reason": {"试试看"}}).Is(403, 404)
			}
			for _, s := range []string{"held", "filed", "joined", "aside", "received"} {
				b.Get("/desk/arrivals?state="+s).Lacks("红包", "informer", filed.No, "i***")
			}
		}
		head := h.SignIn(apptest.Post{Role: access.BureauHead, Unit: h.CityBureau, Cleared: true})
		head.Get("/desk/arrivals").Has("红包")
		head.Get("/desk/arrivals?state=filed").Has(filed.No)
		head.Get("/desk/arrivals/" + strconv.FormatInt(filed.ID, 10)).Is(200).Has("informer@mail.test")
		for _, line := range []string{"红包", "informer", "13800001234"} {
			if bytes.Contains([]byte(h.Log.String()), []byte(line)) {
				t.Errorf("the log knows %q", line)
			}
		}
		if _, err := h.Doors.Letter(t.Context(), access.Actor{ID: 9, Role: access.Inspector, UnitID: h.CityBureau, Cleared: true}, filed.ID); fault.KindOf(err) != fault.Denied {
			t.Error(err)
		}
	})
}
