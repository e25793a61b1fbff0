package worklist

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/platform/db"
)

// window is how many of the newest cases in scope are looked through before
// the word index is asked, where the index cannot stream.
const window = 2000

// streamQuery reads a word index that gives its hits newest first, and keeps
// what the rule allows.
func streamQuery(d db.Dialect, w where, asked string, before int64) (string, []any) {
	w.and(d.SearchMatch("s.words", len(w.args)+1))
	w.args = append(w.args, asked)
	if before != 0 {
		w.and("s.rowid < ?", before)
	}
	return "SELECT " + rowColumns + " FROM case_search s CROSS JOIN case_file c WHERE c.id = s.rowid AND " + w.String() +
		" ORDER BY s.rowid DESC LIMIT " + strconv.Itoa(pageRows+1), w.args
}

// windowQuery looks through the newest cases in scope, one by one: the
// question in parentheses keeps the word index out of it.
func windowQuery(d db.Dialect, w where, asked string, before int64) (string, []any) {
	if before != 0 {
		w.and("id < ?", before)
	}
	match := d.SearchMatch("s.words", len(w.args)+1)
	return "SELECT " + rowColumns + " FROM (SELECT * FROM case_file WHERE " + w.String() +
		" ORDER BY id DESC LIMIT " + strconv.Itoa(window) + ") AS c WHERE (SELECT " + match + " FROM case_search s WHERE s.rowid = c.id)" +
		" ORDER BY id DESC LIMIT " + strconv.Itoa(pageRows+1), append(w.args, asked)
}

// partnerQuery looks through the cases in which a unit takes part, the newest
// first, one by one.
func partnerQuery(d db.Dialect, w where, asked string, before int64) (string, []any) {
	if before != 0 {
		w.and("case_id < ?", before)
	}
	match := d.SearchMatch("s.words", len(w.args)+1)
	return "SELECT " + rowColumns + " FROM case_party CROSS JOIN case_file WHERE " + w.String() +
		" AND (SELECT " + match + " FROM case_search s WHERE s.rowid = case_id) ORDER BY case_id DESC LIMIT " + strconv.Itoa(pageRows+1), append(w.args, asked)
}

// gatherQuery takes every hit of a rare word from the index before anything
// else, whatever the planner believes about it.
func gatherQuery(d db.Dialect, w where, asked string, before int64) (string, []any) {
	match := d.SearchMatch("words", len(w.args)+1)
	w.args = append(w.args, asked)
	if before != 0 {
		w.args = append(w.args, before)
		match += " AND rowid < $" + strconv.Itoa(len(w.args))
	}
	return "WITH hit AS MATERIALIZED (SELECT rowid AS hit_id FROM case_search WHERE " + match + ") SELECT " + rowColumns +
		" FROM hit JOIN case_file ON id = hit_id WHERE " + w.String() + " ORDER BY id DESC LIMIT " + strconv.Itoa(pageRows+1), w.args
}

// indexed is a case with its words.
type indexed struct {
	id    int64
	words []string
}

// putMost is how many cases one statement writes.
const putMost = 100

// putWords replaces the words of cases.
func putWords(b *db.Batch, d db.Dialect, cases []indexed) {
	for len(cases) > 0 {
		some := cases[:min(putMost, len(cases))]
		cases = cases[len(some):]
		ids, args := make([]any, len(some)), make([]any, 0, 2*len(some))
		var rows strings.Builder
		for i, c := range some {
			if i > 0 {
				rows.WriteString(", ")
			}
			ids[i], args = c.id, append(args, c.id, strings.Join(c.words, " "))
			rows.WriteString("($" + strconv.Itoa(2*i+1) + ", " + d.SearchStore(2*i+2) + ")")
		}
		b.Add("DELETE FROM case_search WHERE rowid IN ("+marks(len(ids))+")", ids...)
		b.Add("INSERT INTO case_search (rowid, words) VALUES "+rows.String(), args...)
	}
}

// caseText is what a case is found by: short texts also by single characters.
type caseText struct {
	id         int64
	petitioner int64
	short      string
}

// caseTexts reads what the case itself is found by.
func caseTexts(ctx context.Context, q db.Queryer, ids []int64) ([]caseText, error) {
	in := marks(len(ids))
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return db.List(ctx, q, func(r db.Rows) (caseText, error) {
		var t caseText
		var no, title string
		err := r.Scan(&t.id, &t.petitioner, &no, &title)
		t.short = title + "\n" + no
		return t, err
	}, `SELECT id, petitioner_id, no, title FROM case_file WHERE id IN (`+in+`)`, args...)
}

func caseIDsAfter(ctx context.Context, q db.Queryer, after int64) ([]int64, error) {
	return db.List(ctx, q, db.Value[int64], `SELECT id FROM case_file WHERE id > $1 ORDER BY id LIMIT 500`, after)
}
