package sender

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Form (模板) is a template that a carrier has approved.
type Form struct {
	ID     string            `json:"id"`
	Fields map[string]string `json:"fields"` // the carrier's blank → our field, or title, text, url
}

// Forms give the carrier's template for each of ours; "*" is for the rest. Nil
// means that messages speak the carrier's language already.
type Forms map[string]Form

// ReadForms reads forms from JSON:
//
//	{"notice": {"id": "SMS_100000001", "fields": {"number": "number", "link": "url"}}}
func ReadForms(b []byte) (Forms, error) {
	var f Forms
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("the templates of a carrier: %w", err)
	}
	for name, form := range f {
		if form.ID == "" {
			return nil, fmt.Errorf("the template %q has no id", name)
		}
	}
	return f, nil
}

// Fill writes a message into the carrier's template.
func (f Forms) Fill(m Message) (Message, error) {
	if f == nil {
		return m, nil
	}
	form, ok := f[m.Template]
	if !ok {
		form, ok = f["*"]
	}
	if !ok {
		return m, Refused("template", fmt.Errorf("no template of the carrier for %q", m.Template))
	}
	own := map[string]string{"title": m.Title, "text": m.Text, "url": m.URL}
	fields := make(map[string]string, len(form.Fields))
	for blank, name := range form.Fields {
		v, ok := m.Fields[name]
		if !ok {
			v = own[name]
		}
		if v == "" { // carriers refuse empty blanks, with a less telling word
			return m, Refused("fields", errors.New("nothing to write into "+blank))
		}
		fields[blank] = v
	}
	m.Template, m.Fields = form.ID, fields
	return m, nil
}
