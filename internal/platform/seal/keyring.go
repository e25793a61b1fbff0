package seal

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

const (
	version    = 1
	nonceSize  = 12
	tagSize    = 16
	headerSize = 1 + 2 + nonceSize
	keySize    = 16
	indexSize  = 32
)

// What callers compare with errors.Is.
var (
	// ErrBroken: the value was changed, moved, or is no sealed value.
	ErrBroken = errors.New("seal: the sealed value does not open")
	// ErrUnknownKey: the key that sealed the value is not in the key file.
	ErrUnknownKey = errors.New("seal: sealed with a key that the key file does not hold")
)

// Keyring seals and unseals. It may be shared.
type Keyring struct {
	active uint16
	keys   map[uint16]cipher.AEAD
	macs   sync.Pool // of hash.Hash, keyed with the index key
}

// newKeyring prepares the key schedules once.
func newKeyring(f keyFile) (*Keyring, error) {
	k := &Keyring{active: f.Active, keys: map[uint16]cipher.AEAD{}}
	for _, key := range f.Keys {
		if len(key.SM4) != keySize {
			return nil, fmt.Errorf("seal: key %d has %d bytes, not %d", key.ID, len(key.SM4), keySize)
		}
		block, err := sm4.NewCipher(key.SM4)
		if err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", key.ID, err)
		}
		if k.keys[key.ID], err = cipher.NewGCM(block); err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", key.ID, err)
		}
	}
	if k.keys[f.Active] == nil {
		return nil, fmt.Errorf("seal: the active key %d is not in the key file", f.Active)
	}
	if len(f.Index) != indexSize {
		return nil, fmt.Errorf("seal: the index key has %d bytes, not %d", len(f.Index), indexSize)
	}
	k.macs.New = func() any { return hmac.New(sm3.New, f.Index) }
	return k, nil
}

// Seal encrypts a field for a purpose with the active key.
func (k *Keyring) Seal(purpose string, plaintext []byte) []byte {
	out := make([]byte, headerSize, headerSize+len(plaintext)+tagSize)
	out[0] = version
	binary.BigEndian.PutUint16(out[1:], k.active)
	nonce := out[3:headerSize]
	rand.Read(nonce) // never fails: the program ends without randomness
	return k.keys[k.active].Seal(out, nonce, plaintext, []byte(purpose))
}

// Unseal opens what Seal made for the same purpose.
func (k *Keyring) Unseal(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize+tagSize || sealed[0] != version {
		return nil, ErrBroken
	}
	key, ok := k.keys[binary.BigEndian.Uint16(sealed[1:])]
	if !ok {
		return nil, ErrUnknownKey
	}
	plaintext, err := key.Open(nil, sealed[3:headerSize], sealed[headerSize:], []byte(purpose))
	if err != nil {
		return nil, ErrBroken
	}
	return plaintext, nil
}

// Stale tells whether a value was sealed with a key that is no longer active.
func (k *Keyring) Stale(sealed []byte) bool {
	return len(sealed) >= headerSize && binary.BigEndian.Uint16(sealed[1:]) != k.active
}

// Index is the blind index of a normalised value: equal values of one purpose
// have equal indexes, and without the key nothing is learnt from them.
func (k *Keyring) Index(purpose, normalised string) []byte {
	mac := k.macs.Get().(hash.Hash)
	defer k.macs.Put(mac)
	mac.Reset()
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(normalised))
	return mac.Sum(nil)
}
