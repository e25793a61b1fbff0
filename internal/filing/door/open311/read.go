package open311

import (
	"context"
	"encoding/xml"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
)

// request is a service request as clients see it.
type request struct {
	XMLName     xml.Name `xml:"request" json:"-"`
	ID          string   `xml:"service_request_id" json:"service_request_id"`
	Status      string   `xml:"status" json:"status"`
	Notes       string   `xml:"status_notes" json:"status_notes"`
	ServiceName string   `xml:"service_name" json:"service_name"`
	ServiceCode string   `xml:"service_code" json:"service_code"`
	Description string   `xml:"description" json:"description"`
	Agency      string   `xml:"agency_responsible" json:"agency_responsible"`
	Notice      string   `xml:"service_notice" json:"service_notice"`
	Requested   string   `xml:"requested_datetime" json:"requested_datetime"`
	Updated     string   `xml:"updated_datetime" json:"updated_datetime"`
	Expected    string   `xml:"expected_datetime" json:"expected_datetime"`
	Address     string   `xml:"address" json:"address"`
	AddressID   string   `xml:"address_id" json:"address_id"`
	Zipcode     string   `xml:"zipcode" json:"zipcode"`
	Lat         *float64 `xml:"lat" json:"lat"`
	Long        *float64 `xml:"long" json:"long"`
	Media       string   `xml:"media_url" json:"media_url"`
}

type requestList struct {
	XMLName xml.Name  `xml:"service_requests" json:"-"`
	List    []request `xml:"request"`
}

// The bounds of a list, as the specification has them.
const (
	mostSpan  = 90 * 24 * time.Hour
	mostRows  = 1000
	usualPage = 50
	mostPage  = 200
)

// ask is what a client asks for.
type ask struct {
	client     string
	ids        []string
	services   []string
	status     []string
	from, to   time.Time
	page, size int
	lang       string
	say        words
}

func (p *point) asked(f form, client, lang string, say words, now time.Time) (ask, *problem) {
	q := ask{client: client, lang: lang, say: say, page: 1, size: usualPage, to: now}
	q.ids, q.services, q.status = split(f.get("service_request_id")), split(f.get("service_code")), split(f.get("status"))
	for _, s := range q.status {
		if s != "open" && s != "closed" {
			return q, wrong(400, "status is open or closed")
		}
	}
	for name, into := range map[string]*time.Time{"start_date": &q.from, "end_date": &q.to} {
		if v := f.get(name); v != "" {
			t, ok := moment(v)
			if !ok {
				return q, wrong(400, "%s is no date (ISO 8601)", name)
			}
			*into = t
		}
	}
	if q.from.IsZero() || q.to.Sub(q.from) > mostSpan {
		q.from = q.to.Add(-mostSpan)
	}
	for name, into := range map[string]*int{"page": &q.page, "page_size": &q.size} {
		if v := f.get(name); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				return q, wrong(400, "%s is no number from 1", name)
			}
			*into = n
		}
	}
	q.size = min(q.size, mostPage)
	return q, nil
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// list gives the requests that a client may see.
func (p *point) requests(ctx context.Context, q ask) (requestList, error) {
	out := requestList{List: []request{}}
	if q.client == "" && !p.public {
		return out, nil
	}
	if len(q.ids) > 0 {
		for _, id := range q.ids[:min(len(q.ids), mostPage)] {
			one, ok, err := p.one(ctx, q, id)
			if err != nil {
				return out, err
			}
			if ok {
				out.List = append(out.List, one)
			}
		}
		return out, nil
	}
	query := Query{Door: p.setting.Code, Client: q.client, Services: q.services, From: q.from, To: q.to, Limit: mostRows}
	if p.public {
		query.Client = ""
	}
	if err := p.settle(ctx, query); err != nil {
		return out, err
	}
	rows, err := p.Memory.List(ctx, query)
	if err != nil {
		return out, err
	}
	skip := (q.page - 1) * q.size
	for _, r := range rows {
		one, ok, err := p.show(ctx, q, r)
		if err != nil {
			return out, err
		}
		if !ok || len(q.status) > 0 && !slices.Contains(q.status, one.Status) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if out.List = append(out.List, one); len(out.List) == q.size {
			break
		}
	}
	return out, nil
}

// settle asks what became of those that had no number yet.
func (p *point) settle(ctx context.Context, q Query) error {
	q.Waiting, q.Limit = true, 100
	rows, err := p.Memory.List(ctx, q)
	for _, r := range rows {
		if _, err := p.number(ctx, r); err != nil {
			return err
		}
	}
	return err
}

// number gives a request's number, if it has one by now.
func (p *point) number(ctx context.Context, r Record) (string, error) {
	if r.No != "" {
		return r.No, nil
	}
	got, ok, err := p.Fates.Became(ctx, r.Door, r.Key)
	if err != nil || !ok || got.No == "" {
		return "", err
	}
	return got.No, p.Memory.Number(ctx, r.Token, got.No)
}

// one gives a request by its number.
func (p *point) one(ctx context.Context, q ask, id string) (request, bool, error) {
	no, ok := casework.CheckNumber(id)
	if !ok {
		return request{}, false, nil
	}
	r, err := p.Memory.ByNo(ctx, p.setting.Code, no)
	if errors.Is(err, ErrNone) && q.client != "" { // staff may have registered it since
		if err := p.settle(ctx, Query{Door: p.setting.Code, Client: q.client, To: p.Clock.Now()}); err != nil {
			return request{}, false, err
		}
		r, err = p.Memory.ByNo(ctx, p.setting.Code, no)
	}
	if errors.Is(err, ErrNone) {
		return request{}, false, nil
	}
	if err != nil {
		return request{}, false, err
	}
	return p.show(ctx, q, r)
}

// show makes the view of a request: all of it for who filed it, and for others
// what no person can be known by. A confidential one is shown to nobody.
func (p *point) show(ctx context.Context, q ask, r Record) (request, bool, error) {
	own := q.client != "" && q.client == r.Client
	if r.No == "" || !own && !p.public {
		return request{}, false, nil
	}
	c, err := p.Cases.Case(ctx, access.Actor{Role: access.System}, r.No)
	if fault.KindOf(err) == fault.NotFound {
		return request{}, false, nil
	}
	if err != nil || c.Lane != access.LaneOpen {
		return request{}, false, err
	}
	code := r.Service
	if c.Category != "" {
		code = c.Category
	}
	out := request{ID: c.No, Status: "open", Notes: q.say("state." + string(c.State)), ServiceCode: code, ServiceName: p.nameOf(code, q.lang),
		Requested: stamp(c.RegisteredAt), Updated: stamp(c.LastEventAt), Expected: stamp(c.NextDueAt)}
	if !c.State.Open() {
		out.Status, out.Expected = "closed", ""
	}
	if u, ok := p.Directory.Unit(c.LeadUnitID); ok {
		out.Agency = u.Name(q.lang)
	}
	out.Lat, out.Long = degrees(r.Place.Lat), degrees(r.Place.Long)
	if own {
		out.Address, out.Description, out.Media = r.Place.Address, r.Place.Words, r.Place.Media
	}
	return out, true, nil
}

func (p *point) nameOf(code, lang string) string {
	for _, c := range p.Directory.Categories() {
		if c.Code == code {
			return c.Name(lang)
		}
	}
	return code
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func degrees(s string) *float64 {
	v, err := strconv.ParseFloat(s, 64)
	if s == "" || err != nil {
		return nil
	}
	return &v
}
