// Package journey_test walks through the house as people do: the public pages
// and the use cases behind them, with the real capabilities on both databases.
package journey_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// The units of the small city.
const (
	city, cityBureau, housing     = 1, 2, 3
	district, districtBureau, edu = 10, 11, 12
	town                          = 20
)

// monday is where every journey starts.
var monday = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

type tree []access.Unit

var units = tree{
	{ID: city, Code: "c", NameZH: "明川市", NameEN: "Mingchuan", Kind: access.Government, Area: city, Areas: []int64{city}, BureauID: cityBureau, Active: true},
	{ID: cityBureau, ParentID: city, NameZH: "市信访局", NameEN: "City Petition Bureau", Kind: access.Bureau, Area: city, Areas: []int64{city}, BureauID: cityBureau, Active: true},
	{ID: housing, ParentID: city, NameZH: "市住建局", NameEN: "Housing Bureau", Kind: access.Department, Area: city, Areas: []int64{city}, BureauID: cityBureau, Active: true},
	{ID: district, ParentID: city, NameZH: "东关区", NameEN: "Dongguan District", Kind: access.Government, Area: district, Areas: []int64{city, district}, BureauID: districtBureau, Active: true},
	{ID: districtBureau, ParentID: district, NameZH: "东关区信访局", NameEN: "Dongguan Petition Bureau", Kind: access.Bureau, Area: district, Areas: []int64{city, district}, BureauID: districtBureau, Active: true},
	{ID: edu, ParentID: district, NameZH: "东关区教育局", NameEN: "Dongguan Education", Kind: access.Department, Area: district, Areas: []int64{city, district}, BureauID: districtBureau, Active: true},
	{ID: town, ParentID: district, NameZH: "和平街道", NameEN: "Heping", Kind: access.Town, Area: town, Areas: []int64{city, district, town}, BureauID: districtBureau, Active: true},
}

func (t tree) All() []access.Unit { return t }

func (t tree) Unit(id int64) (access.Unit, bool) {
	for _, u := range t {
		if u.ID == id {
			return u, true
		}
	}
	return access.Unit{}, false
}

type law struct{}

func (law) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

type counter struct{ n atomic.Uint64 }

func (c *counter) Next(context.Context, string) (uint64, error) { return c.n.Add(1), nil }

type people struct{ *person.Service }

func toPerson(in intake.Petitioner) person.Person {
	p := person.Person{Kind: person.Individual, Name: in.Name, OrgName: in.OrgName, Phone: in.Phone, IDType: in.IDType, IDNo: in.IDNo, Address: in.Address}
	if in.OrgName != "" {
		p.Kind = person.Organisation
	}
	return p
}

func (p people) Add(b *db.Batch, in intake.Petitioner, now time.Time) (int64, error) {
	return p.Record(b, toPerson(in), now)
}

func (people) Check(in intake.Petitioner, now time.Time) error {
	return person.Check(toPerson(in), now)
}

type drafts struct{ *attachment.Service }

func (d drafts) Upload(ctx context.Context, draft, name string, r io.Reader, now time.Time) (intake.File, error) {
	f, err := d.Service.Upload(ctx, attachment.Upload{Draft: draft, Name: name, Content: r}, now)
	return intake.File{ID: f.ID, Name: f.Name, Size: f.Size, Type: f.Type}, err
}

func (d drafts) Uploaded(ctx context.Context, draft string) ([]intake.File, error) {
	list, err := d.Drafts(ctx, draft)
	out := make([]intake.File, len(list))
	for i, f := range list {
		out[i] = intake.File{ID: f.ID, Name: f.Name, Size: f.Size, Type: f.Type}
	}
	return out, err
}

type follows struct{ *attachment.Service }

func tracked(list []attachment.Attachment) []tracking.File {
	out := make([]tracking.File, len(list))
	for i, f := range list {
		out[i] = tracking.File{ID: f.ID, EventSeq: f.EventSeq, Name: f.Name, Size: f.Size}
	}
	return out
}

func (f follows) OfCase(ctx context.Context, caseID int64) ([]tracking.File, error) {
	list, err := f.Service.OfCase(ctx, caseID)
	return tracked(list), err
}

func (f follows) Upload(ctx context.Context, draft, name string, r io.Reader, now time.Time) (tracking.File, error) {
	a, err := f.Service.Upload(ctx, attachment.Upload{Draft: draft, Name: name, Content: r}, now)
	return tracking.File{ID: a.ID, Name: a.Name, Size: a.Size}, err
}

func (f follows) Uploaded(ctx context.Context, draft string) ([]tracking.File, error) {
	list, err := f.Drafts(ctx, draft)
	return tracked(list), err
}

// sight lets attachment ask procedure, which is made after it.
type sight struct{ *procedure.Service }

// house is the capabilities of the public doors, wired.
type house struct {
	t         testing.TB
	db        *db.DB
	clock     *clock.Manual
	intake    *intake.Service
	tracking  *tracking.Service
	procedure *procedure.Service
	handler   http.Handler
}

func open(t testing.TB, d *db.DB) *house {
	t.Helper()
	now := clock.At(monday)
	keys, source := seal.Random(), ids.NewSource(1, now)
	store, err := blob.Open(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	late := &sight{}
	files := attachment.New(attachment.Needs{DB: d, Files: store, Keys: keys, IDs: source, Sight: late, Clock: now})
	cases := procedure.New(procedure.Needs{DB: d, Law: law{}, IDs: source, Numbers: &counter{}, Units: units, Files: files, Place: "MC", Keys: keys})
	late.Service = cases
	persons := person.New(d, keys, source, nil)
	h := &house{t: t, db: d, clock: now, procedure: cases}
	h.intake = intake.New(intake.Needs{DB: d, Cases: cases, People: people{persons}, Units: units, Files: drafts{files}, Keys: keys, Clock: now, Base: "https://xq.example"})
	h.tracking = tracking.New(tracking.Needs{
		DB: d, Cases: cases, Told: matters{h.intake}, Codes: h.intake.Codes(), Units: units, People: persons, Files: follows{files},
		Download: files.Download, Demo: true, Keys: keys, Clock: now,
	})
	catalogue, err := i18n.New(i18n.Messages, web.Messages, ui.Messages, person.Messages, attachment.Messages, intake.Messages, procedure.Messages, tracking.Messages)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: catalogue, Now: now.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	rt.Mount("GET /assets/", http.StripPrefix("/assets/", web.Assets(ui.Dist())))
	rt.Preferences()
	rt.Add(h.intake, h.tracking, files)
	h.handler = rt
	return h
}

// matters are what people told, for the petitioner's page.
type matters struct{ *intake.Service }

func (w matters) Told(ctx context.Context, caseID int64) (tracking.Told, error) {
	m, err := w.Matter(ctx, caseID)
	return tracking.Told{Purpose: string(m.Purpose), Words: m.Words, Wish: m.Wish, Place: m.Place, OccurredOn: m.OccurredOn, ReceivedAt: m.ReceivedAt}, err
}

// visitor is a browser without script.
type visitor struct {
	t    testing.TB
	base string
	*http.Client
}

func (h *house) visitor() *visitor {
	server := httptest.NewServer(h.handler)
	h.t.Cleanup(server.Close)
	return browse(h.t, server.URL)
}

func browse(t testing.TB, base string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, base, &http.Client{Jar: jar}}
}

// page is what came back.
type page struct {
	t      testing.TB
	status int
	path   string
	body   string
}

func (v *visitor) take(res *http.Response, err error) page {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	p := page{v.t, res.StatusCode, res.Request.URL.Path, string(body)}
	if i := strings.Index(p.body, "⟦"); i >= 0 {
		v.t.Errorf("%s lacks a message: %.80s", p.path, p.body[i:])
	}
	if i := strings.Index(p.body, "%!"); i >= 0 {
		v.t.Errorf("%s has a broken message: %.80s", p.path, p.body[i:])
	}
	return p
}

func (v *visitor) get(path string) page {
	v.t.Helper()
	return v.take(v.Get(v.base + path))
}

func (v *visitor) post(path string, fields url.Values) page {
	v.t.Helper()
	return v.take(v.PostForm(v.base+path, fields))
}

func (p page) has(parts ...string) page {
	p.t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.body, part) {
			p.t.Errorf("%s (%d) lacks %q", p.path, p.status, part)
		}
	}
	return p
}

func (p page) lacks(parts ...string) page {
	p.t.Helper()
	for _, part := range parts {
		if strings.Contains(p.body, part) {
			p.t.Errorf("%s (%d) shows %q", p.path, p.status, part)
		}
	}
	return p
}

func (p page) is(status int) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%s: status %d, expected %d\n%.1500s", p.path, p.status, status, p.body)
	}
	return p
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// hidden reads the hidden fields, which a browser would send again.
func (p page) hidden() url.Values {
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(p.body, -1) {
		if m[1] != "next" {
			v.Add(m[1], unescape.Replace(m[2]))
		}
	}
	return v
}

var unescape = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&")

var testid = func(id string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)data-testid="` + id + `".*?translate="no">([^<]+)<`)
}

// marked reads the text of a marked number.
func (p page) marked(id string) string {
	p.t.Helper()
	m := testid(id).FindStringSubmatch(p.body)
	if m == nil {
		p.t.Fatalf("%s (%d) has no %s\n%.1500s", p.path, p.status, id, p.body)
	}
	return m[1]
}
