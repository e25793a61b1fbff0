package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/url"
	"time"
)

const (
	record  = 4096                 // RFC 8291: one record, and push services take no longer one
	longest = record - 86 - 16 - 1 // without header, seal and delimiter
	step    = 512                  // payloads are padded, so that their length tells little
)

// encrypt makes the body of RFC 8291 for a subscription.
func encrypt(payload []byte, sub subscription) ([]byte, error) {
	if len(payload) > longest {
		return nil, errors.New("the notification is too long")
	}
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	padded := append(append(make([]byte, 0, longest+1), payload...), 2)
	fill := min((len(padded)/step+1)*step, longest+1)
	return seal(append(padded, make([]byte, fill-len(padded))...), sub, key, salt)
}

// seal encrypts a padded payload with a key and a salt that are used once.
func seal(padded []byte, sub subscription, key *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	shared, err := key.ECDH(sub.public)
	if err != nil {
		return nil, err
	}
	ours := key.PublicKey().Bytes()
	info := "WebPush: info\x00" + string(sub.public.Bytes()) + string(ours)
	material, err := hkdf.Key(sha256.New, shared, sub.auth, info, 32)
	if err != nil {
		return nil, err
	}
	content, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(content)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, record), salt...)
	out = binary.BigEndian.AppendUint32(out, record)
	out = append(append(out, byte(len(ours))), ours...)
	return gcm.Seal(out, nonce, padded, nil), nil
}

// vapid makes the header of RFC 8292: who we are, signed for one push service
// and half a day.
func (s *Sender) vapid(at *url.URL) (string, error) {
	claims, err := json.Marshal(map[string]any{
		"aud": at.Scheme + "://" + at.Host, "exp": s.caller.Now().Add(12 * time.Hour).Unix(), "sub": s.c.Subject,
	})
	if err != nil {
		return "", err
	}
	text := encode([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + encode(claims)
	hash := sha256.Sum256([]byte(text))
	r, t, err := ecdsa.Sign(rand.Reader, s.key, hash[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	t.FillBytes(signature[32:])
	return "vapid t=" + text + "." + encode(signature) + ", k=" + s.public, nil
}

// publicOf gives the public key as browsers take it: an uncompressed point.
func publicOf(k *ecdsa.PrivateKey) (string, error) {
	b, err := k.PublicKey.Bytes()
	return encode(b), err
}
