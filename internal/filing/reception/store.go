package reception

import (
	"context"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
)

type store struct{}

func saveInfo(b *db.Batch, i Info, by int64, now time.Time) {
	t := i.Texts
	b.Add(`INSERT INTO reception_info (bureau_id, online, mail, phone, hours, place, query, law, course, updated_by, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (bureau_id) DO UPDATE SET online = excluded.online, mail = excluded.mail, phone = excluded.phone, hours = excluded.hours,
		place = excluded.place, query = excluded.query, law = excluded.law, course = excluded.course, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
		i.Bureau.ID, t["online"], t["mail"], t["phone"], t["hours"], t["place"], t["query"], t["law"], t["course"], by, db.At(now))
}

// infos reads what is published, by bureau. There are as many rows as bureaus.
func (store) infos(ctx context.Context, q db.Queryer) (map[int64]Info, error) {
	out := map[int64]Info{}
	_, err := db.List(ctx, q, func(r db.Rows) (id int64, err error) {
		var texts [8]string
		var updated db.Time
		err = r.Scan(&id, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &texts[6], &texts[7], &updated)
		i := Info{Texts: map[string]string{}, UpdatedAt: updated.Std()}
		for n, item := range Items {
			i.Texts[item] = texts[n]
		}
		out[id] = i
		return id, err
	}, `SELECT bureau_id, online, mail, phone, hours, place, query, law, course, updated_at FROM reception_info LIMIT 5000`)
	return out, err
}

func insertDay(b *db.Batch, d Day, by int64, now time.Time) {
	b.Add(`INSERT INTO leader_day (id, bureau_id, day, begins, ends, place, leader, staff_id, subject, made_by, made_at, cancelled_at, cancelled_why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '')`,
		d.ID, d.BureauID, d.Day.String(), d.Begins, d.Ends, d.Place, d.Leader, d.StaffID, d.Subject, by, db.At(now))
}

// cancelDay takes back a day that is not over.
func cancelDay(b *db.Batch, d Day) {
	b.Expect(1, `UPDATE leader_day SET cancelled_at = $4, cancelled_why = $5 WHERE id = $1 AND bureau_id = $2 AND day >= $3 AND cancelled_at = 0`,
		d.ID, d.BureauID, d.Day.String(), db.At(d.CancelledAt), d.Why)
}

// days reads those of a span, of one bureau or of all.
func (store) days(ctx context.Context, q db.Queryer, from, to calendar.Date, bureauID int64) ([]Day, error) {
	query := `SELECT id, bureau_id, day, begins, ends, place, leader, staff_id, subject, cancelled_at, cancelled_why FROM leader_day WHERE day >= $1 AND day <= $2`
	args := []any{from.String(), to.String()}
	if bureauID != 0 {
		query += ` AND bureau_id = $3`
		args = append(args, bureauID)
	}
	return db.List(ctx, q, func(r db.Rows) (d Day, err error) {
		var day string
		var cancelled db.Time
		err = r.Scan(&d.ID, &d.BureauID, &day, &d.Begins, &d.Ends, &d.Place, &d.Leader, &d.StaffID, &d.Subject, &cancelled, &d.Why)
		d.CancelledAt = cancelled.Std()
		d.Day, _ = calendar.ParseDate(day) // written by insertDay
		return d, err
	}, query+` ORDER BY day, begins, id LIMIT 500`, args...)
}
