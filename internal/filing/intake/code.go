package intake

import (
	"crypto/subtle"
	"encoding/binary"
	"strings"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/seal"
)

// codeAlphabet is that of case numbers (GB 32100-2015): no I, O, S, V, Z.
const codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

const (
	codeSymbols = 8
	codeSpace   = 852891037441 // 31^8
)

// Codes makes the query code 查询码 of a case from its number. Nothing is
// stored: the same number always has the same code.
type Codes struct{ keys *seal.Keyring }

// NewCodes derives codes with a keyring.
func NewCodes(keys *seal.Keyring) Codes { return Codes{keys} }

// Code gives the code of a case number in its normal form: "7K3F-0A1B".
func (c Codes) Code(no string) string {
	v := binary.BigEndian.Uint64(c.keys.Index("query-code", no)) % codeSpace
	var b [codeSymbols + 1]byte
	for i := codeSymbols; i >= 0; i-- {
		if i == codeSymbols/2 {
			b[i] = '-'
			continue
		}
		b[i] = codeAlphabet[v%31]
		v /= 31
	}
	return string(b[:])
}

// Check tells whether a code as typed opens the case, in constant time.
func (c Codes) Check(no, typed string) bool {
	return subtle.ConstantTimeCompare([]byte(readCode(typed)), []byte(c.Code(no))) == 1
}

// Read gives a code as typed its normal form.
func (Codes) Read(typed string) string { return readCode(typed) }

var codeSlips = strings.NewReplacer("O", "0", "I", "1", "S", "5", "Z", "2", "V", "U")

// readCode forgives case, spaces, full-width characters and the slips that
// hand and ear make.
func readCode(typed string) string {
	var b strings.Builder
	for _, r := range codeSlips.Replace(strings.ToUpper(identity.Narrow(typed))) {
		if !strings.ContainsRune(codeAlphabet, r) {
			continue
		}
		if b.Len() == codeSymbols/2 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}
