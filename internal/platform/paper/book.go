package paper

import (
	"io"

	"xinqiao/internal/platform/pdf"
)

// Part is one piece of a Book: a document to be set, or a file that exists.
// One of Document, PDF and Image is given.
type Part struct {
	Name     string // bookmark; "": the document's title
	Document *Document
	PDF      []byte // pages taken over as they are
	Image    []byte // JPEG or PNG, fitted into the text block of one page
}

// Book binds a dossier: the cover, then every part, with bookmarks and one
// continuous run of page numbers. A file that cannot be read as what it should
// be does not spoil the book: a page in its place says so.
func Book(w io.Writer, cover Document, parts []Part, f Fonts) error {
	b := &binder{file: pdf.New(cover.Title), fonts: f, next: 1}
	if err := b.document(cover.Title, cover); err != nil {
		return err
	}
	for _, p := range parts {
		if err := b.part(p); err != nil {
			return err
		}
	}
	return b.file.Write(w)
}

type binder struct {
	file  *pdf.File
	fonts Fonts
	next  int
}

func (b *binder) part(p Part) error {
	switch {
	case p.Document != nil:
		name := p.Name
		if name == "" {
			name = p.Document.Title
		}
		return b.document(name, *p.Document)
	case p.PDF != nil:
		pages, err := b.file.Take(p.PDF)
		if err != nil {
			return b.unreadable(p.Name)
		}
		for i, page := range pages {
			s := b.sheet(p.Name, i == 0)
			s.Place(page)
			b.folio(s)
		}
	case p.Image != nil:
		picture, err := pdf.DecodePicture(p.Image)
		if err != nil {
			return b.unreadable(p.Name)
		}
		s := b.sheet(p.Name, true)
		width, height := fitted(float64(picture.Width), float64(picture.Height))
		s.Image(picture, pdf.Rect{X: marginLeft + (blockWidth-width)/2, Y: marginTop + (blockDepth-height)/2, W: width, H: height})
		b.folio(s)
	}
	return nil
}

// fitted scales a rectangle into the text block.
func fitted(width, height float64) (float64, float64) {
	scale := min(blockWidth/max(width, 1), blockDepth/max(height, 1))
	return width * scale, height * scale
}

func (b *binder) document(name string, d Document) error {
	b.file.Mark(name)
	s := newSetter(b.file, d, b.fonts, b.next)
	s.bound = true
	s.set()
	b.next = s.number
	return s.err()
}

func (b *binder) sheet(name string, first bool) *pdf.Sheet {
	if first {
		b.file.Mark(name)
	}
	b.next++
	return b.file.NewSheet(b.next - 1)
}

// folio numbers a page that was not set here.
func (b *binder) folio(page *pdf.Sheet) {
	s := newSetter(b.file, Document{}, b.fonts, 0)
	s.folio(page)
}

// unreadable keeps the place of a file that is not what it should be.
func (b *binder) unreadable(name string) error {
	return b.document(name, Document{Kind: Report, Title: name, Body: []Block{
		Para{"本件的电子文件无法并入本卷，请见单独保存的原件。"},
	}})
}
