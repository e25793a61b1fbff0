package identity

import (
	"regexp"
	"strings"
)

// PhoneKind says what can be done with a number.
type PhoneKind string

// The kinds of phone. Only a mobile can be sent a message.
const (
	Mobile   PhoneKind = "mobile"   // 手机
	Landline PhoneKind = "landline" // 固定电话
	Service  PhoneKind = "service"  // 12345, 95xxx, 400
	Foreign  PhoneKind = "foreign"  // +852 …
)

// Phone is a number in normal form: 13800000000, 0451-87654321-12, 12345,
// +85221234567.
type Phone struct {
	Number string
	Kind   PhoneKind
}

var (
	mobileForm = regexp.MustCompile(`^1[3-9]\d{9}$`)
	// Areas 010 and 02x have three digits, all others four.
	landlineForm = regexp.MustCompile(`^(010|02\d|0[3-9]\d{2})-?([2-9]\d{6,7})(?:-(\d{1,6}))?$`)
	serviceForm  = regexp.MustCompile(`^(95\d{3,6}|96\d{3,4}|1[12]\d|12\d{3}|[48]00\d{7})$`)
	foreignForm  = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

	phoneMarks = strings.NewReplacer("(", "", ")", "-", "转", "-", "#", "-", ",", "-", "EXT", "-", ".", "")
)

// ParsePhone reads a phone number as people write it.
func ParsePhone(s string) (Phone, error) {
	n := strings.Trim(phoneMarks.Replace(compact(s)), "-")
	for strings.Contains(n, "--") {
		n = strings.ReplaceAll(n, "--", "-")
	}
	for _, china := range []string{"+86", "0086", "86-"} {
		if rest, ok := strings.CutPrefix(n, china); ok {
			n = strings.TrimPrefix(rest, "-")
			break
		}
	}
	plain := strings.ReplaceAll(n, "-", "")
	if mobileForm.MatchString(plain) {
		return Phone{plain, Mobile}, nil
	}
	if m := landlineForm.FindStringSubmatch(n); m != nil {
		number := m[1] + "-" + m[2]
		if m[3] != "" {
			number += "-" + m[3]
		}
		return Phone{number, Landline}, nil
	}
	switch {
	case serviceForm.MatchString(plain):
		return Phone{plain, Service}, nil
	case foreignForm.MatchString(plain):
		return Phone{plain, Foreign}, nil
	}
	return Phone{}, problem("phone_form")
}
