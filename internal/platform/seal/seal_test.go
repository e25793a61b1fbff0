package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"

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

func ringOf(t *testing.T, f keyFile) *Keyring {
	t.Helper()
	r, err := newRing(f.Keys)
	if err != nil {
		t.Fatal(err)
	}
	k := &Keyring{}
	k.now.Store(r)
	return k
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
	f := randomFile(time.Time{})
	f.Keys[0].clear = unhex("0123456789ABCDEFFEDCBA9876543210")
	k := ringOf(t, f)
	plain := unhex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA")
	sealed := append([]byte{version, 0, 1}, unhex("00001234567800000000ABCD"+
		"17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"+
		"83DE3541E4C2B58177E065A9BF7B62EC")...)
	got, err := k.Unseal(string(unhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")), sealed)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("RFC 8998 vector: %x, %v", got, err)
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
