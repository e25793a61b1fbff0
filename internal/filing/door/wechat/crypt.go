package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

var errMalformed = errors.New("wechat: the message is malformed")

// lock signs and, in safe mode, encrypts (安全模式) as WeChat documents it.
type lock struct {
	token, appID string
	key          []byte // nil: plain mode
}

func newLock(token, appID, aesKey string) (lock, error) {
	l := lock{token: token, appID: appID}
	if aesKey == "" {
		return l, nil
	}
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != 32 {
		return l, errors.New("aes_key: the EncodingAESKey has 43 characters")
	}
	l.key = key
	return l, nil
}

// sign is the SHA-1 of the sorted words, the token among them.
func (l lock) sign(words ...string) string {
	words = append(words, l.token)
	slices.Sort(words)
	h := sha1.Sum([]byte(strings.Join(words, "")))
	return hex.EncodeToString(h[:])
}

func (l lock) signed(signature string, words ...string) bool {
	return l.token != "" && subtle.ConstantTimeCompare([]byte(signature), []byte(l.sign(words...))) == 1
}

// open undoes AES-256-CBC: 16 random bytes, the length, the message and the
// AppID, padded to 32 bytes.
func (l lock) open(text string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) < 32 || len(b)%aes.BlockSize != 0 {
		return nil, errMalformed
	}
	block, err := aes.NewCipher(l.key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, l.key[:aes.BlockSize]).CryptBlocks(b, b)
	pad := int(b[len(b)-1])
	if pad < 1 || pad > 32 || pad > len(b)-20 {
		return nil, errMalformed
	}
	b = b[:len(b)-pad]
	n := int64(binary.BigEndian.Uint32(b[16:20]))
	if n > int64(len(b)-20) || string(b[20+n:]) != l.appID {
		return nil, errMalformed
	}
	return b[20 : 20+n], nil
}

func (l lock) close(text []byte) (string, error) {
	b := make([]byte, 20, 20+len(text)+len(l.appID)+32)
	if _, err := rand.Read(b[:16]); err != nil {
		return "", err
	}
	binary.BigEndian.PutUint32(b[16:], uint32(len(text)))
	b = append(append(b, text...), l.appID...)
	pad := 32 - len(b)%32
	for range pad {
		b = append(b, byte(pad))
	}
	block, err := aes.NewCipher(l.key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, l.key[:aes.BlockSize]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b), nil
}
