package hotline

import (
	"context"
	"errors"
	"strconv"
	"time"

	"xinqiao/internal/platform/db"
)

type store struct{ db *db.DB }

const callColumns = `id, door, external_id, from_sealed, from_mask, from_index, seat, staff_id, first_at, rang_at, answered_at, ended_at,
	outcome, note_sealed, case_id, case_no, passed_at, read_back_at, read_back_by, recording, recording_url, recording_sum, recording_key,
	recording_type, recording_size, recording_tries, recording_due_at, transcript, transcript_sealed, transcript_at`

func scanCall(r db.Rows) (c Call, err error) {
	var first, rang, answered, ended, passed, read, due, heard db.Time
	err = r.Scan(&c.ID, &c.Door, &c.External, &c.from, &c.Mask, &c.index, &c.Seat, &c.StaffID, &first, &rang, &answered, &ended,
		&c.Outcome, &c.note, &c.CaseID, &c.CaseNo, &passed, &read, &c.ReadBackBy, &c.Recording, &c.url, &c.RecordingSum, &c.RecordingKey,
		&c.RecordingTyp, &c.RecordingSize, &c.RecordingTries, &due, &c.Transcript, &c.text, &heard)
	c.FirstAt, c.RangAt, c.AnsweredAt, c.EndedAt = first.Std(), rang.Std(), answered.Std(), ended.Std()
	c.PassedAt, c.ReadBackAt, c.RecordingDue, c.TranscriptAt = passed.Std(), read.Std(), due.Std(), heard.Std()
	return c, err
}

// maybe keeps an absent value NULL.
func maybe(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

func (s store) told(ctx context.Context, q db.Queryer, door, event string) (int64, error) {
	id, err := db.One(ctx, q, db.Value[int64], `SELECT call_id FROM hotline_event WHERE door = $1 AND event_id = $2`, door, event)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

func (s store) byID(ctx context.Context, q db.Queryer, id int64) (Call, error) {
	c, err := db.One(ctx, q, scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	return c, err
}

func (s store) byExternal(ctx context.Context, tx db.Tx, door, external string) (Call, bool, error) {
	c, err := db.One(ctx, tx, scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE door = $1 AND external_id = $2`+s.db.Dialect().ForUpdate(), door, external)
	if errors.Is(err, db.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

func (s store) locked(ctx context.Context, tx db.Tx, id int64) (Call, error) {
	c, err := db.One(ctx, tx, scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE id = $1`+s.db.Dialect().ForUpdate(), id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	return c, err
}

func insertCall(b *db.Batch, c Call) {
	b.Add(`INSERT INTO hotline_call (`+callColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11,
		'', NULL, 0, '', 0, 0, 0, $12, $13, $14, '', '', 0, 0, $15, '', NULL, 0)`,
		c.ID, c.Door, c.External, maybe(c.from), c.Mask, maybe(c.index), c.Seat, db.At(c.FirstAt), db.At(c.RangAt), db.At(c.AnsweredAt), db.At(c.EndedAt),
		c.Recording, maybe(c.url), c.RecordingSum, db.At(c.RecordingDue))
}

// updateTold writes what events may change.
func updateTold(b *db.Batch, c Call) {
	b.Expect(1, `UPDATE hotline_call SET from_sealed = $2, from_mask = $3, from_index = $4, seat = $5, first_at = $6, rang_at = $7, answered_at = $8,
		ended_at = $9, recording = $10, recording_url = $11, recording_sum = $12, recording_due_at = $13 WHERE id = $1`,
		c.ID, maybe(c.from), c.Mask, maybe(c.index), c.Seat, db.At(c.FirstAt), db.At(c.RangAt), db.At(c.AnsweredAt), db.At(c.EndedAt),
		c.Recording, maybe(c.url), c.RecordingSum, db.At(c.RecordingDue))
}

func insertEvent(b *db.Batch, c Call, e Event, now time.Time) {
	b.Add(`INSERT INTO hotline_event (door, event_id, call_id, kind, at, received_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.Door, e.ID, c.ID, string(e.Kind), db.At(e.At), db.At(now))
}

// settle writes what people decide about a call.
func settle(b *db.Batch, c Call) {
	b.Expect(1, `UPDATE hotline_call SET staff_id = $2, outcome = $3, note_sealed = $4, case_id = $5, case_no = $6, read_back_at = $7, read_back_by = $8 WHERE id = $1`,
		c.ID, c.StaffID, string(c.Outcome), maybe(c.note), c.CaseID, c.CaseNo, db.At(c.ReadBackAt), c.ReadBackBy)
}

// keep writes where a recording lies; one that is kept is never replaced.
func keep(b *db.Batch, c Call) {
	b.Expect(1, `UPDATE hotline_call SET recording = $2, recording_url = $3, recording_sum = $4, recording_key = $5, recording_type = $6, recording_size = $7,
		recording_tries = $8, recording_due_at = $9, transcript = $10 WHERE id = $1 AND recording <> 'kept'`,
		c.ID, c.Recording, maybe(c.url), c.RecordingSum, c.RecordingKey, c.RecordingTyp, c.RecordingSize, c.RecordingTries, db.At(c.RecordingDue), c.Transcript)
}

func write(b *db.Batch, c Call) {
	b.Expect(1, `UPDATE hotline_call SET transcript = $2, transcript_sealed = $3, transcript_at = $4 WHERE id = $1`,
		c.ID, c.Transcript, maybe(c.text), db.At(c.TranscriptAt))
}

func pass(b *db.Batch, id int64, now time.Time) {
	b.Add(`UPDATE hotline_call SET passed_at = $2 WHERE id = $1`, id, db.At(now))
}

// view is which calls a list shows.
type view string

const (
	today  view = "today"
	loose  view = "loose"  // answered and over, but nobody said what became of it
	missed view = "missed" // 未接
)

var views = []view{today, loose, missed}

var viewWhere = map[view]string{
	today:  `first_at >= $1`,
	loose:  `outcome = '' AND answered_at > 0 AND ended_at > 0 AND first_at >= $1`,
	missed: `answered_at = 0 AND ended_at > 0 AND first_at >= $1`,
}

// pageSize is how many calls a list shows.
const pageSize = 30

// list reads one row more than a page holds, the newest first.
func (s store) list(ctx context.Context, v view, since time.Time, beforeAt, beforeID int64) ([]Call, error) {
	where, args := viewWhere[v], []any{db.At(since)}
	if beforeID != 0 {
		where, args = where+` AND (first_at, id) < ($2, $3)`, append(args, beforeAt, beforeID)
	}
	return db.List(ctx, s.db.Read(), scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE `+where+
		` ORDER BY first_at DESC, id DESC LIMIT `+strconv.Itoa(pageSize+1), args...)
}

// live reads the calls that are on, the longest first. What began long ago is
// a call whose end nobody told.
func (s store) live(ctx context.Context, since time.Time) ([]Call, error) {
	return db.List(ctx, s.db.Read(), scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE ended_at = 0 AND first_at >= $1 ORDER BY first_at, id LIMIT 50`, db.At(since))
}

// ofNumber reads other calls of the same number, the newest first.
func (s store) ofNumber(ctx context.Context, c Call) ([]Call, error) {
	if c.index == nil {
		return nil, nil
	}
	return db.List(ctx, s.db.Read(), scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE from_index = $1 AND id <> $2 ORDER BY first_at DESC LIMIT 10`, c.index, c.ID)
}

func (s store) ofCase(ctx context.Context, caseID int64) ([]Call, error) {
	return db.List(ctx, s.db.Read(), scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE case_id = $1 AND case_id <> 0 ORDER BY id LIMIT 50`, caseID)
}

// unanswered reads the missed calls of a line that nobody was told of yet and
// whose caller did not get through later.
func (s store) unanswered(ctx context.Context, door string, until time.Time, limit int) ([]Call, error) {
	return db.List(ctx, s.db.Read(), scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE door = $1 AND answered_at = 0 AND ended_at > 0 AND ended_at <= $2
		AND passed_at = 0 ORDER BY ended_at, id LIMIT `+strconv.Itoa(limit), door, db.At(until))
}

func (s store) answeredAfter(ctx context.Context, c Call) (bool, error) {
	if c.index == nil {
		return false, nil
	}
	n, err := db.One(ctx, s.db.Read(), db.Value[int64], `SELECT count(*) FROM hotline_call WHERE from_index = $1 AND first_at >= $2 AND answered_at > 0`, c.index, db.At(c.FirstAt))
	return n > 0, err
}

func (s store) wanted(ctx context.Context, now time.Time) ([]Call, error) {
	return db.List(ctx, s.db.Read(), scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE recording = 'wanted' AND recording_due_at <= $1 ORDER BY recording_due_at, id LIMIT 10`, db.At(now))
}

func (s store) toHear(ctx context.Context) ([]Call, error) {
	return db.List(ctx, s.db.Read(), scanCall, `SELECT `+callColumns+` FROM hotline_call WHERE transcript = 'wanted' ORDER BY id LIMIT 5`)
}

// known tells which recordings a call refers to.
func (s store) known(ctx context.Context, keys []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, k := range keys {
		n, err := db.One(ctx, s.db.Read(), db.Value[int64], `SELECT count(*) FROM hotline_call WHERE recording_key = $1 AND recording_key <> ''`, k)
		if err != nil {
			return nil, err
		}
		out[k] = n > 0
	}
	return out, nil
}

// Beijing's day and hour begin at whole hours of UTC.
const (
	microHour    = int64(time.Hour / time.Microsecond)
	beijingHours = 8
)

// count adds up the calls of a span by hour or day; both are whole numbers of
// hours since 1970, Beijing time.
func (s store) count(ctx context.Context, door string, from, to time.Time, hours int64) ([]Figures, error) {
	args := []any{db.At(from), db.At(to), promptly.Microseconds(), microHour, int64(beijingHours), hours}
	where := ""
	if door != "" {
		where, args = ` AND door = $7`, append(args, door)
	}
	return db.List(ctx, s.db.Read(), func(r db.Rows) (f Figures, err error) {
		var bucket, talk int64
		err = r.Scan(&bucket, &f.Offered, &f.Answered, &f.Prompt, &f.Missed, &f.Talks, &talk)
		f.From = time.Unix((bucket*hours-beijingHours)*3600, 0).UTC()
		f.Talk = time.Duration(talk) * time.Microsecond
		return f, err
	}, `SELECT (first_at / $4 + $5) / $6 AS bucket, count(*), count(*) FILTER (WHERE answered_at > 0),
		count(*) FILTER (WHERE answered_at > 0 AND rang_at > 0 AND answered_at - rang_at <= $3),
		count(*) FILTER (WHERE answered_at = 0), count(*) FILTER (WHERE answered_at > 0 AND ended_at >= answered_at),
		CAST(COALESCE(sum(CASE WHEN answered_at > 0 AND ended_at >= answered_at THEN ended_at - answered_at ELSE 0 END), 0) AS BIGINT)
		FROM hotline_call WHERE first_at >= $1 AND first_at < $2 AND (answered_at > 0 OR ended_at > 0)`+where+` GROUP BY 1 ORDER BY 1`, args...)
}
