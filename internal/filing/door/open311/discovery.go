package open311

import (
	"encoding/xml"
	"time"
)

type endpoint struct {
	XMLName       xml.Name `xml:"endpoint" json:"-"`
	Specification string   `xml:"specification" json:"specification"`
	URL           string   `xml:"url" json:"url"`
	Changed       string   `xml:"changeset" json:"changeset"`
	Type          string   `xml:"type" json:"type"`
	Formats       []string `xml:"formats>format" json:"formats"`
}

type discovery struct {
	XMLName    xml.Name   `xml:"discovery" json:"-"`
	Changed    string     `xml:"changeset" json:"changeset"`
	Contact    string     `xml:"contact" json:"contact"`
	KeyService string     `xml:"key_service" json:"key_service"`
	Endpoints  []endpoint `xml:"endpoints>endpoint" json:"endpoints"`
}

// specification names GeoReport v2 as discovery files do.
const specification = "http://wiki.open311.org/GeoReport_v2"

// discover tells clients where the endpoint is (Service Discovery).
func (p *point) discover(now time.Time) discovery {
	contact := p.setting.Values["contact"]
	if contact == "" {
		contact = p.City
	}
	at := now.UTC().Truncate(24 * time.Hour).Format(time.RFC3339)
	return discovery{Changed: at, Contact: contact, KeyService: contact, Endpoints: []endpoint{{
		Specification: specification, URL: p.Base + "/open311/v2", Changed: at, Type: "production", Formats: []string{"text/xml", "application/json"},
	}}}
}
