package bench

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"sync/atomic"

	"xinqiao/internal/core/casework"
)

// Flows are what the clients do, all with one instance.
type Flows struct {
	Place  Place
	Addr   string
	Clerk  string   // API token
	Units  []string // API tokens of handlers, for the first units of the place
	Cookie string   // session of the clerk
	Nos    []string // open cases, for the case page

	clients []*Client
	n       atomic.Int64
}

// Use prepares for so many clients.
func (f *Flows) Use(clients int) {
	for _, c := range f.clients {
		c.Close()
	}
	f.clients = make([]*Client, clients)
	for i := range f.clients {
		f.clients[i] = NewClient(f.Addr)
	}
}

// Body is a filing as the API takes it.
func Body(n int) map[string]any {
	title, words, wish, place := Words(n)
	name, phone, address := Name(n)
	return map[string]any{
		"title": title, "words": words, "wish": wish, "place": place,
		"person": map[string]string{"name": name, "phone": phone, "address": address},
	}
}

func key() []string { return []string{"Idempotency-Key", rand.Text()} }

type receipt struct{ No, Code string }

// File files one matter.
func (f *Flows) File(client int) error {
	_, err := f.file(client)
	return err
}

func (f *Flows) file(client int) (r receipt, err error) {
	return r, f.clients[client].JSON("/api/v1/filings", key(), Body(int(f.n.Add(1))), &r)
}

// Lifecycle takes one case from filing to rating: five durable transactions.
func (f *Flows) Lifecycle(client int) error {
	r, err := f.file(client)
	if err != nil {
		return err
	}
	u := client % len(f.Units)
	for _, step := range []struct {
		verb   casework.Verb
		header []string
		data   casework.Data
	}{
		{casework.Forward, bearer(f.Clerk), f.Place.ForwardData(u, client%len(f.Place.Categories))},
		{casework.Accept, bearer(f.Units[u]), casework.Data{}},
		{casework.Reply, bearer(f.Units[u]), ReplyData(client)},
		{casework.Rate, []string{"X-Query-Code", r.Code}, casework.Data{RatedUnit: casework.Satisfied, RatedResult: casework.VerySatisfied}},
	} {
		path := "/api/v1/cases/" + r.No + "/" + string(step.verb)
		if err := f.clients[client].JSON(path, append(key(), step.header...), step.data, nil); err != nil {
			return err
		}
	}
	return nil
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

// Queue opens the clerk's queue.
func (f *Flows) Queue(client int) error { return f.page(client, "/desk") }

// Case opens a case of the queue.
func (f *Flows) Case(client int) error {
	return f.page(client, "/desk/cases/"+f.Nos[int(f.n.Add(1))%len(f.Nos)])
}

// asked are questions of the full-text search: frequent words, words of two
// characters, several at once, and one that nothing matches.
var asked = []string{"路灯", "拖欠", "柳湖小区", "电梯 停运", "梧桐巷88号", "从未出现"}

// Search asks the full-text search.
func (f *Flows) Search(client int) error {
	return f.page(client, "/desk/search?q="+url.QueryEscape(asked[int(f.n.Add(1))%len(asked)]))
}

// Ping asks for nothing: what HTTP itself costs here.
func (f *Flows) Ping(client int) error { return f.page(client, "/healthz") }

func (f *Flows) page(client int, path string) error {
	status, body, err := f.clients[client].Do(Request{Method: "GET", Path: path, Header: []string{"Cookie", "session=" + f.Cookie, "Accept", "text/html"}})
	if err == nil && status != 200 {
		err = fmt.Errorf("bench: %s answered %d: %.200s", path, status, body)
	}
	return err
}
