package sender

import (
	"regexp"
	"strings"
	"unicode/utf16"
)

var phoneNumber = regexp.MustCompile(`^\+?[0-9]{5,15}$`)

// ValidNumber tells whether a telephone number is one number: carriers send to
// every number of a list.
func ValidNumber(s string) bool { return phoneNumber.MatchString(s) }

// gsm are the characters of GSM 03.38 that take one place and mean the same in
// ASCII.
const gsm = "@$_!\"#%&'()*+,-./:;<=>? \n\rABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Parts counts the short messages that a text is charged as, and tells whether
// it needs UCS-2, as every Chinese text does: 70 characters, or 67 in each of
// several.
func Parts(text string) (n int, ucs2 bool) {
	size, single, each := len(text), 160, 153
	if ucs2 = strings.Trim(text, gsm) != ""; ucs2 {
		size, single, each = len(utf16.Encode([]rune(text))), 70, 67
	}
	if size <= single {
		return 1, ucs2
	}
	return (size + each - 1) / each, ucs2
}

// ShortText is what a short message says: the text, and the link unless the
// text holds it.
func ShortText(m Message) string {
	if m.URL == "" || strings.Contains(m.Text, m.URL) {
		return m.Text
	}
	return m.Text + " " + m.URL
}
