package identity

import (
	"strings"
	"unicode"
)

// Narrow turns full-width forms into ASCII, as an input method leaves them:
// "１１０" → "110", "Ｘ" → "X", "（" → "(". Odd spaces become plain ones and
// invisible characters go.
func Narrow(s string) string {
	return strings.Map(narrowRune, s)
}

func narrowRune(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
		return -1
	case r == '‐', r == '‑', r == '–', r == '—', r == '−':
		return '-'
	}
	return r
}

// compact narrows, drops every space and writes capitals: the form of numbers.
func compact(s string) string {
	return strings.ToUpper(strings.ReplaceAll(Narrow(s), " ", ""))
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number reads a short run of digits that was checked before.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}
