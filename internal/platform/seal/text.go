package seal

import (
	"encoding/base64"
	"strings"
)

// textForm begins a sealed value in a column of text.
const textForm = "sm4:"

var letters = base64.RawStdEncoding

// SealText seals a text for a column of text; nothing stays nothing.
func (k *Keyring) SealText(purpose, text string) string {
	if text == "" {
		return ""
	}
	return textForm + letters.EncodeToString(k.Seal(purpose, []byte(text)))
}

// UnsealText opens what SealText made for the same purpose. A text that is not
// sealed is from before texts were: it comes back as it is.
func (k *Keyring) UnsealText(purpose, text string) (string, error) {
	sealed, ok := fromText(text)
	if !ok {
		return text, nil
	}
	plain, err := k.Unseal(purpose, sealed)
	return string(plain), err
}

// StaleText tells whether a text has to be sealed, or sealed anew.
func (k *Keyring) StaleText(text string) bool {
	return text != "" && !strings.HasPrefix(text, k.TextMark())
}

// TextMark begins every text that the active key seals, by which a database
// finds what is stale: three bytes are just four letters.
func (k *Keyring) TextMark() string {
	return textForm + letters.EncodeToString(append([]byte{version}, k.Mark()...))
}

// HeadOf is how everything begins that a key sealed: values, and texts.
func HeadOf(keyID int) (value []byte, text string) {
	value = []byte{version, byte(keyID >> 8), byte(keyID)}
	return value, textForm + letters.EncodeToString(value)
}

func fromText(text string) ([]byte, bool) {
	body, ok := strings.CutPrefix(text, textForm)
	if !ok {
		return nil, false
	}
	sealed, err := letters.DecodeString(body)
	return sealed, err == nil && Sealed(sealed)
}
