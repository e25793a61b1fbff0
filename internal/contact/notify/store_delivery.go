package notify

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/sender"
)

const deliveryColumns = `id, key, way, template, staff_id, case_id, point_id, area_id, day, digest, hidden, state, attempts, next_at,
	carrier, carrier_id, error_class, error_code, created_at, sent_at, delivered_at, read_at, person_id`

func scanDelivery(r db.Rows) (delivery, error) {
	var d delivery
	var next, created, sent, delivered, read db.Time
	err := r.Scan(&d.ID, &d.Key, &d.Way, &d.Template, &d.StaffID, &d.CaseID, &d.PointID, &d.AreaID, &d.Day, &d.Digest, &d.Hidden,
		&d.State, &d.Attempts, &next, &d.Carrier, &d.CarrierID, &d.Class, &d.Code, &created, &sent, &delivered, &read, &d.PersonID)
	d.NextAt, d.CreatedAt, d.SentAt, d.DeliveredAt, d.ReadAt = next.Std(), created.Std(), sent.Std(), delivered.Std(), read.Std()
	return d, err
}

const insertDelivery = `INSERT INTO delivery (` + deliveryColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
	ON CONFLICT (key) DO NOTHING`

func values(d delivery) []any {
	return []any{d.ID, d.Key, string(d.Way), d.Template, d.StaffID, d.CaseID, d.PointID, d.AreaID, d.Day, d.Digest, d.Hidden,
		string(d.State), d.Attempts, db.At(d.NextAt), d.Carrier, d.CarrierID, string(d.Class), d.Code,
		db.At(d.CreatedAt), db.At(d.SentAt), db.At(d.DeliveredAt), db.At(d.ReadAt), d.PersonID}
}

// enqueue adds a message to a batch, once by its key, and wakes the worker.
func enqueue(b *db.Batch, d delivery) {
	b.Add(insertDelivery, values(d)...)
	b.Announce(topic)
}

const insertItem = `INSERT INTO delivery_item (delivery_id, reminder_id) VALUES ($1, $2) ON CONFLICT (delivery_id, reminder_id) DO NOTHING`

// addDelivery queues a message that tells of one reminder.
func (store) addDelivery(ctx context.Context, tx db.Tx, d delivery, reminderID int64) error {
	var b db.Batch
	enqueue(&b, d)
	b.Add(insertItem, d.ID, reminderID)
	return tx.Send(ctx, &b)
}

// joinDigest adds a reminder to a day's message; false when that has gone. The
// row is locked, so that no worker takes it while something is added.
func (s store) joinDigest(ctx context.Context, tx db.Tx, d delivery, reminderID int64) (bool, error) {
	var b db.Batch
	enqueue(&b, d)
	if err := tx.Send(ctx, &b); err != nil {
		return false, err
	}
	had, err := db.One(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM delivery WHERE key = $1`+s.db.Dialect().ForUpdate(), d.Key)
	if err != nil || had.State != Queued || had.Attempts > 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, insertItem, had.ID, reminderID)
	return err == nil, err
}

// toInbox lays a reminder into somebody's tray, once.
func (store) toInbox(ctx context.Context, tx db.Tx, id int64, r reminder, staffID int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO inbox (id, staff_id, reminder_id, case_id, condition, level, duty_seq, due_at, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (staff_id, reminder_id) DO NOTHING`,
		id, staffID, r.ID, r.CaseID, string(r.Condition), string(r.Level), r.Seq, db.At(r.DueAt), db.At(r.At))
	return err
}

// claimQuery reads one lane; its expression is that of the index.
const claimQuery = `SELECT ` + deliveryColumns + ` FROM delivery
	WHERE state IN ('queued', 'sending') AND (CASE way WHEN 'phone' THEN 1 ELSE 0 END) = $3 AND next_at <= $1 ORDER BY next_at, id LIMIT $2`

// claim takes the messages of a lane that are due, oldest first, and holds them
// for the time of a lease. Another process skips them.
func (s store) claim(ctx context.Context, tx db.Tx, now time.Time, l lane, limit int) ([]claimed, error) {
	due, err := db.List(ctx, tx, scanDelivery, claimQuery+s.db.Dialect().SkipLocked(), db.At(now), limit, int(l))
	if err != nil {
		return nil, err
	}
	out := make([]claimed, len(due))
	var b db.Batch
	for i, d := range due {
		out[i] = claimed{d, d.State == Sending}
		if out[i].State, out[i].Attempts = Sending, d.Attempts+1; d.State == Queued {
			out[i].SentAt = now
		}
		b.Expect(1, `UPDATE delivery SET state = 'sending', attempts = $3, next_at = $4, sent_at = $5 WHERE id = $1 AND attempts = $2`,
			d.ID, d.Attempts, out[i].Attempts, db.At(now.Add(lease)), db.At(out[i].SentAt))
	}
	return out, tx.Send(ctx, &b)
}

// held limits a worker's note to the claim that it made: who lost the lease
// notes nothing.
const held = ` WHERE id = $1 AND attempts = $2 AND state = 'sending'`

func (s store) run(ctx context.Context, query string, args ...any) error {
	var b db.Batch
	b.Add(query, args...)
	return s.db.Send(ctx, &b)
}

// markSent notes the receipt. A report may have come before: then the state
// stays, and only the carrier's number is added.
func (s store) markSent(ctx context.Context, d delivery, carrier, carrierID string, at time.Time) error {
	return s.run(ctx, `UPDATE delivery SET carrier = $3, carrier_id = $4, sent_at = $5, error_class = '', error_code = '',
		state = CASE WHEN state = 'sending' THEN 'sent' ELSE state END
		WHERE id = $1 AND attempts = $2 AND state IN ('sending', 'sent', 'delivered', 'read')`,
		d.ID, d.Attempts, carrier, clip(carrierID, 200), db.At(at))
}

func (s store) requeue(ctx context.Context, d delivery, at time.Time, class Class, code string) error {
	return s.run(ctx, `UPDATE delivery SET state = 'queued', next_at = $3, error_class = $4, error_code = $5`+held,
		d.ID, d.Attempts, db.At(at), string(class), code)
}

// putBack undoes a claim: its time has not come yet.
func (s store) putBack(ctx context.Context, d delivery, at time.Time) error {
	return s.run(ctx, `UPDATE delivery SET state = 'queued', attempts = attempts - 1, next_at = $3`+held, d.ID, d.Attempts, db.At(at))
}

func (s store) markUnknown(ctx context.Context, d delivery, at time.Time, code string) error {
	return s.run(ctx, `UPDATE delivery SET next_at = $3, error_class = 'unknown', error_code = $4`+held, d.ID, d.Attempts, db.At(at), code)
}

func (s store) settle(ctx context.Context, d delivery, to State, class Class, code string) error {
	return s.run(ctx, `UPDATE delivery SET state = $3, error_class = $4, error_code = $5`+held, d.ID, d.Attempts, string(to), string(class), code)
}

// bury gives up a message whose address is dead, and the address.
func (s store) bury(ctx context.Context, d delivery, code string) error {
	var b db.Batch
	b.Add(`UPDATE delivery SET state = 'failed', error_class = 'dead', error_code = $3`+held, d.ID, d.Attempts, code)
	s.forget(&b, d.PointID)
	return s.db.Send(ctx, &b)
}

// reported finds the message that a report speaks of.
func (s store) reported(ctx context.Context, r sender.Report) (delivery, bool, error) {
	if r.Key != "" {
		return found(db.One(ctx, s.db.Read(), scanDelivery, `SELECT `+deliveryColumns+` FROM delivery WHERE key = $1`, r.Key))
	}
	if r.ID == "" {
		return delivery{}, false, nil
	}
	return found(db.One(ctx, s.db.Read(), scanDelivery, `SELECT `+deliveryColumns+` FROM delivery
		WHERE carrier_id = $1 AND carrier_id <> '' AND way = $2 ORDER BY id DESC LIMIT 1`, r.ID, string(r.Way)))
}

func (s store) anySending(ctx context.Context, way sender.Way) (bool, error) {
	n, err := db.One(ctx, s.db.Read(), db.Value[int64],
		`SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE state IN ('queued', 'sending') AND state = 'sending' AND way = $1 LIMIT 1) AS s`, string(way))
	return n > 0, err
}

// note moves a message forward, never back.
func (s store) note(ctx context.Context, d delivery, r sender.Report) error {
	switch r.Status {
	case sender.Accepted:
		return s.run(ctx, `UPDATE delivery SET state = 'sent', error_class = '', error_code = '', sent_at = CASE WHEN sent_at = 0 THEN $2 ELSE sent_at END,
			carrier_id = CASE WHEN carrier_id = '' THEN $3 ELSE carrier_id END
			WHERE id = $1 AND (state = 'sending' OR state = 'stuck' AND error_class = 'unknown')`, d.ID, db.At(r.At), clip(r.ID, 200))
	case sender.Delivered:
		return s.run(ctx, `UPDATE delivery SET state = 'delivered', delivered_at = $2, error_class = ''
			WHERE id = $1 AND (state IN ('sending', 'sent') OR state = 'stuck' AND error_class IN ('unknown', 'undelivered'))`, d.ID, db.At(r.At))
	case sender.Read:
		return s.run(ctx, `UPDATE delivery SET state = 'read', read_at = $2, error_class = '',
			delivered_at = CASE WHEN delivered_at = 0 THEN $2 ELSE delivered_at END
			WHERE id = $1 AND (state IN ('sending', 'sent', 'delivered') OR state = 'stuck' AND error_class IN ('unknown', 'undelivered'))`, d.ID, db.At(r.At))
	case sender.Failed:
		return s.run(ctx, `UPDATE delivery SET state = 'stuck', error_class = 'undelivered', error_code = $2
			WHERE id = $1 AND (state IN ('sending', 'sent') OR state = 'stuck' AND error_class = 'unknown')`, d.ID, clip(r.Detail, 60))
	}
	return nil
}

// What people decide about stuck messages.

func (store) delivery(ctx context.Context, q db.Queryer, id int64) (delivery, bool, error) {
	return found(db.One(ctx, q, scanDelivery, `SELECT `+deliveryColumns+` FROM delivery WHERE id = $1`, id))
}

// again queues a stuck message anew, under a new key: a carrier that has seen
// the old one must not drop it.
func (store) again(b *db.Batch, d delivery, key string, now time.Time) {
	b.Expect(1, `UPDATE delivery SET state = 'queued', key = $3, attempts = 0, next_at = $2, carrier_id = '', error_class = '', error_code = '', sent_at = 0
		WHERE id = $1 AND state = 'stuck'`, d.ID, db.At(now), key)
	b.Announce(topic)
}

func (store) dismiss(b *db.Batch, d delivery) {
	b.Expect(1, `UPDATE delivery SET state = 'failed', error_class = 'unwanted' WHERE id = $1 AND state = 'stuck'`, d.ID)
}

// otherWay queues a copy of a message by another way.
func (store) otherWay(b *db.Batch, old, fresh delivery) {
	enqueue(b, fresh)
	b.Add(`INSERT INTO delivery_item (delivery_id, reminder_id) SELECT CAST($1 AS BIGINT), reminder_id FROM delivery_item WHERE delivery_id = $2`, fresh.ID, old.ID)
}

// LogFilter chooses what the delivery log shows.
type LogFilter struct {
	AreaID int64 // 0 = everywhere
	Hidden bool  // of the confidential lane too
	State  State
	Before int64
	Limit  int
}

const (
	logQuery = `SELECT ` + deliveryColumns + ` FROM delivery WHERE id < $1 AND ($2 OR NOT hidden) AND ($3 = '' OR state = $3)
		ORDER BY id DESC LIMIT $4`
	logInArea = `SELECT ` + deliveryColumns + ` FROM delivery WHERE area_id = $5 AND id < $1 AND ($2 OR NOT hidden) AND ($3 = '' OR state = $3)
		ORDER BY id DESC LIMIT $4`
)

// log pages through the deliveries, newest first.
func (s store) log(ctx context.Context, f LogFilter) ([]delivery, error) {
	if f.AreaID == 0 {
		return db.List(ctx, s.db.Read(), scanDelivery, logQuery, f.Before, f.Hidden, string(f.State), f.Limit)
	}
	return db.List(ctx, s.db.Read(), scanDelivery, logInArea, f.Before, f.Hidden, string(f.State), f.Limit, f.AreaID)
}

// backlog counts what waits, each up to 100,000.
func (s store) backlog(ctx context.Context) (Backlog, error) {
	return db.One(ctx, s.db.Read(), func(r db.Rows) (b Backlog, err error) {
		err = r.Scan(&b.Waiting, &b.Stuck, &b.Nobody)
		return b, err
	}, `SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE state IN ('queued', 'sending') LIMIT 100000) AS w),
		(SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE state = 'stuck' LIMIT 100000) AS s),
		(SELECT COUNT(*) FROM (SELECT 1 FROM reminder_alarm LIMIT 100000) AS n)`)
}
