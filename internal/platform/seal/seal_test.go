package seal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestSealAndUnseal(t *testing.T) {
	k := Random()
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		purpose := rapid.String().Draw(t, "purpose")
		sealed := k.Seal(purpose, plain)
		got, err := k.Unseal(purpose, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%x comes back as %x, %v", plain, got, err)
		}
		if _, err := k.Unseal(purpose+"x", sealed); !errors.Is(err, ErrBroken) {
			t.Fatalf("opened for another purpose: %v", err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		sealed[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := k.Unseal(purpose, sealed); err == nil {
			t.Fatal("opened after a bit was flipped")
		}
	})
}

func TestSealsDiffer(t *testing.T) {
	k := Random()
	if bytes.Equal(k.Seal("a", []byte("x")), k.Seal("a", []byte("x"))) {
		t.Fatal("two seals of one value are equal")
	}
}

func TestIndex(t *testing.T) {
	k := Random()
	a := k.Index("phone", "13800000000")
	switch {
	case !bytes.Equal(a, k.Index("phone", "13800000000")):
		t.Error("equal values, different indexes")
	case bytes.Equal(a, k.Index("phone", "13800000001")), bytes.Equal(a, k.Index("id", "13800000000")):
		t.Error("different values, equal indexes")
	case bytes.Equal(a, Random().Index("phone", "13800000000")):
		t.Error("the index does not depend on the key")
	}
}

// The cipher is that of the standard, not merely reversible.
func TestKnownAnswers(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// RFC 8998 A.1, SM4-GCM.
	k, err := newKeyring(keyFile{Active: 1, Index: make([]byte, indexSize), Keys: []key{{1, unhex("0123456789ABCDEFFEDCBA9876543210")}}})
	if err != nil {
		t.Fatal(err)
	}
	plain := unhex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA")
	sealed := append([]byte{version, 0, 1}, unhex("00001234567800000000ABCD"+
		"17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"+
		"83DE3541E4C2B58177E065A9BF7B62EC")...)
	got, err := k.Unseal(string(unhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")), sealed)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("RFC 8998 vector: %x, %v", got, err)
	}
}

func TestOldKeysStillOpen(t *testing.T) {
	f := randomFile()
	before, err := newKeyring(f)
	if err != nil {
		t.Fatal(err)
	}
	sealed := before.Seal("p", []byte("x"))
	f.Keys, f.Active = append(f.Keys, key{2, randomBytes(keySize)}), 2
	after, err := newKeyring(f)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.Unseal("p", sealed); err != nil || string(got) != "x" || !after.Stale(sealed) {
		t.Fatalf("%q %v", got, err)
	}
	if _, err := before.Unseal("p", after.Seal("p", nil)); !errors.Is(err, ErrUnknownKey) {
		t.Fatalf("want ErrUnknownKey, got %v", err)
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "keys.json")
	var wg sync.WaitGroup
	rings := make([]*Keyring, 8)
	for i := range rings {
		wg.Go(func() {
			k, err := OpenOrCreate(path)
			if err != nil {
				t.Error(err)
			}
			rings[i] = k
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed := rings[0].Seal("p", []byte("x"))
	for _, k := range rings {
		if _, err := k.Unseal("p", sealed); err != nil {
			t.Fatalf("processes that start at once have different keys: %v", err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Fatalf("files left: %v %v", left, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Fatal("a key file that others can read was accepted")
	}
}

func TestDamagedKeyFile(t *testing.T) {
	good := randomFile()
	short, missing, index := good, good, good
	short.Keys = []key{{1, []byte("short")}}
	missing.Active = 9
	index.Index = nil
	for name, f := range map[string]any{"no JSON": "x", "short key": short, "active key missing": missing, "no index key": index} {
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenOrCreate(path); err == nil {
			t.Errorf("%s was accepted", name)
		}
		if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, text) {
			t.Errorf("%s: the file was touched", name)
		}
	}
}

func FuzzUnseal(f *testing.F) {
	k := Random()
	f.Add(k.Seal("p", []byte("x")))
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, sealed []byte) {
		k.Unseal("p", sealed)
		k.Stale(sealed)
	})
}

func BenchmarkSeal(b *testing.B) {
	k, plain := Random(), []byte("11010519491231002X")
	for b.Loop() {
		k.Seal("person/1234567890123456789/id_no", plain)
	}
}

func BenchmarkUnseal(b *testing.B) {
	k := Random()
	sealed := k.Seal("p", []byte("11010519491231002X"))
	for b.Loop() {
		k.Unseal("p", sealed)
	}
}

func BenchmarkIndex(b *testing.B) {
	k := Random()
	for b.Loop() {
		k.Index("phone", "13800000000")
	}
}
