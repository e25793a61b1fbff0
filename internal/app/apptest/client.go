package apptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Client speaks to the JSON API.
type Client struct {
	Header http.Header // of every request
	house  *House
	t      testing.TB
}

// Anybody makes a client without any proof.
func (h *House) Anybody() *Client { return &Client{http.Header{}, h, h.t} }

// Petitioner makes a client that holds a query code.
func (h *House) Petitioner(code string) *Client {
	c := h.Anybody()
	c.Header.Set("X-Query-Code", code)
	return c
}

// With gives the same client with another header.
func (c *Client) With(name, value string) *Client {
	other := *c
	other.Header = c.Header.Clone()
	other.Header.Set(name, value)
	return &other
}

// Answer is what the API said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	t      testing.TB
	asked  string
}

// Get reads.
func (c *Client) Get(path string) Answer {
	c.t.Helper()
	return c.Send(http.MethodGet, path, nil)
}

// Post sends a value as JSON.
func (c *Client) Post(path string, body any) Answer {
	c.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal("apptest: ", err)
	}
	return c.Send(http.MethodPost, path, text)
}

// Send sends raw bytes as JSON.
func (c *Client) Send(method, path string, body []byte) Answer {
	c.t.Helper()
	req, err := http.NewRequest(method, c.house.URL+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal("apptest: ", err)
	}
	for name, values := range c.Header {
		req.Header[name] = values
	}
	if method != http.MethodGet && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	c.house.Clock.Advance(tick)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal("apptest: ", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal("apptest: ", err)
	}
	return Answer{res.StatusCode, res.Header, text, c.t, method + " " + path}
}

// Do uses a verb with an idempotency key.
func (c *Client) Do(no string, v casework.Verb, d casework.Data, key string) Answer {
	c.t.Helper()
	return c.With("Idempotency-Key", key).Post("/api/v1/cases/"+no+"/"+string(v), d)
}

// Is stops the test unless the status is this one.
func (a Answer) Is(status int) Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: status %d, expected %d\n%.800s", a.asked, a.Status, status, a.Body)
	}
	return a
}

// Problem checks that the answer is problem+json of a status and a fault id,
// and gives the fields that it names.
func (a Answer) Problem(status int, id string) []string {
	a.t.Helper()
	var p struct {
		Type, Title, Detail string
		Status              int
		Errors              []struct{ Field, Detail string }
	}
	a.Is(status).Into(&p)
	if ct := a.Header.Get("Content-Type"); ct != "application/problem+json" {
		a.t.Errorf("%s: a problem of type %q", a.asked, ct)
	}
	if got := strings.TrimPrefix(p.Type, "urn:xinqiao:fault:"); got != id || p.Status != status || p.Title == "" {
		a.t.Errorf("%s: problem %q, expected %q\n%.600s", a.asked, got, id, a.Body)
	}
	fields := make([]string, len(p.Errors))
	for i, e := range p.Errors {
		fields[i] = e.Field
		if e.Detail == "" || strings.Contains(e.Detail, "⟦") || strings.Contains(e.Detail, "%!") {
			a.t.Errorf("%s: field %s says %q", a.asked, e.Field, e.Detail)
		}
	}
	return fields
}

// Into reads the body.
func (a Answer) Into(to any) Answer {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, to); err != nil {
		a.t.Fatalf("%s: %v\n%.300s", a.asked, err, a.Body)
	}
	return a
}

// Receipt is what a filing gives.
type Receipt struct{ No, Code string }

// Filing is a body that the API takes; n makes it another's.
func (h *House) Filing(n int) map[string]any {
	return map[string]any{
		"words": fmt.Sprintf("小区 %d 号楼的电梯停了三个星期，老人下不了楼。找过物业两次，都说没有钱修。", n),
		"wish":  "尽快修好电梯", "area_id": h.Town, "place": "幸福小区",
		"person": map[string]any{"name": "王小明", "phone": fmt.Sprintf("1380000%04d", n%10000), "address": "名川市东关区和平镇 1 号"},
	}
}

// File files a matter through the API.
func (h *House) File(n int) Receipt {
	h.t.Helper()
	return h.FileAs(h.Anybody(), n, h.Filing(n))
}

// FileAs files any body through the API.
func (h *House) FileAs(c *Client, n int, body map[string]any) (r Receipt) {
	h.t.Helper()
	c.With("Idempotency-Key", fmt.Sprintf("filing-key-of-test-%08d", n)).Post("/api/v1/filings", body).Is(http.StatusCreated).Into(&r)
	return r
}

// Case reads a case as the program itself.
func (h *House) Case(no string) casework.Case {
	h.t.Helper()
	c, err := h.Procedure.Case(h.t.Context(), access.Actor{Role: access.System}, no)
	if err != nil {
		h.t.Fatal("apptest: ", err)
	}
	return c
}

// Events lists the kinds of what happened to a case, oldest first.
func (h *House) Events(no string) []casework.EventKind {
	h.t.Helper()
	list, err := h.Procedure.History(h.t.Context(), h.Case(no).ID)
	if err != nil {
		h.t.Fatal("apptest: ", err)
	}
	kinds := make([]casework.EventKind, len(list))
	for i, e := range list {
		kinds[i] = e.Kind
	}
	return kinds
}
