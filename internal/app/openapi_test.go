package app_test

import (
	"encoding/json"
	escape "html"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
)

// document is as much of OpenAPI 3.1 as the test looks at.
type document struct {
	OpenAPI string
	Info    struct{ Title, Version, Description string }
	Tags    []struct{ Name, Description string }
	Paths   map[string]map[string]struct {
		OperationID, Summary string
		Tags                 []string
		Security             []map[string][]string
		Parameters           []struct {
			Name, In string
			Required bool
			Schema   map[string]any
		}
		RequestBody struct {
			Content map[string]struct{ Schema map[string]any }
		}
		Responses map[string]struct {
			Description string
			Content     map[string]struct{ Schema map[string]any }
		}
	}
	Components struct {
		Schemas         map[string]map[string]any
		SecuritySchemes map[string]struct{ Type string }
	}
}

func TestOpenAPI(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	first := h.Anybody().Get("/openapi.json").Is(http.StatusOK)
	if second := apptest.Start(t, "sqlite").Anybody().Get("/openapi.json"); string(first.Body) != string(second.Body) {
		t.Error("the document differs from start to start")
	}
	var d document
	if err := json.Unmarshal(first.Body, &d); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(d.OpenAPI, "3.1") || d.Info.Title == "" || d.Info.Version == "" || d.Info.Description == "" {
		t.Errorf("head: %s %+v", d.OpenAPI, d.Info)
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllSubmatch(first.Body, -1) {
		if d.Components.Schemas[string(ref[1])] == nil {
			t.Errorf("nothing is called %s", ref[1])
		}
	}
	tags := map[string]bool{}
	for _, tag := range d.Tags {
		tags[tag.Name] = tag.Description != ""
	}
	seen := map[string]bool{}
	page := h.Browser().Get("/api").Is(http.StatusOK)
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for method, o := range d.Paths[path] {
			name := method + " " + path
			if o.OperationID == "" || seen[o.OperationID] || o.Summary == "" || len(o.Tags) != 1 || !tags[o.Tags[0]] {
				t.Errorf("%s: id %q, summary %q, tags %v", name, o.OperationID, o.Summary, o.Tags)
			}
			seen[o.OperationID] = true
			page.Has(`data-testid="op-`+o.OperationID+`"`, escape.EscapeString(o.Summary))
			for _, s := range o.Security {
				for scheme := range s {
					if d.Components.SecuritySchemes[scheme].Type == "" {
						t.Errorf("%s: no scheme %s", name, scheme)
					}
				}
			}
			if len(o.Security) == 0 {
				t.Errorf("%s does not say who may use it", name)
			}
			good := false
			for status, r := range o.Responses {
				good = good || strings.HasPrefix(status, "2") && (status == "204" || r.Content["application/json"].Schema != nil)
			}
			if !good || o.Responses["default"].Content["application/problem+json"].Schema == nil {
				t.Errorf("%s: responses %v", name, o.Responses)
			}
			keyed := false
			for _, p := range o.Parameters {
				keyed = keyed || p.Name == "Idempotency-Key"
				if p.In == "path" != strings.Contains(path, "{"+p.Name+"}") || p.In == "path" && !p.Required {
					t.Errorf("%s: parameter %+v", name, p)
				}
			}
			_, file := o.RequestBody.Content["application/octet-stream"]
			file = file && len(o.RequestBody.Content) == 1 // kept once by its content
			if writes := (method == "post" || method == "put") && !file; keyed != writes || keyed != (len(o.RequestBody.Content) > 0 && !file) {
				t.Errorf("%s: key %v, body %v", name, keyed, o.RequestBody)
			}
		}
	}
	for _, s := range []string{"Problem", "FilingBody", "ReceiptBody", "Summary", "CaseList"} {
		if d.Components.Schemas[s] == nil {
			t.Errorf("no schema %s", s)
		}
	}
	if !strings.Contains(string(first.Body), `"examples":["MC26-0A1B-7K3F"]`) {
		t.Error("no examples")
	}
}

func TestReference(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	var units struct {
		Units []struct {
			ID   int64
			Code string
		}
		Next int64
	}
	var codes []string
	for path := "/api/v1/units?limit=4"; path != ""; {
		units.Units, units.Next = nil, 0
		h.Anybody().Get(path).Is(http.StatusOK).Into(&units)
		for _, u := range units.Units {
			codes = append(codes, u.Code)
		}
		path = ""
		if units.Next != 0 {
			path = "/api/v1/units?limit=4&after=" + text(units.Next)
		}
	}
	if len(codes) != len(h.Units.All()) || codes[0] != "MC" {
		t.Errorf("units %v", codes)
	}
	h.Anybody().Get("/api/v1/units?area=" + text(h.West) + "&kind=bureau").Is(http.StatusOK).Into(&units)
	if len(units.Units) != 1 || units.Units[0].ID != h.WestBureau {
		t.Errorf("the bureau of the west: %+v", units)
	}
	var categories struct{ Categories []struct{ Code string } }
	h.Anybody().Get("/api/v1/categories").Is(http.StatusOK).Into(&categories)
	if len(categories.Categories) < 128 {
		t.Errorf("%d categories", len(categories.Categories))
	}
	h.Anybody().Get("/api/v1/units?kind=planet").Problem(http.StatusUnprocessableEntity, "rest.input")
	h.Anybody().Get("/api/v1/units?limit=x").Problem(http.StatusUnprocessableEntity, "rest.input")

	var me struct {
		Role access.Role
		Unit int64 `json:"unit_id"`
	}
	h.Client(apptest.Post{Role: access.Leader, Unit: h.East}).Get("/api/v1/me").Is(http.StatusOK).Into(&me)
	if me.Role != access.Leader || me.Unit != h.East {
		t.Errorf("me %+v", me)
	}
}

// TestCaseList pages through every view and through a search, and finds what
// the pages find.
func TestCaseList(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		const n = 130
		for i := range n {
			h.File(i)
		}
		h.Drain()
		clerk := h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		all := func(query string) []string {
			t.Helper()
			var nos []string
			for after := ""; ; {
				var page struct {
					Cases []struct{ No, Petitioner, Light string }
					Next  string
				}
				clerk.Get("/api/v1/cases?" + query + "&after=" + after).Is(http.StatusOK).Into(&page)
				for _, c := range page.Cases {
					nos = append(nos, c.No)
					if c.Petitioner != "王**" || c.Light != "green" {
						t.Errorf("%+v", c)
					}
				}
				if after = page.Next; after == "" {
					return nos
				}
			}
		}
		views := map[string]int{
			"view=mine&limit=100": n, "view=open&limit=7": n, "view=mine": n, "view=closed": 0, "view=overdue": 0, "state=registered&limit=64": n,
			"state=accepted": 0, "urgency=red": 0, "channel=web&limit=51": n, "from=2026-03-03": 0, "to=2026-03-02&limit=100": n,
			"q=%E7%94%B5%E6%A2%AF&limit=60": n, "q=%E7%94%B5%E6%A2%AF": n, "q=%E4%BB%8E%E6%9C%AA%E5%87%BA%E7%8E%B0": 0,
		}
		for query, want := range views {
			got := all(query)
			unique := slices.Compact(slices.Sorted(slices.Values(got)))
			if len(got) != want || len(unique) != want {
				t.Errorf("%s lists %d cases, %d different, expected %d", query, len(got), len(unique), want)
			}
		}
		one := all("view=mine&limit=100")[17]
		if got := all("q=" + strings.ToLower(one)); !slices.Equal(got, []string{one}) {
			t.Errorf("the number %s finds %v", one, got)
		}
		for _, bad := range []string{"limit=101", "limit=0", "view=all", "after=x", "after=" + strings.Repeat("A", 201), "q=a&view=mine", "q=a&state=signed", "from=2026-02-30", "unit=abc"} {
			clerk.Get("/api/v1/cases?" + bad).Is(http.StatusUnprocessableEntity)
		}
		if got := all("view=open&limit=100&unit=" + text(h.School)); len(got) != 0 {
			t.Errorf("a unit that has none lists %v", got)
		}
	})
}

func text(n int64) string { return strconv.FormatInt(n, 10) }
