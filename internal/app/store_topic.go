package app

import (
	"context"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/sameness"
	"xinqiao/internal/insight/topic"
	"xinqiao/internal/platform/db"
)

// gathered is what people told, for those who group it. The confidential lane
// and who asked to stay unknown are left out here.
type gathered struct {
	db     *db.DB
	intake *intake.Service
	same   *sameness.Service
}

// Told implements topic.Cases.
func (g gathered) Told(ctx context.Context, below int64, limit int) ([]topic.Told, error) {
	if below == 0 {
		below = 1<<63 - 1
	}
	list, err := db.List(ctx, g.db.Read(), func(r db.Rows) (t topic.Told, err error) {
		var at db.Time
		err = r.Scan(&t.CaseID, &t.Who, &at, &t.Title)
		t.At = at.Std()
		return t, err
	}, `SELECT c.id, c.petitioner_id, c.registered_at, c.title FROM case_file c JOIN matter m ON m.case_id = c.id
		WHERE c.id < $1 AND c.lane = '`+string(access.LaneOpen)+`' AND NOT m.secret AND c.stage = 'handling' ORDER BY c.id DESC LIMIT $2`, below, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i, t := range list {
		ids[i] = t.CaseID
	}
	told, err := g.intake.Texts(ctx, g.db.Read(), ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Words = told[list[i].CaseID].Words
		if list[i].Who, err = g.one(ctx, list[i].Who); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// one stands for all records that are known to be of one person.
func (g gathered) one(ctx context.Context, personID int64) (int64, error) {
	if personID == 0 {
		return 0, nil
	}
	group, err := g.same.Group(ctx, personID)
	for _, id := range group {
		personID = min(personID, id)
	}
	return personID, err
}
