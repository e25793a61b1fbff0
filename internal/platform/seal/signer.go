package seal

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

// What Verify answers, for errors.Is.
var (
	// ErrChanged: the file is not the one that was signed.
	ErrChanged = errors.New("seal: the file was changed after it was signed")
	// ErrForged: the signature was not made with the key, or was changed.
	ErrForged = errors.New("seal: the signature is not valid")
	// ErrUnknownSigner: the signer's key is not one of ours.
	ErrUnknownSigner = errors.New("seal: signed with a key that is not known here")
)

// Signature is a detached signature of a file: it is kept beside the file, which
// stays as it is. The signature covers digest, key and time.
type Signature struct {
	KeyID  string    `json:"key"`
	At     time.Time `json:"at"`
	Digest []byte    `json:"sm3"`
	Value  []byte    `json:"sm2"` // ASN.1, as in GB/T 35276
}

// Signer signs files with SM2 (GB/T 32918) over their SM3 digest.
type Signer struct {
	active string
	keys   map[string]*sm2.PrivateKey
}

// signingFile is the JSON of the file of signing keys; the private ones are
// sealed by the keyring. The last key signs, all verify.
type signingFile struct {
	Keys []signingKey `json:"keys"`
}

type signingKey struct {
	ID     string `json:"id"`
	Public []byte `json:"public"`
	Sealed []byte `json:"sealed"`
}

const signingPurpose = "seal/signing-key/"

// OpenOrCreateSigner reads the file of signing keys, which lies beside the key
// file and is worth nothing without it, and makes it at the first start.
func OpenOrCreateSigner(path string, k *Keyring) (*Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createSigner(path, k); err == nil {
			text, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("seal: signing keys: %w", err)
	}
	var f signingFile
	if err := json.Unmarshal(text, &f); err != nil || len(f.Keys) == 0 {
		return nil, fmt.Errorf("seal: the file of signing keys %s is damaged", path)
	}
	s := &Signer{keys: map[string]*sm2.PrivateKey{}}
	for _, key := range f.Keys {
		der, err := k.Unseal(signingPurpose+key.ID, key.Sealed)
		if err != nil {
			return nil, fmt.Errorf("seal: signing key %s: %w", key.ID, err)
		}
		parsed, err := smx509.ParsePKCS8PrivateKey(der)
		private, ok := parsed.(*sm2.PrivateKey)
		if err != nil || !ok {
			return nil, fmt.Errorf("seal: signing key %s is no SM2 key", key.ID)
		}
		s.keys[key.ID], s.active = private, key.ID
	}
	return s, nil
}

// createSigner links the file into place whole; when two start at once, one
// file wins.
func createSigner(path string, k *Keyring) error {
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := smx509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	public, err := smx509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return err
	}
	digest := sm3.Sum(public)
	id := hex.EncodeToString(digest[:8])
	text, err := json.MarshalIndent(signingFile{[]signingKey{{id, public, k.Seal(signingPurpose+id, der)}}}, "", "  ")
	if err != nil {
		return err
	}
	return place(path, append(text, '\n'))
}

// Sign signs a file at a time, which the signature vouches for too.
func (s *Signer) Sign(file []byte, now time.Time) (Signature, error) {
	digest := sm3.Sum(file)
	sig := Signature{KeyID: s.active, At: now.UTC().Truncate(time.Microsecond), Digest: digest[:]}
	value, err := s.keys[s.active].SignWithSM2(rand.Reader, nil, sig.statement())
	sig.Value = value
	return sig, err
}

// Verify tells whether a file is the one that was signed, unchanged, with a key
// of ours: nil, ErrChanged, ErrForged or ErrUnknownSigner.
func (s *Signer) Verify(file []byte, sig Signature) error {
	key, ok := s.keys[sig.KeyID]
	if !ok {
		return ErrUnknownSigner
	}
	return verify(&key.PublicKey, file, sig)
}

func verify(public *ecdsa.PublicKey, file []byte, sig Signature) error {
	if !sm2.VerifyASN1WithSM2(public, nil, sig.statement(), sig.Value) {
		return ErrForged
	}
	if digest := sm3.Sum(file); string(digest[:]) != string(sig.Digest) {
		return ErrChanged
	}
	return nil
}

// statement is what is signed.
func (sig Signature) statement() []byte {
	out := append([]byte("xinqiao file signature 1\x00"+sig.KeyID+"\x00"), sig.Digest...)
	return binary.BigEndian.AppendUint64(out, uint64(sig.At.UnixMicro()))
}

// PublicPEM is the public key in force, for those who verify elsewhere.
func (s *Signer) PublicPEM() ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(&s.keys[s.active].PublicKey)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// VerifyWith verifies with a public key in PEM, without any key file.
func VerifyWith(publicPEM, file []byte, sig Signature) error {
	block, _ := pem.Decode(publicPEM)
	if block == nil {
		return ErrUnknownSigner
	}
	parsed, err := smx509.ParsePKIXPublicKey(block.Bytes)
	public, ok := parsed.(*ecdsa.PublicKey)
	if err != nil || !ok {
		return ErrUnknownSigner
	}
	if digest := sm3.Sum(block.Bytes); hex.EncodeToString(digest[:8]) != sig.KeyID {
		return ErrUnknownSigner
	}
	return verify(public, file, sig)
}

// ResealSigner seals the signing keys anew if a key seals them that is no
// longer active, and tells whether it did.
func ResealSigner(path string, k *Keyring) (changed bool, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	err = locked(path, func() error {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var f signingFile
		if err := json.Unmarshal(text, &f); err != nil {
			return fmt.Errorf("the file of signing keys %s is damaged", path)
		}
		for i, key := range f.Keys {
			if !k.Stale(key.Sealed) {
				continue
			}
			der, err := k.Unseal(signingPurpose+key.ID, key.Sealed)
			if err != nil {
				return err
			}
			f.Keys[i].Sealed, changed = k.Seal(signingPurpose+key.ID, der), true
		}
		if !changed {
			return nil
		}
		return replace(path, f)
	})
	if err != nil {
		return false, fmt.Errorf("seal: signing keys: %w", err)
	}
	return changed, nil
}

// StaleSigners counts signing keys that have to be sealed anew.
func StaleSigners(path string, k *Keyring) (int64, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	var f signingFile
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil {
		return 0, fmt.Errorf("seal: signing keys: %w", err)
	}
	var n int64
	for _, key := range f.Keys {
		if k.Stale(key.Sealed) {
			n++
		}
	}
	return n, nil
}

// SigningPath is where the signing keys lie for a key file.
func SigningPath(keyFile string) string { return filepath.Join(filepath.Dir(keyFile), "signing.json") }
