package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/triage"
	"xinqiao/internal/insight/topic"
)

// TestNothingLearnedInSecret: an accusation reaches neither a model, nor a
// suggestion, nor a topic; an open case does.
func TestNothingLearnedInSecret(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		open, secret := h.File(1), accuse(h, 100)
		h.Drain()
		inside := h.Case(secret.No).ID
		told, err := h.Topics.Cases.Told(t.Context(), 0, 100)
		if err != nil || len(told) != 1 || told[0].CaseID != h.Case(open.No).ID || told[0].Words == "" {
			t.Errorf("grouped: %+v %v", told, err)
		}
		list, err := h.Triage.History.Decided(t.Context(), h.DB.Read(), []int64{h.Case(open.No).ID, inside})
		if err != nil || len(list) != 1 || list[0].CaseID == inside {
			t.Errorf("decided: %+v %v", list, err)
		}
		if list, err = h.Triage.History.Dispatched(t.Context(), 0, 100); err != nil || slices.ContainsFunc(list, func(d triage.Decision) bool { return d.CaseID == inside }) {
			t.Errorf("dispatched: %+v %v", list, err)
		}
		if slices.ContainsFunc(told, func(x topic.Told) bool { return x.CaseID == inside }) {
			t.Error("an accusation is grouped")
		}
		cleared := h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau, Cleared: true})
		cleared.Get("/api/v1/cases/" + secret.No + "/suggestions").Is(http.StatusNotFound)
		var got triage.SuggestionsBody
		cleared.Get("/api/v1/cases/" + open.No + "/suggestions").Is(http.StatusOK).Into(&got)
		if len(got.Summary) == 0 {
			t.Errorf("%+v", got)
		}
	})
}

// TestModelsPage: administrators ask for learning and go back to a version,
// heads of bureaus read, others do not.
func TestModelsPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin, head := h.SignIn(apptest.Post{Role: access.SystemAdmin, Unit: h.CityBureau}), h.SignIn(apptest.Post{Role: access.BureauHead, Unit: h.CityBureau})
		admin.Get("/admin/models").Is(http.StatusOK).Has("还没有学习过").Lacks("⟦")
		admin.Post("/admin/models/learn", url.Values{}).Is(http.StatusOK).Has(`hx-trigger="every 2s"`)
		for range 2 { // what was asked for, and once more
			if err := h.Triage.Learn(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
		}
		p := admin.Get("/admin/models").Is(http.StatusOK).Has("v2", `data-testid="keywords-only"`, `data-testid="use-version"`).Lacks("⟦")
		use := regexp.MustCompile(`/admin/models/\d+/use`).FindString(p.Body)
		admin.Post(use, url.Values{}).Is(http.StatusOK).Has("第 1 版正在使用")
		head.Get("/admin/models?question=nature").Is(http.StatusOK).Lacks("⟦", `data-testid="learn"`, `data-testid="use-version"`)
		head.Post(use, url.Values{}).Is(http.StatusForbidden)
		h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School}).Get("/admin/models").Is(http.StatusForbidden)
		h.SignIn(apptest.Post{Role: access.Leader, Unit: h.East}).Get("/lead/topics").Is(http.StatusOK).Has("没有热点").Lacks("⟦")
	})
}
