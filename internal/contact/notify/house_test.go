package notify_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// step lets days pass, and everything that happens by itself happen.
func step(t *testing.T, h *apptest.House, d time.Duration) {
	t.Helper()
	h.Clock.Advance(d)
	if err := h.Deadlines.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Drain()
	if err := h.Notify.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Notify.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// tray lists the conditions and levels in somebody's tray, oldest first.
func tray(t *testing.T, c *apptest.Client) (out []string) {
	t.Helper()
	var list notify.ReminderList
	c.Get("/api/v1/inbox").Is(http.StatusOK).Into(&list)
	for _, r := range list.Reminders {
		out = append([]string{string(r.Condition) + " " + string(r.Level)}, out...)
	}
	return out
}

// TestHouse: in the real thing, a case that nobody signs for reaches the
// handler, then the unit's head, then the bureau's, then the convenor; when it
// is accepted all is silent; its petitioner is told of every step by SMS.
func TestHouse(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		clerk := h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		handler := apptest.Post{Role: access.UnitHandler, Unit: h.School}
		posts := []apptest.Post{handler, {Role: access.UnitHead, Unit: h.School}, {Role: access.BureauHead, Unit: h.EastBureau}, {Role: access.Leader, Unit: h.East}}
		clients := make([]*apptest.Client, len(posts))
		for i, p := range posts {
			clients[i] = h.Client(p)
		}
		clerk.Do(r.No, casework.Forward, casework.Data{Category: "0601", Nature: casework.R7, UnitID: h.School}, "notify-house-forward").Is(http.StatusOK)
		step(t, h, time.Minute)
		if got := strings.Join(tray(t, clients[0]), ","); got != "arrived handler" {
			t.Fatalf("the handler's tray: %s", got)
		}
		for range 20 {
			step(t, h, 12*time.Hour)
		}
		for i, want := range []string{"unstarted handler", "unstarted head", "unstarted bureau", "unstarted convenor"} {
			if got := strings.Join(tray(t, clients[i]), ","); !strings.Contains(got, want) || strings.Count(got, want) != 1 {
				t.Errorf("after ten days %s has: %s", posts[i].Role, got)
			}
		}
		page := h.SignIn(handler).Get("/desk").Is(http.StatusOK)
		page.Has(`data-testid="unread"`)
		clients[0].Do(r.No, casework.SignFor, casework.Data{}, "notify-house-sign").Is(http.StatusOK)
		clients[0].Do(r.No, casework.Accept, casework.Data{}, "notify-house-accept").Is(http.StatusOK)
		before := len(tray(t, clients[1]))
		for range 4 {
			step(t, h, 24*time.Hour)
		}
		if after := len(tray(t, clients[1])); after != before {
			t.Errorf("the head was reminded of what is done: %d, then %d", before, after)
		}
		// The demonstration's carrier took what the petitioner is told.
		sent, err := db.List(t.Context(), h.DB.Read(), db.Value[string], `SELECT template FROM delivery WHERE staff_id = 0 AND state = 'sent' ORDER BY id`)
		if got := strings.Join(sent, ","); err != nil || got != "notice.receipt,notice.forwarded,notice.accepted" {
			t.Errorf("the petitioner was told: %s, %v", got, err)
		}
		opened, err := db.List(t.Context(), h.DB.Read(), db.Value[string], `SELECT reason FROM person_reveal WHERE staff_id = 0`)
		if err != nil || len(opened) != 3 || !strings.HasPrefix(opened[0], "sm4:") { // reasons are words
			t.Errorf("%v, %v", opened, err)
		}
		if strings.Contains(h.Log.String(), "13800000001") {
			t.Error("the log holds the number")
		}
		h.SignIn(apptest.Post{Role: access.SystemAdmin, Unit: h.City.City}).Get("/admin/outbox").Is(http.StatusOK).Has(r.No).Lacks("13800000001")
		// The petitioner chooses not to be told.
		b := h.Browser()
		b.Post("/follow", url.Values{"no": {r.No}, "code": {r.Code}}).Is(http.StatusOK)
		b.Get("/follow/" + r.No + "/notices").Is(http.StatusOK).Has("短信")
		b.Post("/follow/"+r.No+"/notices", url.Values{"way": {"none"}, "lang": {"zh"}}).Is(http.StatusOK).At("/follow/" + r.No)
	})
}

// TestAPI: the matrix and the messages by JSON, for those in charge only.
func TestAPI(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	admin := h.Client(apptest.Post{Role: access.SystemAdmin, Unit: h.City.City})
	head := h.Client(apptest.Post{Role: access.BureauHead, Unit: h.EastBureau})
	stranger := h.Client(apptest.Post{Role: access.UnitHead, Unit: h.School})
	var m notify.MatrixBody
	admin.Get("/api/v1/reminders/matrix").Is(http.StatusOK).Into(&m)
	if m.Version != 0 || len(m.Matrix.Cells[notify.Overdue]) != 4 {
		t.Fatalf("%+v", m)
	}
	save := map[string]any{"area_id": 0, "version": 0, "matrix": m.Matrix}
	put := func(c *apptest.Client, body any) apptest.Answer {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return c.Send(http.MethodPut, "/api/v1/reminders/matrix", text)
	}
	put(admin, save).Is(http.StatusOK).Into(&m)
	if m.Version != 1 {
		t.Errorf("version %d", m.Version)
	}
	put(admin, save).Problem(http.StatusConflict, "notify.moved")
	put(stranger, save).Problem(http.StatusForbidden, "notify.not_yours")
	put(head, save).Problem(http.StatusForbidden, "notify.not_yours") // the whole city is not hers
	save["area_id"] = h.East
	put(head, save).Is(http.StatusOK).Into(&m)
	cell := m.Matrix.Cells[notify.Soon][notify.Handler]
	cell.After = 99
	m.Matrix.Cells[notify.Soon][notify.Handler] = cell
	if fields := put(head, map[string]any{"area_id": h.East, "version": 1, "matrix": m.Matrix}).Problem(http.StatusUnprocessableEntity, "notify.form"); len(fields) != 1 || fields[0] != "soon.handler.after" {
		t.Errorf("%v", fields)
	}
	var list notify.MessageList
	admin.Get("/api/v1/messages?state=stuck").Is(http.StatusOK).Into(&list)
	stranger.Get("/api/v1/messages").Problem(http.StatusForbidden, "notify.not_yours")
	admin.Post("/api/v1/messages/5", map[string]any{"do": "retry"}).Problem(http.StatusNotFound, "notify.missing")
	stranger.Post("/api/v1/inbox/read", map[string]any{"id": 0}).Is(http.StatusNoContent)
	stranger.Post("/api/v1/inbox/read", map[string]any{"id": 7}).Problem(http.StatusNotFound, "notify.missing")
	h.Anybody().Get("/api/v1/inbox").Problem(http.StatusUnauthorized, "rest.unsigned")
}
