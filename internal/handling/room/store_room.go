package room

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
)

func insertRoom(b *db.Batch, r Room) {
	b.Add(`INSERT INTO room (id, case_id, case_no, round, bureau_id, chair, reason, brief, opened_at, due_at, closed_at, conclusion, unit_id, tries, locked_until_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, 0, '', 0, 0, 0)`,
		r.ID, r.Case.ID, r.Case.No, r.Round, r.BureauID, r.Chair, r.Reason, db.At(r.OpenedAt), db.At(r.DueAt))
}

func closeRoom(b *db.Batch, id int64, text string, unitID int64, now time.Time) {
	b.Expect(1, `UPDATE room SET closed_at = $2, conclusion = $3, unit_id = $4 WHERE id = $1 AND closed_at = 0`, id, db.At(now), text, unitID)
}

func setBrief(b *db.Batch, id int64, text string) {
	b.Expect(1, `UPDATE room SET brief = $2 WHERE id = $1 AND closed_at = 0`, id, text)
}

// noteTry counts a wrong code; one too many makes the room wait.
func noteTry(b *db.Batch, id int64, now time.Time) {
	b.Add(`UPDATE room SET tries = CASE WHEN tries + 1 >= $2 THEN 0 ELSE tries + 1 END,
		locked_until_at = CASE WHEN tries + 1 >= $2 THEN $3 ELSE locked_until_at END WHERE id = $1`, id, tries, db.At(now.Add(pause)))
}

const seatColumns = `id, room_id, kind, sees, unit_id, name, office, added_at, ended_at`

func insertSeat(b *db.Batch, s Seat, by int64) {
	b.Add(`INSERT INTO room_seat (id, room_id, kind, sees, unit_id, name, office, added_by, added_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`,
		s.ID, s.RoomID, string(s.Kind), string(s.Sees), s.UnitID, s.Name, s.Office, by, db.At(s.AddedAt))
}

func moveSeat(b *db.Batch, id int64, to Kind) {
	b.Expect(1, `UPDATE room_seat SET kind = $2 WHERE id = $1`, id, string(to))
}

func endSeat(b *db.Batch, roomID, id int64, now time.Time) {
	b.Expect(1, `UPDATE room_seat SET ended_at = $3 WHERE room_id = $1 AND id = $2 AND unit_id = 0 AND ended_at = 0`, roomID, id, db.At(now))
}

func (s store) seats(ctx context.Context, q db.Queryer, roomID int64) ([]Seat, error) {
	return db.List(ctx, q, func(r db.Rows) (x Seat, err error) {
		var added, ended db.Time
		err = r.Scan(&x.ID, &x.RoomID, &x.Kind, &x.Sees, &x.UnitID, &x.Name, &x.Office, &added, &ended)
		x.AddedAt, x.EndedAt = added.Std(), ended.Std()
		return x, err
	}, `SELECT `+seatColumns+` FROM room_seat WHERE room_id = $1 ORDER BY id LIMIT 200`, roomID)
}

func insertSession(b *db.Batch, x Session, by int64, now time.Time) {
	b.Add(`INSERT INTO room_session (id, room_id, meets_at, mode, place, agenda, attendees, minutes, held_at, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, '', '', 0, $7, $8)`, x.ID, x.RoomID, db.At(x.MeetsAt), x.Mode, x.Place, x.Agenda, by, db.At(now))
}

func holdSession(b *db.Batch, x Session) {
	b.Expect(1, `UPDATE room_session SET attendees = $2, minutes = $3, held_at = $4 WHERE id = $1 AND held_at = 0`, x.ID, x.Attendees, x.Minutes, db.At(x.HeldAt))
}

func (s store) sessions(ctx context.Context, q db.Queryer, roomID int64) ([]Session, error) {
	return db.List(ctx, q, func(r db.Rows) (x Session, err error) {
		var meets, held db.Time
		err = r.Scan(&x.ID, &x.RoomID, &meets, &x.Mode, &x.Place, &x.Agenda, &x.Attendees, &x.Minutes, &held)
		x.MeetsAt, x.HeldAt = meets.Std(), held.Std()
		return x, err
	}, `SELECT id, room_id, meets_at, mode, place, agenda, attendees, minutes, held_at FROM room_session WHERE room_id = $1 ORDER BY meets_at, id LIMIT 200`, roomID)
}

func insertOpinion(b *db.Batch, roomID int64, o Opinion, by int64, key string) {
	b.Add(`INSERT INTO room_opinion (id, room_id, seat_id, text, basis, at, actor_id, command_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		o.ID, roomID, o.SeatID, o.Text, o.Basis, db.At(o.At), by, db.OrNull(key))
}

const opinionColumns = `id, seat_id, text, basis, at`

func scanOpinion(r db.Rows) (o Opinion, err error) {
	var at db.Time
	err = r.Scan(&o.ID, &o.SeatID, &o.Text, &o.Basis, &at)
	o.At = at.Std()
	return o, err
}

func (s store) opinions(ctx context.Context, q db.Queryer, roomID int64) ([]Opinion, error) {
	return db.List(ctx, q, scanOpinion, `SELECT `+opinionColumns+` FROM room_opinion WHERE room_id = $1 ORDER BY id LIMIT 500`, roomID)
}

func (s store) opinionByKey(ctx context.Context, q db.Queryer, key string, seatID int64) (Opinion, error) {
	return db.One(ctx, q, scanOpinion, `SELECT `+opinionColumns+` FROM room_opinion WHERE command_key = $1 AND seat_id = $2`, key, seatID)
}

func insertDecision(b *db.Batch, roomID int64, x Decision) {
	b.Add(`INSERT INTO room_decision (id, room_id, unit_id, part, text, due_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		x.ID, roomID, x.UnitID, x.Part, x.Text, db.At(x.DueAt))
}

func (s store) decisions(ctx context.Context, q db.Queryer, roomID int64) ([]Decision, error) {
	return db.List(ctx, q, func(r db.Rows) (x Decision, err error) {
		var due db.Time
		err = r.Scan(&x.ID, &x.UnitID, &x.Part, &x.Text, &due)
		x.DueAt = due.Std()
		return x, err
	}, `SELECT id, unit_id, part, text, due_at FROM room_decision WHERE room_id = $1 ORDER BY id LIMIT 200`, roomID)
}
