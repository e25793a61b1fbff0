package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/hotline"
)

const lineSecret = "an invented secret of the line"

// openLine puts a hotline and a door of short messages into the registry.
func openLine(t *testing.T, h *apptest.House) {
	t.Helper()
	system := access.Actor{Role: access.System}
	ctx := access.With(t.Context(), system)
	for kind, channel := range map[string]casework.Channel{"hotline": casework.Phone, "sms": casework.SMS} {
		e := door.Entry{Code: kind, Kind: kind, Channel: channel, NameZH: kind, NameEN: kind, Active: true}
		if err := h.Doors.Save(ctx, system, e, map[string]string{"secret": lineSecret}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHotlineJourney goes from the first ring to the words read back, through
// the signed webhook and the pages.
func TestHotlineJourney(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		openLine(t, h)
		const caller = "13900000042"
		tell := func(kind, id string, at time.Time, more string) {
			t.Helper()
			body := []byte(fmt.Sprintf(`{"id":%q,"type":%q,"call":"c-1","at":%q%s}`, id, kind, at.Format(time.RFC3339), more))
			now := h.Clock.Now()
			c := h.Anybody().With("X-Xinqiao-Line", "hotline").With("X-Xinqiao-Timestamp", fmt.Sprint(now.Unix())).With("X-Xinqiao-Signature", hotline.Sign(lineSecret, now, "", body))
			c.Send("POST", "/api/v1/calls/events", body).Is(http.StatusOK)
		}
		start := h.Clock.Now()
		tell("ringing", "1", start, `,"from":"`+caller+`"`)
		desk := h.SignIn(apptest.Post{Role: access.Operator, Unit: h.CityBureau})
		board := desk.Get("/desk/calls").Is(http.StatusOK).Has("live-call", "139****0042").Lacks(caller)
		at := strings.Index(board.Body, "/desk/calls/")
		for _, part := range strings.Split(board.Body[at:], "/desk/calls/") {
			if id, _, ok := strings.Cut(part, `"`); ok && len(id) > 10 && strings.Trim(id, "0123456789") == "" {
				callPage(t, h, desk, "/desk/calls/"+id, caller, func() {
					tell("answered", "2", start.Add(5*time.Second), `,"agent":"801"`)
					tell("ended", "3", start.Add(2*time.Minute), "")
				})
				return
			}
		}
		t.Error("no link to the call")
	})
}

func callPage(t *testing.T, h *apptest.House, desk *apptest.Browser, path, caller string, end func()) {
	t.Helper()
	page := desk.Get(path).Is(http.StatusOK).Has("register-call").Lacks(caller)
	link := page.Body[strings.Index(page.Body, "/desk/new?call="):]
	link, _, _ = strings.Cut(link, `"`)
	if strings.Contains(link, caller) {
		t.Fatal("the link holds the number")
	}
	form := desk.Get(strings.ReplaceAll(link, "&amp;", "&")).Is(http.StatusOK).Has(caller)
	fields := form.Hidden()
	for name, value := range map[string]string{"kind": "order", "channel": "phone", "purpose": "request", "words": "三号楼门前的路灯坏了三天，晚上看不见路。", "wish": "请尽快修好。",
		"place": "幸福小区", "area": fmt.Sprint(h.City.City), "name": "陈测试", "phone": caller, "persons": "1", "looked": "1"} {
		fields[name] = []string{value}
	}
	filed := desk.Post("/desk/new", fields).Is(http.StatusOK).Has("filed-no", "to-read-back")
	desk.Post("/desk/new", fields).Is(http.StatusOK) // sent twice, registered once
	_, no, _ := strings.Cut(filed.Body, "/desk/cases/")
	no, _, _ = strings.Cut(no, `"`)
	end()
	desk.Get(path).Is(http.StatusOK).Has("三号楼门前的路灯坏了三天", no, "agreed")
	desk.Post(path+"/read-back", url.Values{}).Is(http.StatusUnprocessableEntity)
	desk.Post(path+"/read-back", url.Values{"agreed": {"1"}}).Is(http.StatusOK).Has("read-at")
	desk.Get("/desk/cases/" + no).Is(http.StatusOK).Has("case-call")
	desk.Get("/desk/calls/figures").Is(http.StatusOK).Has("connected")
	head := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.Housing})
	head.Get(path).Is(http.StatusForbidden, http.StatusNotFound)
}

// TestShortMessages: a message becomes an arrival, and a query is answered.
func TestShortMessages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		openLine(t, h)
		receipt := h.File(1)
		send := func(id, text string) string {
			t.Helper()
			q := url.Values{"key": {lineSecret}, "id": {id}, "from": {"+8613900000042"}, "text": {text}}
			return h.Browser().Get("/doors/sms/sms?" + q.Encode()).Is(http.StatusOK).Body
		}
		for range 2 {
			if got := send("1", "路灯不亮"); !strings.Contains(got, "已收到") {
				t.Errorf("%q", got)
			}
		}
		if got := send("2", "查询 "+receipt.No+" "+receipt.Code); !strings.Contains(got, receipt.No) || !strings.Contains(got, "/follow") {
			t.Errorf("%q", got)
		}
		if got := send("3", "查询 "+receipt.No+" 0000-0000"); !strings.Contains(got, "不对") {
			t.Errorf("%q", got)
		}
		if b, err := h.Doors.Backlog(t.Context()); err != nil || b.Held != 1 {
			t.Errorf("%+v arrivals wait, %v", b, err)
		}
	})
}
