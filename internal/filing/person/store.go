package person

import (
	"context"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
)

const (
	batchSize = 200 // ids in one question
	mostFound = 200 // persons with one phone
	mostShown = 100 // disclosures of one person
)

type store struct{ db *db.DB }

// row is a person as it is kept.
type row struct {
	id         int64
	kind       Kind
	idType     identity.DocumentKind
	sealed     [fieldCount][]byte // nil = not given
	masks      Masked
	phoneIndex []byte
	createdAt  time.Time
}

// present lists the fields that hold something.
func (r row) present() string {
	var names []string
	for i, sealed := range r.sealed {
		if sealed != nil {
			names = append(names, fieldNames[i])
		}
	}
	return strings.Join(names, ",")
}

func insert(b *db.Batch, r row) {
	m := r.masks
	b.Add(`INSERT INTO person (id, kind, name_sealed, name_mask, phone_sealed, phone_mask, phone_index,
		id_type, id_no_sealed, id_no_mask, address_sealed, address_mask, org_name_sealed, org_name_mask,
		sex_sealed, household_sealed, household_mask, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		r.id, string(r.kind), bytes(r.sealed[fieldName]), m.Name, bytes(r.sealed[fieldPhone]), m.Phone, bytes(r.phoneIndex),
		string(r.idType), bytes(r.sealed[fieldIDNo]), m.IDNo, bytes(r.sealed[fieldAddress]), m.Address,
		bytes(r.sealed[fieldOrgName]), m.OrgName,
		bytes(r.sealed[fieldSex]), bytes(r.sealed[fieldHousehold]), m.Household, db.At(r.createdAt))
}

// bytes keeps an absent value NULL.
func bytes(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

func byID(ctx context.Context, q db.Queryer, id int64) (row, error) {
	return db.One(ctx, q, func(rows db.Rows) (row, error) {
		r := row{id: id}
		err := rows.Scan(&r.kind, &r.idType, &r.sealed[fieldName], &r.sealed[fieldPhone],
			&r.sealed[fieldIDNo], &r.sealed[fieldAddress], &r.sealed[fieldOrgName],
			&r.sealed[fieldSex], &r.sealed[fieldHousehold])
		return r, err
	}, `SELECT kind, id_type, name_sealed, phone_sealed, id_no_sealed, address_sealed, org_name_sealed, sex_sealed, household_sealed
		FROM person WHERE id = $1`, id)
}

func (s store) masked(ctx context.Context, ids []int64) ([]Masked, error) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	return db.List(ctx, s.db.Read(), func(r db.Rows) (Masked, error) {
		var m Masked
		err := r.Scan(&m.ID, &m.Kind, &m.Name, &m.Phone, &m.IDType, &m.IDNo, &m.Address, &m.OrgName, &m.Household)
		return m, err
	}, `SELECT id, kind, name_mask, phone_mask, id_type, id_no_mask, address_mask, org_name_mask, household_mask
		FROM person WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...)
}

const byPhoneQuery = `SELECT id FROM person WHERE phone_index = $1 ORDER BY id DESC LIMIT $2`

func (s store) byPhone(ctx context.Context, index []byte) ([]int64, error) {
	return db.List(ctx, s.db.Read(), db.Value[int64], byPhoneQuery, index, mostFound)
}

func noteDisclosure(ctx context.Context, tx db.Tx, d Disclosure) error {
	_, err := tx.Exec(ctx, `INSERT INTO person_reveal (id, person_id, case_id, staff_id, reason, fields, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, d.PersonID, d.CaseID, d.StaffID, d.Reason, d.Fields, db.At(d.At))
	return err
}

const disclosuresQuery = `SELECT id, person_id, case_id, staff_id, reason, fields, at
	FROM person_reveal WHERE person_id = $1 ORDER BY id DESC LIMIT $2`

func (s store) disclosures(ctx context.Context, personID int64) ([]Disclosure, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (Disclosure, error) {
		var d Disclosure
		var at db.Time
		err := r.Scan(&d.ID, &d.PersonID, &d.CaseID, &d.StaffID, &d.Reason, &d.Fields, &at)
		d.At = at.Std()
		return d, err
	}, disclosuresQuery, personID, mostShown)
}
