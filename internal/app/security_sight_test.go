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
	"xinqiao/internal/handling/worklist"
)

const secretWords = "检举内容绝密莲花山工程款去向不明，请依法查处。"

// accuse files an anonymous accusation of the school board.
func accuse(h *apptest.House, n int) apptest.Receipt {
	return h.FileAs(h.Anybody(), n, map[string]any{
		"purpose": "accusation", "accused_id": h.School, "anonymous": true, "words": secretWords, "wish": "请依法查处", "area_id": h.Town,
	})
}

// TestPetitionersSeeTheirOwn: what opens one case opens no other.
func TestPetitionersSeeTheirOwn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		mine, other := h.File(1), h.File(2)
		b, api := enter(h, mine), h.Petitioner(mine.Code)
		file := handIn(t, h, other)
		for _, path := range []string{"", "/why/1", "/letter/1", "/supplement", "/withdraw", "/rate", "/files/" + file} {
			b.Get("/follow/" + other.No + path).At("/follow")
		}
		b.Get("/follow/" + mine.No + "/files/" + file).Is(http.StatusNotFound)
		b.Get("/files/" + file).Is(http.StatusNotFound)
		b.Get("/receipt/" + other.No).At("/follow")
		for _, verb := range []string{"supplement", "urge", "withdraw", "contest", "rate"} {
			b.Post("/follow/"+other.No+"/"+verb, url.Values{"text": {"x"}, "reason": {"x"}}).At("/follow")
			api.Post("/api/v1/cases/"+other.No+"/"+verb, casework.Data{Text: "x", Reason: "x"}).Problem(http.StatusUnprocessableEntity, "tracking.refused")
		}
		// A cookie of one case, renamed to the path of another, opens nothing.
		req, _ := http.NewRequest(http.MethodGet, h.URL+"/follow/"+other.No, nil)
		at, _ := url.Parse(h.URL + "/follow/" + mine.No)
		for _, cookie := range b.Jar.Cookies(at) {
			req.AddCookie(cookie)
		}
		h.Browser().Ask(req).At("/follow")
		for _, path := range []string{"", "/events"} {
			api.Get("/api/v1/cases/"+other.No+path).Problem(http.StatusUnprocessableEntity, "tracking.refused")
		}
		if got := h.Events(other.No); len(got) != 2 {
			t.Errorf("events of the other case: %v", got)
		}
		// A query code is no sign-in.
		api.Get("/api/v1/cases").Problem(http.StatusUnauthorized, "rest.unsigned")
		b.Get("/desk/cases/" + mine.No).At("/signin")
	})
}

// TestStaffSeeTheirOwn: a case of another unit, district or registrar does not
// exist, whatever page, verb or list is tried.
func TestStaffSeeTheirOwn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		words := "湖心亭修缮工程影响出行，请尽快恢复通行。"
		r := h.FileAs(h.Anybody(), 1, map[string]any{"words": words, "wish": "恢复通行", "area_id": h.Town, "person": map[string]any{"name": "钱多多", "phone": "13800000009", "address": "和平镇 9 号"}})
		c.clerk.Do(r.No, casework.Forward, c.forward().data, "f").Is(http.StatusOK)
		file := handIn(t, h, r)
		operator := apptest.Post{Role: access.Operator, Unit: h.CityBureau}
		body := h.Filing(2)
		body["channel"] = "phone"
		own := h.FileAs(h.Client(operator), 2, body)
		h.SignIn(operator).Get("/desk/cases/" + own.No).Is(http.StatusOK)
		h.SignIn(apptest.Post{Role: access.Operator, Unit: h.CityBureau, Second: true}).Get("/desk/cases/" + own.No).Is(http.StatusNotFound)
		h.Drain()
		posts := map[string]apptest.Post{
			"another unit": {Role: access.UnitHandler, Unit: h.Care}, "head of another unit": {Role: access.UnitHead, Unit: h.Housing},
			"another district": {Role: access.BureauClerk, Unit: h.WestBureau}, "leader of another district": {Role: access.Leader, Unit: h.West},
			"an operator": {Role: access.Operator, Unit: h.CityBureau}, "an agent": {Role: access.Agent, Unit: h.Town},
			"the system administrator": {Role: access.SystemAdmin, Unit: h.City.City}, "the security administrator": {Role: access.SecAdmin, Unit: h.City.City},
			"the audit administrator": {Role: access.AuditAdmin, Unit: h.City.City},
		}
		for name, post := range posts {
			b, api := h.SignIn(post), h.Client(post)
			seen := func(p apptest.Page) {
				t.Helper()
				for _, part := range []string{"湖心亭", "钱**", "13800000009"} {
					if strings.Contains(p.Body, part) {
						t.Errorf("%s reads %q at %s", name, part, p.Path)
					}
				}
			}
			for _, path := range []string{"", "/why/1", "/do/accept", "/do/record", "/do/urge"} {
				p := b.Get("/desk/cases/" + r.No + path)
				seen(p)
				p.Is(http.StatusNotFound, http.StatusForbidden)
			}
			for _, verb := range casework.Verbs() {
				form := url.Values{"text": {"x"}, "reason": {"x"}, "basis": {"x"}, "unit": {text(h.Care)}}
				p := b.Post("/desk/cases/"+r.No+"/"+string(verb), form)
				seen(p)
				p.Is(http.StatusNotFound, http.StatusForbidden, http.StatusUnprocessableEntity)
			}
			b.Get("/files/" + file).Is(http.StatusNotFound)
			seen(b.Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"工作需要"}}))
			seen(b.Post("/desk/bulk", url.Values{"verb": {"urge"}, "select": {r.No}}))
			seen(b.Post("/desk/bulk/record", url.Values{"select": {r.No}, "text": {"x"}, "method": {"call"}}))
			if p := b.Post("/desk/new/like", url.Values{"words": {words}}); strings.Contains(p.Body, r.No) {
				t.Errorf("%s finds the case while typing", name)
			}
			for _, path := range []string{"/desk", "/desk?view=open", "/desk?view=closed", "/desk/search?q=" + url.QueryEscape("湖心"), "/desk/search?q=" + r.No,
				"/lead", "/desk?view=open&unit=" + text(h.School)} {
				p := b.Get(path)
				if strings.Contains(p.Body, "/desk/cases/"+r.No) {
					t.Errorf("%s finds the case at %s", name, path)
				}
				if !strings.Contains(path, "q=") { // what was asked stands in the field
					seen(p)
				}
			}
			for _, query := range []string{"view=open", "q=" + url.QueryEscape("湖心"), "q=" + r.No, "view=open&unit=" + text(h.School)} {
				if a := api.Get("/api/v1/cases?" + query); strings.Contains(string(a.Body), r.No) {
					t.Errorf("%s lists the case by %s", name, query)
				}
			}
		}
		if got := h.Events(r.No); len(got) != 3 {
			t.Errorf("events %v", got)
		}
		// The unit that has it sees it, and another in the same unit too.
		h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School, Second: true}).Get("/desk/cases/"+r.No).Is(http.StatusOK).Has("湖心亭", "钱**").Lacks("13800000009", "钱多多")
	})
}

// TestConfidentialLane: an accusation is not there for the uncleared, nor for
// the accused, however cleared: in no list, count, search, figure or file.
func TestConfidentialLane(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		blind := map[string]apptest.Post{
			"an uncleared clerk": {Role: access.BureauClerk, Unit: h.EastBureau}, "an uncleared head": {Role: access.BureauHead, Unit: h.EastBureau},
			"an uncleared leader": {Role: access.Leader, Unit: h.East}, "an uncleared inspector": {Role: access.Inspector, Unit: h.CityBureau},
			"the accused unit": {Role: access.UnitHandler, Unit: h.School}, "its cleared head": {Role: access.UnitHead, Unit: h.School, Cleared: true},
			"an uncleared handler": {Role: access.UnitHandler, Unit: h.Care},
		}
		for i := range 3 {
			h.File(i)
		}
		h.Drain()
		counts := func(p apptest.Post) string {
			_, id := h.Hire(p)
			u, _ := h.Units.Unit(p.Unit)
			a := access.Actor{ID: id, Role: p.Role, UnitID: p.Unit, AreaID: u.Area, AreaDepth: len(u.Areas), Cleared: p.Cleared}
			views, err := h.Worklist.Counts(t.Context(), a, worklist.Filter{}, h.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			o, err := h.Statistics.Overview(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(views, o.Today, o.Total, o.Open, o.Soon, o.Overdue, o.ByUnit, o.ByCategory)
		}
		before := map[string]string{}
		for name, p := range blind {
			before[name] = counts(p)
		}
		r := accuse(h, 100)
		file := handIn(t, h, r)
		cleared := h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau, Cleared: true})
		accusation := casework.Data{UnitID: h.School, Category: "0101", Nature: casework.R1, Urgency: casework.Red}
		if got := cleared.Do(r.No, casework.Forward, accusation, "to the accused").Problem(http.StatusUnprocessableEntity, "procedure.incomplete"); len(got) != 1 || got[0] != "unit" {
			t.Errorf("an accusation goes to the accused: %v", got)
		}
		for _, stage := range []string{"registered", "forwarded"} {
			if stage == "forwarded" {
				accusation.UnitID = h.Care
				cleared.Do(r.No, casework.Forward, accusation, "to another").Is(http.StatusOK)
			}
			h.Drain()
			h.Clock.Advance(3 * time.Second) // counts are taken anew
			for name, p := range blind {
				if got := counts(p); got != before[name] {
					t.Errorf("%s: %s counts\n%s\nbefore\n%s", stage, name, got, before[name])
				}
				lookFor(t, h, name, p, r)
				h.SignIn(p).Get("/files/" + file).Is(http.StatusNotFound)
			}
		}
		b := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau, Cleared: true})
		b.Get("/desk/cases/" + r.No).Is(http.StatusOK).Has("莲花山")
		b.Get("/desk/search?q=" + url.QueryEscape("莲花山")).Has(r.No)
		b.Get("/files/" + file).Is(http.StatusOK)
		h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.Care, Cleared: true}).Get("/desk?view=mine").Has(r.No)
		enter(h, r).Get("/follow/" + r.No).Is(http.StatusOK).Has("莲花山")
	})
}

// handIn adds a file to a case as its petitioner and gives the file's id.
func handIn(t *testing.T, h *apptest.House, r apptest.Receipt) string {
	t.Helper()
	b, at := enter(h, r), "/follow/"+r.No+"/supplement"
	form := b.Get(at).Hidden()
	form.Set("text", "照片一张")
	upload(b, at, form, "x.jpg", jpeg).Is(http.StatusOK)
	files, err := h.Attachment.OfCase(t.Context(), h.Case(r.No).ID)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	return text(files[0].ID)
}

// lookFor tries every way to a case.
func lookFor(t *testing.T, h *apptest.House, name string, p apptest.Post, r apptest.Receipt) {
	t.Helper()
	b, api := h.SignIn(p), h.Client(p)
	for _, path := range []string{"/desk", "/desk?view=open", "/desk?view=soon", "/desk?nature=R1&view=open", "/desk/search?q=" + url.QueryEscape("莲花山"), "/desk/search?q=" + r.No, "/lead",
		"/desk/cases/" + r.No, "/desk/cases/" + r.No + "/do/record", "/desk/cases/" + r.No + "/why/1"} {
		page := b.Get(path)
		if strings.Contains(page.Body, "绝密莲花山") || strings.Contains(page.Body, `href="/desk/cases/`+r.No+`"`) {
			t.Errorf("%s sees the accusation at %s", name, path)
		}
	}
	if page := b.Post("/desk/new/like", url.Values{"words": {secretWords}}); strings.Contains(page.Body, r.No) {
		t.Errorf("%s finds the accusation while typing", name)
	}
	for _, path := range []string{"/api/v1/cases?view=open&limit=100", "/api/v1/cases?nature=R1", "/api/v1/cases?q=" + url.QueryEscape("莲花山"), "/api/v1/cases?q=" + r.No, "/api/v1/cases/" + r.No, "/api/v1/cases/" + r.No + "/events"} {
		if a := api.Get(path); strings.Contains(string(a.Body), r.No) {
			t.Errorf("%s reads the accusation at %s", name, path)
		}
	}
	api.Do(r.No, casework.Record, casework.Data{Text: "x"}, "blind").Problem(http.StatusNotFound, "procedure.case_not_found")
}

// TestHiddenIdentity: who asks to stay unknown is unknown to the unit that
// handles the matter, on its pages and over the API.
func TestHiddenIdentity(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		body := h.Filing(1)
		body["secret"] = true
		r := h.FileAs(h.Anybody(), 1, body)
		c.clerk.Do(r.No, casework.Forward, c.forward().data, "f").Is(http.StatusOK)
		h.Drain()
		b := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School})
		for _, path := range []string{"/desk", "/desk?view=open", "/desk/cases/" + r.No, "/desk/search?q=" + url.QueryEscape("电梯")} {
			b.Get(path).Is(http.StatusOK).Lacks("王**", "王小明", "138****")
		}
		b.Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"核实情况"}}).Is(http.StatusNotFound, http.StatusForbidden).Lacks("王小明", "13800000001")
		for _, path := range []string{"?view=open", "/" + r.No, "/" + r.No + "/events"} {
			if a := c.handler.Get("/api/v1/cases" + path).Is(http.StatusOK); strings.Contains(string(a.Body), "王**") {
				t.Errorf("the API tells the unit at %s", path)
			}
		}
		h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}).Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"核实情况"}}).Is(http.StatusOK).Has("王小明", "13800000001")
	})
}
