package worklist

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/bigram"
	"xinqiao/internal/platform/db"
)

// Found is one page of hits, newest first.
type Found struct {
	Rows []Row
	Next int64 // ask again with this for the page after; 0 = no more
	// No is the number of the very case that was asked for, when the question
	// was a case number; the rows are then empty.
	No string
}

// Search finds cases in the actor's scope whose title, words, wish, place or
// number hold everything asked for. Before 0 begins with the newest.
func (s *Service) Search(ctx context.Context, a access.Actor, text string, before int64) (Found, error) {
	text = strings.TrimSpace(text)
	scope := access.Visible(a)
	if scope.Nothing || text == "" {
		return Found{}, nil
	}
	if no, ok := casework.CheckNumber(text); ok {
		if _, err := s.cases.Case(ctx, a, no); err == nil {
			return Found{No: no}, nil
		}
	}
	words := bigram.Ask(text)
	if len(words) == 0 {
		return Found{}, nil
	}
	rows, err := s.hits(ctx, a, s.db.Dialect().SearchWords(words), before)
	if err != nil {
		return Found{}, err
	}
	f := Found{Rows: rows}
	if len(rows) > pageRows {
		f.Rows, f.Next = rows[:pageRows], rows[pageRows-1].ID
	}
	return f, nil
}

// hits reads one page. An index that cannot give the newest first would sort
// every hit of a common word; so the newest cases are looked through first,
// and only a word that is rare among them is taken from the index.
func (s *Service) hits(ctx context.Context, a access.Actor, asked string, before int64) ([]Row, error) {
	d, q := s.db.Dialect(), s.db.Read()
	scope := access.Visible(a)
	var all, near where // by the words alone, and walking the scope
	all.found(scope, a.UnitID)
	near.scope(scope, false)
	text, args := streamQuery(d, all, asked, before)
	if !d.SearchStreams() {
		text, args = windowQuery(d, near, asked, before)
	}
	rows, err := db.List(ctx, q, scanRow, text, args...)
	switch {
	case err != nil || d.SearchStreams():
	case len(rows) > pageRows && leads(scope):
		rows, err = s.hitsBeside(ctx, a, rows, asked, before)
	case len(rows) <= pageRows:
		text, args = gatherQuery(d, all, asked, before)
		rows, err = db.List(ctx, q, scanRow, text, args...)
	}
	if err != nil {
		return nil, err
	}
	return rows, nameMasks(ctx, q, a, rows)
}

// hitsBeside puts hits among the cases in which the unit takes part into a full
// page of those that it leads.
func (s *Service) hitsBeside(ctx context.Context, a access.Actor, rows []Row, asked string, before int64) ([]Row, error) {
	var w where
	w.partner(access.Visible(a), a.UnitID)
	text, args := partnerQuery(s.db.Dialect(), w, asked, before)
	more, err := db.List(ctx, s.db.Read(), scanRow, text, args...)
	return merged(rows, more, false), err
}

// Similar finds the newest cases in scope that share the place or words of a
// matter being registered.
func (s *Service) Similar(ctx context.Context, a access.Actor, text string) ([]Row, error) {
	scope := access.Visible(a)
	words := bigram.Ask(text)
	if scope.Nothing || len(words) < 2 {
		return nil, nil
	}
	if len(words) > 6 {
		words = words[:6]
	}
	rows, err := s.hits(ctx, a, s.db.Dialect().SearchWords(words), 0)
	if len(rows) > 5 {
		rows = rows[:5]
	}
	return rows, err
}

// Reindex builds the word index anew from what is stored, oldest first, and
// tells how many cases it read. It may run while the program works.
func (s *Service) Reindex(ctx context.Context, tell func(done int)) (int, error) {
	done, last := 0, int64(0)
	for {
		ids, err := caseIDsAfter(ctx, s.db.Read(), last)
		if err != nil || len(ids) == 0 {
			return done, err
		}
		err = s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return s.project(ctx, tx, ids) })
		if err != nil {
			return done, err
		}
		done, last = done+len(ids), ids[len(ids)-1]
		if tell != nil {
			tell(done)
		}
	}
}

// Findable is what people told of a case, without what tells who somebody is:
// matters are found by their words, persons are not.
type Findable struct {
	Place string
	Words string // also the wish, and what was added later
}

// Told opens what people told, for the word index.
type Told interface {
	// Findable reads it for some cases; their petitioners are given with them.
	Findable(ctx context.Context, q db.Queryer, petitioners map[int64]int64) (map[int64]Findable, error)
}

// Redacted builds the word index of cases anew that were indexed before numbers
// and names were left out of it. It implements reseal.Part.
type Redacted struct{ Service *Service }

// Name implements reseal.Part.
func (Redacted) Name() string { return "case_search" }

// Generation implements reseal.Once.
func (Redacted) Generation() string { return "redacted 1" }

// Stale implements reseal.Part: an index does not tell.
func (Redacted) Stale(context.Context) (int64, error) { return 0, nil }

// Step implements reseal.Part.
func (x Redacted) Step(ctx context.Context, after string, _ int) (string, int, error) {
	from, _ := strconv.ParseInt(after, 10, 64)
	ids, err := caseIDsAfter(ctx, x.Service.db.Read(), from)
	if err != nil || len(ids) == 0 {
		return "", 0, err
	}
	err = x.Service.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return x.Service.project(ctx, tx, ids) })
	return strconv.FormatInt(ids[len(ids)-1], 10), len(ids), err
}

// project writes the words of cases into the index, in place of what stood
// there.
func (s *Service) project(ctx context.Context, tx db.Tx, ids []int64) error {
	texts, err := caseTexts(ctx, tx, ids)
	if err != nil || len(texts) == 0 {
		return err
	}
	filed := make(map[int64]int64, len(texts))
	for _, t := range texts {
		filed[t.id] = t.petitioner
	}
	told, err := s.told.Findable(ctx, tx, filed)
	if err != nil {
		return err
	}
	cases := make([]indexed, len(texts))
	for i, t := range texts {
		cases[i] = indexed{t.id, bigram.Index(t.short+"\n"+told[t.id].Place, told[t.id].Words)}
	}
	var b db.Batch
	putWords(&b, s.db.Dialect(), cases)
	return tx.Send(ctx, &b)
}
