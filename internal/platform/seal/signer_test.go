package seal

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSigner(t *testing.T) {
	keyring := Random()
	path := SigningPath(filepath.Join(t.TempDir(), "keys.json"))
	signer, err := OpenOrCreateSigner(path, keyring)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenOrCreateSigner(path, keyring)
	if err != nil {
		t.Fatal(err)
	}
	public, err := signer.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))
	rapid.Check(t, func(r *rapid.T) {
		file := rapid.SliceOf(rapid.Byte()).Draw(r, "file")
		sig, err := signer.Sign(file, now)
		if err != nil {
			r.Fatal(err)
		}
		text, _ := json.Marshal(sig)
		var kept Signature
		if err := json.Unmarshal(text, &kept); err != nil {
			r.Fatal(err)
		}
		if err := errors.Join(again.Verify(file, kept), VerifyWith(public, file, kept)); err != nil {
			r.Fatal(err)
		}
		if err := again.Verify(append(file, 1), kept); !errors.Is(err, ErrChanged) {
			r.Fatal(err)
		}
		later := kept
		later.At = later.At.Add(time.Second)
		swapped := kept
		swapped.Digest = append([]byte{}, kept.Digest...)
		swapped.Digest[0] ^= 1
		if !errors.Is(again.Verify(file, later), ErrForged) || !errors.Is(again.Verify(file, swapped), ErrForged) {
			r.Fatal("a changed signature is taken")
		}
	})
}

func TestSignersDiffer(t *testing.T) {
	open := func(k *Keyring, path string) (*Signer, error) { return OpenOrCreateSigner(path, k) }
	dir := t.TempDir()
	one, err1 := open(Random(), filepath.Join(dir, "1.json"))
	other, err2 := open(Random(), filepath.Join(dir, "2.json"))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	sig, err := one.Sign([]byte("file"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	public, err := other.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(other.Verify([]byte("file"), sig), ErrUnknownSigner) || !errors.Is(VerifyWith(public, []byte("file"), sig), ErrUnknownSigner) {
		t.Error("a stranger's signature is taken")
	}
	if _, err := open(Random(), filepath.Join(dir, "1.json")); err == nil {
		t.Error("opened without the keyring that sealed it")
	}
	if info, err := os.Stat(filepath.Join(dir, "1.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others can read the file")
	}
}

func TestSigningKeysAreSealedAnew(t *testing.T) {
	path, master, keys := house(t)
	signing := SigningPath(path)
	if changed, err := ResealSigner(signing, keys); err != nil || changed {
		t.Fatal("there is no file yet", changed, err)
	}
	signer, err := OpenOrCreateSigner(signing, keys)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := signer.Sign([]byte("file"), moment)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Rotate(t.Context(), path, master, Data, moment); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		if changed, err := ResealSigner(signing, keys); err != nil || changed != want {
			t.Fatal(changed, err)
		}
	}
	if err := Destroy(path, Data, 1, moment.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	fresh, err := Open(t.Context(), path, master)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenOrCreateSigner(signing, fresh)
	if err != nil || again.Verify([]byte("file"), sig) != nil {
		t.Fatal("the signing key is lost", err)
	}
}
