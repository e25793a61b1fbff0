package paper

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"xinqiao/internal/platform/pdf"
)

// Fonts are the faces of official documents.
type Fonts struct {
	Song     Font // 宋体: page numbers
	Title    Font // 小标宋: issuer mark and title
	FangSong Font // 仿宋: text
	Hei      Font // 黑体: first-level headings, form labels
	Kai      Font // 楷体: second-level headings
}

// Font is one face: its outlines for PDF and its name for DOCX.
type Font struct {
	// Word is the name that DOCX asks for, such as 仿宋_GB2312: the outlines are
	// the reader's own.
	Word string
	face *pdf.Face
}

//go:embed fonts/*.ttf.gz
var packed embed.FS

// slots are the files of a font folder, and the names that Chinese offices
// know the faces by.
var slots = []struct {
	file, word string
	of         func(*Fonts) *Font
}{
	{"song", "宋体", func(f *Fonts) *Font { return &f.Song }},
	{"title", "方正小标宋简体", func(f *Fonts) *Font { return &f.Title }},
	{"fangsong", "仿宋_GB2312", func(f *Fonts) *Font { return &f.FangSong }},
	{"hei", "黑体", func(f *Fonts) *Font { return &f.Hei }},
	{"kai", "楷体_GB2312", func(f *Fonts) *Font { return &f.Kai }},
}

// bundled unpacks once, when the first document is set.
var bundled = sync.OnceValue(func() (f Fonts) {
	var wait sync.WaitGroup
	for _, s := range slots {
		wait.Go(func() {
			parsed, err := unpack("fonts/" + s.file + ".ttf.gz")
			if err != nil {
				panic(fmt.Sprintf("paper: the bundled font %s: %v", s.file, err)) // a broken build
			}
			*s.of(&f) = Font{Word: s.word, face: parsed}
		})
	}
	wait.Wait()
	return f
})

func unpack(name string) (*pdf.Face, error) {
	raw, err := packed.ReadFile(name)
	if err != nil {
		return nil, err
	}
	data, err := gunzip(raw)
	if err != nil {
		return nil, err
	}
	return pdf.ParseFace(data)
}

func gunzip(raw []byte) ([]byte, error) {
	zip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}

// Bundled are the free fonts in the binary.
func Bundled() Fonts { return bundled() }

// Load reads fonts from a folder, to put licensed faces in the place of the
// bundled ones: song, title, fangsong, hei and kai, each .ttf or .ttc. A file
// that is not there leaves the bundled face, which also keeps setting the
// characters that the licensed one lacks.
func Load(dir string) (Fonts, error) {
	f := Bundled()
	for _, s := range slots {
		for _, ending := range []string{".ttf", ".ttc"} {
			path := filepath.Join(dir, s.file+ending)
			data, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return Fonts{}, fmt.Errorf("paper: %w", err)
			}
			parsed, err := pdf.ParseFace(data)
			if err != nil {
				return Fonts{}, fmt.Errorf("paper: %s: %w", path, err)
			}
			s.of(&f).face = parsed
		}
	}
	return f, nil
}

// MissingError names the characters that no font has. Nothing was written.
type MissingError struct{ Runes []rune }

func (e *MissingError) Error() string {
	names := make([]string, len(e.Runes))
	for i, r := range e.Runes {
		names[i] = fmt.Sprintf("%c (%U)", r, r)
	}
	return "paper: no font has " + strings.Join(names, ", ")
}

// chain are the faces that may set a rune, in order, for each wanted face.
type chain struct {
	rest    []*pdf.Face
	missing []rune
}

func newChain(f Fonts) *chain {
	b := Bundled()
	c := &chain{}
	for _, face := range []*pdf.Face{f.Song.face, f.FangSong.face, f.Kai.face, f.Hei.face, b.Song.face, b.Kai.face, b.FangSong.face, b.Hei.face, b.Title.face} {
		if !slices.Contains(c.rest, face) {
			c.rest = append(c.rest, face)
		}
	}
	return c
}

// pick is the face that sets a rune where wanted was asked for.
func (c *chain) pick(wanted *pdf.Face, r rune) *pdf.Face {
	if wanted.Glyph(r) != 0 {
		return wanted
	}
	for _, f := range c.rest {
		if f.Glyph(r) != 0 {
			return f
		}
	}
	if !slices.Contains(c.missing, r) {
		c.missing = append(c.missing, r)
	}
	return wanted
}

// err reports what was missing so far.
func (c *chain) err() error {
	if len(c.missing) == 0 {
		return nil
	}
	return &MissingError{Runes: c.missing}
}

// Legible spells out the characters that no font has, such as emoji, by their
// code: "[U+1F600]". Whoever prints what people wrote calls it, so that one such
// character does not keep a whole dossier from being printed.
func Legible(text string, f Fonts) string {
	c := newChain(f.complete())
	var b strings.Builder
	for _, r := range clean(text) {
		c.missing = nil
		if c.pick(c.rest[0], r); r != '\n' && c.missing != nil {
			fmt.Fprintf(&b, "[%U]", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
