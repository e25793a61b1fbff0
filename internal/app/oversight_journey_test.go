package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// TestSupervisionJourney: a missed duty becomes a candidate, the candidate a
// supervision that the case's timeline tells of, the unit's answer is accepted
// and closed; the missed duty is on record, and a leader leads the case. All
// of it through the API.
func TestSupervisionJourney(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		r := h.File(1)
		c.clerk.Do(r.No, casework.Forward, c.forward().data, "f").Is(http.StatusOK)
		h.Clock.Advance(20 * 24 * time.Hour) // the notice is late
		look := func() {
			t.Helper()
			for n := 1; n > 0; {
				var err error
				if n, err = h.Procedure.Lapse(t.Context(), h.Clock.Now(), 100); err != nil {
					t.Fatal(err)
				}
			}
			h.Drain()
			if err := h.Supervision.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		look()
		supervisor := h.Client(apptest.Post{Role: access.Supervisor, Unit: h.EastBureau})
		leader := apptest.Post{Role: access.Leader, Unit: h.East}
		var candidates struct {
			Candidates []struct {
				ID     int64  `json:"id"`
				CaseNo string `json:"case_no"`
				Cause  string `json:"cause"`
				Unit   int64  `json:"unit_id"`
			} `json:"candidates"`
		}
		supervisor.Get("/api/v1/supervision/candidates").Is(http.StatusOK).Into(&candidates)
		if len(candidates.Candidates) != 1 || candidates.Candidates[0].Cause != "wrong_procedure" || candidates.Candidates[0].Unit != h.School {
			t.Fatalf("%+v", candidates)
		}
		open := map[string]any{"kind": "supervise", "variant": "letter", "case_no": r.No, "candidate_id": candidates.Candidates[0].ID,
			"unit_id": h.School, "title": "逾期未告知", "text": "请于七日内书面告知并反馈。", "days": 7}
		var d struct {
			ID    int64    `json:"id"`
			State string   `json:"state"`
			Verbs []string `json:"permitted"`
		}
		for range 2 { // the same key opens once
			supervisor.With("Idempotency-Key", "open").Post("/api/v1/supervision/directives", open).Is(http.StatusOK).Into(&d)
		}
		h.Drain()
		h.Drain() // nothing is taken up twice
		directive := "/api/v1/supervision/directives/" + text(d.ID)
		events := h.Events(r.No)
		if n := len(events); events[n-1] != "supervised" || slices.Index(events, casework.EventKind("supervised")) != n-1 {
			t.Errorf("events %v", events)
		}
		var list struct {
			Directives []struct {
				ID int64 `json:"id"`
			} `json:"directives"`
		}
		c.handler.Get("/api/v1/supervision/directives?view=answer").Is(http.StatusOK).Into(&list)
		if len(list.Directives) != 1 || list.Directives[0].ID != d.ID {
			t.Errorf("the unit's list: %+v", list)
		}
		c.careHandler.Get(directive).Problem(http.StatusNotFound, "supervision.not_found")
		has(t, c.handler, "supervision.opened", 1)
		has(t, c.careHandler, "supervision.opened", 0)
		c.handler.With("Idempotency-Key", "a").Post(directive+"/answer", map[string]any{"text": "已书面告知。"}).Is(http.StatusOK)
		if events = h.Events(r.No); events[len(events)-1] != "feedback_given" {
			t.Errorf("events %v", events)
		}
		h.Drain()
		has(t, supervisor, "supervision.answer", 1)
		supervisor.With("Idempotency-Key", "b").Post(directive+"/accept", map[string]any{}).Is(http.StatusOK)
		supervisor.With("Idempotency-Key", "c").Post(directive+"/close", map[string]any{"text": "已落实", "result": "done"}).Is(http.StatusOK).Into(&d)
		if d.State != "closed" {
			t.Errorf("%+v", d)
		}
		if body := string(supervisor.Get("/api/v1/inspection/breaches").Is(http.StatusOK).Body); !strings.Contains(body, "late_notice") {
			t.Errorf("the record: %s", body)
		}
		if body := string(c.handler.Get("/api/v1/inspection/breaches").Is(http.StatusOK).Body); strings.Contains(body, "late_notice") {
			t.Error("the unit reads what was not served on it")
		}
		_, leaderID := h.Hire(leader)
		supervisor.With("Idempotency-Key", "l").Post("/api/v1/leads", map[string]any{"case_no": r.No, "leader_id": leaderID}).Is(http.StatusOK)
		if body := string(h.Client(leader).Get("/api/v1/leads").Is(http.StatusOK).Body); !strings.Contains(body, r.No) {
			t.Errorf("the leader's board: %s", body)
		}
		h.Drain()
		has(t, h.Client(leader), "caselead.taken", 1)
		h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School}).Get("/desk/inbox").Is(http.StatusOK).Has("收到督办或者批示", "反馈已认可")
		h.SignIn(leader).Get("/desk/cases/"+r.No).Is(http.StatusOK).Has(`id="supervision"`, `id="standards"`, `id="lead"`, "逾期未告知")
	})
}

// has counts the news of a kind in somebody's tray.
func has(t *testing.T, c *apptest.Client, kind string, want int) {
	t.Helper()
	var tray struct {
		Reminders []struct {
			News string `json:"news"`
			Path string `json:"path"`
		} `json:"reminders"`
	}
	c.Get("/api/v1/inbox").Is(http.StatusOK).Into(&tray)
	n := 0
	for _, it := range tray.Reminders {
		if it.News == kind && it.Path != "" {
			n++
		}
	}
	if n != want {
		t.Errorf("%d news of %s in the tray, want %d: %+v", n, kind, want, tray.Reminders)
	}
}
