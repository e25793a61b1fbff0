package person

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
)

// Kind says on whose behalf somebody petitions.
type Kind string

// The kinds of petitioner.
const (
	Individual   Kind = "individual"   // 自然人
	Organisation Kind = "organisation" // 法人或者其他组织
)

// Person is a petitioner in clear. The zero value is anonymous. It shows
// nothing of itself to formatting, logging or JSON.
type Person struct {
	Kind    Kind
	Name    string // of an organisation: the contact
	Phone   string
	IDType  identity.DocumentKind
	IDNo    string
	Address string
	OrgName string
	// Sex (性别) in the codes of GB/T 2261.1: "1" male, "2" female, "9" not
	// said. An ID card says it where the person does not.
	Sex       string
	Household string // 户籍地址, where it differs from the address
}

const redacted = "person(redacted)"

// String hides everything.
func (Person) String() string { return redacted }

// Format hides everything from every verb of fmt.
func (Person) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue hides everything from slog.
func (Person) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides everything from encoders.
func (Person) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Anonymous tells whether nothing was given.
func (p Person) Anonymous() bool {
	p.Kind, p.IDType = "", ""
	return p == Person{}
}

// Masked is a petitioner as pages show it: 王**, 138****0000.
type Masked struct {
	ID      int64
	Kind    Kind
	Name    string
	Phone   string
	IDType  identity.DocumentKind
	IDNo    string
	Address string
	OrgName string

	Household string
}

// Keys seal fields and make blind indexes; platform/seal does it.
type Keys interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
	SealText(purpose, text string) string
	UnsealText(purpose, text string) (string, error)
	Blinder
}

// Blinder makes blind indexes; platform/seal does it.
type Blinder interface {
	// Blind is the index under the active key, and IndexKey that key.
	Blind(purpose, normalised string) []byte
	IndexKey() int
	// Blinds are those under every key, while rows are being counted anew.
	Blinds(purpose, normalised string) [][]byte
}

// IDs makes identifiers that grow with time.
type IDs interface{ Next() int64 }

// Service records and shows petitioners.
type Service struct {
	store store
	keys  Keys
	ids   IDs
	gate  Gate
}

// New makes the service.
func New(d *db.DB, keys Keys, ids IDs, gate Gate) *Service {
	return &Service{store: store{d}, keys: keys, ids: ids, gate: gate}
}

// Record adds a petitioner to a unit of work and gives the new id; an
// anonymous one leaves no row and has the id 0. It fails as Check does.
func (s *Service) Record(b *db.Batch, p Person, now time.Time) (int64, error) {
	if p.Anonymous() {
		return 0, nil
	}
	p, err := normalise(p, now)
	if err != nil {
		return 0, err
	}
	id := s.ids.Next()
	r := row{id: id, kind: p.Kind, idType: p.IDType, createdAt: now, masks: mask(p)}
	for i, value := range p.fields() {
		if value != "" {
			r.sealed[i] = s.keys.Seal(purpose(id, i), []byte(value))
		}
	}
	r.index(s.keys, p)
	insert(b, r)
	return id, nil
}

// The sealed fields, in the order of fieldNames.
const (
	fieldName = iota
	fieldPhone
	fieldIDNo
	fieldAddress
	fieldOrgName
	fieldSex
	fieldHousehold
	fieldCount
)

var fieldNames = [fieldCount]string{"name", "phone", "id_no", "address", "org_name", "sex", "household"}

// fields gives the values to be sealed.
func (p Person) fields() [fieldCount]string {
	return [fieldCount]string{p.Name, p.Phone, p.IDNo, p.Address, p.OrgName, p.Sex, p.Household}
}

// purpose binds a sealed value to its row and column.
func purpose(id int64, field int) string {
	return fmt.Sprintf("person/%d/%s", id, fieldNames[field])
}

// mask gives what is shown of a person whose values are in normal form.
func mask(p Person) Masked {
	return Masked{
		Kind: p.Kind, IDType: p.IDType,
		Name:    identity.MaskName(p.Name),
		Phone:   identity.MaskPhone(p.Phone),
		IDNo:    identity.MaskDocument(p.IDNo),
		Address: identity.MaskAddress(p.Address),
		OrgName: maskOrgName(p.OrgName),

		Household: identity.MaskAddress(p.Household),
	}
}

func maskOrgName(name string) string {
	if name == "" {
		return ""
	}
	return identity.MaskOrganisation(name)
}
