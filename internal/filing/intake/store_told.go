package intake

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Told is what people say in words of their own. It names people and numbers
// more often than not, so it lies sealed.
type Told struct {
	Words string
	Wish  string
	Place string
}

// Keys seal words and make codes; platform/seal does it.
type Keys interface {
	SealText(purpose, text string) string
	UnsealText(purpose, text string) (string, error)
	Index(purpose, normalised string) []byte
}

// toldColumns are the sealed columns of matter, in the order of Told.
var toldColumns = [...]string{"words", "wish", "place"}

func toldPurpose(caseID int64, column int) string {
	return "matter/" + strconv.FormatInt(caseID, 10) + "/" + toldColumns[column]
}

func (t Told) sealed(k Keys, caseID int64) Told {
	for i, p := range []*string{&t.Words, &t.Wish, &t.Place} {
		*p = k.SealText(toldPurpose(caseID, i), *p)
	}
	return t
}

func (t Told) opened(k Keys, caseID int64) (Told, error) {
	for i, p := range []*string{&t.Words, &t.Wish, &t.Place} {
		var err error
		if *p, err = k.UnsealText(toldPurpose(caseID, i), *p); err != nil {
			return Told{}, fmt.Errorf("matter of case %d: %w", caseID, err)
		}
	}
	return t, nil
}

// Texts reads what was told of some cases, for indexes and comparisons that ask
// the visibility rule by themselves. Cases without a matter are left out.
func (s *Service) Texts(ctx context.Context, q db.Queryer, caseIDs []int64) (map[int64]Told, error) {
	found := make(map[int64]Told, len(caseIDs))
	for len(caseIDs) > 0 {
		some := caseIDs[:min(len(caseIDs), chunk)]
		caseIDs = caseIDs[len(some):]
		marks, args := make([]string, len(some)), make([]any, len(some))
		for i, id := range some {
			marks[i], args[i] = "$"+strconv.Itoa(i+1), id
		}
		_, err := db.List(ctx, q, func(r db.Rows) (struct{}, error) {
			var id int64
			var t Told
			err := r.Scan(&id, &t.Words, &t.Wish, &t.Place)
			if err == nil {
				found[id], err = t.opened(s.keys, id)
			}
			return struct{}{}, err
		}, `SELECT case_id, words, wish, place FROM matter WHERE case_id IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	out := make([]reseal.Part, len(toldColumns))
	for i, c := range toldColumns {
		out[i] = reseal.Column{DB: s.db, Keys: keys, Table: "matter", ID: []string{"case_id"}, Column: c, Text: true,
			Purpose: func(id []int64) string { return toldPurpose(id[0], i) }}
	}
	return out
}
