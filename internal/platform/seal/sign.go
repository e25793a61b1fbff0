package seal

import (
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

const signatureSize = 16

// Sign makes a token that vouches for a payload until a moment, for cookies
// and hidden fields. The payload can be read by whoever holds the token.
func (k *Keyring) Sign(purpose, payload string, until time.Time) string {
	body := strconv.FormatInt(until.Unix(), 36) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	return body + "." + k.signature(purpose, body)
}

// Signed reads a token of Sign; false when it was made for another purpose,
// was changed, or has expired.
func (k *Keyring) Signed(purpose, token string, now time.Time) (string, bool) {
	cut := strings.LastIndexByte(token, '.')
	if cut < 0 {
		return "", false
	}
	body := token[:cut]
	if subtle.ConstantTimeCompare([]byte(token[cut+1:]), []byte(k.signature(purpose, body))) != 1 {
		return "", false
	}
	until, text, _ := strings.Cut(body, ".")
	seconds, err := strconv.ParseInt(until, 36, 64)
	if err != nil || now.Unix() >= seconds {
		return "", false
	}
	payload, err := base64.RawURLEncoding.DecodeString(text)
	return string(payload), err == nil
}

func (k *Keyring) signature(purpose, body string) string {
	return base64.RawURLEncoding.EncodeToString(k.Index("sign:"+purpose, body)[:signatureSize])
}
