package procedure

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Keys seal what people say; platform/seal does it.
type Keys interface {
	SealText(purpose, text string) string
	UnsealText(purpose, text string) (string, error)
}

// words are what people, petitioners and officials, say in an event. They name
// people and numbers, so they lie sealed beside the data with which the program
// reckons.
type words struct {
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

// swap exchanges the words with those of the data.
func (w *words) swap(d *casework.Data) {
	w.Requests, d.Requests = d.Requests, w.Requests
	for _, pair := range [][2]*string{
		{&w.Title, &d.Title}, {&w.Reason, &d.Reason}, {&w.Basis, &d.Basis}, {&w.Text, &d.Text}, {&w.Facts, &d.Facts},
		{&w.Remedy, &d.Remedy}, {&w.Route, &d.Route}, {&w.Evidence, &d.Evidence}, {&w.Attendees, &d.Attendees},
		{&w.Plan, &d.Plan}, {&w.NewFacts, &d.NewFacts}, {&w.NewReasons, &d.NewReasons}, {&w.NewLaw, &d.NewLaw},
	} {
		*pair[0], *pair[1] = *pair[1], *pair[0]
	}
}

const wordsPurpose, partsPurpose = "case_event/%d/words", "case_file/%d/parts"

// written gives an event's data as it is stored: in clear without the words,
// and the words sealed.
func written(k Keys, eventID int64, d casework.Data) (data, sealed string, err error) {
	var w words
	w.swap(&d)
	clear, err := json.Marshal(d)
	if err != nil {
		return "", "", fmt.Errorf("procedure: writing event data: %w", err)
	}
	said, err := json.Marshal(w)
	if err != nil {
		return "", "", fmt.Errorf("procedure: writing event data: %w", err)
	}
	if string(said) != "{}" {
		sealed = k.SealText(fmt.Sprintf(wordsPurpose, eventID), string(said))
	}
	return string(clear), sealed, nil
}

// ReadData reads an event's data from the columns data and words, for read
// models that join events by themselves.
func (s *Service) ReadData(eventID int64, data []byte, sealed string) (casework.Data, error) {
	var d casework.Data
	if err := json.Unmarshal(data, &d); err != nil {
		return d, fmt.Errorf("procedure: reading event %d: %w", eventID, err)
	}
	if sealed == "" {
		return d, nil // without words, or from before words were sealed
	}
	said, err := s.keys.UnsealText(fmt.Sprintf(wordsPurpose, eventID), sealed)
	if err != nil {
		return d, fmt.Errorf("procedure: event %d: %w", eventID, err)
	}
	var w words
	if err := json.Unmarshal([]byte(said), &w); err != nil {
		return d, fmt.Errorf("procedure: reading event %d: %w", eventID, err)
	}
	w.swap(&d)
	return d, nil
}

// Supplements collects what petitioners added later to some cases.
func (s *Service) Supplements(ctx context.Context, q db.Queryer, caseIDs []int64) (map[int64]string, error) {
	added := map[int64]string{}
	if len(caseIDs) == 0 {
		return added, nil
	}
	args := make([]any, len(caseIDs))
	for i, id := range caseIDs {
		args[i] = id
	}
	_, err := db.List(ctx, q, func(r db.Rows) (struct{}, error) {
		var event, id int64
		var data db.JSON
		var sealed string
		if err := r.Scan(&event, &id, &data, &sealed); err != nil {
			return struct{}{}, err
		}
		d, err := s.ReadData(event, data, sealed)
		added[id] += d.Text + "\n"
		return struct{}{}, err
	}, `SELECT id, case_id, data, words FROM case_event WHERE case_id IN (`+marks(1, len(args))+`) AND kind = 'supplemented' ORDER BY case_id, seq`, args...)
	return added, err
}

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{
		reseal.Column{DB: s.db, Keys: keys, Table: "case_event", Column: "words", Text: true, Purpose: reseal.Of(wordsPurpose)},
		reseal.Column{DB: s.db, Keys: keys, Table: "case_file", Column: "parts", Text: true, Purpose: reseal.Of(partsPurpose)},
		oldWords{s},
	}
}

// oldWords seals the words of events from before words were sealed.
type oldWords struct{ s *Service }

// Name implements reseal.Part.
func (oldWords) Name() string { return "case_event.data" }

// spoken finds events whose data still holds words.
const spoken = `words = '' AND (` + "%s" + `)`

func oldWordsWhere() string {
	var likes []string
	for _, name := range []string{"title", "requests", "reason", "basis", "text", "facts", "remedy", "route", "evidence", "attendees", "plan", "new_facts", "new_reasons", "new_law"} {
		likes = append(likes, `CAST(data AS TEXT) LIKE '%"`+name+`":%'`)
	}
	return fmt.Sprintf(spoken, strings.Join(likes, " OR "))
}

// Stale implements reseal.Part.
func (o oldWords) Stale(ctx context.Context) (int64, error) {
	return db.One(ctx, o.s.db.Read(), db.Value[int64], `SELECT count(*) FROM case_event WHERE `+oldWordsWhere())
}

// Step implements reseal.Part.
func (o oldWords) Step(ctx context.Context, after string, most int) (string, int, error) {
	from, _ := strconv.ParseInt(after, 10, 64)
	type old struct {
		id   int64
		data casework.Data
	}
	list, err := db.List(ctx, o.s.db.Read(), func(r db.Rows) (e old, err error) {
		var data db.JSON
		if err = r.Scan(&e.id, &data); err == nil {
			err = json.Unmarshal(data, &e.data)
		}
		return e, err
	}, `SELECT id, data FROM case_event WHERE id > $1 AND `+oldWordsWhere()+` ORDER BY id LIMIT `+strconv.Itoa(most), from)
	if err != nil || len(list) == 0 {
		return "", 0, err
	}
	var b db.Batch
	for _, e := range list {
		data, sealed, err := written(o.s.keys, e.id, e.data)
		if err != nil {
			return "", 0, err
		}
		b.Add(`UPDATE case_event SET data = $2, words = $3 WHERE id = $1 AND words = ''`, e.id, data, sealed)
	}
	next := ""
	if len(list) == most {
		next = strconv.FormatInt(list[most-1].id, 10)
	}
	return next, len(list), o.s.db.Send(ctx, &b)
}
