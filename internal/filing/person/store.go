package person

import (
	"context"
	"fmt"
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
	id        int64
	kind      Kind
	idType    identity.DocumentKind
	sealed    [fieldCount][]byte // nil = not given
	masks     Masked
	createdAt time.Time

	phoneIndex     []byte
	idNoIndex      []byte
	nameBirthIndex []byte
	indexKey       int
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
		sex_sealed, household_sealed, household_mask, created_at, id_no_index, name_birth_index, index_key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		r.id, string(r.kind), bytes(r.sealed[fieldName]), m.Name, bytes(r.sealed[fieldPhone]), m.Phone, bytes(r.phoneIndex),
		string(r.idType), bytes(r.sealed[fieldIDNo]), m.IDNo, bytes(r.sealed[fieldAddress]), m.Address,
		bytes(r.sealed[fieldOrgName]), m.OrgName,
		bytes(r.sealed[fieldSex]), bytes(r.sealed[fieldHousehold]), m.Household, db.At(r.createdAt),
		bytes(r.idNoIndex), bytes(r.nameBirthIndex), r.indexKey)
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

// byIndexQuery finds persons by a blind index, of whichever of the keys.
func byIndexQuery(column string, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	return `SELECT id FROM person WHERE ` + column + ` IN (` + strings.Join(marks, ", ") + `) ORDER BY id DESC LIMIT ` + strconv.Itoa(mostFound)
}

func (s store) byIndex(ctx context.Context, column string, indexes [][]byte) ([]int64, error) {
	args := make([]any, len(indexes))
	for i, x := range indexes {
		args[i] = x
	}
	return db.List(ctx, s.db.Read(), db.Value[int64], byIndexQuery(column, len(args)), args...)
}

// otherIndexes reads the next persons whose indexes another key made.
func otherIndexes(ctx context.Context, q db.Queryer, after int64, key, limit int) ([]row, error) {
	return db.List(ctx, q, func(rows db.Rows) (row, error) {
		var r row
		err := rows.Scan(&r.id, &r.kind, &r.idType, &r.sealed[fieldName], &r.sealed[fieldPhone], &r.sealed[fieldIDNo])
		return r, err
	}, `SELECT id, kind, id_type, name_sealed, phone_sealed, id_no_sealed FROM person WHERE id > $1 AND index_key <> $2 ORDER BY id LIMIT `+strconv.Itoa(limit),
		after, key)
}

func setIndexes(b *db.Batch, r row) {
	b.Add(`UPDATE person SET phone_index = $2, id_no_index = $3, name_birth_index = $4, index_key = $5 WHERE id = $1`,
		r.id, bytes(r.phoneIndex), bytes(r.idNoIndex), bytes(r.nameBirthIndex), r.indexKey)
}

// reasonPurpose binds a sealed reason to its row: reasons name people.
const reasonPurpose = "person_reveal/%d/reason"

func (s *Service) noteDisclosure(ctx context.Context, tx db.Tx, d Disclosure) error {
	_, err := tx.Exec(ctx, `INSERT INTO person_reveal (id, person_id, case_id, staff_id, reason, fields, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, d.PersonID, d.CaseID, d.StaffID, s.keys.SealText(fmt.Sprintf(reasonPurpose, d.ID), d.Reason), d.Fields, db.At(d.At))
	return err
}

const disclosuresQuery = `SELECT id, person_id, case_id, staff_id, reason, fields, at
	FROM person_reveal WHERE person_id = $1 ORDER BY id DESC LIMIT $2`

func (s *Service) disclosures(ctx context.Context, personID int64) ([]Disclosure, error) {
	return db.List(ctx, s.store.db.Read(), s.scanDisclosure, disclosuresQuery, personID, mostShown)
}

func (s *Service) scanDisclosure(r db.Rows) (Disclosure, error) {
	var d Disclosure
	var at db.Time
	err := r.Scan(&d.ID, &d.PersonID, &d.CaseID, &d.StaffID, &d.Reason, &d.Fields, &at)
	d.At = at.Std()
	if err == nil {
		d.Reason, err = s.keys.UnsealText(fmt.Sprintf(reasonPurpose, d.ID), d.Reason)
	}
	return d, err
}
