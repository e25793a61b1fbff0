package paper

import (
	"io"

	"xinqiao/internal/platform/pdf"
)

// PDF writes a document as PDF, fonts embedded as subsets, text selectable.
// When a character is in no font, it writes nothing and returns a
// *MissingError.
func PDF(w io.Writer, d Document, f Fonts) error {
	file := pdf.New(d.Title)
	s := newSetter(file, d, f, 1)
	s.set()
	if err := s.err(); err != nil {
		return err
	}
	return file.Write(w)
}

func newSetter(file *pdf.File, d Document, f Fonts, number int) *setter {
	f = f.complete()
	s := &setter{file: file, fonts: f, chain: newChain(f), doc: d, number: number}
	if d.Seal != nil {
		stamp, err := pdf.DecodePicture(d.Seal.Image)
		if err != nil {
			s.fail(err)
		}
		s.stamp = stamp
	}
	return s
}

// complete puts the bundled face where none is named, so that the zero Fonts
// works.
func (f Fonts) complete() Fonts {
	b := Bundled()
	for _, s := range slots {
		if own := s.of(&f); own.face == nil {
			own.face = s.of(&b).face
		}
		if own := s.of(&f); own.Word == "" {
			own.Word = s.word
		}
	}
	return f
}

func (s *setter) fail(err error) {
	if s.failed == nil {
		s.failed = err
	}
}

// err is what went wrong while setting.
func (s *setter) err() error {
	if s.failed != nil {
		return s.failed
	}
	return s.chain.err()
}
