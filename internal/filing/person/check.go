package person

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/fault"
)

// ErrInvalid names the fields that need correction.
var ErrInvalid = fault.New(fault.Invalid, "person.invalid")

const longestAddress = 200

// Check tells what has to be corrected before a person can be recorded, all
// fields at once. A name is needed; whether a phone or an address is, and
// whether somebody may stay anonymous, is for the door to say.
func Check(p Person, now time.Time) error {
	if p.Anonymous() {
		return nil
	}
	_, err := normalise(p, now)
	return err
}

// normalise brings every field to its normal form and collects what is wrong.
func normalise(p Person, now time.Time) (Person, error) {
	f := fault.New(ErrInvalid.Kind, ErrInvalid.ID)
	if p.Kind == "" {
		p.Kind = Individual
	}
	if p.Kind != Individual && p.Kind != Organisation {
		f.Field("kind", "person.kind")
	}
	p.Name = take(f, "name", p.Name, identity.ParseName)
	p.Phone = phone(f, p.Phone)
	p.Address = address(f, "address", p.Address)
	p.Household = address(f, "household", p.Household)
	if p.Sex != "" && p.Sex != "1" && p.Sex != "2" && p.Sex != "9" {
		f.Field("sex", "person.sex")
	}
	if p.Kind == Organisation {
		p.OrgName = take(f, "org_name", p.OrgName, identity.ParseOrganisation)
	} else {
		p.OrgName = ""
	}
	document(f, &p, now)
	return p, f.OrNil()
}

// take reads a field with a parser of package identity and notes its problem.
func take(f *fault.Error, field, value string, parse func(string) (string, error)) string {
	normal, err := parse(value)
	if err == nil {
		return normal
	}
	var p *identity.Problem
	if errors.As(err, &p) {
		f.Field(field, p.ID, p.Args...)
	}
	return ""
}

func phone(f *fault.Error, value string) string {
	if strings.TrimSpace(value) == "" {
		return ""
	}
	return take(f, "phone", value, func(s string) (string, error) {
		p, err := identity.ParsePhone(s)
		return p.Number, err
	})
}

func address(f *fault.Error, field, value string) string {
	value = strings.Join(strings.Fields(identity.Narrow(value)), " ")
	if utf8.RuneCountInString(value) > longestAddress {
		f.Field(field, "person.address_long", longestAddress)
		return ""
	}
	return value
}

// document reads the number by its kind; without a number the kind is dropped.
func document(f *fault.Error, p *Person, now time.Time) {
	if strings.TrimSpace(p.IDNo) == "" {
		p.IDType, p.IDNo = "", ""
		return
	}
	if p.IDType == "" {
		p.IDType = identity.IDCard
	}
	known := slices.Contains(identity.DocumentKinds, p.IDType)
	if !known && !(p.IDType == identity.CreditCode && p.Kind == Organisation) {
		f.Field("id_type", "identity.document_kind")
		return
	}
	p.IDNo = take(f, "id_no", p.IDNo, func(s string) (string, error) {
		return identity.ParseDocument(p.IDType, s, now)
	})
	if id, err := identity.ParseID(p.IDNo, now); err == nil && p.IDType == identity.IDCard && p.Sex == "" {
		p.Sex = map[bool]string{true: "1", false: "2"}[id.Male]
	}
}
