package casework

import (
	"fmt"
	"strings"
)

// alphabet is the one of GB 32100-2015: no I, O, S, V, Z, so that a number
// survives handwriting and a telephone.
const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

const (
	symbols   = 7
	space     = 27512614111 // 31^7
	scramble  = 17654320981 // coprime to 31: spreads consecutive numbers
	scrambled = 9876543210
)

// NewNumber gives the case number of the n-th case of a year: place letters,
// year, seven symbols and a check symbol by the weights of GB 32100
// ("MC26-0A1B-7K3F"). Different n below 31^7 give different numbers, and
// neighbours tell nothing about volume.
func NewNumber(place string, year int, n uint64) string {
	v := (mulmod(n%space, scramble) + scrambled) % space
	var b [symbols]byte
	for i := symbols - 1; i >= 0; i-- {
		b[i] = alphabet[v%31]
		v /= 31
	}
	body := fmt.Sprintf("%02d%s", year%100, b[:])
	body += string(checkSymbol(body))
	return place + body[:2] + "-" + body[2:6] + "-" + body[6:]
}

// mulmod multiplies below 31^7 without overflow.
func mulmod(a, b uint64) uint64 {
	const half = 1 << 18
	hi, lo := b/half, b%half
	return (a*hi%space*half + a*lo%space) % space
}

// checkSymbol is the one of GB 32100: weights 3^i mod 31.
func checkSymbol(body string) byte {
	sum, weight := 0, 1
	for i := 0; i < len(body); i++ {
		sum += strings.IndexByte(alphabet, body[i]) * weight
		weight = weight * 3 % 31
	}
	return alphabet[(31-sum%31)%31]
}

// CheckNumber reads a case number as people type it (any case, spaces, full
// or no dashes) and tells whether its check symbol holds.
func CheckNumber(s string) (string, bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case r >= 'Ａ' && r <= 'Ｚ':
			b.WriteRune(r - 'Ａ' + 'A')
		}
	}
	t := b.String()
	if len(t) < 2+2+symbols+1 || len(t) > 4+2+symbols+1 {
		return "", false
	}
	cut := len(t) - 2 - symbols - 1
	place, body := t[:cut], read(t[cut:])
	for i := 0; i < len(body); i++ {
		if strings.IndexByte(alphabet, body[i]) < 0 {
			return "", false
		}
	}
	last := len(body) - 1
	if checkSymbol(body[:last]) != body[last] {
		return "", false
	}
	return place + body[:2] + "-" + body[2:6] + "-" + body[6:], true
}

// read undoes the slips of ear and eye that the alphabet leaves possible.
var slips = strings.NewReplacer("O", "0", "I", "1", "S", "5", "Z", "2", "V", "U")

func read(body string) string { return slips.Replace(body) }
