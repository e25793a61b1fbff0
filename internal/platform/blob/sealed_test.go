package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"xinqiao/internal/platform/seal"
)

func keep(t *testing.T, s *Store, content []byte) string {
	t.Helper()
	ref, err := s.Keep(t.Context(), bytes.NewReader(content), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return ref.Key
}

func content(t *testing.T, s *Store, key string) []byte {
	t.Helper()
	f, err := s.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// Any part of a file can be read, at the edges of chunks too.
func TestReadingAnyPart(t *testing.T) {
	s, dir := open(t)
	for _, n := range []int{1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 17} {
		want := noise(n)
		key := keep(t, s, want)
		f, err := s.Open(key)
		if err != nil || f.Size() != int64(n) {
			t.Fatalf("%d bytes: size %d, %v", n, f.Size(), err)
		}
		if err := iotest.TestReader(f, want); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
		f.Close()
		if raw, _ := os.ReadFile(filepath.Join(dir, place(key))); n > 20 && bytes.Contains(raw, want[:16]) {
			t.Errorf("%d bytes lie in clear", n)
		}
	}
}

// Whatever is changed, cut off, swapped or renamed does not open.
func TestChangedFilesDoNotOpen(t *testing.T) {
	s, dir := open(t)
	key := keep(t, s, noise(3*chunkSize))
	name := filepath.Join(dir, place(key))
	good, _ := os.ReadFile(name)
	const sealedChunk = chunkSize + tagSize
	whole := func() error {
		f, err := s.Open(key)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(io.Discard, f)
		return err
	}
	rapid.Check(t, func(r *rapid.T) {
		bad := bytes.Clone(good)
		at := rapid.OneOf(rapid.IntRange(len(mark)+1, len(mark)+slotSize-1), rapid.IntRange(headBytes, len(bad)-1)).Draw(r, "at")
		bad[at] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		os.WriteFile(name, bad, 0o600)
		if whole() == nil {
			r.Fatalf("a changed byte at %d", at)
		}
	})
	for what, bad := range map[string][]byte{
		"cut at a chunk": good[:headBytes+2*sealedChunk],
		"cut inside":     good[:len(good)-5],
		"swapped":        append(append(bytes.Clone(good[:headBytes]), good[headBytes+sealedChunk:headBytes+2*sealedChunk]...), append(bytes.Clone(good[headBytes:headBytes+sealedChunk]), good[headBytes+2*sealedChunk:]...)...),
	} {
		os.WriteFile(name, bad, 0o600)
		if whole() == nil {
			t.Errorf("opened though %s", what)
		}
	}
	other := keep(t, s, noise(10))
	os.WriteFile(filepath.Join(dir, place(other)), good, 0o600)
	if _, err := s.Open(other); !errors.Is(err, ErrSealed) {
		t.Errorf("under another name: %v", err)
	}
}

// rotating is a store whose keys can be changed.
func rotating(t *testing.T) (s *Store, dir string, rotate func(), destroy func()) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "seal.key")
	master, err := seal.MasterBeside(path+".master", path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	keys, err := seal.OpenOrCreate(t.Context(), path, master, now)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if s, err = Open(dir, keys); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	reload := func() { _, err := keys.Reload(t.Context()); must(err) }
	rotate = func() {
		_, err := seal.Rotate(t.Context(), path, master, seal.Data, now)
		must(err)
		reload()
	}
	destroy = func() { must(seal.Destroy(path, seal.Data, 1, now.Add(seal.Settled))); reload() }
	return s, dir, rotate, destroy
}

func TestSealingAnew(t *testing.T) {
	s, dir, rotate, destroy := rotating(t)
	wants := map[string][]byte{}
	for n := range 25 {
		wants[keep(t, s, noise(n*5000+1))] = noise(n*5000 + 1)
	}
	for n := range 5 { // from before files were sealed
		key := strings.Repeat(string(rune('a'+n)), 26)
		os.MkdirAll(filepath.Dir(filepath.Join(dir, place(key))), 0o700)
		os.WriteFile(filepath.Join(dir, place(key)), noise(n*70000+1), 0o600)
		wants[key] = noise(n*70000 + 1)
	}
	for key, want := range wants {
		if !bytes.Equal(content(t, s, key), want) {
			t.Fatalf("%s reads wrong before", key)
		}
	}
	rotate()
	part := Sealing{Title: "files", Store: s}
	if n, err := part.Stale(t.Context()); err != nil || n != 30 {
		t.Fatalf("%d stale, %v", n, err)
	}
	done, steps := 0, 0
	for after := ""; ; steps++ {
		next, n, err := part.Step(t.Context(), after, 7)
		if err != nil {
			t.Fatal(err)
		}
		if done += n; next == "" {
			break
		}
		if next <= after {
			t.Fatalf("%q after %q", next, after)
		}
		after = next
	}
	if n, err := part.Stale(t.Context()); err != nil || n != 0 || done != 30 || steps != 4 {
		t.Fatalf("%d stale, %d done in %d steps, %v", n, done, steps, err)
	}
	destroy()
	for key, want := range wants {
		if !bytes.Equal(content(t, s, key), want) {
			t.Errorf("%s reads wrong afterwards", key)
		}
	}
}

// A crash between the two slots leaves a file that opens, and is finished later.
func TestTornKeyChange(t *testing.T) {
	s, dir, rotate, destroy := rotating(t)
	key := keep(t, s, noise(100))
	rotate()
	name := filepath.Join(dir, place(key))
	raw, _ := os.ReadFile(name)
	copy(raw[slotAt(1):], bytes.Repeat([]byte{1}, slotSize/2)) // half of the new key
	os.WriteFile(name, raw, 0o600)
	if !bytes.Equal(content(t, s, key), noise(100)) {
		t.Fatal("does not open half way")
	}
	if _, n, err := (Sealing{Store: s}).Step(t.Context(), "", 10); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	destroy()
	if !bytes.Equal(content(t, s, key), noise(100)) {
		t.Fatal("does not open afterwards")
	}
}

func TestLegacyFiles(t *testing.T) {
	s, dir, _, _ := rotating(t)
	key := strings.Repeat("q", 26)
	os.MkdirAll(filepath.Dir(filepath.Join(dir, place(key))), 0o700)
	os.WriteFile(filepath.Join(dir, place(key)), []byte("sealed by somebody else"), 0o600)
	p := Sealing{Store: s, Legacy: func(_ context.Context, k string, raw []byte) ([]byte, error) {
		return append([]byte(k[:2]), raw[:6]...), nil
	}}
	if _, _, err := p.Step(t.Context(), "", 10); err != nil {
		t.Fatal(err)
	}
	if got := string(content(t, s, key)); got != "qqsealed" {
		t.Errorf("%q", got)
	}
}

func BenchmarkKeep(b *testing.B) {
	s, err := Open(b.TempDir(), seal.Random())
	if err != nil {
		b.Fatal(err)
	}
	data := noise(4 << 20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := s.Keep(b.Context(), bytes.NewReader(data), 1<<30); err != nil {
			b.Fatal(err)
		}
	}
}
