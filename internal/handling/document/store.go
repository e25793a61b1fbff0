package document

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
)

// store holds all SQL of documents.
type store struct{ db *db.DB }

const columns = `id, version, case_id, case_no, kind, unit_id, state, secret, word, year, number, label, template_version, text_sealed,
	drafted_by, approved_by, sealed_by, pdf_key, docx_key, pdf_size, digest, signature, code, command_key,
	created_at, changed_at, approved_at, sealed_at, served_at, opened_at`

const insertQuery = `INSERT INTO document (` + columns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, '', $9, $10, $11, 0, 0, '', '', 0, '', '', NULL, $13, $12, $12, 0, 0, 0, 0)`

func insert(b *db.Batch, d Document) {
	b.Add(insertQuery, d.ID, d.Version, d.CaseID, d.CaseNo, d.Kind.ID, d.UnitID, string(d.State), d.Secret,
		d.Template, d.textSealed, d.DraftedBy, db.At(d.CreatedAt), db.OrNull(d.key))
}

// Each change compares and sets the version.
const (
	editQuery = `UPDATE document SET version = version + 1, text_sealed = $3, drafted_by = $4, changed_at = $5
		WHERE id = $1 AND version = $2 AND state = 'draft'`
	approveQuery = `UPDATE document SET version = version + 1, state = 'approved', approved_by = $3, word = $4, year = $5, number = $6, label = $7,
		approved_at = $8, changed_at = $8 WHERE id = $1 AND version = $2 AND state = 'draft'`
	sealQuery = `UPDATE document SET version = version + 1, state = 'sealed', sealed_by = $3, pdf_key = $4, docx_key = $5, pdf_size = $6,
		digest = $7, signature = $8, code = $9, sealed_at = $10, changed_at = $10 WHERE id = $1 AND version = $2 AND state = 'approved'`
	serveQuery = `UPDATE document SET version = version + 1, state = 'served', served_at = CASE served_at WHEN 0 THEN $3 ELSE served_at END
		WHERE id = $1 AND version = $2 AND state IN ('sealed', 'served')`
	openQuery = `UPDATE document SET opened_at = $2 WHERE id = $1 AND opened_at = 0`
	voidQuery = `UPDATE document SET version = version + 1, state = 'void', changed_at = $3 WHERE id = $1 AND version = $2 AND state <> 'void'`
)

func scan(r db.Rows) (Document, error) {
	var d Document
	var kind string
	var created, changed, approved, sealed, served, opened db.Time
	err := r.Scan(&d.ID, &d.Version, &d.CaseID, &d.CaseNo, &kind, &d.UnitID, &d.State, &d.Secret, &d.Word, &d.Year, &d.Number, &d.Label,
		&d.Template, &d.textSealed, &d.DraftedBy, &d.Approver, &d.SealedBy, &d.pdfKey, &d.docxKey, &d.PDFSize, &d.Digest, &d.Signature,
		db.Null(&d.Code), db.Null(&d.key), &created, &changed, &approved, &sealed, &served, &opened)
	d.Kind, _ = wording.Find(kind)
	d.CreatedAt, d.ChangedAt, d.ApprovedAt = created.Std(), changed.Std(), approved.Std()
	d.SealedAt, d.ServedAt, d.OpenedAt = sealed.Std(), served.Std(), opened.Std()
	return d, err
}

func (store) byID(ctx context.Context, q db.Queryer, id int64) (Document, error) {
	d, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM document WHERE id = $1`, id)
	if missing(err) {
		return d, ErrUnknown
	}
	return d, err
}

func (s store) byKey(ctx context.Context, key string) (Document, error) {
	return db.One(ctx, s.db.Read(), scan, `SELECT `+columns+` FROM document WHERE command_key = $1`, key)
}

func (s store) byCode(ctx context.Context, code string) (Document, error) {
	d, err := db.One(ctx, s.db.Read(), scan, `SELECT `+columns+` FROM document WHERE code = $1`, code)
	if missing(err) {
		return d, ErrUnknown
	}
	return d, err
}

const mostOfCase = 500

const ofCaseQuery = `SELECT ` + columns + ` FROM document WHERE case_id = $1 AND case_id <> 0 ORDER BY id LIMIT $2`

func (s store) ofCase(ctx context.Context, caseID int64) ([]Document, error) {
	return db.List(ctx, s.db.Read(), scan, ofCaseQuery, caseID, mostOfCase)
}

const ofUnitQuery = `SELECT ` + columns + ` FROM document WHERE unit_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4`

func (s store) ofUnit(ctx context.Context, unitID int64, state State, before int64, limit int) ([]Document, error) {
	return db.List(ctx, s.db.Read(), scan, ofUnitQuery, unitID, string(state), before, limit)
}

// mostCounted bounds the counts of the tabs.
const mostCounted = 300

func (s store) casesOfUnit(ctx context.Context, unitID int64, state State) ([]int64, error) {
	return db.List(ctx, s.db.Read(), db.Value[int64],
		`SELECT case_id FROM document WHERE unit_id = $1 AND state = $2 LIMIT $3`, unitID, string(state), mostCounted)
}

// nextNumber takes the next serial. The row is locked until the unit of work
// ends, and a unit that fails gives its number back: no gap, no twin.
func (store) nextNumber(ctx context.Context, tx db.Tx, unitID int64, word string, year int) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `INSERT INTO document_number (unit_id, word, year, last) VALUES ($1, $2, $3, 1)
		ON CONFLICT (unit_id, word, year) DO UPDATE SET last = document_number.last + 1 RETURNING last`, unitID, word, year)
}

// Each kind of file has an index of its own.
const (
	pdfKnownQuery  = `SELECT pdf_key FROM document WHERE pdf_key = $1 AND pdf_key <> ''`
	docxKnownQuery = `SELECT docx_key FROM document WHERE docx_key = $1 AND docx_key <> ''`
)

// known tells which of some keys of files belong to a document.
func (s store) known(ctx context.Context, keys []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, key := range keys {
		for _, query := range []string{pdfKnownQuery, docxKnownQuery} {
			found, err := db.List(ctx, s.db.Read(), db.Value[string], query, key)
			if err != nil {
				return nil, err
			}
			out[key] = out[key] || len(found) > 0
		}
	}
	return out, nil
}

func insertEvent(b *db.Batch, e Event, documentID int64) {
	b.Add(`INSERT INTO document_event (id, document_id, kind, actor_id, actor_role, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, documentID, e.Kind, e.ActorID, string(e.Role), e.Note, db.At(e.At))
}

const mostEvents = 500

func (s store) events(ctx context.Context, id int64) ([]Event, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (Event, error) {
		var e Event
		var role string
		var at db.Time
		err := r.Scan(&e.ID, &e.Kind, &e.ActorID, &role, &e.Note, &at)
		e.Role, e.At = access.Role(role), at.Std()
		return e, err
	}, `SELECT id, kind, actor_id, actor_role, note, at FROM document_event WHERE document_id = $1 ORDER BY id LIMIT $2`, id, mostEvents)
}

// servedRow is a receipt before its detail is unsealed.
type servedRow struct {
	ID     int64
	method Method
	detail []byte
	at     time.Time
	by     int64
}

func insertService(b *db.Batch, r Receipt, documentID int64, detail []byte, now time.Time) {
	b.Add(`INSERT INTO document_service (id, document_id, method, detail_sealed, served_at, recorded_by, created_at, command_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, documentID, string(r.Method), detail, db.At(r.At), r.By, db.At(now), db.OrNull(r.Key))
}

func (s store) services(ctx context.Context, documentID int64) ([]servedRow, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (servedRow, error) {
		var row servedRow
		var at db.Time
		err := r.Scan(&row.ID, &row.method, &row.detail, &at, &row.by)
		row.at = at.Std()
		return row, err
	}, `SELECT id, method, detail_sealed, served_at, recorded_by FROM document_service WHERE document_id = $1 ORDER BY id LIMIT 100`, documentID)
}

// ofFile finds whose file lies under a key; 0 when nobody's.
func (s store) ofFile(ctx context.Context, key string) (id int64, what string, err error) {
	for what, column := range map[string]string{"pdf": "pdf_key", "docx": "docx_key"} {
		id, err := db.One(ctx, s.db.Read(), db.Value[int64], `SELECT id FROM document WHERE `+column+` = $1`, key)
		if err == nil {
			return id, what, nil
		}
		if !errors.Is(err, db.ErrNoRows) {
			return 0, "", err
		}
	}
	return 0, "", nil
}
