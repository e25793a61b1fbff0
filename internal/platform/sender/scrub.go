package sender

import (
	"crypto/subtle"
	"regexp"
	"strings"
	"unicode"
)

// number is what could be a telephone, an identity card or an account.
var number = regexp.MustCompile(`\d[\d\- ]{5,}\d`)

// Scrub makes words of a carrier fit for the log and the operator's page: one
// short line, without control characters, numbers of people and mail addresses.
func Scrub(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	words := strings.Fields(s)
	for i, w := range words {
		if strings.ContainsRune(w, '@') {
			words[i] = "…"
		}
	}
	r := []rune(number.ReplaceAllString(strings.Join(words, " "), "…"))
	return string(r[:min(len(r), 120)])
}

// Same compares secrets in constant time. An empty secret equals nothing.
func Same(got, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
