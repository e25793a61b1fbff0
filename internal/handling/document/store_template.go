package document

import (
	"context"
	"time"

	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
)

func scanTemplate(r db.Rows) (Template, error) {
	var t Template
	var kind string
	var at db.Time
	err := r.Scan(&kind, &t.Version, &t.Text, &t.By, &at)
	t.Kind, _ = wording.Find(kind)
	t.At = at.Std()
	return t, err
}

const templateColumns = `kind, version, text, edited_by, created_at`

// template reads the newest version of a bureau's text.
func (s store) template(ctx context.Context, unitID int64, kind string) (Template, error) {
	return db.One(ctx, s.db.Read(), scanTemplate, `SELECT `+templateColumns+`
		FROM document_template WHERE unit_id = $1 AND kind = $2 ORDER BY version DESC LIMIT 1`, unitID, kind)
}

func (s store) versions(ctx context.Context, unitID int64, k wording.Kind) ([]Template, error) {
	return db.List(ctx, s.db.Read(), scanTemplate, `SELECT `+templateColumns+`
		FROM document_template WHERE unit_id = $1 AND kind = $2 ORDER BY version DESC LIMIT 50`, unitID, k.ID)
}

// templates reads the newest version of each kind that the bureau ever changed.
func (s store) templates(ctx context.Context, unitID int64) (map[string]Template, error) {
	list, err := db.List(ctx, s.db.Read(), scanTemplate, `SELECT `+templateColumns+` FROM document_template AS t
		WHERE unit_id = $1 AND version = (SELECT max(version) FROM document_template WHERE unit_id = $1 AND kind = t.kind)`, unitID)
	out := map[string]Template{}
	for _, t := range list {
		out[t.Kind.ID] = t
	}
	return out, err
}

func (store) lastVersion(ctx context.Context, q db.Queryer, unitID int64, kind string) (int64, error) {
	return db.One(ctx, q, db.Value[int64],
		`SELECT COALESCE(max(version), 0) FROM document_template WHERE unit_id = $1 AND kind = $2`, unitID, kind)
}

func (store) addTemplate(ctx context.Context, tx db.Tx, t Template, unitID int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO document_template (unit_id, kind, version, text, edited_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		unitID, t.Kind.ID, t.Version, t.Text, t.By, db.At(t.At))
	return err
}

func (s store) issuer(ctx context.Context, unitID int64) (Issuer, error) {
	return db.One(ctx, s.db.Read(), func(r db.Rows) (Issuer, error) {
		var i Issuer
		return i, r.Scan(&i.UnitID, &i.Word, &i.Mark, &i.Address, &i.Contact, &i.Phone, &i.stamp)
	}, `SELECT unit_id, word, mark, address, contact, phone, stamp_sealed FROM document_issuer WHERE unit_id = $1`, unitID)
}

func (s store) saveIssuer(ctx context.Context, i Issuer, now time.Time) error {
	var stamp any
	if i.stamp != nil {
		stamp = i.stamp
	}
	var b db.Batch
	b.Add(`INSERT INTO document_issuer (unit_id, word, mark, address, contact, phone, stamp_sealed, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (unit_id) DO UPDATE SET word = excluded.word, mark = excluded.mark, address = excluded.address, contact = excluded.contact,
			phone = excluded.phone, stamp_sealed = excluded.stamp_sealed, changed_at = excluded.changed_at`,
		i.UnitID, i.Word, i.Mark, i.Address, i.Contact, i.Phone, stamp, db.At(now))
	return s.db.Send(ctx, &b)
}
