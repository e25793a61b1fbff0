package identity

import (
	"strconv"
	"time"
)

// ID is a citizen number 公民身份号码 (GB 11643-1999) or the number of a
// residence permit for Hong Kong, Macao and Taiwan residents, which has the
// same form.
type ID struct {
	Number string // 18 characters
	Region string // 6 digits, the division of first registration
	Birth  string // "1949-12-31"
	Male   bool
	// Synthetic numbers are of no real person: region 990000.
	Synthetic bool
}

const (
	idLength    = 18
	oldIDLength = 15
	oldestAge   = 150
)

// provinces holds the first two digits that were ever given out; 81–83 are
// the residence permits, 99 is nobody's.
var provinces = map[string]bool{
	"11": true, "12": true, "13": true, "14": true, "15": true,
	"21": true, "22": true, "23": true,
	"31": true, "32": true, "33": true, "34": true, "35": true, "36": true, "37": true,
	"41": true, "42": true, "43": true, "44": true, "45": true, "46": true,
	"50": true, "51": true, "52": true, "53": true, "54": true,
	"61": true, "62": true, "63": true, "64": true, "65": true,
	"71": true, "81": true, "82": true, "83": true, "99": true,
}

// permitRegions are the only regions of residence permits 港澳台居民居住证.
var permitRegions = map[string]bool{"810000": true, "820000": true, "830000": true}

// ParseID reads a citizen number; 15 digits of the first generation are
// converted. A birth date after now (in Beijing) is refused.
func ParseID(s string, now time.Time) (ID, error) {
	n := compact(s)
	if len(n) == oldIDLength && allDigits(n) {
		n = Lengthen(n)
	}
	if len(n) != idLength {
		return ID{}, problem("id_length", idLength)
	}
	if !allDigits(n[:17]) || !(n[17] == 'X' || allDigits(n[17:])) {
		return ID{}, problem("id_characters")
	}
	if checkDigit(n[:17]) != n[17] {
		return ID{}, problem("id_check")
	}
	if !provinces[n[:2]] {
		return ID{}, problem("id_region")
	}
	birth, err := birthDate(n[6:14], now)
	if err != nil {
		return ID{}, err
	}
	return ID{
		Number: n, Region: n[:6], Birth: birth,
		Male: (n[16]-'0')%2 == 1, Synthetic: n[:6] == SyntheticRegion,
	}, nil
}

// ParsePermit reads the number of a residence permit for Hong Kong (810000),
// Macao (820000) or Taiwan (830000) residents.
func ParsePermit(s string, now time.Time) (ID, error) {
	id, err := ParseID(s, now)
	if err != nil {
		return ID{}, err
	}
	if !permitRegions[id.Region] {
		return ID{}, problem("permit_region")
	}
	return id, nil
}

// Lengthen converts 15 digits of the first generation: the century 19 goes in
// and the check digit is appended. Other input comes back as it was.
func Lengthen(old string) string {
	if len(old) != oldIDLength || !allDigits(old) {
		return old
	}
	body := old[:6] + "19" + old[6:]
	return body + string(checkDigit(body))
}

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// checkDigit closes 17 digits (ISO 7064 MOD 11-2).
func checkDigit(body string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += w * int(body[i]-'0')
	}
	return "10X98765432"[sum%11]
}

// birthDate checks that the day existed, has come, and is within a lifetime.
func birthDate(digits string, now time.Time) (string, error) {
	t, err := time.Parse("20060102", digits)
	if err != nil {
		return "", problem("id_date")
	}
	today := now.UTC().Add(8 * time.Hour).Format("20060102")
	if digits > today {
		return "", problem("id_future")
	}
	if number(today[:4])-number(digits[:4]) > oldestAge {
		return "", problem("id_date")
	}
	return t.Format(time.DateOnly), nil
}

// SyntheticRegion is no division of the country: numbers with it belong to
// nobody and serve tests and demonstrations.
const SyntheticRegion = "990000"

// Synthetic makes the n-th valid ID number of region 990000, an adult born
// between 1950 and 1999.
func Synthetic(n uint64) string {
	birth := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n*7919%18262))
	sequence := strconv.Itoa(1000 + int(n/18262%1000))[1:]
	body := SyntheticRegion + birth.Format("20060102") + sequence
	return body + string(checkDigit(body))
}
