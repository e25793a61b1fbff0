// Package matching weighs whether two records are of the same person (同一人),
// after Fellegi and Sunter: each field that can be compared adds the logarithm
// of how much likelier its agreement is between records of one person than
// between records of two. It is pure, knows the records only while it compares
// them, and says why, field by field.
//
// Records are in the normal form of package identity. A field that one of them
// lacks says nothing. Dependent fields count once: an ID number holds birth
// date and sex, so where numbers are compared those are not.
package matching

import (
	"math"
	"strings"
	"unicode"
)

// Record is what is compared of a person.
type Record struct {
	IDType string // kind of document; numbers of different kinds say nothing
	IDNo   string
	Phone  string
	Name   string
	Birth  string // 2006-01-02, from whichever document holds it
	Sex    string // "1", "2"; anything else says nothing
	Town   string // address down to the township
	Org    string
}

// Field is what is compared.
type Field string

// The fields, in the order shown.
const (
	IDNo  Field = "id_no"
	Name  Field = "name"
	Birth Field = "birth"
	Phone Field = "phone"
	Sex   Field = "sex"
	Town  Field = "town"
	Org   Field = "org"
)

// Fields lists them.
var Fields = []Field{IDNo, Name, Birth, Phone, Sex, Town, Org}

// Level is how far two values agree.
type Level string

// The levels, best first. Near is a name with the same surname and one other
// character, or an address in the same county; Kin is only the surname.
const (
	Same    Level = "same"
	Near    Level = "near"
	Kin     Level = "kin"
	Differs Level = "differs"
	Unknown Level = "unknown" // one of the records does not say
)

// Chance is how often a level occurs: M between two records of one person, U
// between records of two people.
type Chance struct{ M, U float64 }

// Weight is what a level adds, in bits.
func (c Chance) Weight() float64 { return math.Log2(c.M / c.U) }

// Table holds the chances of each field and level. docs/sameness.md says where
// each of them comes from.
var Table = map[Field]map[Level]Chance{
	IDNo:  {Same: {0.985, 0.000001}, Differs: {0.0005, 0.999999}},
	Name:  {Same: {0.97, 0.0008}, Near: {0.02, 0.02}, Kin: {0.0005, 0.06}, Differs: {0.002, 0.92}},
	Birth: {Same: {0.99, 0.00005}, Differs: {0.01, 0.99995}},
	Phone: {Same: {0.85, 0.00005}, Differs: {0.15, 0.99995}},
	Sex:   {Same: {0.99, 0.5}, Differs: {0.01, 0.5}},
	Town:  {Same: {0.8, 0.03}, Near: {0.1, 0.1}, Differs: {0.1, 0.87}},
	Org:   {Same: {0.9, 0.001}, Differs: {0.1, 0.999}},
}

// Evidence is what one field says.
type Evidence struct {
	Field  Field   `json:"field"`
	Level  Level   `json:"level"`
	Weight float64 `json:"weight"`
}

// Result is the sum, and what it is made of.
type Result struct {
	Weight float64    `json:"weight"`
	Fields []Evidence `json:"fields"`
}

// Compare weighs two records.
func Compare(a, b Record) Result {
	var r Result
	numbers := a.IDNo != "" && b.IDNo != "" && a.IDType == b.IDType
	for _, f := range Fields {
		l := level(f, a, b)
		if numbers && (f == Birth || f == Sex) {
			l = Unknown
		}
		e := Evidence{Field: f, Level: l}
		if l != Unknown {
			e.Weight = Table[f][l].Weight()
		}
		r.Weight += e.Weight
		r.Fields = append(r.Fields, e)
	}
	return r
}

func level(f Field, a, b Record) Level {
	switch f {
	case IDNo:
		if a.IDType != b.IDType {
			return Unknown
		}
		return equal(a.IDNo, b.IDNo)
	case Name:
		return names(a.Name, b.Name)
	case Birth:
		return equal(a.Birth, b.Birth)
	case Phone:
		return equal(a.Phone, b.Phone)
	case Sex:
		return equal(said(a.Sex), said(b.Sex))
	case Town:
		return places(a.Town, b.Town)
	}
	return equal(a.Org, b.Org)
}

func equal(a, b string) Level {
	switch {
	case a == "" || b == "":
		return Unknown
	case a == b:
		return Same
	}
	return Differs
}

func said(sex string) string {
	if sex == "1" || sex == "2" {
		return sex
	}
	return ""
}

// names compares without any table of sounds: a wrong character of the same
// sound or shape is one character, and so is a sibling's, hence Near is
// neither for nor against.
func names(a, b string) Level {
	if l := equal(strings.ToLower(a), strings.ToLower(b)); l != Differs {
		return l
	}
	ra, rb := []rune(a), []rune(b)
	switch {
	case ra[0] != rb[0]:
		return Differs
	case !unicode.Is(unicode.Han, ra[0]):
		if distance(ra, rb) <= 1 {
			return Near
		}
		return Differs // one letter in common is no surname
	case distance(ra, rb) == 1 && len(ra) > 1 && len(rb) > 1:
		return Near
	}
	return Kin
}

// distance counts the characters that differ; one character more or less
// counts one.
func distance(a, b []rune) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	switch len(b) - len(a) {
	case 0:
		n := 0
		for i := range a {
			if a[i] != b[i] {
				n++
			}
		}
		return n
	case 1:
		i := 0
		for i < len(a) && a[i] == b[i] {
			i++
		}
		for ; i < len(a); i++ {
			if a[i] != b[i+1] {
				return 2
			}
		}
		return 1
	}
	return len(b)
}

// places compares addresses that end with the township; the county before it
// is Near.
func places(a, b string) Level {
	if l := equal(a, b); l != Differs {
		return l
	}
	if c := county(a); c != "" && c == county(b) {
		return Near
	}
	return Differs
}

// county is a place without its last division.
func county(town string) string {
	i := strings.LastIndexAny(town, "市区县旗")
	if i < 0 {
		return ""
	}
	for _, r := range town[i:] {
		return town[:i+len(string(r))]
	}
	return ""
}

// Thresholds divide the weights: from High on a link is made, reversibly; from
// Middle on a person decides; below, the records stay apart.
type Thresholds struct{ High, Middle float64 }

// Defaults: with one record in 2¹⁷ being of the same person, 24 bits are odds
// of 128 to 1, and 13 are 1 to 16, not worth anybody's time below.
var Defaults = Thresholds{High: 24, Middle: 13}

// Band is where a weight lies.
type Band string

// The bands.
const (
	High   Band = "high"
	Middle Band = "middle"
	Low    Band = "low"
)

// Band says what follows from a result. Whoever holds another number of the
// same kind of document is never linked without a person looking.
func (t Thresholds) Band(r Result) Band {
	switch {
	case r.Weight >= t.High && !r.conflict():
		return High
	case r.Weight >= t.Middle:
		return Middle
	}
	return Low
}

func (r Result) conflict() bool {
	for _, e := range r.Fields {
		if e.Field == IDNo && e.Level == Differs {
			return true
		}
	}
	return false
}
