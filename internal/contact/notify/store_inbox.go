package notify

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
)

const itemColumns = `id, case_id, condition, level, duty_seq, due_at, at, read_at, reminder_id, kind, subject, path`

// trayRow is an Item with the reminder that it is of.
type trayRow struct {
	Item
	reminderID int64
}

func scanItem(r db.Rows) (trayRow, error) {
	var it trayRow
	var due, at, read db.Time
	err := r.Scan(&it.ID, &it.CaseID, &it.Condition, &it.Level, &it.Seq, &due, &at, &read, &it.reminderID, &it.Kind, &it.Subject, &it.Path)
	it.DueAt, it.At, it.ReadAt = due.Std(), at.Std(), read.Std()
	return it, err
}

// newsToInbox lays news into somebody's tray, once.
func (store) newsToInbox(ctx context.Context, tx db.Tx, it trayRow, staffID int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO inbox (id, staff_id, reminder_id, case_id, condition, level, duty_seq, due_at, at, kind, subject, path)
		VALUES ($1, $2, $3, $4, '', '', 0, $5, $6, $7, $8, $9) ON CONFLICT (staff_id, reminder_id) DO NOTHING`,
		it.ID, staffID, it.reminderID, it.CaseID, db.At(it.DueAt), db.At(it.At), it.Kind, it.Subject, it.Path)
	return err
}

const (
	trayQuery   = `SELECT ` + itemColumns + ` FROM inbox WHERE staff_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	unreadQuery = `SELECT ` + itemColumns + ` FROM inbox WHERE staff_id = $1 AND read_at = 0 AND id < $2 ORDER BY id DESC LIMIT $3`
)

func (s store) tray(ctx context.Context, staffID int64, unread bool, before int64, limit int) ([]Item, error) {
	query := trayQuery
	if unread {
		query = unreadQuery
	}
	rows, err := db.List(ctx, s.db.Read(), scanItem, query, staffID, before, limit)
	items := make([]Item, len(rows))
	for i, r := range rows {
		items[i] = r.Item
	}
	return items, err
}

func (s store) trayItem(ctx context.Context, staffID, id int64) (trayRow, bool, error) {
	return found(db.One(ctx, s.db.Read(), scanItem, `SELECT `+itemColumns+` FROM inbox WHERE id = $1 AND staff_id = $2`, id, staffID))
}

func (s store) unread(ctx context.Context, staffID int64, most int) (int, error) {
	return db.One(ctx, s.db.Read(), db.Value[int],
		`SELECT COUNT(*) FROM (SELECT 1 FROM inbox WHERE staff_id = $1 AND read_at = 0 LIMIT $2) AS waiting`, staffID, most)
}

// read notes that a reminder was read, in the tray and as the receipt.
func (s store) read(ctx context.Context, staffID int64, it trayRow, now time.Time) error {
	var b db.Batch
	b.Add(`UPDATE inbox SET read_at = $3 WHERE id = $1 AND staff_id = $2 AND read_at = 0`, it.ID, staffID, db.At(now))
	b.Add(`UPDATE delivery SET state = 'read', read_at = $2 WHERE key = $1 AND read_at = 0`, inappKey(it.reminderID, staffID), db.At(now))
	return s.db.Send(ctx, &b)
}

// readAll does so for everything, a bounded number at a time.
func (s store) readAll(ctx context.Context, staffID int64, now time.Time) error {
	for {
		rows, err := db.List(ctx, s.db.Read(), scanItem, unreadQuery, staffID, int64(1)<<62, 200)
		if err != nil || len(rows) == 0 {
			return err
		}
		var b db.Batch
		for _, it := range rows {
			b.Add(`UPDATE inbox SET read_at = $2 WHERE id = $1 AND read_at = 0`, it.ID, db.At(now))
			b.Add(`UPDATE delivery SET state = 'read', read_at = $2 WHERE key = $1 AND read_at = 0`, inappKey(it.reminderID, staffID), db.At(now))
		}
		if err := s.db.Send(ctx, &b); err != nil {
			return err
		}
	}
}

// forgetRead drops what was read long ago, some at a time.
func (s store) forgetRead(ctx context.Context, before time.Time) error {
	return s.run(ctx, `DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE read_at > 0 AND read_at < $1 LIMIT 5000)`, db.At(before))
}
