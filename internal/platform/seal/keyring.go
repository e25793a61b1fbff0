package seal

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

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

// Overhead is by how much a sealed value is longer than what it holds.
const Overhead = headerSize + tagSize

// What callers compare with errors.Is.
var (
	// ErrBroken: the value was changed, moved, or is no sealed value.
	ErrBroken = errors.New("seal: the sealed value does not open")
	// ErrUnknownKey: the key that sealed the value is not in the key file, or
	// was destroyed.
	ErrUnknownKey = errors.New("seal: sealed with a key that the key file does not hold")
)

// Keyring seals and unseals. It may be shared, and follows its key file.
type Keyring struct {
	path   string // "" = kept nowhere
	master Master
	now    atomic.Pointer[ring]

	mu    sync.Mutex
	stamp stamp             // of the key file as it was read
	known map[string][]byte // wrapped → clear, so that a device is asked once
}

// ring is the working keys at one moment. It is never changed.
type ring struct {
	active  uint16
	keys    map[uint16]cipher.AEAD
	derive  *macs
	indexes []*macs // the active one first
}

// macs makes keyed hashes; each is prepared once and used again.
type macs struct {
	id   uint16
	pool sync.Pool // of hash.Hash
}

func newMACs(id uint16, secret []byte) *macs {
	m := &macs{id: id}
	m.pool.New = func() any { return hmac.New(sm3.New, secret) }
	return m
}

func (m *macs) of(purpose, normalised string) []byte {
	mac := m.pool.Get().(hash.Hash)
	defer m.pool.Put(mac)
	mac.Reset()
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(normalised))
	return mac.Sum(nil)
}

// newRing prepares the key schedules once.
func newRing(keys []key) (*ring, error) {
	r := &ring{keys: map[uint16]cipher.AEAD{}}
	for _, k := range keys {
		want := map[Use]int{Data: keySize, Index: indexSize, Derive: indexSize}[k.Use]
		switch {
		case k.State == Destroyed:
			continue
		case want == 0:
			return nil, fmt.Errorf("seal: key %d has the unknown use %q", k.ID, k.Use)
		case len(k.clear) != want:
			return nil, fmt.Errorf("seal: %s key %d has %d bytes, not %d", k.Use, k.ID, len(k.clear), want)
		}
		switch k.Use {
		case Data:
			gcm, err := newGCM(k.clear)
			if err != nil {
				return nil, fmt.Errorf("seal: key %d: %w", k.ID, err)
			}
			if r.keys[k.ID] = gcm; k.State == Active {
				r.active = k.ID
			}
		case Derive:
			r.derive = newMACs(k.ID, k.clear)
		case Index:
			if m := newMACs(k.ID, k.clear); k.State == Active {
				r.indexes = append([]*macs{m}, r.indexes...)
			} else {
				r.indexes = append(r.indexes, m)
			}
		}
	}
	if r.active == 0 || r.derive == nil || len(r.indexes) == 0 {
		return nil, errors.New("seal: the key file lacks an active key")
	}
	return r, nil
}

func newGCM(secret []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Seal encrypts a value for a purpose with the active key.
func (k *Keyring) Seal(purpose string, plaintext []byte) []byte {
	r := k.now.Load()
	out := make([]byte, headerSize, headerSize+len(plaintext)+tagSize)
	out[0] = version
	binary.BigEndian.PutUint16(out[1:], r.active)
	nonce := out[3:headerSize]
	rand.Read(nonce) // never fails: the program ends without randomness
	return r.keys[r.active].Seal(out, nonce, plaintext, []byte(purpose))
}

// Unseal opens what Seal made for the same purpose. A key that is not known
// here may be a new one: then the key file is read again.
func (k *Keyring) Unseal(purpose string, sealed []byte) ([]byte, error) {
	if !Sealed(sealed) {
		return nil, ErrBroken
	}
	id := binary.BigEndian.Uint16(sealed[1:])
	key, ok := k.now.Load().keys[id]
	if !ok {
		if _, err := k.Reload(context.Background()); err != nil {
			return nil, errors.Join(ErrUnknownKey, err)
		}
		if key, ok = k.now.Load().keys[id]; !ok {
			return nil, ErrUnknownKey
		}
	}
	plaintext, err := key.Open(nil, sealed[3:headerSize], sealed[headerSize:], []byte(purpose))
	if err != nil {
		return nil, ErrBroken
	}
	return plaintext, nil
}

// Sealed tells whether bytes have the form of a sealed value.
func Sealed(value []byte) bool { return len(value) >= headerSize+tagSize && value[0] == version }

// Stale tells whether a value was sealed with a key that is no longer active.
func (k *Keyring) Stale(sealed []byte) bool {
	return len(sealed) >= headerSize && binary.BigEndian.Uint16(sealed[1:]) != k.now.Load().active
}

// Mark is bytes 2 and 3 of everything that the active key seals, by which a
// database finds what is stale.
func (k *Keyring) Mark() []byte { return binary.BigEndian.AppendUint16(nil, k.now.Load().active) }

// Index is a keyed hash of a normalised value that stays the same for ever:
// for codes, tokens and links that were handed out.
func (k *Keyring) Index(purpose, normalised string) []byte {
	return k.now.Load().derive.of(purpose, normalised)
}

// Blind is the blind index of a normalised value: equal values of one purpose
// have equal indexes, and without the key nothing is learnt from them. It is
// made with the active index key; keep IndexKey beside it.
func (k *Keyring) Blind(purpose, normalised string) []byte {
	return k.now.Load().indexes[0].of(purpose, normalised)
}

// Blinds are the blind indexes of a value under every index key that is not
// destroyed, the active one first: what to look for while rows are being
// counted anew.
func (k *Keyring) Blinds(purpose, normalised string) [][]byte {
	list := k.now.Load().indexes
	out := make([][]byte, len(list))
	for i, m := range list {
		out[i] = m.of(purpose, normalised)
	}
	return out
}

// IndexKey is the id of the active index key.
func (k *Keyring) IndexKey() int { return int(k.now.Load().indexes[0].id) }

// Reload reads the key file again if it was changed, and tells whether it was.
func (k *Keyring) Reload(ctx context.Context) (bool, error) {
	if k.path == "" {
		return false, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	s, err := stampOf(k.path)
	if err != nil || s == k.stamp {
		return false, err
	}
	f, err := readFile(k.path)
	if err != nil {
		return false, err
	}
	if err := k.unwrap(ctx, &f); err != nil {
		return false, err
	}
	r, err := newRing(f.Keys)
	if err != nil {
		return false, err
	}
	k.now.Store(r)
	k.stamp = s
	return true, nil
}

// unwrap opens the working keys with the master key.
func (k *Keyring) unwrap(ctx context.Context, f *keyFile) error {
	known := map[string][]byte{}
	for i := range f.Keys {
		key := &f.Keys[i]
		if key.State == Destroyed {
			continue
		}
		clear, ok := k.known[string(key.Wrapped)]
		if !ok {
			var err error
			if clear, err = k.master.Unwrap(ctx, key.label(), key.Wrapped); err != nil {
				return fmt.Errorf("seal: %s key %d: %w", key.Use, key.ID, err)
			}
		}
		key.clear, known[string(key.Wrapped)] = clear, clear
	}
	k.known = known
	return nil
}

// Watch follows the key file until ctx is done: a key that an operator adds is
// in use everywhere within a moment.
func (k *Keyring) Watch(ctx context.Context, every time.Duration, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch changed, err := k.Reload(ctx); {
		case err != nil:
			log.WarnContext(ctx, "the key file cannot be read; the keys from before stay in use", "error", err)
		case changed:
			log.InfoContext(ctx, "the key file was changed", "active", k.now.Load().active)
		}
	}
}

// DataKey is the id of the key that seals.
func (k *Keyring) DataKey() int { return int(k.now.Load().active) }
