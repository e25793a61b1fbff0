package inspection

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
)

const (
	endTeam    = `UPDATE team SET ended_at = $2 WHERE id = $1 AND ended_at = 0`
	reportItem = `UPDATE visit_item SET report = $3, done_at = $4 WHERE id = $1 AND unit_id = $2 AND checked_at = 0`
	ofTeam     = ` AND visit_id IN (SELECT id FROM visit WHERE team_id = `
	checkItem  = `UPDATE visit_item SET checked_at = $2 WHERE id = $1 AND done_at <> 0 AND checked_at = 0 AND unit_id <> $3` + ofTeam + `$4)`
	reopenItem = `UPDATE visit_item SET done_at = 0, lapsed_at = 0 WHERE id = $1 AND done_at <> 0 AND checked_at = 0 AND unit_id <> $2` + ofTeam + `$3)`
)

func insertTeam(b *db.Batch, t Team, by int64) {
	b.Add(`INSERT INTO team (id, name, task, area1_id, area2_id, area3_id, made_by, made_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		t.ID, t.Name, t.Task, t.Areas[0], t.Areas[1], t.Areas[2], by, db.At(t.MadeAt))
	for _, m := range t.Members {
		b.Add(`INSERT INTO team_member (team_id, staff_id, name) VALUES ($1, $2, $3)`, t.ID, m.ID, m.Name)
	}
	for _, u := range t.Units {
		b.Add(`INSERT INTO team_unit (team_id, unit_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, t.ID, u)
	}
}

// teamSight is the jurisdiction alone: a team stands for no case.
func teamSight(a access.Actor) where {
	var w where
	for _, t := range access.Visible(a).Terms {
		if t.Field == access.FieldArea1 || t.Field == access.FieldArea2 || t.Field == access.FieldArea3 {
			w.and("x."+string(t.Field)+" = ?", t.Value)
		}
	}
	if len(w.parts) == 0 {
		w.and("FALSE")
	}
	return w
}

const teamColumns = `x.id, x.name, x.task, x.area1_id, x.area2_id, x.area3_id, x.made_at, x.ended_at`

func scanTeam(r db.Rows) (Team, error) {
	var t Team
	var made, ended db.Time
	err := r.Scan(&t.ID, &t.Name, &t.Task, &t.Areas[0], &t.Areas[1], &t.Areas[2], &made, &ended)
	t.MadeAt, t.EndedAt = made.Std(), ended.Std()
	return t, err
}

func (s store) teams(ctx context.Context, q db.Queryer, a access.Actor, after int64, limit int) ([]Team, error) {
	w := teamSight(a)
	if after != 0 {
		w.and("x.id < ?", after)
	}
	list, err := db.List(ctx, q, scanTeam, `SELECT `+teamColumns+` FROM team x WHERE `+w.String()+` ORDER BY x.id DESC LIMIT `+strconv.Itoa(limit), w.args...)
	if err != nil {
		return nil, err
	}
	return list, s.fill(ctx, q, list)
}

func (s store) team(ctx context.Context, q db.Queryer, a access.Actor, id int64) (Team, error) {
	w := teamSight(a)
	w.and("x.id = ?", id)
	t, err := db.One(ctx, q, scanTeam, `SELECT `+teamColumns+` FROM team x WHERE `+w.String(), w.args...)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrNotFound
	}
	one := []Team{t}
	if err == nil {
		err = s.fill(ctx, q, one)
	}
	return one[0], err
}

// fill reads members and units of teams.
func (s store) fill(ctx context.Context, q db.Queryer, list []Team) error {
	if len(list) == 0 {
		return nil
	}
	at := map[int64]*Team{}
	args := make([]any, len(list))
	for i := range list {
		at[list[i].ID], args[i] = &list[i], list[i].ID
	}
	in := marks(1, len(args))
	if _, err := db.List(ctx, q, func(r db.Rows) (c Colleague, err error) {
		var id int64
		if err = r.Scan(&id, &c.ID, &c.Name); err == nil {
			at[id].Members = append(at[id].Members, c)
		}
		return c, err
	}, `SELECT team_id, staff_id, name FROM team_member WHERE team_id IN (`+in+`) ORDER BY team_id, staff_id`, args...); err != nil {
		return err
	}
	_, err := db.List(ctx, q, func(r db.Rows) (unit int64, err error) {
		var id int64
		if err = r.Scan(&id, &unit); err == nil {
			at[id].Units = append(at[id].Units, unit)
		}
		return unit, err
	}, `SELECT team_id, unit_id FROM team_unit WHERE team_id IN (`+in+`) ORDER BY team_id, unit_id`, args...)
	return err
}

func insertVisit(b *db.Batch, v Visit, by int64) {
	b.Add(`INSERT INTO visit (id, team_id, unit_id, day, record, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.ID, v.TeamID, v.UnitID, v.Day.String(), v.Record, by, db.At(v.MadeAt))
	for _, it := range v.Items {
		b.Add(`INSERT INTO visit_item (id, visit_id, unit_id, text, due_at, lapsed_at, report, done_at, checked_at) VALUES ($1, $2, $3, $4, $5, 0, '', 0, 0)`,
			it.ID, v.ID, it.UnitID, it.Text, db.At(it.DueAt))
	}
}

func (s store) visits(ctx context.Context, q db.Queryer, teamID int64) ([]Visit, error) {
	list, err := db.List(ctx, q, func(r db.Rows) (v Visit, err error) {
		var day string
		var made db.Time
		err = r.Scan(&v.ID, &v.TeamID, &v.UnitID, &day, &v.Record, &made)
		v.MadeAt = made.Std()
		v.Day, _ = calendar.ParseDate(strings.TrimSpace(day))
		return v, err
	}, `SELECT id, team_id, unit_id, day, record, made_at FROM visit WHERE team_id = $1 ORDER BY id DESC LIMIT 100`, teamID)
	if err != nil || len(list) == 0 {
		return list, err
	}
	args := make([]any, len(list))
	at := map[int64]*Visit{}
	for i := range list {
		args[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	items, err := db.List(ctx, q, scanItem, `SELECT `+itemColumns+` FROM visit_item WHERE visit_id IN (`+marks(1, len(args))+`) ORDER BY visit_id, id`, args...)
	for _, it := range items {
		at[it.VisitID].Items = append(at[it.VisitID].Items, it)
	}
	return list, err
}

const itemColumns = `id, visit_id, unit_id, text, due_at, lapsed_at, report, done_at, checked_at`

func scanItem(r db.Rows) (Item, error) {
	var it Item
	var due, lapsed, done, checked db.Time
	err := r.Scan(&it.ID, &it.VisitID, &it.UnitID, &it.Text, &due, &lapsed, &it.Report, &done, &checked)
	it.DueAt, it.LapsedAt, it.DoneAt, it.CheckedAt = due.Std(), lapsed.Std(), done.Std(), checked.Std()
	return it, err
}

func (s store) itemsOf(ctx context.Context, q db.Queryer, unitID int64) ([]Item, error) {
	return db.List(ctx, q, scanItem, `SELECT `+itemColumns+` FROM visit_item WHERE unit_id = $1 ORDER BY id DESC LIMIT 50`, unitID)
}

func (s store) lateItems(ctx context.Context, q db.Queryer, now time.Time, limit int) ([]Item, error) {
	return db.List(ctx, q, scanItem, `SELECT `+itemColumns+` FROM visit_item WHERE done_at = 0 AND lapsed_at = 0 AND due_at <= $1
		ORDER BY due_at, id LIMIT `+strconv.Itoa(limit)+s.db.Dialect().SkipLocked(), db.At(now))
}

func markItem(b *db.Batch, id int64, now time.Time) {
	b.Expect(1, `UPDATE visit_item SET lapsed_at = $2 WHERE id = $1 AND lapsed_at = 0`, id, db.At(now))
}
