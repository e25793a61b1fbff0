package settings

import (
	"context"
	"strings"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// store holds all SQL of the capability.
type store struct{}

func (store) revision(ctx context.Context, q db.Queryer) (int64, error) {
	return db.One(ctx, q, db.Value[int64], `SELECT n FROM settings_revision WHERE name = 'settings'`)
}

func (store) bump(ctx context.Context, q db.Queryer) error {
	_, err := q.Exec(ctx, `UPDATE settings_revision SET n = n + 1 WHERE name = 'settings'`)
	return err
}

// Categories.

func (store) categories(ctx context.Context, q db.Queryer) ([]casework.Category, error) {
	return db.List(ctx, q, func(r db.Rows) (casework.Category, error) {
		var c casework.Category
		var routes, keywords string
		err := r.Scan(&c.Code, &c.Parent, &c.NameZH, &c.NameEN, &c.LeadZH, &routes, &keywords, &c.Note, &c.Active)
		c.Natures, c.Keywords = natures(routes), split(keywords, ",")
		return c, err
	}, `SELECT code, parent, name_zh, name_en, lead_zh, natures, keywords, note, active
		FROM category ORDER BY sort, code`)
}

func (store) seedCategory(b *db.Batch, c casework.Category, sort int) {
	b.Add(`
		INSERT INTO category (code, parent, name_zh, name_en, lead_zh, natures, keywords, note, active, sort)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, TRUE, $9) ON CONFLICT (code) DO NOTHING`,
		c.Code, c.Parent, c.NameZH, c.NameEN, c.LeadZH, joinNatures(c.Natures), strings.Join(c.Keywords, ","), c.Note, sort)
}

func (store) updateCategory(ctx context.Context, q db.Queryer, c casework.Category) error {
	_, err := q.Exec(ctx, `
		UPDATE category SET name_zh = $2, name_en = $3, lead_zh = $4, natures = $5, keywords = $6, note = $7, active = $8
		WHERE code = $1`,
		c.Code, c.NameZH, c.NameEN, c.LeadZH, joinNatures(c.Natures), strings.Join(c.Keywords, ","), c.Note, c.Active)
	return err
}

// Duties.

const dutyColumns = `id, category, area_id, unit_id, basis, valid_from_at, valid_to_at`

func scanDuty(r db.Rows) (Duty, error) {
	var d Duty
	var from, to db.Time
	err := r.Scan(&d.ID, &d.Category, &d.AreaID, &d.UnitID, &d.Basis, &from, &to)
	d.From, d.To = from.Std(), to.Std()
	return d, err
}

// livingDuties reads the whole list but for what has ended: it is the cache's
// one load, not a page's query.
func (store) livingDuties(ctx context.Context, q db.Queryer, now time.Time) ([]Duty, error) {
	return db.List(ctx, q, scanDuty,
		`SELECT `+dutyColumns+` FROM duty WHERE valid_to_at = 0 OR valid_to_at > $1`, db.At(now))
}

func (store) insertDuty(b *db.Batch, d Duty) {
	b.Add(`INSERT INTO duty (`+dutyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, d.Category, d.AreaID, d.UnitID, d.Basis, db.At(d.From), db.At(d.To))
}

// supersedeDuty ends what holds for the same category and area at d's start.
func (store) supersedeDuty(ctx context.Context, q db.Queryer, d Duty) error {
	_, err := q.Exec(ctx, `
		UPDATE duty SET valid_to_at = $3
		WHERE category = $1 AND area_id = $2 AND (valid_to_at = 0 OR valid_to_at > $3)`,
		d.Category, d.AreaID, db.At(d.From))
	return err
}

func (store) endDuty(ctx context.Context, q db.Queryer, id int64, now time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE duty SET valid_to_at = $2 WHERE id = $1 AND (valid_to_at = 0 OR valid_to_at > $2)`, id, db.At(now))
	return n == 1, err
}

// The two shapes of the list, each on its own index.
const (
	dutiesByCategory = `SELECT ` + dutyColumns + ` FROM duty
		WHERE category >= $1 AND category < $2 AND (category, area_id, id) > ($3, $4, $5)
			AND ($6 OR valid_to_at = 0 OR valid_to_at > $7)
		ORDER BY category, area_id, id LIMIT $8`
	dutiesInArea = `SELECT ` + dutyColumns + ` FROM duty
		WHERE area_id = $4 AND category >= $1 AND category < $2 AND (category, id) > ($3, $5)
			AND ($6 OR valid_to_at = 0 OR valid_to_at > $7)
		ORDER BY category, id LIMIT $8`
)

func (store) listDuties(ctx context.Context, q db.Queryer, f DutyFilter, now time.Time) ([]Duty, error) {
	query, area := dutiesByCategory, f.After.AreaID
	if f.AreaID != 0 {
		query, area = dutiesInArea, f.AreaID
	}
	return db.List(ctx, q, scanDuty, query, f.Category, f.Category+"\x7f",
		f.After.Category, area, f.After.ID, f.Ended, db.At(now), f.Limit)
}

// Calendar days.

func (store) days(ctx context.Context, q db.Queryer) ([]calendar.Day, error) {
	return db.List(ctx, q, func(r db.Rows) (calendar.Day, error) {
		var d calendar.Day
		var text string
		if err := r.Scan(&text, &d.Working, &d.Name); err != nil {
			return d, err
		}
		var err error
		d.Date, err = calendar.ParseDate(text)
		return d, err
	}, `SELECT day, working, name FROM calendar_day ORDER BY day`)
}

func (store) setDay(ctx context.Context, q db.Queryer, d calendar.Day) error {
	_, err := q.Exec(ctx, `
		INSERT INTO calendar_day (day, working, name) VALUES ($1, $2, $3)
		ON CONFLICT (day) DO UPDATE SET working = excluded.working, name = excluded.name`,
		d.Date.String(), d.Working, d.Name)
	return err
}

func (store) dropDays(ctx context.Context, q db.Queryer, from, to string) error {
	_, err := q.Exec(ctx, `DELETE FROM calendar_day WHERE day >= $1 AND day <= $2`, from, to)
	return err
}

// Parameters.

func (store) values(ctx context.Context, q db.Queryer) (map[string]string, error) {
	set := map[string]string{}
	_, err := db.List(ctx, q, func(r db.Rows) (string, error) {
		var name, value string
		err := r.Scan(&name, &value)
		set[name] = value
		return name, err
	}, `SELECT name, value FROM parameter`)
	return set, err
}

func (store) setValue(ctx context.Context, q db.Queryer, name, value string) error {
	_, err := q.Exec(ctx, `
		INSERT INTO parameter (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
