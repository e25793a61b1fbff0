package app_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"xinqiao/internal/app"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// routes gives the concrete paths of every route of a method, with the values
// of place in the wild cards.
func routes(h *apptest.House, method string, place map[string]string) []string {
	wild := regexp.MustCompile(`\{(\w*)[$.]*\}`)
	var paths []string
	for _, pattern := range h.Routes() {
		m, path, ok := strings.Cut(pattern, " ")
		if !ok || m != method || strings.HasPrefix(path, "/assets") {
			continue
		}
		paths = append(paths, wild.ReplaceAllStringFunc(path, func(name string) string {
			name = wild.FindStringSubmatch(name)[1]
			if value, ok := place[name]; ok || name == "" || name == "$" {
				return value
			}
			return map[bool]string{true: "file", false: "1"}[name == "topic"] // one that fits, or a number
		}))
	}
	return paths
}

// apiRoutes gives the paths of the operations of the API.
func apiRoutes(t *testing.T, h *apptest.House, method, no string) []string {
	t.Helper()
	var d document
	h.Anybody().Get("/openapi.json").Is(http.StatusOK).Into(&d)
	var paths []string
	for path, item := range d.Paths {
		if _, ok := item[method]; ok {
			paths = append(paths, strings.Replace(path, "{no}", no, 1))
		}
	}
	return paths
}

// everyone signs in once as each role that a city has.
func everyone(h *apptest.House) map[access.Role]*apptest.Browser {
	all := map[access.Role]*apptest.Browser{}
	for role, unit := range map[access.Role]int64{
		access.BureauClerk: h.EastBureau, access.UnitHandler: h.School, access.Leader: h.East, access.Operator: h.CityBureau,
		access.SystemAdmin: h.City.City, access.SecAdmin: h.City.City, access.AuditAdmin: h.City.City,
	} {
		all[role] = h.SignIn(apptest.Post{Role: role, Unit: unit})
	}
	return all
}

// guided are the questions of each step of the guided filing.
var guided = map[string][]string{
	"what": {"words"}, "where": {"area", "place", "occurred_on"}, "wish": {"purpose", "wish"},
	"you": {"name", "org_name", "phone", "address", "id_no", "anonymous", "accused", "secret"},
}

// fileByHand goes through the guided filing, with a file if it has content,
// and gives the receipt that the page shows.
func fileByHand(b *apptest.Browser, answers url.Values, name, content string) (apptest.Receipt, apptest.Page) {
	p := b.Get("/file").Is(http.StatusOK)
	for _, to := range []string{"where", "wish", "you", "files", "check"} {
		form := p.Hidden()
		for _, field := range guided[form.Get("at")] {
			for _, value := range answers[field] {
				form.Add(field, value)
			}
		}
		if to == "check" && content != "" {
			p = upload(b, "/file/check", form, name, content).Is(http.StatusOK)
			continue
		}
		p = b.Post("/file/"+to, form).Is(http.StatusOK)
	}
	p = b.Post("/file/send", p.Hidden()).Is(http.StatusOK)
	return apptest.Receipt{No: marked(p, "receipt-no"), Code: marked(p, "receipt-code")}, p
}

// marked reads a number that a page shows.
func marked(p apptest.Page, id string) string {
	m := regexp.MustCompile(`(?s)data-testid="` + id + `".*?translate="no">([^<]+)<`).FindStringSubmatch(p.Body)
	if m == nil {
		return ""
	}
	return m[1]
}

// enter opens a case with its receipt.
func enter(h *apptest.House, r apptest.Receipt) *apptest.Browser {
	b := h.Browser()
	b.Post("/follow", url.Values{"no": {r.No}, "code": {r.Code}}).Is(http.StatusOK).At("/follow/" + r.No)
	return b
}

// noLimit files as fast as a test likes.
func noLimit(c *app.Config) { c.FilingsPerMinute = 0 }

// live takes a filed case to its conclusion, all texts being one.
func live(c *cast, no, words string) {
	forward := c.forward().data
	for i, s := range []struct {
		who  *apptest.Client
		verb casework.Verb
		data casework.Data
	}{
		{c.clerk, casework.Forward, forward}, {c.handler, casework.Accept, casework.Data{}},
		{c.handler, casework.Record, casework.Data{Text: words, Method: "call"}},
		{c.handler, casework.RequestExtension, casework.Data{Days: 5, Reason: words}},
		{c.head, casework.RuleExtension, casework.Data{Reason: words, Upheld: true}},
		{c.handler, casework.RequestMaterial, casework.Data{Text: words, Days: 10}},
		{c.handler, casework.Draft, casework.Data{Facts: words, Text: words, Basis: words, Remedy: words, Result: casework.Supported}},
		{c.head, casework.Approve, casework.Data{}}, {c.handler, casework.Serve, casework.Data{Method: "post"}},
		{c.handler, casework.ConcludeCase, casework.Data{Outcome: casework.Resolved, Evidence: words, Text: words}},
	} {
		s.who.Do(no, s.verb, s.data, "life-"+text(int64(i))).Is(http.StatusOK)
	}
}

// thorough tells whether the long walks are wanted: XINQIAO_FULL=1. Every day
// they look at a share.
func thorough() bool { return os.Getenv("XINQIAO_FULL") != "" && !testing.Short() }

// share is by how many of the people each word is tried: one in so many.
func share() int {
	if thorough() {
		return 3
	}
	return 8
}
