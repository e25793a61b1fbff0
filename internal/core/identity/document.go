package identity

import (
	"regexp"
	"time"
)

// DocumentKind says which document proves who somebody is.
type DocumentKind string

// The kinds of document, in display order.
const (
	IDCard            DocumentKind = "id_card"            // 居民身份证
	ResidencePermit   DocumentKind = "residence_permit"   // 港澳台居民居住证
	HKMacaoPass       DocumentKind = "hk_macao_pass"      // 港澳居民来往内地通行证
	TaiwanPass        DocumentKind = "taiwan_pass"        // 台湾居民来往大陆通行证
	PermanentResident DocumentKind = "permanent_resident" // 外国人永久居留身份证
	ChinesePassport   DocumentKind = "chinese_passport"   // 普通护照
	ForeignPassport   DocumentKind = "foreign_passport"   // 外国护照
	OfficerCard       DocumentKind = "officer_card"       // 军官证等
	CreditCode        DocumentKind = "credit_code"        // 统一社会信用代码, of an organisation
)

// DocumentKinds lists what a person can show; CreditCode is for organisations.
var DocumentKinds = []DocumentKind{
	IDCard, ResidencePermit, HKMacaoPass, TaiwanPass, PermanentResident,
	ChinesePassport, ForeignPassport, OfficerCard,
}

// documentForms are the forms of numbers without a check digit. The number of
// an officer's card is free text ("军字第…号"), within reason.
var documentForms = map[DocumentKind]*regexp.Regexp{
	HKMacaoPass:       regexp.MustCompile(`^[HM]\d{8}(\d{2})?$`),
	TaiwanPass:        regexp.MustCompile(`^(\d{8}|\d{10}[A-Z])$`),
	PermanentResident: regexp.MustCompile(`^([A-Z]{3}\d{12}|9\d{16}[\dX])$`),
	ChinesePassport:   regexp.MustCompile(`^([EGDSP]\d{8}|E[A-Z]\d{7}|[DSP]E\d{7})$`),
	ForeignPassport:   regexp.MustCompile(`^[A-Z0-9]{5,20}$`),
	OfficerCard:       regexp.MustCompile(`^[\p{Han}A-Z0-9()\-]{4,30}$`),
}

// ParseDocument brings a document's number to its normal form.
func ParseDocument(kind DocumentKind, s string, now time.Time) (string, error) {
	switch kind {
	case IDCard:
		id, err := ParseID(s, now)
		return id.Number, err
	case ResidencePermit:
		id, err := ParsePermit(s, now)
		return id.Number, err
	case CreditCode:
		return ParseCredit(s)
	}
	form, ok := documentForms[kind]
	if !ok {
		return "", problem("document_kind")
	}
	n := compact(s)
	if !form.MatchString(n) {
		return "", problem("document_form")
	}
	if kind == PermanentResident && len(n) == idLength && checkDigit(n[:17]) != n[17] {
		return "", problem("id_check")
	}
	return n, nil
}
