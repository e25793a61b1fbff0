package letter

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/db"
)

type store struct{}

// sealedSheet is a sheet as it lies in the table.
type sealedSheet struct {
	Sheet
	read, corrected []byte
}

func insertScan(b *db.Batch, t Scan, name []byte) {
	b.Add(`INSERT INTO letter_scan (id, source, door, name_sealed, type, size, sha256, blob_key, pages, state, unit_id, area_id, taken_by, taken_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		t.ID, t.Source, t.Door, name, t.Type, t.Size, t.SHA256, t.blobKey, t.Pages, string(t.State), t.UnitID, t.AreaID, t.TakenBy, db.At(t.TakenAt))
}

func insertSheet(b *db.Batch, s Sheet) {
	b.Add(`INSERT INTO letter_sheet (id, scan_id, position, letter_id, kind, type, width, height, sha256, blob_key, small_key, reading, attempts,
		claimed_at, read_sealed, corrected_sealed, corrected_by) VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, NULL, NULL, 0)`,
		s.ID, s.ScanID, s.Position, string(s.Kind), s.Type, s.Width, s.Height, s.SHA256, s.blobKey, s.smallKey, string(s.Reading))
}

func insertLetter(b *db.Batch, l Letter) {
	b.Add(`INSERT INTO letter (id, no, scan_id, unit_id, area_id, pages, state, case_no, arrival_id, received_on, why, draft_sealed, version,
		changed_by, changed_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, $8, '', NULL, 1, $9, $10, $11)`,
		l.ID, l.No, l.ScanID, l.UnitID, l.AreaID, l.Pages, string(l.State), l.ReceivedOn, l.ChangedBy, db.At(l.ChangedAt), db.At(l.MadeAt))
}

func bindSheet(b *db.Batch, id, letterID int64) {
	b.Expect(1, `UPDATE letter_sheet SET letter_id = $2 WHERE id = $1 AND letter_id = 0`, id, letterID)
}

// setScan ends the work at a scan, once.
func setScan(b *db.Batch, id int64, state State) {
	b.Expect(1, `UPDATE letter_scan SET state = $2 WHERE id = $1 AND state = 'open'`, id, string(state))
}

func claimSheet(b *db.Batch, s Sheet, now time.Time) {
	b.Expect(1, `UPDATE letter_sheet SET reading = 'running', claimed_at = $3 WHERE id = $1 AND reading = $2`, s.ID, string(s.Reading), db.At(now))
}

func keepReading(b *db.Batch, id int64, as Reading, sealed []byte) {
	b.Add(`UPDATE letter_sheet SET reading = $2, read_sealed = $3, attempts = attempts + 1 WHERE id = $1`, id, string(as), orNull(sealed))
}

// releaseSheet lets a sheet wait again; a crash counts.
func releaseSheet(b *db.Batch, id int64, counts bool) {
	n := 0
	if counts {
		n = 1
	}
	b.Add(`UPDATE letter_sheet SET reading = 'waiting', attempts = attempts + $2 WHERE id = $1`, id, n)
}

func correctSheet(b *db.Batch, id int64, sealed []byte, by int64) {
	b.Expect(1, `UPDATE letter_sheet SET corrected_sealed = $2, corrected_by = $3 WHERE id = $1`, id, sealed, by)
}

// forgetWords drops a draft whose words were made of sheets that changed.
func forgetWords(b *db.Batch, id, by int64, now time.Time) {
	b.Expect(1, `UPDATE letter SET draft_sealed = NULL, version = version + 1, changed_by = $2, changed_at = $3 WHERE id = $1 AND state = 'open'`, id, by, db.At(now))
}

func keepDraft(b *db.Batch, l Letter, sealed []byte, by int64, now time.Time) {
	b.Expect(1, `UPDATE letter SET draft_sealed = $2, changed_by = $3, changed_at = $4 WHERE id = $1 AND state = 'open' AND version = $5`,
		l.ID, sealed, by, db.At(now), l.Version)
}

func settleLetter(b *db.Batch, l Letter, by int64, now time.Time) {
	b.Expect(1, `UPDATE letter SET state = $2, case_no = $3, arrival_id = $4, received_on = $5, why = $6, version = version + 1, changed_by = $7, changed_at = $8
		WHERE id = $1 AND state = 'open'`, l.ID, string(l.State), l.CaseNo, l.ArrivalID, l.ReceivedOn, l.Why, by, db.At(now))
}

func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

const scanColumns = `id, source, door, name_sealed, type, size, sha256, blob_key, pages, state, unit_id, area_id, taken_by, taken_at`

// scanScan reads a row; the name is still sealed.
func scanScan(r db.Rows) (t Scan, err error) {
	var name []byte
	var taken db.Time
	err = r.Scan(&t.ID, &t.Source, &t.Door, &name, &t.Type, &t.Size, &t.SHA256, &t.blobKey, &t.Pages, &t.State, &t.UnitID, &t.AreaID, &t.TakenBy, &taken)
	t.Name, t.TakenAt = string(name), taken.Std()
	return t, err
}

func found[T any](v T, err error) (T, error) {
	if errors.Is(err, db.ErrNoRows) {
		return v, ErrNotFound
	}
	return v, err
}

func (store) scan(ctx context.Context, q db.Queryer, id int64) (Scan, error) {
	return found(db.One(ctx, q, scanScan, `SELECT `+scanColumns+` FROM letter_scan WHERE id = $1`, id))
}

// hashed finds a scan by its content.
func (store) hashed(ctx context.Context, q db.Queryer, unitID int64, sum string) (Scan, error) {
	return found(db.One(ctx, q, scanScan, `SELECT `+scanColumns+` FROM letter_scan WHERE unit_id = $1 AND sha256 = $2`, unitID, sum))
}

// openScans are those that wait to be split, newest first.
func (store) openScans(ctx context.Context, q db.Queryer, areaID int64) ([]Scan, error) {
	return db.List(ctx, q, scanScan, `SELECT `+scanColumns+` FROM letter_scan WHERE area_id = $1 AND state = 'open' ORDER BY id DESC LIMIT 100`, areaID)
}

const sheetColumns = `id, scan_id, letter_id, position, kind, type, width, height, sha256, reading, attempts, read_sealed, corrected_sealed,
	corrected_by, blob_key, small_key`

func scanSheet(r db.Rows) (s sealedSheet, err error) {
	err = r.Scan(&s.ID, &s.ScanID, &s.LetterID, &s.Position, &s.Kind, &s.Type, &s.Width, &s.Height, &s.SHA256, &s.Reading, &s.Attempts, &s.read,
		&s.corrected, &s.CorrectedBy, &s.blobKey, &s.smallKey)
	return s, err
}

func (store) sheet(ctx context.Context, q db.Queryer, id int64) (sealedSheet, error) {
	return found(db.One(ctx, q, scanSheet, `SELECT `+sheetColumns+` FROM letter_sheet WHERE id = $1`, id))
}

func (store) ofScan(ctx context.Context, q db.Queryer, id int64) ([]sealedSheet, error) {
	return db.List(ctx, q, scanSheet, `SELECT `+sheetColumns+` FROM letter_sheet WHERE scan_id = $1 ORDER BY position LIMIT 200`, id)
}

func (store) ofLetter(ctx context.Context, q db.Queryer, id int64) ([]sealedSheet, error) {
	return db.List(ctx, q, scanSheet, `SELECT `+sheetColumns+` FROM letter_sheet WHERE letter_id = $1 ORDER BY position LIMIT 200`, id)
}

// waiting is the oldest sheet to be read; one whose reader died counts too.
func (store) waiting(ctx context.Context, q db.Queryer, before time.Time) (sealedSheet, error) {
	s, err := found(db.One(ctx, q, scanSheet, `SELECT `+sheetColumns+` FROM letter_sheet WHERE reading = 'waiting' ORDER BY id LIMIT 1`))
	if errors.Is(err, ErrNotFound) {
		return found(db.One(ctx, q, scanSheet, `SELECT `+sheetColumns+` FROM letter_sheet WHERE reading = 'running' AND claimed_at < $1 ORDER BY id LIMIT 1`, db.At(before)))
	}
	return s, err
}

// unread counts sheets of an area that are still to be read, up to a bound.
func (store) unread(ctx context.Context, q db.Queryer, areaID int64) (int, error) {
	return db.One(ctx, q, func(r db.Rows) (n int, err error) { return n, r.Scan(&n) },
		`SELECT COUNT(*) FROM (SELECT 1 FROM letter_sheet s JOIN letter_scan t ON t.id = s.scan_id
		WHERE s.reading IN ('waiting', 'running') AND t.area_id = $1 LIMIT 1000) AS x`, areaID)
}

const letterColumns = `id, no, scan_id, unit_id, area_id, pages, state, case_no, arrival_id, received_on, why, version, changed_by, changed_at, made_at`

func scanLetter(r db.Rows) (l Letter, err error) {
	var changed, made db.Time
	err = r.Scan(&l.ID, &l.No, &l.ScanID, &l.UnitID, &l.AreaID, &l.Pages, &l.State, &l.CaseNo, &l.ArrivalID, &l.ReceivedOn, &l.Why, &l.Version,
		&l.ChangedBy, &changed, &made)
	l.ChangedAt, l.MadeAt = changed.Std(), made.Std()
	return l, err
}

func (store) letter(ctx context.Context, q db.Queryer, no string) (Letter, error) {
	return found(db.One(ctx, q, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE no = $1`, no))
}

func (store) draft(ctx context.Context, q db.Queryer, id int64) ([]byte, error) {
	return db.One(ctx, q, func(r db.Rows) (b []byte, err error) { return b, r.Scan(&b) }, `SELECT draft_sealed FROM letter WHERE id = $1`, id)
}

// span is a stretch of the register: of an area, in a state, below an id.
type span struct {
	areaID int64
	state  State
	below  int64
	most   int
}

// letters are those of a span, newest first.
func (store) letters(ctx context.Context, q db.Queryer, s span) ([]Letter, error) {
	return db.List(ctx, q, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE area_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4`,
		s.areaID, string(s.state), s.below, s.most)
}

// known tells which files are still named.
func (store) known(q db.Queryer) blob.Known {
	return func(ctx context.Context, keys []string) (map[string]bool, error) {
		out := map[string]bool{}
		for _, key := range keys {
			n, err := db.One(ctx, q, func(r db.Rows) (n int, err error) { return n, r.Scan(&n) },
				`SELECT COUNT(*) FROM (SELECT 1 FROM letter_scan WHERE blob_key = $1 UNION ALL
				SELECT 1 FROM letter_sheet WHERE blob_key = $1 OR small_key = $1) AS x`, key)
			if err != nil {
				return nil, err
			}
			out[key] = n > 0
		}
		return out, nil
	}
}
