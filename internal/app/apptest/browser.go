package apptest

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// tick passes with every request, so that no two events share a moment.
const tick = 100 * time.Millisecond

// Browser is a person's browser without script: it keeps cookies and follows
// redirects, unless told to stay.
type Browser struct {
	*http.Client
	House *House
	t     testing.TB
}

// Browser opens an empty browser.
func (h *House) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal("apptest: ", err)
	}
	return &Browser{&http.Client{Jar: jar}, h, h.t}
}

// Stay makes the browser show redirects instead of following them.
func (b *Browser) Stay() *Browser {
	stays := *b.Client
	stays.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Browser{&stays, b.House, b.t}
}

// Page is what came back.
type Page struct {
	Status int
	Path   string // after redirects, without the query
	Header http.Header
	Body   string
	t      testing.TB
}

// Get opens a path.
func (b *Browser) Get(path string) Page {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.House.URL+path, nil)
	if err != nil {
		b.t.Fatal("apptest: ", err)
	}
	return b.Ask(req)
}

// Post sends a form.
func (b *Browser) Post(path string, fields url.Values) Page {
	b.t.Helper()
	return b.Send(path, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
}

// Send posts any body.
func (b *Browser) Send(path, contentType string, body io.Reader) Page {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.House.URL+path, body)
	if err != nil {
		b.t.Fatal("apptest: ", err)
	}
	req.Header.Set("Content-Type", contentType)
	return b.Ask(req)
}

// Ask sends any request and reads what comes back. Time goes on meanwhile.
func (b *Browser) Ask(req *http.Request) Page {
	b.t.Helper()
	b.House.Clock.Advance(tick)
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal("apptest: ", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal("apptest: ", err)
	}
	p := Page{res.StatusCode, res.Request.URL.Path, res.Header, string(body), b.t}
	for _, broken := range []string{"⟦", "%!"} {
		if i := strings.Index(p.Body, broken); i >= 0 && strings.Contains(p.Header.Get("Content-Type"), "html") {
			b.t.Errorf("%s has a broken message: %.80s", p.Path, p.Body[i:])
		}
	}
	return p
}

// Is stops the test unless the status is one of these.
func (p Page) Is(statuses ...int) Page {
	p.t.Helper()
	for _, s := range statuses {
		if p.Status == s {
			return p
		}
	}
	p.t.Fatalf("%s: status %d, expected %v\n%.1500s", p.Path, p.Status, statuses, p.Body)
	return p
}

// At checks where the redirects ended.
func (p Page) At(path string) Page {
	p.t.Helper()
	if p.Path != path {
		p.t.Errorf("ended at %s (%d), expected %s", p.Path, p.Status, path)
	}
	return p
}

// Has checks that the body holds all of the parts.
func (p Page) Has(parts ...string) Page {
	p.t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.Body, part) {
			p.t.Errorf("%s (%d) lacks %q", p.Path, p.Status, part)
		}
	}
	return p
}

// Lacks checks that the body holds none of the parts.
func (p Page) Lacks(parts ...string) Page {
	p.t.Helper()
	for _, part := range parts {
		if i := strings.Index(p.Body, part); i >= 0 {
			p.t.Errorf("%s (%d) shows %q: …%s…", p.Path, p.Status, part, p.Body[max(0, i-60):min(len(p.Body), i+80)])
		}
	}
	return p
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// Hidden reads the hidden fields, which a browser would send again.
func (p Page) Hidden() url.Values {
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(p.Body, -1) {
		if m[1] != "next" {
			v.Add(m[1], html.UnescapeString(m[2]))
		}
	}
	return v
}
