package app_test

import (
	"fmt"
	entities "html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
)

// TestNobodyInfers lives the same life twice, once with accusations and a
// complaint of retaliation (Art. 30, 46) and once without, and puts the same
// generated questions to both: every page, list, filter, search, figure, file
// and operation of the API, as everybody whom the lane is closed to. Whatever
// differs in the answers tells that the cases exist.
func TestNobodyInfers(t *testing.T) {
	for _, kind := range apptest.Kinds {
		t.Run(kind, func(t *testing.T) {
			p := &pair{t: t, without: newTwin(t, kind, false), with: newTwin(t, kind, true)}
			p.without.live()
			p.with.live()
			if len(p.with.hidden) != 4 {
				t.Fatalf("hidden cases: %v", p.with.hidden)
			}
			p.ids, p.told = p.with.ids(), p.with.told()
			known := p.without.rows()
			p.ids = slices.DeleteFunc(p.ids, func(id string) bool { return known[id] })
			for i, who := range p.blind() {
				if thorough() || (i%2 == 0) == (kind == apptest.Kinds[0]) { // every day each of them on one of the databases
					p.ask(who)
				}
			}
			if i := p.asked; i < 1000 {
				t.Errorf("only %d questions", i)
			}
			t.Logf("%d questions to each of two lives", p.asked)
			if s := holds([]byte(p.with.Log.String()), p.told); s != "" {
				t.Errorf("the log tells %q", s)
			}
			if s := holds([]byte(p.with.Browser().Get("/metrics").Body), p.told); s != "" {
				t.Errorf("the figures tell %q", s)
			}
		})
	}
}

// TestReadingsAreKept: whoever opens something of a confidential case stands
// in a record that tells the audit administrator who, when and what, and
// nothing of the case.
func TestReadingsAreKept(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r, open := accuse(h, 100), h.File(1)
		file := handIn(t, h, r)
		post := cleared(access.BureauClerk, h.EastBureau)
		b, api := h.SignIn(post), h.Client(post)
		auditor := h.SignIn(apptest.Post{Role: access.AuditAdmin, Unit: h.City.City})
		auditor.Get("/admin/confidential").Is(http.StatusOK).Lacks("readings")
		b.Get("/desk/cases/" + open.No).Is(http.StatusOK)
		b.Get("/desk/cases/" + r.No).Is(http.StatusOK)
		api.Get("/api/v1/cases/" + r.No + "/events").Is(http.StatusOK)
		b.Get("/files/" + file).Is(http.StatusOK)
		var paper struct{ ID int64 }
		api.Post("/api/v1/cases/"+r.No+"/documents", map[string]any{"kind": "D01"}).Is(http.StatusOK).Into(&paper)
		api.Get("/api/v1/documents/" + text(paper.ID)).Is(http.StatusOK)
		bureau := cleared(access.BureauHead, h.EastBureau)
		var d struct{ ID int64 }
		h.Client(bureau).With("Idempotency-Key", "supervise").Post("/api/v1/supervision/directives", map[string]any{"kind": "supervise", "variant": "letter",
			"case_no": r.No, "unit_id": h.Care, "title": "催办", "text": "请办理", "days": 10}).Is(http.StatusOK).Into(&d)
		h.SignIn(bureau).Get("/desk/supervision/items/" + text(d.ID)).Is(http.StatusOK)
		p := auditor.Get("/admin/confidential").Is(http.StatusOK).Has("事项页面", "接口", "文书", "附件", "督办", "东关区信访局").Lacks(r.No, "莲花山", text(h.Case(r.No).ID))
		if n := strings.Count(p.Body, "<tr"); n != 6 {
			t.Errorf("%d rows", n)
		}
		for _, role := range []access.Role{access.SystemAdmin, access.SecAdmin, access.BureauHead} {
			h.SignIn(apptest.Post{Role: role, Unit: h.EastBureau, Cleared: true}).Get("/admin/confidential").Is(http.StatusForbidden)
		}
	})
}

// pair asks both lives the same.
type pair struct {
	t             *testing.T
	without, with *twin
	ids           []string
	told          [][]byte
	asked         int
}

// blind are those who must not learn of the cases: everybody of the accused
// authority and what belongs to it, however cleared, everybody uncleared.
func (p *pair) blind() []apptest.Post {
	w := p.with
	return []apptest.Post{
		{Role: access.UnitHead, Unit: w.School}, {Role: access.UnitHandler, Unit: w.School},
		cleared(access.UnitHead, w.School), cleared(access.UnitHandler, w.School), cleared(access.UnitHandler, w.primary),
		{Role: access.UnitHandler, Unit: w.Care}, {Role: access.UnitHead, Unit: w.Town}, cleared(access.UnitHandler, w.WestSchool),
		{Role: access.BureauClerk, Unit: w.EastBureau}, {Role: access.BureauHead, Unit: w.EastBureau}, {Role: access.Leader, Unit: w.East},
		{Role: access.Operator, Unit: w.CityBureau}, {Role: access.Operator, Unit: w.CityBureau, Second: true}, {Role: access.Agent, Unit: w.Town},
		{Role: access.Inspector, Unit: w.CityBureau}, {Role: access.Supervisor, Unit: w.CityBureau},
		{Role: access.SystemAdmin, Unit: w.City.City}, {Role: access.SecAdmin, Unit: w.City.City}, {Role: access.AuditAdmin, Unit: w.City.City},
	}
}

// post finds the same place in the other life: units have the same codes.
func (p *pair) post(in apptest.Post) apptest.Post {
	for _, u := range p.with.Units.All() {
		if u.ID != in.Unit {
			continue
		}
		for _, v := range p.without.Units.All() {
			if v.Code == u.Code {
				in.Unit = v.ID
			}
		}
	}
	return in
}

// visitor is one person in both lives.
type visitor struct {
	name string
	b    [2]*apptest.Browser
	api  [2]*apptest.Client
	seen map[string]bool
}

func (p *pair) ask(who apptest.Post) {
	p.t.Helper()
	start := time.Now()
	v := &visitor{name: fmt.Sprintf("%s of %s, cleared %v", who.Role, p.unitCode(who.Unit), who.Cleared), seen: map[string]bool{}}
	moment := apptest.Monday.Add(41*24*time.Hour + time.Duration(p.asked)*time.Second)
	for i, w := range []*twin{p.without, p.with} {
		w.Clock.Set(moment)
		at := who
		if i == 0 {
			at = p.post(who)
		}
		v.b[i], v.api[i] = w.SignIn(at).Stay(), w.Client(at)
	}
	before := p.asked
	p.pages(v)
	p.rows(v)
	p.operations(v)
	p.verbs(v)
	p.t.Logf("%s: %d questions in %v", v.name, p.asked-before, time.Since(start).Round(time.Millisecond))
}

func (p *pair) unitCode(id int64) string {
	u, _ := p.with.Units.Unit(id)
	return u.Code
}

// both asks both lives at one moment and compares what comes back.
func (p *pair) both(v *visitor, what string, ask func(i int) (int, http.Header, string)) string {
	p.t.Helper()
	p.asked++
	now := p.with.Clock.Now().Add(time.Millisecond)
	var status [2]int
	var body [2]string
	var wait sync.WaitGroup
	for i, w := range []*twin{p.without, p.with} {
		w.Clock.Set(now)
		wait.Add(1)
		go func() {
			defer wait.Done()
			var header http.Header
			status[i], header, body[i] = ask(i)
			body[i] = header.Get("Location") + "\n" + plainly(body[i])
		}()
	}
	wait.Wait()
	if status[0] != status[1] || body[0] != body[1] {
		p.leak(v, what, status, body)
	}
	if s := holds([]byte(body[1]), p.told); s != "" && !strings.Contains(body[0], s) {
		p.t.Errorf("%s reads %q at %s", v.name, s, what)
	}
	if status[0] == http.StatusTooManyRequests || status[0] >= 500 {
		p.t.Errorf("%s: status %d at %s", v.name, status[0], what)
	}
	return body[0]
}

// leak reports a difference once for each place.
func (p *pair) leak(v *visitor, what string, status [2]int, body [2]string) {
	p.t.Helper()
	at := 0
	for at < min(len(body[0]), len(body[1])) && body[0][at] == body[1][at] {
		at++
	}
	cut := func(s string) string {
		return strings.ToValidUTF8(s[max(0, min(at, len(s))-90):min(len(s), at+160)], "·")
	}
	p.t.Errorf("%s infers at %s: %d and %d\nwithout: %s\nwith:    %s", v.name, what, status[0], status[1], cut(body[0]), cut(body[1]))
}

var (
	rowID   = regexp.MustCompile(`\d{15,19}`)
	perAsk  = regexp.MustCompile(`(name="_key" value=")[^"]*|("request(?:_id)?":")[^"]*|((?:data-request|request-id)[^>]*>)[^<]*`)
	once    = regexp.MustCompile(`<code>[0-9A-Z]{12}</code>|[0-9a-f]{64}|base64,[A-Za-z0-9+/=]+|<code[^>]*>[A-Z2-7 ]{32,}</code>`)
	cursor  = regexp.MustCompile(`((?:after|before)=)[A-Za-z0-9_%-]+`)
	docNo   = regexp.MustCompile(`〔(\d{4})〕\d+号`)
	anchor  = regexp.MustCompile(`href="(/[^"#]*)"`)
	getForm = regexp.MustCompile(`(?s)<form[^>]*method="get"[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	field   = regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>|<input[^>]*type="(\w+)"[^>]*name="([^"]+)"(?:[^>]*value="([^"]*)")?`)
	option  = regexp.MustCompile(`<option[^>]*value="([^"]*)"`)
	wild    = regexp.MustCompile(`\{(\w*)[$.]*\}`)
)

// plainly leaves out what differs between any two answers: numbers of rows,
// keys of forms, ids of requests.
func plainly(body string) string {
	body = perAsk.ReplaceAllString(body, "$1$2$3")
	body = cursor.ReplaceAllString(body, "$1#")
	body = docNo.ReplaceAllString(body, "〔$1〕#号")
	body = once.ReplaceAllString(body, "#")
	return rowID.ReplaceAllString(body, "#")
}

// get opens a page, in each life with its own numbers of units.
func (p *pair) get(v *visitor, path string) string {
	p.t.Helper()
	if v.seen[path] {
		return ""
	}
	v.seen[path] = true
	return p.both(v, "GET "+path, func(i int) (int, http.Header, string) {
		page := v.b[i].Get(path)
		return page.Status, page.Header, page.Body
	})
}

// apart are the record of readings itself, the messages of a demonstration,
// and what tells nothing of cases. The log of deliveries shows the system
// administrator that somebody was reminded, but neither the case, nor its
// number, nor an address.
var apart = regexp.MustCompile(`^/(metrics|api$|assets|signout|openapi.json|admin/outbox|admin/messages|admin/confidential)`)

// pages walks all pages that need no number, and from there every link, filter
// and sort that they offer.
func (p *pair) pages(v *visitor) {
	var queue []string
	for _, pattern := range p.with.Routes() {
		if path, ok := strings.CutPrefix(pattern, "GET "); ok && !strings.Contains(path, "{") && !apart.MatchString(path) {
			queue = append(queue, path)
		}
	}
	limit := 150
	if !thorough() {
		limit = 60
	}
	for _, word := range append([]string{"青松岭", hiddenTitle, hiddenWords, "王小明", "13800000001"}, p.with.hidden...) {
		q := url.QueryEscape(word)
		queue = append(queue, "/desk/search?q="+q, "/desk?view=open&q="+q)
	}
	for _, word := range []string{"青松岭", hiddenTitle, hiddenWords} {
		p.both(v, "POST /desk/new/like "+word, func(i int) (int, http.Header, string) {
			page := v.b[i].Post("/desk/new/like", url.Values{"words": {word}, "place": {hiddenPlace}, "name": {"王小明"}, "phone": {"13800000001"}})
			return page.Status, page.Header, page.Body
		})
	}
	for n := 0; len(queue) > 0 && n < limit; n++ {
		path := queue[0]
		queue = queue[1:]
		queue = append(queue, offers(p.get(v, path))...)
	}
}

// offers are the addresses that a page leads to.
func offers(body string) []string {
	var out []string
	add := func(path string) {
		if strings.HasPrefix(path, "/") && !strings.Contains(path, "#") && !apart.MatchString(path) {
			out = append(out, path)
		}
	}
	for _, m := range anchor.FindAllStringSubmatch(body, -1) {
		add(entities.UnescapeString(m[1]))
	}
	for _, form := range getForm.FindAllStringSubmatch(body, -1) {
		for _, f := range field.FindAllStringSubmatch(form[2], -1) {
			switch {
			case f[1] != "":
				for _, o := range option.FindAllStringSubmatch(f[2], -1) {
					add(form[1] + "?" + url.Values{f[1]: {entities.UnescapeString(o[1])}}.Encode())
				}
			case f[3] == "date":
				add(form[1] + "?" + url.Values{f[4]: {"2026-03-02"}}.Encode())
			case f[3] != "hidden":
				add(form[1] + "?" + url.Values{f[4]: {"青松岭"}}.Encode())
			}
		}
	}
	return out
}

// rows opens every page of one thing with the numbers of the hidden cases and
// of all that belongs to them.
func (p *pair) rows(v *visitor) {
	for _, pattern := range p.with.Routes() {
		path, ok := strings.CutPrefix(pattern, "GET ")
		if !ok || !strings.Contains(path, "{") || apart.MatchString(path) || strings.HasPrefix(path, "/admin") || strings.HasPrefix(path, "/file/") {
			continue
		}
		for _, concrete := range p.filled(path) {
			p.get(v, concrete)
		}
	}
}

// filled puts the hidden numbers into the wild cards of a path.
func (p *pair) filled(path string) []string {
	numbers := map[string][]string{
		"no": p.with.hidden, "id": p.ids, "seq": {"1"}, "verb": {"record", "forward", "contest"}, "act": {"approve"}, "code": {"0101"}, "step": {"what"},
		"day": {"2026-03-04"}, "kind": {"D02"}, "version": {"1"}, "clock": {"T4"}, "what": {"pdf"},
	}
	if !thorough() {
		numbers["no"], numbers["verb"] = p.with.hidden[:2], []string{"record"}
	}
	out := []string{path}
	for _, m := range wild.FindAllStringSubmatch(path, -1) {
		values := numbers[m[1]]
		if len(values) == 0 {
			values = []string{"1"}
		}
		var next []string
		for i, o := range out {
			some := values
			if len(out) > 1 && len(values) > 4 {
				some = values[i%4 : i%4+1]
			}
			for _, value := range some {
				next = append(next, strings.Replace(o, m[0], value, 1))
			}
		}
		out = next
	}
	return out
}

// operations asks every reading operation of the API, with each value of each
// of its parameters.
func (p *pair) operations(v *visitor) {
	var d document
	p.with.Anybody().Get("/openapi.json").Is(http.StatusOK).Into(&d)
	for path, item := range d.Paths {
		op, ok := item["get"]
		if !ok || strings.HasPrefix(path, "/api/v1/messages") {
			continue
		}
		for _, at := range p.filled(path) {
			p.read(v, at)
			for _, param := range op.Parameters {
				if param.In != "query" || strings.Contains(path, "{") {
					continue
				}
				for _, value := range p.values(param.Name, param.Schema) {
					p.read(v, at+"?"+url.Values{param.Name: {value}}.Encode())
				}
			}
		}
	}
}

func (p *pair) values(name string, schema map[string]any) []string {
	var out []string
	if list, ok := schema["enum"].([]any); ok {
		for _, x := range list {
			out = append(out, fmt.Sprint(x))
		}
		return out
	}
	switch {
	case name == "q":
		return append([]string{"青松岭", hiddenTitle}, p.with.hidden...)
	case name == "state":
		return []string{"registered", "accepted", "dispatched", "concluded", "open", "stuck", "sent"}
	case name == "nature":
		return []string{"R1", "R7"}
	case name == "view":
		return []string{"open", "mine", "waiting", "soon", "overdue", "closed"}
	case schema["type"] == "boolean":
		return []string{"true"}
	case name == "from" || name == "to":
		return []string{"2026-03-02"}
	case name == "limit":
		return []string{"1", "50"}
	case name == "category":
		return []string{"0101"}
	}
	return nil
}

func (p *pair) read(v *visitor, path string) {
	p.t.Helper()
	p.both(v, "API GET "+path, func(i int) (int, http.Header, string) {
		a := v.api[i].Get(path)
		return a.Status, a.Header, string(a.Body)
	})
}

// verbs tries every post on the hidden cases: they are not there.
func (p *pair) verbs(v *visitor) {
	n := 0
	for _, pattern := range p.with.Routes() {
		path, ok := strings.CutPrefix(pattern, "POST ")
		if !ok || !strings.Contains(path, "{no}") && !strings.Contains(path, "{id}") || strings.HasPrefix(path, "/admin") {
			continue
		}
		all := p.filled(path)
		for range min(len(all), 2) {
			n++
			at := all[n%len(all)]
			p.both(v, "POST "+at, func(i int) (int, http.Header, string) {
				page := v.b[i].Post(at, url.Values{"text": {"x"}, "reason": {"x"}, "_key": {"leak-" + text(int64(n))}})
				return page.Status, page.Header, page.Body
			})
		}
	}
	for _, no := range p.with.hidden[:2] {
		p.both(v, "POST /desk/bulk", func(i int) (int, http.Header, string) {
			page := v.b[i].Post("/desk/bulk", url.Values{"verb": {"urge"}, "select": {no}})
			return page.Status, page.Header, page.Body
		})
	}
	var d document
	p.with.Anybody().Get("/openapi.json").Into(&d)
	for path, item := range d.Paths {
		if _, ok := item["post"]; !ok || !strings.Contains(path, "{") {
			continue
		}
		n++
		at := p.filled(path)
		one := at[n%len(at)]
		p.both(v, "API POST "+one, func(i int) (int, http.Header, string) {
			a := v.api[i].Post(one, map[string]any{"reason": "x"})
			return a.Status, a.Header, string(a.Body)
		})
	}
}
