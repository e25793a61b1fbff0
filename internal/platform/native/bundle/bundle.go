// Package bundle reads a folder of models: manifest.json lists its files with
// their use, SHA-256, licence and origin. A file that is not listed is not
// loaded, and one that differs from its sum is not loaded either: native
// libraries end the whole process over a damaged model.
package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Name of the list in its folder.
const Name = "manifest.json"

// Use is what a file is for.
type Use string

// The uses.
const (
	Runtime      Use = "runtime" // ONNX Runtime
	Detect       Use = "ocr.detect"
	Turned       Use = "ocr.turned"
	Recognise    Use = "ocr.recognise"
	Keys         Use = "ocr.keys"
	SpeechEngine Use = "speech.engine" // sherpa-onnx
	Voice        Use = "speech.vad"
	SpeechModel  Use = "speech.model"
	Tokens       Use = "speech.tokens"
)

// Reading and Speech are the files that each needs.
var (
	Reading = []Use{Runtime, Detect, Turned, Recognise, Keys}
	Speech  = []Use{Runtime, SpeechEngine, Voice, SpeechModel, Tokens}
)

// File is one of the list.
type File struct {
	Path    string `json:"path"` // below the folder
	Use     Use    `json:"use"`
	Kind    string `json:"kind,omitempty"` // of a speech model: sense_voice, paraformer
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Licence string `json:"licence"`
	Version string `json:"version"` // package and version that it came from
}

// Bundle is a folder of models.
type Bundle struct {
	Dir   string `json:"-"`
	Files []File `json:"files"`
}

// What is wrong with a folder. The error names the file.
var (
	ErrMissing  = errors.New("is missing")
	ErrMismatch = errors.New("is not the file that the manifest lists")
)

// Open reads the list of a folder.
func Open(dir string) (Bundle, error) {
	b := Bundle{Dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, Name))
	if errors.Is(err, fs.ErrNotExist) {
		return b, fmt.Errorf("%s %w", Name, ErrMissing)
	}
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return b, fmt.Errorf("%s: %w", Name, err)
	}
	for _, f := range b.Files {
		if !filepath.IsLocal(f.Path) {
			return b, fmt.Errorf("%s: %q lies outside the folder", Name, f.Path)
		}
	}
	return b, nil
}

// File finds the one of a use.
func (b Bundle) File(u Use) (File, bool) {
	for _, f := range b.Files {
		if f.Use == u {
			return f, true
		}
	}
	return File{}, false
}

// Path is where the file of a use lies.
func (b Bundle) Path(u Use) string {
	f, _ := b.File(u)
	return filepath.Join(b.Dir, f.Path)
}

// Look checks by sizes alone whether the files of some uses are there.
func (b Bundle) Look(uses []Use) error { return b.check(uses, File.look) }

// Verify checks the files of some uses by their sums.
func (b Bundle) Verify(uses []Use) error { return b.check(uses, File.verify) }

func (b Bundle) check(uses []Use, by func(File, string) error) error {
	for _, u := range uses {
		f, ok := b.File(u)
		if !ok {
			return fmt.Errorf("%s %w", u, ErrMissing)
		}
		if err := by(f, filepath.Join(b.Dir, f.Path)); err != nil {
			return err
		}
	}
	return nil
}

func (f File) look(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s %w", f.Path, ErrMissing)
	case err != nil:
		return err
	case info.Size() != f.Size:
		return fmt.Errorf("%s %w", f.Path, ErrMismatch)
	}
	return nil
}

func (f File) verify(path string) error {
	if err := f.look(path); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%s %w", f.Path, ErrMismatch)
	}
	return nil
}
