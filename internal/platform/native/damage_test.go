package native

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xinqiao/internal/platform/native/bundle"
	"xinqiao/internal/platform/speech"
)

// damaged is a folder of real models in which one file of speech is another.
// The manifest lists it rightly: nothing but loading it finds out.
func damaged(t *testing.T, model []byte) string {
	t.Helper()
	real, dir := os.Getenv("XINQIAO_MODELS"), t.TempDir()
	b, err := bundle.Open(real)
	if err != nil {
		t.Fatal(err)
	}
	b.Files = append([]bundle.File(nil), b.Files...)
	for _, f := range b.Files {
		link(t, filepath.Join(real, f.Path), filepath.Join(dir, f.Path))
	}
	add := func(use bundle.Use, path, kind string, data []byte) {
		sum := sha256.Sum256(data)
		if err := os.WriteFile(filepath.Join(dir, path), data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.Files = append(b.Files, bundle.File{Path: path, Use: use, Kind: kind, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
	}
	add(bundle.SpeechModel, "model.onnx", "sense_voice", model)
	add(bundle.Tokens, "tokens.txt", "", []byte("<blk> 0\n"))
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, bundle.Name), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func link(t *testing.T, from, to string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.Symlink(from, to)); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedModels: a network that is none, or of another kind, ends the
// helper and nothing else; scans are read on.
func TestDamagedModels(t *testing.T) {
	installed(t)
	other, err := os.ReadFile(filepath.Join(os.Getenv("XINQIAO_MODELS"), "ocr", "cls.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for name, model := range map[string][]byte{"garbage": []byte("this is no network"), "another kind": other} {
		t.Run(name, func(t *testing.T) {
			e := New(Options{Helper: os.Getenv("XINQIAO_HELPER"), Models: damaged(t, model), Rest: 10 * time.Millisecond})
			t.Cleanup(e.Close)
			if s, err := e.Check(t.Context()); err != nil || s.Speech != Ready {
				t.Fatal(s, err)
			}
			var wav bytes.Buffer
			if err := speech.WriteWAV(&wav, tone()); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Transcribe(t.Context(), wav.Bytes()); !errors.Is(err, ErrCrashed) && !errors.Is(err, ErrRefused) {
				t.Fatalf("got %v", err)
			}
			time.Sleep(50 * time.Millisecond)
			sheet := encoded(t, write(t, letters[0], face(t, fonts[1].path, fonts[1].index, size), false), 0)
			if p, err := read(t, e, string(sheet)); err != nil || len(p.Lines) == 0 {
				t.Error("scans are not read any more: ", err)
			}
		})
	}
	dir := damaged(t, []byte("x"))
	if err := os.WriteFile(filepath.Join(dir, "model.onnx"), []byte("y"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := Verify(dir); s.Speech != Mismatch || s.Reading != Ready {
		t.Errorf("another file of the same size: %+v", s)
	}
}

// tone is two seconds of sound.
func tone() []int16 {
	pcm := make([]int16, 2*speech.Rate)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(float64(i)*0.3) * math.Sin(float64(i)*0.002))
	}
	return pcm
}
