package ocr

import (
	"strings"
	"unicode"
)

// Rate (字错率) compares a reading with what is written: how many characters must
// be put in, taken out or changed, and how many there are. Blanks and line
// ends do not count, and full and half width are the same.
func Rate(want, got string) (errors, characters int) {
	a, b := plain(want), plain(got)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)], len(a)
}

// plain is a text as it is compared.
func plain(s string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= 0xff01 && r <= 0xff5e:
			return r - 0xfee0
		}
		return r
	}, s))
}
