package room

import (
	"context"
	"errors"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// placeSight is the jurisdiction alone: a conference stands for no case.
func placeSight(a access.Actor) where {
	var w where
	for _, t := range access.Visible(a).Terms {
		if t.Field == access.FieldArea1 || t.Field == access.FieldArea2 || t.Field == access.FieldArea3 {
			w.and("x."+string(t.Field)+" = ?", t.Value)
		}
	}
	if a.Role == access.System {
		w.and("TRUE")
	}
	if len(w.parts) == 0 {
		w.and("FALSE")
	}
	return w
}

const conferenceColumns = `x.id, x.title, x.area1_id, x.area2_id, x.area3_id, x.unit_id, x.meets_at, x.place, x.chair, x.attendees, x.minutes, x.held_at`

func scanConference(r db.Rows) (Conference, error) {
	var c Conference
	var meets, held db.Time
	err := r.Scan(&c.ID, &c.Title, &c.Areas[0], &c.Areas[1], &c.Areas[2], &c.UnitID, &meets, &c.Place, &c.Chair, &c.Attendees, &c.Minutes, &held)
	c.MeetsAt, c.HeldAt = meets.Std(), held.Std()
	return c, err
}

func insertConference(b *db.Batch, c Conference, by int64, now time.Time) {
	b.Add(`INSERT INTO conference (id, title, area1_id, area2_id, area3_id, unit_id, meets_at, place, chair, attendees, minutes, held_at, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', 0, $10, $11)`,
		c.ID, c.Title, c.Areas[0], c.Areas[1], c.Areas[2], c.UnitID, db.At(c.MeetsAt), c.Place, c.Chair, by, db.At(now))
}

func holdConference(b *db.Batch, id int64, attendees, minutes string, now time.Time) {
	b.Expect(1, `UPDATE conference SET attendees = $2, minutes = $3, held_at = $4 WHERE id = $1 AND held_at = 0`, id, attendees, minutes, db.At(now))
}

func (s store) conferences(ctx context.Context, q db.Queryer, a access.Actor, after int64, limit int) ([]Conference, error) {
	w := placeSight(a)
	if after != 0 {
		w.and("x.id < ?", after)
	}
	return db.List(ctx, q, scanConference, `SELECT `+conferenceColumns+` FROM conference x WHERE `+w.String()+` ORDER BY x.id DESC LIMIT `+strconv.Itoa(limit), w.args...)
}

func (s store) conference(ctx context.Context, q db.Queryer, a access.Actor, id int64) (Conference, error) {
	w := placeSight(a)
	w.and("x.id = ?", id)
	c, err := db.One(ctx, q, scanConference, `SELECT `+conferenceColumns+` FROM conference x WHERE `+w.String(), w.args...)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	return c, err
}

const itemColumns = `i.id, i.conference_id, i.case_id, i.case_no, i.topic, i.decision, i.unit_id, i.decided_at, i.due_at, i.lapsed_at, i.report, i.done_at`

func scanItem(r db.Rows) (Item, error) {
	var i Item
	var decided, due, lapsed, done db.Time
	err := r.Scan(&i.ID, &i.ConferenceID, &i.CaseID, &i.CaseNo, &i.Topic, &i.Decision, &i.UnitID, &decided, &due, &lapsed, &i.Report, &done)
	i.DecidedAt, i.DueAt, i.LapsedAt, i.DoneAt = decided.Std(), due.Std(), lapsed.Std(), done.Std()
	return i, err
}

// seen hides a line of the agenda whose case the actor may not see.
func (w *where) seen(a access.Actor) {
	of := where{args: w.args}
	of.see(a)
	w.args = of.args
	if len(of.parts) > 0 {
		w.parts = append(w.parts, "(i.case_id = 0 OR EXISTS (SELECT 1 FROM case_file c WHERE c.id = i.case_id AND "+of.String()+"))")
	}
}

func (s store) items(ctx context.Context, q db.Queryer, a access.Actor, conferenceID int64) ([]Item, error) {
	var w where
	w.and("i.conference_id = ?", conferenceID)
	w.seen(a)
	return db.List(ctx, q, scanItem, `SELECT `+itemColumns+` FROM conference_item i WHERE `+w.String()+` ORDER BY i.id LIMIT 200`, w.args...)
}

func (s store) item(ctx context.Context, q db.Queryer, a access.Actor, id int64) (Item, error) {
	w := placeSight(a)
	w.and("i.id = ?", id)
	w.seen(a)
	it, err := db.One(ctx, q, scanItem, `SELECT `+itemColumns+` FROM conference_item i JOIN conference x ON x.id = i.conference_id WHERE `+w.String(), w.args...)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrNotFound
	}
	return it, err
}

func (s store) openItems(ctx context.Context, q db.Queryer, a access.Actor) ([]Item, error) {
	w := placeSight(a)
	w.and("i.due_at <> 0 AND i.done_at = 0")
	w.seen(a)
	return db.List(ctx, q, scanItem, `SELECT `+itemColumns+` FROM conference_item i JOIN conference x ON x.id = i.conference_id WHERE `+w.String()+` ORDER BY i.due_at, i.id LIMIT 100`, w.args...)
}

func insertItem(b *db.Batch, i Item) {
	b.Add(`INSERT INTO conference_item (id, conference_id, case_id, case_no, topic, decision, unit_id, decided_at, due_at, lapsed_at, report, done_at)
		VALUES ($1, $2, $3, $4, $5, '', 0, 0, 0, 0, '', 0)`, i.ID, i.ConferenceID, i.CaseID, i.CaseNo, i.Topic)
}

func decideItem(b *db.Batch, i Item) {
	b.Expect(1, `UPDATE conference_item SET decision = $3, unit_id = $4, decided_at = $5, due_at = $6, lapsed_at = 0 WHERE id = $1 AND conference_id = $2 AND done_at = 0`,
		i.ID, i.ConferenceID, i.Decision, i.UnitID, db.At(i.DecidedAt), db.At(i.DueAt))
}

func reportItem(b *db.Batch, id int64, report string, done bool, now time.Time) {
	if !done {
		now = time.Time{}
	}
	b.Expect(1, `UPDATE conference_item SET report = $2, done_at = $3 WHERE id = $1 AND done_at = 0`, id, report, db.At(now))
}

func lapseItem(b *db.Batch, id int64, now time.Time) {
	b.Expect(1, `UPDATE conference_item SET lapsed_at = $2 WHERE id = $1 AND lapsed_at = 0`, id, db.At(now))
}

func (s store) lateItems(ctx context.Context, q db.Queryer, now time.Time, limit int) ([]int64, error) {
	return db.List(ctx, q, db.Value[int64], `SELECT id FROM conference_item WHERE due_at <> 0 AND done_at = 0 AND lapsed_at = 0 AND due_at <= $1
		ORDER BY due_at, id LIMIT `+strconv.Itoa(limit)+s.db.Dialect().SkipLocked(), db.At(now))
}
