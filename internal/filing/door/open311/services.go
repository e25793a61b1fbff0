package open311

import (
	"encoding/xml"
	"strings"

	"xinqiao/internal/core/casework"
)

// service is an entry of the service list.
type service struct {
	XMLName     xml.Name `xml:"service" json:"-"`
	Code        string   `xml:"service_code" json:"service_code"`
	Name        string   `xml:"service_name" json:"service_name"`
	Description string   `xml:"description" json:"description"`
	Metadata    bool     `xml:"metadata" json:"metadata"`
	Type        string   `xml:"type" json:"type"`
	Keywords    string   `xml:"keywords" json:"keywords"`
	Group       string   `xml:"group" json:"group"`
}

type serviceList struct {
	XMLName xml.Name  `xml:"services" json:"-"`
	List    []service `xml:"service"`
}

func (p *point) list(lang string) serviceList {
	names := map[string]string{}
	for _, c := range p.Directory.Categories() {
		names[c.Code] = c.Name(lang)
	}
	out := serviceList{List: []service{}}
	for _, c := range p.offered() {
		out.List = append(out.List, service{Code: c.Code, Name: c.Name(lang), Description: describe(c, names[c.Parent], lang), Metadata: true,
			Type: "realtime", Keywords: strings.Join(c.Keywords, ","), Group: names[c.Parent]})
	}
	return out
}

func describe(c casework.Category, group, lang string) string {
	if lang != "en" && c.Note != "" {
		return c.Note
	}
	return group + " / " + c.Name(lang)
}

// value is one choice of an attribute.
type value struct {
	XMLName xml.Name `xml:"value" json:"-"`
	Key     string   `xml:"key" json:"key"`
	Name    string   `xml:"name" json:"name"`
}

// attribute is a further question of a service.
type attribute struct {
	XMLName     xml.Name `xml:"attribute" json:"-"`
	Variable    bool     `xml:"variable" json:"variable"`
	Code        string   `xml:"code" json:"code"`
	Datatype    string   `xml:"datatype" json:"datatype"`
	Required    bool     `xml:"required" json:"required"`
	Help        string   `xml:"datatype_description" json:"datatype_description"`
	Order       int      `xml:"order" json:"order"`
	Description string   `xml:"description" json:"description"`
	Values      []value  `xml:"values>value,omitempty" json:"values,omitempty"`
}

type definition struct {
	XMLName    xml.Name    `xml:"service_definition" json:"-"`
	Code       string      `xml:"service_code" json:"service_code"`
	Attributes []attribute `xml:"attributes>attribute" json:"attributes"`
}

// The codes of the attributes.
const (
	askWish    = "wish"
	askArea    = "area"
	askDay     = "occurred_on"
	askPurpose = "purpose"
	askSecret  = "keep_secret"
)

// purposes can be chosen from outside: accusations are told to a person, not
// through another system.
var purposes = []string{"request", "suggestion", "consultation", "thanks"}

// words gives a message in the language of the request.
type words func(key string, args ...any) string

// define lists what a service asks for. The answers are the same for all
// services: the taxonomy says what a matter is, not what its papers are.
func (p *point) define(code, lang string, say words) definition {
	d := definition{Code: code}
	add := func(code, kind string, values ...value) {
		d.Attributes = append(d.Attributes, attribute{Variable: true, Code: code, Datatype: kind, Order: len(d.Attributes) + 1,
			Description: say("open311.ask_" + code), Help: say("open311.ask_" + code + ".help"), Values: values})
	}
	add(askWish, "text")
	var areas []value
	for _, u := range p.Directory.All() {
		if u.Active && u.Area == u.ID {
			areas = append(areas, value{Key: u.Code, Name: u.Name(lang)})
		}
	}
	add(askArea, "singlevaluelist", areas...)
	add(askDay, "datetime")
	var list []value
	for _, x := range purposes {
		list = append(list, value{Key: x, Name: say("open311.purpose." + x)})
	}
	add(askPurpose, "singlevaluelist", list...)
	add(askSecret, "singlevaluelist", value{Key: "yes", Name: say("open311.yes")}, value{Key: "no", Name: say("open311.no")})
	return d
}

func (p *point) areaByCode(code string) (int64, bool) {
	for _, u := range p.Directory.All() {
		if u.Active && u.Area == u.ID && u.Code == code {
			return u.ID, true
		}
	}
	return 0, false
}
