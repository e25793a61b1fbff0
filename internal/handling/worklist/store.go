package worklist

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

const rowColumns = `id, no, title, category, state, urgency, lane = 'confidential', owner_unit_id, lead_unit_id, petitioner_id,
	next_due_at, next_warn_at, next_clock, last_event, last_event_at, closed_at, outcome, urges, round, channel, kind, stage`

func scanRow(r db.Rows) (Row, error) {
	var v Row
	var due, warn, last, closed db.Time
	err := r.Scan(&v.ID, &v.No, &v.Title, &v.Category, &v.State, &v.Urgency, &v.Confidential, &v.OwnerUnitID, &v.LeadUnitID,
		&v.PetitionerID, &due, &warn, &v.Clock, &v.LastEvent, &last, &closed, &v.Outcome, &v.Urges, &v.Round, &v.Channel, &v.Kind, &v.Stage)
	v.DueAt, v.WarnAt, v.LastEventAt, v.ClosedAt = due.Std(), warn.Std(), last.Std(), closed.Std()
	return v, err
}

// order gives the order of a view, forwards or back.
func order(v Tab, back bool, id string) string {
	down := (v == Closed) != back
	switch {
	case v == Closed && down:
		return id + " DESC"
	case v == Closed:
		return id
	case down:
		return "next_due_at DESC, id DESC"
	}
	return "next_due_at, id"
}

// listQuery writes the statement of one page, one row more than it shows.
func listQuery(w where, q Query) (string, []any) {
	table, id := w.from()
	if k := q.From; k.ID != 0 {
		than := map[bool]string{false: " > ", true: " < "}[(q.Tab == Closed) != k.Back]
		if q.Tab == Closed {
			w.and(id+than+"?", k.ID)
		} else {
			w.and("(next_due_at, id)"+than+"(?, ?)", k.Due, k.ID)
		}
	}
	return "SELECT " + rowColumns + " FROM " + table + " WHERE " + w.String() +
		" ORDER BY " + order(q.Tab, q.From.Back, id) + " LIMIT " + strconv.Itoa(pageRows+1), w.args
}

func listRows(ctx context.Context, q db.Queryer, w where, query Query) ([]Row, error) {
	text, args := listQuery(w, query)
	return db.List(ctx, q, scanRow, text, args...)
}

// countQuery writes one statement that counts every view, each to the bound. A
// view may stand there twice.
func countQuery(views []Tab, parts []where) (string, []any) {
	var b strings.Builder
	var args []any
	for i, w := range parts {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		table, id := w.from()
		text := shift(w.String(), len(args))
		args = append(args, w.args...)
		b.WriteString("SELECT " + strconv.Itoa(i) + ", count(*) FROM (SELECT 1 FROM " + table + " WHERE " + text +
			" ORDER BY " + order(views[i], false, id) + " LIMIT " + strconv.Itoa(mostTold+1) + ") AS v" + strconv.Itoa(i))
	}
	return b.String(), args
}

// shift renumbers placeholders for a place further back in a statement.
func shift(text string, by int) string {
	if by == 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		b.WriteByte(text[i])
		if text[i] != '$' {
			continue
		}
		j := i + 1
		for j < len(text) && text[j] >= '0' && text[j] <= '9' {
			j++
		}
		n, _ := strconv.Atoi(text[i+1 : j])
		b.WriteString(strconv.Itoa(n + by))
		i = j - 1
	}
	return b.String()
}

func countRows(ctx context.Context, q db.Queryer, views []Tab, parts []where) (map[Tab]Count, error) {
	counts := make(map[Tab]Count, len(views))
	text, args := countQuery(views, parts)
	_, err := db.List(ctx, q, func(r db.Rows) (struct{}, error) {
		var i, n int
		err := r.Scan(&i, &n)
		if err == nil {
			n += counts[views[i]].N
			counts[views[i]] = Count{min(n, mostTold), n > mostTold}
		}
		return struct{}{}, err
	}, text, args...)
	return counts, err
}

// nameMasks fills in the masked names of the people of a page, in one query.
// Where a petitioner asked to stay unknown to the handling unit, its readers
// get none; nor does anybody of the confidential lane.
func nameMasks(ctx context.Context, q db.Queryer, a access.Actor, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]any, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	text := "SELECT c.id, p.name_mask FROM case_file c JOIN person p ON p.id = c.petitioner_id WHERE c.lane <> 'confidential' AND c.id IN (" + marks(len(ids)) + ")"
	if a.Has(access.UnitHandler, access.UnitHead) {
		text += " AND NOT EXISTS (SELECT 1 FROM matter m WHERE m.case_id = c.id AND m.secret)"
	}
	names := make(map[int64]string, len(rows))
	_, err := db.List(ctx, q, func(r db.Rows) (struct{}, error) {
		var id int64
		var mask string
		err := r.Scan(&id, &mask)
		names[id] = mask
		return struct{}{}, err
	}, text, ids...)
	for i := range rows {
		rows[i].Petitioner = names[rows[i].ID]
	}
	return err
}

// marks writes "$1, $2, …".
func marks(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i))
	}
	return b.String()
}
