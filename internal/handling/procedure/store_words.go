package procedure

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/procedure/words"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Keys seal what people say; platform/seal does it.
type Keys = words.Keys

const partsPurpose = "case_file/%d/parts"

// ReadParts opens what only some cases have, for those who read the table by
// themselves.
func (s *Service) ReadParts(caseID int64, text string) (p casework.Parts, err error) {
	if text == "" {
		return p, nil
	}
	if text, err = s.keys.UnsealText(fmt.Sprintf(partsPurpose, caseID), text); err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &p)
	}
	if err != nil {
		err = fmt.Errorf("procedure: reading the parts of case %d: %w", caseID, err)
	}
	return p, err
}

// ReadData reads an event's data from the columns data and words, for read
// models that join events by themselves.
func (s *Service) ReadData(eventID int64, data []byte, sealed string) (casework.Data, error) {
	return words.Read(s.keys, eventID, data, sealed)
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
		reseal.Column{DB: s.db, Keys: keys, Table: "case_event", Column: "words", Text: true, Purpose: reseal.Of(words.Purpose)},
		reseal.Column{DB: s.db, Keys: keys, Table: "case_file", Column: "parts", Text: true, Purpose: reseal.Of(partsPurpose)},
		oldWords{s},
	}
}

// oldWords seals the words of events from before words were sealed.
type oldWords struct{ s *Service }

// Name implements reseal.Part.
func (oldWords) Name() string { return "case_event.data" }

// Stale implements reseal.Part.
func (o oldWords) Stale(ctx context.Context) (int64, error) {
	return db.One(ctx, o.s.db.Read(), db.Value[int64], `SELECT count(*) FROM case_event WHERE `+words.InClear())
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
	}, `SELECT id, data FROM case_event WHERE id > $1 AND `+words.InClear()+` ORDER BY id LIMIT `+strconv.Itoa(most), from)
	if err != nil || len(list) == 0 {
		return "", 0, err
	}
	var b db.Batch
	for _, e := range list {
		data, sealed, err := words.Write(o.s.keys, e.id, e.data)
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
