package letter

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"xinqiao/internal/core/identity"
)

// Sort is what a mark is about.
type Sort string

// The sorts of marks.
const (
	PhoneMark  Sort = "phone"
	IDMark     Sort = "id"
	HouseMark  Sort = "house"
	AmountMark Sort = "amount"
	NumberMark Sort = "number" // a run of digits that is none of these
)

// Mark (须核对项) is a passage that a machine gets wrong first: a person compares
// it with the image.
type Mark struct {
	Sort Sort
	Text string
	Fits bool // it has the form of such a thing
}

// forms, the more particular first: what one has taken the next does not see.
var forms = []struct {
	sort Sort
	re   *regexp.Regexp
}{
	{IDMark, regexp.MustCompile(`\d{17}[\dXx]`)},
	{PhoneMark, regexp.MustCompile(`1[3-9]\d{9}|0\d{2,3}-\d{7,8}`)},
	{AmountMark, regexp.MustCompile(`[\d,]*\.?\d+(?:余|多)?[万亿]?(?:元|块)`)},
	{HouseMark, regexp.MustCompile(`\d+(?:号楼|号院|号|栋|幢|单元|室|弄|组)`)},
	{NumberMark, regexp.MustCompile(`[0-9A-Za-z]{7,20}`)},
}

// Marks finds what must be compared in a text, in the order of reading.
func Marks(text string, now time.Time) []Mark {
	type found struct {
		at int
		Mark
	}
	var all []found
	rest := identity.Narrow(text)
	for _, f := range forms {
		for _, at := range f.re.FindAllStringIndex(rest, -1) {
			m := Mark{Sort: f.sort, Text: rest[at[0]:at[1]]}
			if m.Fits = m.fits(now); f.sort == NumberMark && digits(m.Text) < 5 {
				continue
			}
			all = append(all, found{at[0], m})
		}
		rest = f.re.ReplaceAllStringFunc(rest, func(s string) string { return strings.Repeat(" ", len(s)) })
	}
	slices.SortFunc(all, func(a, b found) int { return a.at - b.at })
	var out []Mark
	for _, f := range all {
		if !slices.ContainsFunc(out, func(m Mark) bool { return m.Text == f.Text }) {
			out = append(out, f.Mark)
		}
	}
	return out
}

func (m Mark) fits(now time.Time) bool {
	switch m.Sort {
	case IDMark:
		_, err := identity.ParseID(m.Text, now)
		return err == nil
	case PhoneMark:
		_, err := identity.ParsePhone(m.Text)
		return err == nil
	case AmountMark:
		return m.Text[0] != '.' && m.Text[0] != ','
	case HouseMark:
		return m.Text[0] != '0'
	}
	return false
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// first gives the first mark of a sort that fits.
func first(marks []Mark, sort Sort) string {
	for _, m := range marks {
		if m.Sort == sort && m.Fits {
			return m.Text
		}
	}
	return ""
}
