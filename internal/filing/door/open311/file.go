package open311

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
)

// The limits of a request from outside.
const (
	mostWords  = 4000 // as GeoReport says
	mostFiles  = 5
	mostFile   = 10 << 20
	mostLine   = 300
	fetchLimit = 10 * time.Second
)

// problem is an error in the form of the specification.
type problem struct {
	status int
	code   int
	text   string
}

func wrong(status int, text string, args ...any) *problem {
	return &problem{status, status, fmt.Sprintf(text, args...)}
}

// form is what a client has posted.
type form struct {
	values map[string][]string
	files  []door.Part
	retry  string // key by which the client knows its try again
}

func (f form) get(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

func (f form) ask(code string) string { return f.get("attribute[" + code + "]") }

// raw is the request as it came, without the key that proves who sent it.
func (f form) raw() door.Part {
	values := maps.Clone(f.values)
	delete(values, "api_key")
	b, err := json.MarshalIndent(values, "", " ")
	if err != nil {
		return door.Part{}
	}
	return door.Part{Name: "request.json", Type: "application/json", Data: b}
}

// filed is the answer to a request.
type filed struct {
	No, Token, Code string
}

// file hands a request to the tray, and remembers whose it is.
func (p *point) file(ctx context.Context, client string, f form, now time.Time) (filed, *problem, error) {
	a, where, bad := p.read(f, now)
	if bad != nil {
		return filed{}, bad, nil
	}
	a.Key, a.Raw = p.key(client, f, now), f.raw()
	if where.Media != "" {
		part, bad := p.fetch(ctx, where.Media)
		if bad != nil {
			return filed{}, bad, nil
		}
		if part != nil {
			a.Files = append(a.Files, *part)
		}
	}
	got, err := p.Sink.Take(ctx, a)
	if err != nil {
		return filed{}, nil, err
	}
	r := Record{Token: p.token(a.Key), Door: p.setting.Code, Client: client, Key: a.Key, No: got.No, Service: f.get("service_code"), Place: where, At: now}
	if err := p.Memory.Add(ctx, r); err != nil {
		return filed{}, nil, err
	}
	return filed{No: got.No, Token: r.Token, Code: got.Code}, nil, nil
}

// key knows a request again: by the client's own key, or, since GeoReport has
// none, by everything that it says, within a day.
func (p *point) key(client string, f form, now time.Time) string {
	h := sha256.New()
	if f.retry != "" {
		fmt.Fprintf(h, "%d:%s%d:%s", len(client), client, len(f.retry), f.retry)
		return "o311k:" + hex.EncodeToString(h.Sum(nil)[:24])
	}
	fmt.Fprintf(h, "%d:%s%s", len(client), client, calendar.On(now))
	names := make([]string, 0, len(f.values))
	for n := range f.values {
		if n != "api_key" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		for _, v := range append([]string{n}, f.values[n]...) {
			fmt.Fprintf(h, "%d:%s", len(v), v)
		}
	}
	for _, x := range f.files {
		sum := sha256.Sum256(x.Data)
		h.Write(sum[:])
	}
	return "o311:" + hex.EncodeToString(h.Sum(nil)[:24])
}

// read understands a request.
func (p *point) read(f form, now time.Time) (door.Arrival, Place, *problem) {
	var a door.Arrival
	code := f.get("service_code")
	if code == "" {
		return a, Place{}, wrong(400, "service_code was not provided")
	}
	service, ok := p.service(code)
	if !ok {
		return a, Place{}, wrong(404, "service_code provided was not found")
	}
	where := Place{Address: f.get("address_string"), Lat: f.get("lat"), Long: f.get("long"), Media: f.get("media_url"), Words: f.get("description")}
	if where.Address == "" {
		where.Address = f.get("address_id")
	}
	if bad := where.check(); bad != nil {
		return a, where, bad
	}
	a = door.Arrival{Door: p.setting.Code, At: now, Ready: true, Files: f.files, From: f.get("email"), Draft: door.Draft{
		Channel: p.setting.Channel, Kind: casework.Order, Purpose: "request", Words: where.Words, Place: where.text(), Category: code, ServiceID: code,
		Person: door.Person{Name: personName(f.get("first_name"), f.get("last_name")), Phone: f.get("phone"), Mail: f.get("email")},
	}}
	if a.Draft.Words == "" {
		a.Draft.Words = service.NameZH
	}
	if bad := p.answers(f, &a.Draft); bad != nil {
		return a, where, bad
	}
	a.Draft.Anonymous = a.Draft.Person.Name == ""
	return a, where, nil
}

// check wants a place, and nothing longer than it may be.
func (w Place) check() *problem {
	switch {
	case (w.Lat == "") != (w.Long == ""):
		return wrong(400, "lat and long must be provided together")
	case w.Lat == "" && w.Address == "":
		return wrong(400, "a location is required: lat and long, address_string or address_id")
	case w.Lat != "" && (!within(w.Lat, 90) || !within(w.Long, 180)):
		return wrong(400, "lat and long must be decimal degrees (WGS 84)")
	case len([]rune(w.Words)) > mostWords:
		return wrong(400, "description is longer than %d characters", mostWords)
	case len([]rune(w.Address)) > mostLine || len(w.Media) > 2000:
		return wrong(400, "address_string or media_url is too long")
	}
	return nil
}

func within(s string, most float64) bool {
	v, err := strconv.ParseFloat(s, 64)
	return err == nil && v >= -most && v <= most
}

// text is the place as staff read it.
func (w Place) text() string {
	out := w.Address
	if w.Lat != "" {
		out = strings.TrimSpace(out + " (" + w.Lat + ", " + w.Long + ")")
	}
	if r := []rune(out); len(r) > 200 {
		out = string(r[:200])
	}
	return out
}

// personName puts a name together as it is written where it comes from.
func personName(first, last string) string {
	if first == "" || last == "" {
		return first + last
	}
	if r := []rune(last)[0]; r >= 0x2e80 {
		return last + first
	}
	return first + " " + last
}

// answers reads the attributes.
func (p *point) answers(f form, d *door.Draft) *problem {
	d.Wish = f.ask(askWish)
	if len([]rune(d.Wish)) > 2000 {
		return wrong(400, "attribute[wish] is longer than 2000 characters")
	}
	if code := f.ask(askArea); code != "" {
		id, ok := p.areaByCode(code)
		if !ok {
			return wrong(400, "attribute[area] is none of the values")
		}
		d.AreaID = id
	}
	if day := f.ask(askDay); day != "" {
		t, ok := moment(day)
		if !ok {
			return wrong(400, "attribute[occurred_on] is no date (ISO 8601)")
		}
		d.OccurredOn = t.In(calendar.China).Format("2006-01-02")
	}
	if x := f.ask(askPurpose); x != "" {
		if !slices.Contains(purposes, x) {
			return wrong(400, "attribute[purpose] is none of the values")
		}
		d.Purpose = x
	}
	d.Secret = f.ask(askSecret) == "yes"
	return nil
}

// moment reads the dates of the specification.
func moment(s string) (time.Time, bool) {
	for _, shape := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(shape, s, calendar.China); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// fetch gets what media_url names, from the servers of the settings only. What
// lies elsewhere is kept as an address for staff and not looked at.
func (p *point) fetch(ctx context.Context, address string) (*door.Part, *problem) {
	for _, origin := range p.media {
		if !strings.HasPrefix(address, origin) {
			continue
		}
		ctx, done := context.WithTimeout(ctx, fetchLimit)
		defer done()
		data, err := p.Media.Fetch(ctx, origin, address, mostFile)
		if err != nil {
			return nil, wrong(400, "media_url cannot be fetched")
		}
		name := path.Base(strings.SplitN(address, "?", 2)[0])
		return &door.Part{Name: name, Type: "application/octet-stream", Data: data}, nil
	}
	return nil, nil
}
