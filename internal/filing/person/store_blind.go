package person

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// What blind indexes are made of. Equal values of one purpose have equal
// indexes; nobody learns a value from an index without the index key.
const (
	phonePurpose     = "person/phone"
	idNoPurpose      = "person/id_no"
	nameBirthPurpose = "person/name_birth"
)

// index sets the blind indexes of a row from values in normal form.
func (r *row) index(k Blinder, p Person) {
	r.phoneIndex, r.idNoIndex, r.nameBirthIndex, r.indexKey = nil, nil, nil, k.IndexKey()
	if p.Phone != "" {
		r.phoneIndex = k.Blind(phonePurpose, p.Phone)
	}
	if p.IDNo != "" {
		r.idNoIndex = k.Blind(idNoPurpose, documentOf(p.IDType, p.IDNo))
	}
	if born := birth(p); born != "" && p.Name != "" {
		r.nameBirthIndex = k.Blind(nameBirthPurpose, nameBirth(p.Name, born))
	}
}

// documentOf tells documents of different kinds apart, except those that have
// one number for life: ID card and residence permit.
func documentOf(kind identity.DocumentKind, number string) string {
	if kind == identity.ResidencePermit {
		kind = identity.IDCard
	}
	return string(kind) + ":" + number
}

// nameBirth is what a name with a birth date is found by: without the signs
// and spaces that one clerk writes and another does not.
func nameBirth(name, born string) string {
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ·.-'’", r) {
			return -1
		}
		return r
	}, strings.ToUpper(name))
	return bare + ":" + born
}

// birth reads the birth date out of an ID number: "1949-12-31".
func birth(p Person) string {
	if p.IDType != identity.IDCard && p.IDType != identity.ResidencePermit || len(p.IDNo) != 18 {
		return ""
	}
	d := p.IDNo[6:14]
	return d[:4] + "-" + d[4:6] + "-" + d[6:]
}

// ByPhoneIndex finds whom a phone belongs to, newest first, at most 200: the
// door for people who sign in by a one-time code, and for finding the same
// person. A malformed number belongs to nobody.
func (s *Service) ByPhoneIndex(ctx context.Context, phone string) ([]int64, error) {
	p, err := identity.ParsePhone(phone)
	if err != nil {
		return nil, nil
	}
	return s.byIndex(ctx, "phone_index", phonePurpose, p.Number)
}

// ByIDNo finds the records with a document, newest first, at most 200. The
// number is one in normal form (identity.ParseDocument).
func (s *Service) ByIDNo(ctx context.Context, kind identity.DocumentKind, number string) ([]int64, error) {
	if number == "" {
		return nil, nil
	}
	return s.byIndex(ctx, "id_no_index", idNoPurpose, documentOf(kind, number))
}

// ByNameBirth finds the records with a name and a birth date ("1949-12-31"),
// newest first, at most 200. Records without an ID number have no birth date
// and are not among them. Many people share both: it finds candidates, it
// proves nothing.
func (s *Service) ByNameBirth(ctx context.Context, name, born string) ([]int64, error) {
	name, err := identity.ParseName(name)
	if err != nil || born == "" {
		return nil, nil
	}
	return s.byIndex(ctx, "name_birth_index", nameBirthPurpose, nameBirth(name, born))
}

func (s *Service) byIndex(ctx context.Context, column, purpose, value string) ([]int64, error) {
	ids, err := s.store.byIndex(ctx, column, s.keys.Blinds(purpose, value))
	if err != nil {
		return nil, fmt.Errorf("persons by %s: %w", column, err)
	}
	return ids, nil
}

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	var parts []reseal.Part
	for i, name := range fieldNames {
		parts = append(parts, reseal.Column{DB: s.store.db, Keys: keys, Table: "person", Column: name + "_sealed",
			Purpose: func(id []int64) string { return purpose(id[0], i) }})
	}
	return append(parts, reseal.Column{DB: s.store.db, Keys: keys, Table: "person_reveal", Column: "reason", Text: true, Purpose: reseal.Of(reasonPurpose)},
		reseal.Column{DB: s.store.db, Keys: keys, Table: "reveal_request", Column: "reason", Text: true, Purpose: reseal.Of(askPurpose)}, indexes{s})
}

// indexes counts blind indexes anew that another key made, or that are from
// before there were any.
type indexes struct{ s *Service }

// Name implements reseal.Part.
func (indexes) Name() string { return "person.indexes" }

// Stale implements reseal.Part.
func (x indexes) Stale(ctx context.Context) (int64, error) {
	return db.One(ctx, x.s.store.db.Read(), db.Value[int64], `SELECT count(*) FROM person WHERE index_key <> $1`, x.s.keys.IndexKey())
}

// Step implements reseal.Part.
func (x indexes) Step(ctx context.Context, after string, most int) (string, int, error) {
	from, _ := strconv.ParseInt(after, 10, 64)
	rows, err := otherIndexes(ctx, x.s.store.db.Read(), from, x.s.keys.IndexKey(), most)
	if err != nil || len(rows) == 0 {
		return "", 0, err
	}
	var b db.Batch
	for _, r := range rows {
		p, err := x.s.open(r)
		if err != nil {
			return "", 0, err
		}
		r.index(x.s.keys, p)
		setIndexes(&b, r)
	}
	next := ""
	if len(rows) == most {
		next = strconv.FormatInt(rows[most-1].id, 10)
	}
	return next, len(rows), x.s.store.db.Send(ctx, &b)
}
