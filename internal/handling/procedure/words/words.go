// Package words keeps what people say in an event apart from the data with
// which the program reckons. Words of petitioners and officials alike name
// people and numbers, so they lie sealed in a column of their own.
package words

import (
	"encoding/json"
	"fmt"
	"strings"

	"xinqiao/internal/core/casework"
)

// Keys seal what people say; platform/seal does it.
type Keys interface {
	SealText(purpose, text string) string
	UnsealText(purpose, text string) (string, error)
}

// Purpose binds sealed words to their event.
const Purpose = "case_event/%d/words"

// said are the words of an event.
type said struct {
	Title      string             `json:"title,omitempty"`
	Requests   []casework.Request `json:"requests,omitempty"`
	Reason     string             `json:"reason,omitempty"`
	Basis      string             `json:"basis,omitempty"`
	Text       string             `json:"text,omitempty"`
	Facts      string             `json:"facts,omitempty"`
	Remedy     string             `json:"remedy,omitempty"`
	Route      string             `json:"route,omitempty"`
	Evidence   string             `json:"evidence,omitempty"`
	Attendees  string             `json:"attendees,omitempty"`
	Plan       string             `json:"plan,omitempty"`
	NewFacts   string             `json:"new_facts,omitempty"`
	NewReasons string             `json:"new_reasons,omitempty"`
	NewLaw     string             `json:"new_law,omitempty"`
}

// fields are the names of the words in an event's data.
var fields = []string{"title", "requests", "reason", "basis", "text", "facts", "remedy", "route", "evidence", "attendees", "plan",
	"new_facts", "new_reasons", "new_law"}

// swap exchanges the words with those of the data.
func (w *said) swap(d *casework.Data) {
	w.Requests, d.Requests = d.Requests, w.Requests
	for _, pair := range [][2]*string{
		{&w.Title, &d.Title}, {&w.Reason, &d.Reason}, {&w.Basis, &d.Basis}, {&w.Text, &d.Text}, {&w.Facts, &d.Facts},
		{&w.Remedy, &d.Remedy}, {&w.Route, &d.Route}, {&w.Evidence, &d.Evidence}, {&w.Attendees, &d.Attendees},
		{&w.Plan, &d.Plan}, {&w.NewFacts, &d.NewFacts}, {&w.NewReasons, &d.NewReasons}, {&w.NewLaw, &d.NewLaw},
	} {
		*pair[0], *pair[1] = *pair[1], *pair[0]
	}
}

// Write gives an event's data as it is stored: in clear without the words, and
// the words sealed; "" when nothing was said.
func Write(k Keys, eventID int64, d casework.Data) (data, sealed string, err error) {
	var w said
	w.swap(&d)
	clear, err := json.Marshal(d)
	if err != nil {
		return "", "", fmt.Errorf("writing event data: %w", err)
	}
	text, err := json.Marshal(w)
	if err != nil {
		return "", "", fmt.Errorf("writing event data: %w", err)
	}
	if string(text) != "{}" {
		sealed = k.SealText(fmt.Sprintf(Purpose, eventID), string(text))
	}
	return string(clear), sealed, nil
}

// Read puts together what Write took apart. Without sealed words the data is
// whole: nothing was said, or it is from before words were sealed.
func Read(k Keys, eventID int64, data []byte, sealed string) (casework.Data, error) {
	var d casework.Data
	if err := json.Unmarshal(data, &d); err != nil {
		return d, fmt.Errorf("reading event %d: %w", eventID, err)
	}
	if sealed == "" {
		return d, nil
	}
	text, err := k.UnsealText(fmt.Sprintf(Purpose, eventID), sealed)
	if err != nil {
		return d, fmt.Errorf("event %d: %w", eventID, err)
	}
	var w said
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return d, fmt.Errorf("reading event %d: %w", eventID, err)
	}
	w.swap(&d)
	return d, nil
}

// Bare gives an event's data without words, also where they lie in clear from
// before words were sealed. The digest of a text stays.
func Bare(data []byte) (string, error) {
	var d casework.Data
	if err := json.Unmarshal(data, &d); err != nil {
		return "", fmt.Errorf("reading event data: %w", err)
	}
	new(said).swap(&d)
	clear, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("writing event data: %w", err)
	}
	return string(clear), nil
}

// InClear is the condition that finds events whose data still holds words.
func InClear() string {
	likes := make([]string, len(fields))
	for i, name := range fields {
		likes[i] = `CAST(data AS TEXT) LIKE '%"` + name + `":%'`
	}
	return "words = '' AND (" + strings.Join(likes, " OR ") + ")"
}
