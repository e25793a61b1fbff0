package identity

import "strings"

// creditAlphabet is that of GB 32100-2015: digits and capitals without the
// letters I, O, S, V and Z, which are misread.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ParseCredit reads a unified social credit code 统一社会信用代码 and gives its
// normal form.
func ParseCredit(s string) (string, error) {
	n := strings.ReplaceAll(compact(s), "-", "")
	if len(n) != 18 {
		return "", problem("credit_length", 18)
	}
	for i := range len(n) {
		if strings.IndexByte(creditAlphabet, n[i]) < 0 {
			return "", problem("credit_characters")
		}
	}
	if creditCheck(n[:17]) != n[17] {
		return "", problem("credit_check")
	}
	return n, nil
}

// creditCheck closes 17 characters: weights are the powers of 3 modulo 31.
func creditCheck(body string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += weight * strings.IndexByte(creditAlphabet, body[i])
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}
