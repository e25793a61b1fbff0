package app

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/handling/triage"
	"xinqiao/internal/platform/db"
)

// decisions are what people decided about cases, for those who learn from it.
// The confidential lane and who asked to stay unknown are left out here, once.
type decisions struct {
	db     *db.DB
	intake *intake.Service
}

const decisionQuery = `SELECT c.id, c.title, c.category, c.nature, c.urgency, c.lead_unit_id, c.area1_id, c.area2_id, c.area3_id
	FROM case_file c JOIN matter m ON m.case_id = c.id WHERE c.lane = '` + string(access.LaneOpen) + `' AND NOT m.secret AND `

// Decided implements triage.History.
func (d decisions) Decided(ctx context.Context, q db.Queryer, ids []int64) ([]triage.Decision, error) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	return d.read(ctx, q, decisionQuery+`c.id IN (`+strings.Join(marks, ", ")+`)`, args...)
}

// Dispatched implements triage.History.
func (d decisions) Dispatched(ctx context.Context, below int64, limit int) ([]triage.Decision, error) {
	if below == 0 {
		below = 1<<63 - 1
	}
	return d.read(ctx, d.db.Read(), decisionQuery+`c.id < $1 AND c.dispatched_at > 0 AND c.category <> ''
		ORDER BY c.id DESC LIMIT $2`, below, limit)
}

func (d decisions) read(ctx context.Context, q db.Queryer, query string, args ...any) ([]triage.Decision, error) {
	list, err := db.List(ctx, q, func(r db.Rows) (x triage.Decision, err error) {
		err = r.Scan(&x.CaseID, &x.Title, &x.Category, &x.Nature, &x.Urgency, &x.UnitID, &x.Areas[0], &x.Areas[1], &x.Areas[2])
		return x, err
	}, query, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i, x := range list {
		ids[i] = x.CaseID
	}
	told, err := d.intake.Texts(ctx, q, ids)
	for i := range list {
		t := told[list[i].CaseID]
		list[i].Words, list[i].Wish, list[i].Place = t.Words, t.Wish, t.Place
	}
	return list, err
}
