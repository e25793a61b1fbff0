package open311

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/fetch"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

const apiKey = "an-invented-key-of-a-client"

// town is everything around the door: it registers what it is given, unless
// the words ask to be held.
type town struct {
	mu    sync.Mutex
	taken map[string]door.Taken
	list  []door.Arrival
	cases map[string]casework.Case
	fail  error
}

func (s *town) Take(_ context.Context, a door.Arrival) (door.Taken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return door.Taken{}, s.fail
	}
	if t, ok := s.taken[a.Key]; ok {
		t.Again = true
		return t, nil
	}
	t := door.Taken{ID: int64(len(s.list) + 1), State: door.Held}
	s.list = append(s.list, a)
	if !strings.Contains(a.Draft.Words, "hold") {
		s.register(&t, a)
	}
	s.taken[a.Key] = t
	return t, nil
}

func (s *town) register(t *door.Taken, a door.Arrival) {
	t.State, t.No, t.Code = door.Filed, casework.NewNumber("MC", 2026, uint64(t.ID)), "ABCD-2345"
	s.cases[t.No] = casework.Case{No: t.No, State: casework.Accepted, Lane: access.LaneOpen, RegisteredAt: a.At, LastEventAt: a.At, NextDueAt: a.At.Add(72 * time.Hour)}
}

func (s *town) Became(_ context.Context, _, key string) (door.Taken, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.taken[key]
	return t, ok, nil
}

func (s *town) Case(_ context.Context, _ access.Actor, no string) (casework.Case, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cases[no]
	if !ok {
		return c, fault.New(fault.NotFound, "x.y")
	}
	return c, nil
}

func (*town) Categories() []casework.Category {
	return []casework.Category{
		{Code: "04", NameZH: "城乡建设", NameEN: "Building", Active: true},
		{Code: "0401", Parent: "04", NameZH: "市政设施", NameEN: "Street furniture", Keywords: []string{"路灯", "井盖"}, Active: true},
		{Code: "0402", Parent: "04", NameZH: "停用", Active: false},
	}
}

func (s *town) Unit(id int64) (access.Unit, bool) { return s.All()[0], id == 1 }
func (*town) All() []access.Unit {
	return []access.Unit{{ID: 1, Code: "MC", NameZH: "名川市", NameEN: "Mingchuan", Area: 1, Areas: []int64{1}, Active: true}}
}

type registry struct{ values map[string]string }

func (r registry) Active(context.Context, string) ([]door.Setting, error) {
	return []door.Setting{{Code: "partners", Channel: casework.Board, Values: r.values}}, nil
}

type rig struct {
	t    *testing.T
	town *town
	rt   *web.Router
	web  *Web
	set  registry
}

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	now := clock.At(time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC))
	s := &town{taken: map[string]door.Taken{}, cases: map[string]casework.Case{}}
	keys := seal.Random()
	set := registry{map[string]string{"jurisdiction": "mingchuan.example.org", "keys": "shuiwu=" + apiKey + " other=another-invented-key", "publish": "no"}}
	h := NewWeb(Needs{Doors: set, Sink: s, Fates: s, Memory: Store{DB: d, Keys: keys}, Cases: s, Directory: s, Media: fetch.New(2 * time.Second),
		Index: keys.Index, Clock: now, Log: slog.New(slog.DiscardHandler), Base: "https://petition.example.org", City: "名川市"})
	words, err := i18n.New(i18n.Messages, web.Messages, ui.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: words, Now: now.Now, Log: slog.New(slog.DiscardHandler), ErrorPage: func(page.Failure) templ.Component { return templ.NopComponent }})
	if err != nil {
		t.Fatal(err)
	}
	rt.Add(h)
	return &rig{t, s, rt, h, set}
}

func (r *rig) do(req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.rt.ServeHTTP(w, req)
	return w
}

func (r *rig) get(path string) *httptest.ResponseRecorder {
	return r.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (r *rig) post(path string, v url.Values) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.do(req)
}

func lamp() url.Values {
	return url.Values{"api_key": {apiKey}, "jurisdiction_id": {"mingchuan.example.org"}, "service_code": {"0401"}, "lat": {"45.75"}, "long": {"126.65"}, "address_string": {"东河路1号"},
		"description": {"路灯坏了三天，没有人来修"}, "first_name": {"小明"}, "last_name": {"王"}, "phone": {"13800000000"}, "email": {"reader@example.org"},
		"attribute[wish]": {"尽快修好"}, "attribute[area]": {"MC"}, "attribute[occurred_on]": {"2026-11-15"}, "attribute[keep_secret]": {"yes"}}
}

func (r *rig) json(w *httptest.ResponseRecorder, into any) {
	r.t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		r.t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
}

func TestARequestIsFiledAndFollowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		w := r.post("/open311/v2/requests.json", lamp())
		var got []receipt
		if r.json(w, &got); w.Code != http.StatusCreated || len(got) != 1 || got[0].ID == "" || got[0].Token != "" || !strings.Contains(got[0].Notice, "ABCD-2345") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w = r.post("/open311/v2/requests.json", lamp()); !strings.Contains(w.Body.String(), got[0].ID) || len(r.town.list) != 1 {
			t.Errorf("again: %s, %d arrivals", w.Body, len(r.town.list))
		}
		a := r.town.list[0]
		if a.Door != "partners" || !a.Ready || a.Draft.Kind != casework.Order || a.Draft.Person.Name != "王小明" || a.Draft.Wish != "尽快修好" || a.Draft.AreaID != 1 ||
			a.Draft.OccurredOn != "2026-11-15" || !a.Draft.Secret || a.Draft.ServiceID != "0401" || !strings.Contains(a.Draft.Place, "45.75") || bytes.Contains(a.Raw.Data, []byte(apiKey)) {
			t.Errorf("arrival %+v", a)
		}
		var list []request
		r.json(r.get("/open311/v2/requests.json?api_key="+apiKey), &list)
		if len(list) != 1 || list[0].Status != "open" || list[0].Description != lamp().Get("description") || list[0].ServiceName != "市政设施" || *list[0].Lat != 45.75 || list[0].Notes == "" {
			t.Errorf("list %+v", list)
		}
		for _, query := range []string{"", "?api_key=another-invented-key", "?api_key=" + apiKey + "&status=closed", "?api_key=" + apiKey + "&service_code=0402",
			"?api_key=" + apiKey + "&end_date=2026-01-01", "?api_key=" + apiKey + "&page=2"} {
			if r.json(r.get("/open311/v2/requests.json"+query), &list); len(list) != 0 {
				t.Errorf("%s shows %+v", query, list)
			}
		}
		if w := r.get("/open311/v2/requests/" + got[0].ID + ".json"); w.Code != http.StatusNotFound {
			t.Errorf("without a key: %d %s", w.Code, w.Body)
		}
		r.set.values["publish"] = "status"
		r.json(r.get("/open311/v2/requests/"+got[0].ID+".json"), &list)
		if len(list) != 1 || list[0].Description != "" || list[0].Address != "" || list[0].Status != "open" {
			t.Errorf("published: %+v", list)
		}
		c := r.town.cases[got[0].ID]
		c.Lane = access.LaneConfidential
		r.town.cases[got[0].ID] = c
		if w := r.get("/open311/v2/requests/" + got[0].ID + ".json?api_key=" + apiKey); w.Code != http.StatusNotFound {
			t.Errorf("confidential: %d %s", w.Code, w.Body)
		}
	})
}

func TestATokenBecomesANumber(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	v := lamp()
	v.Set("description", "please hold this one")
	w := r.post("/open311/v2/requests.xml", v)
	var got receipts
	if err := xml.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusAccepted || len(got.List) != 1 || got.List[0].Token == "" || got.List[0].ID != "" {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	token := got.List[0].Token
	if w := r.get("/open311/v2/tokens/" + token + ".json"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "service_request_id") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	key := r.town.list[0].Key
	taken := r.town.taken[key]
	r.town.register(&taken, r.town.list[0])
	r.town.taken[key] = taken
	var list []receipt
	if r.json(r.get("/open311/v2/tokens/"+token+".json"), &list); len(list) != 1 || list[0].ID != taken.No || list[0].Token != token {
		t.Errorf("%+v", list)
	}
	if w := r.get("/open311/v2/requests/" + taken.No + ".xml?api_key=" + apiKey); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "<?xml") || !strings.Contains(w.Body.String(), "<service_request_id>"+taken.No) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestServices(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	var list []service
	if r.json(r.get("/open311/v2/services.json"), &list); len(list) != 1 || list[0].Code != "0401" || list[0].Group != "城乡建设" || !strings.Contains(list[0].Keywords, "路灯") {
		t.Errorf("%+v", list)
	}
	w := r.get("/open311/v2/services/0401.xml")
	var d definition
	if err := xml.Unmarshal(w.Body.Bytes(), &d); err != nil || len(d.Attributes) != 5 || d.Attributes[1].Values[0].Key != "MC" || strings.Contains(w.Body.String(), "⟦") {
		t.Errorf("%s %v", w.Body, err)
	}
	for _, path := range []string{"/open311/discovery.json", "/open311/v2/discovery.xml"} {
		if w := r.get(path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "https://petition.example.org/open311/v2") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestErrorsHaveTheFormOfTheSpecification(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	for name, c := range map[string]struct {
		status int
		change func(url.Values)
	}{
		"no key":          {403, func(v url.Values) { v.Del("api_key") }},
		"wrong key":       {403, func(v url.Values) { v.Set("api_key", "wrong") }},
		"jurisdiction":    {404, func(v url.Values) { v.Set("jurisdiction_id", "elsewhere") }},
		"no service":      {400, func(v url.Values) { v.Del("service_code") }},
		"unknown service": {404, func(v url.Values) { v.Set("service_code", "9999") }},
		"no place":        {400, func(v url.Values) { v.Del("lat"); v.Del("long"); v.Del("address_string") }},
		"half a place":    {400, func(v url.Values) { v.Del("lat") }},
		"no degrees":      {400, func(v url.Values) { v.Set("lat", "north") }},
		"long":            {400, func(v url.Values) { v.Set("description", strings.Repeat("长", 4001)) }},
		"area":            {400, func(v url.Values) { v.Set("attribute[area]", "XX") }},
		"day":             {400, func(v url.Values) { v.Set("attribute[occurred_on]", "yesterday") }},
		"purpose":         {400, func(v url.Values) { v.Set("attribute[purpose]", "accusation") }},
	} {
		v := lamp()
		c.change(v)
		var out []failure
		w := r.post("/open311/v2/requests.json", v)
		if r.json(w, &out); w.Code != c.status || len(out) != 1 || out[0].Code != c.status || out[0].Text == "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	r.town.fail = errors.New("the disk is full of reader@example.org")
	if w := r.post("/open311/v2/requests.xml", lamp()); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "<errors>") || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/open311/v2/nothing.json", "/open311/v2/services/9.json", "/open311/v2/tokens/none.json", "/open311/v2/requests/none.json", "/open311/nothing"} {
		if w := r.get(path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `"code":404`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestMedia(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("\xff\xd8\xff a photo")) }))
	defer files.Close()
	r.set.values["media"] = files.URL + "/"
	v := lamp()
	v.Set("media_url", files.URL+"/lamp.jpg?x=1")
	if w := r.post("/open311/v2/requests.json", v); w.Code != http.StatusCreated || len(r.town.list[0].Files) != 1 || r.town.list[0].Files[0].Name != "lamp.jpg" {
		t.Errorf("%d %s %+v", w.Code, w.Body, r.town.list)
	}
	v.Set("media_url", "http://169.254.169.254/latest/meta-data") // named by nobody: kept, not fetched
	if w := r.post("/open311/v2/requests.json", v); w.Code != http.StatusCreated || len(r.town.list[1].Files) != 0 || !bytes.Contains(r.town.list[1].Raw.Data, []byte("169.254")) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, x := range lamp() {
		_ = m.WriteField(k, x[0])
	}
	p, _ := m.CreateFormFile("media", "own.jpg")
	_, _ = p.Write([]byte("\xff\xd8\xff own"))
	_ = m.Close()
	req := httptest.NewRequest(http.MethodPost, "/open311/v2/requests.json", &body)
	req.Header.Set("Content-Type", m.FormDataContentType())
	if w := r.do(req); w.Code != http.StatusCreated || len(r.town.list[2].Files) != 1 || r.town.list[2].Files[0].Name != "own.jpg" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestAClientThatIsNotOurs has node-open311 discover, file and follow.
func TestAClientThatIsNotOurs(t *testing.T) {
	dir, err := filepath.Abs("../../../../e2e/open311")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "open311")); err != nil {
		t.Skip("node-open311 is not installed: npm --prefix e2e/open311 ci")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node here")
	}
	r := newRig(t, dbtest.SQLite(t))
	srv := httptest.NewServer(r.rt)
	defer srv.Close()
	r.web.Base = srv.URL
	out, err := exec.Command("node", filepath.Join(dir, "client.cjs"), srv.URL, apiKey, "mingchuan.example.org").CombinedOutput()
	if err != nil || len(r.town.list) != 2 {
		t.Fatalf("%v, %d arrivals\n%s", err, len(r.town.list), out)
	}
	t.Logf("%s", out)
}

func TestExercise(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	doortest.Exercise(t, doortest.Subject{
		Acknowledged: true, Private: []string{"王小明", "13800000000", "reader@example.org", "路灯"},
		Open: func(t *testing.T, sink door.Sink) door.Door {
			r.web.Sink = sink
			all, _ := r.set.Active(t.Context(), kind)
			p, err := open(r.web.Needs, all[0])
			if err != nil {
				t.Fatal(err)
			}
			return p
		},
		Send: func(n int) error {
			v := lamp()
			v.Set("device_id", strings.Repeat("d", n))
			if w := r.post("/open311/v2/requests.json", v); w.Code != http.StatusCreated {
				return errors.New(w.Body.String())
			}
			return nil
		},
	})
}

func TestWrongSettings(t *testing.T) {
	for field, values := range map[string]map[string]string{
		"jurisdiction": {}, "keys": {"jurisdiction": "x", "keys": "a=short"}, "media": {"jurisdiction": "x", "media": "http://files.example.org"},
	} {
		if _, err := open(Needs{}, door.Setting{Values: values}); err == nil || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add("service_code=0401&lat=1&long=2&description=x&attribute%5Bwish%5D=y", "multipart/form-data; boundary=x")
	f.Add("--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nc\r\n--x--", "multipart/form-data; boundary=x")
	f.Fuzz(func(_ *testing.T, body, kind string) {
		req := httptest.NewRequest(http.MethodPost, "/open311/v2/requests.json", strings.NewReader(body))
		req.Header.Set("Content-Type", kind)
		c := &call{Request: req}
		form, _ := c.read()
		p := &point{Needs: Needs{Directory: &town{}}}
		_, _, _ = p.read(form, time.Unix(1e9, 0))
	})
}
