package paper

import (
	"strings"

	"xinqiao/internal/platform/pdf"
)

// setter sets one document onto sheets, from top to bottom.
type setter struct {
	file   *pdf.File
	sheet  *pdf.Sheet
	fonts  Fonts
	chain  *chain
	doc    Document
	y      float64 // top of the next line
	floor  float64 // no line may reach below
	number int     // of the next page
	first  int     // index of the document's first page
	bound  bool    // part of a book
	stamp  *pdf.Picture
	failed error
}

func (s *setter) newPage() {
	s.sheet = s.file.NewSheet(s.number)
	s.number++
	s.y, s.floor = marginTop, bottom
}

// room tells whether height is left on this page.
func (s *setter) room(height float64) bool { return s.y+height <= s.floor+0.5 }

// fresh tells whether nothing was set on this page.
func (s *setter) fresh() bool { return s.y == marginTop }

func (s *setter) need(height float64) {
	if !s.room(height) && !s.fresh() {
		s.newPage()
	}
}

// body is the style of running text.
func (s *setter) body() style {
	return style{face: s.fonts.FangSong.face, size: size3, pitch: pitch, extra: cell - size3, first: 2 * cell}
}

func (s *setter) styled(f Font, size float64, align alignment) style {
	st := style{face: f.face, size: size, pitch: pitch, align: align}
	if size == size3 {
		st.extra = cell - size3
	}
	return st
}

// write sets lines over the whole text width, on further pages if need be.
func (s *setter) write(st style, lines []line) {
	for _, l := range lines {
		s.need(st.pitch)
		s.draw(st, l, marginLeft, s.y, blockWidth)
		s.y += st.pitch
	}
}

// text sets text whose newlines start paragraphs.
func (s *setter) text(st style, text string) {
	for _, paragraph := range paragraphs(text) {
		s.write(st, s.wrap(st, paragraph, blockWidth))
	}
}

// paragraphs are the lines of a text that hold anything.
func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(clean(text), "\n") {
		if p = strings.Trim(p, " \u3000"); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// set sets the whole document.
func (s *setter) set() {
	s.first = len(s.file.Pages())
	s.newPage()
	switch s.doc.Kind {
	case Notice:
		s.noticeHead()
	case Letter:
		s.letterHead()
	}
	s.title()
	s.addressee()
	for i, b := range s.doc.Body {
		if p, ok := b.(Para); ok && i == len(s.doc.Body)-1 {
			s.lastPara(p)
			continue
		}
		s.block(b)
	}
	s.attachments()
	s.signer()
	s.imprint()
	s.verify()
	s.folios()
}

func (s *setter) block(b Block) {
	switch b := b.(type) {
	case Heading:
		s.heading(b)
	case Para:
		s.text(s.body(), b.Text)
	case List:
		s.list(b)
	case Table:
		s.table(b)
	case Fields:
		s.fields(b)
	case Signatures:
		s.signatures(b)
	case Break:
		if !s.fresh() {
			s.newPage()
		}
	}
}

// heading keeps a heading together with the line after it.
func (s *setter) heading(h Heading) {
	st := s.body()
	switch h.Level {
	case 1:
		st.face = s.fonts.Hei.face
	case 2:
		st.face = s.fonts.Kai.face
	}
	for _, p := range paragraphs(h.Text) {
		lines := s.wrap(st, p, blockWidth)
		s.need(float64(len(lines)+1) * pitch)
		s.write(st, lines)
	}
}

// lastPara sets the last paragraph so that signer and date do not stand on a
// page of their own: when they would, its last two lines go with them.
func (s *setter) lastPara(p Para) {
	texts := paragraphs(p.Text)
	for i, text := range texts {
		st := s.body()
		lines := s.wrap(st, text, blockWidth)
		depth := float64(len(lines)) * pitch
		if i < len(texts)-1 || !s.room(depth) || s.room(depth+s.tailDepth()) {
			s.write(st, lines)
			continue
		}
		if keep := len(lines) - 2; keep >= 1 {
			s.write(st, lines[:keep])
			lines = lines[keep:]
		}
		if !s.fresh() {
			s.newPage()
		}
		s.write(st, lines)
	}
}

// rule draws a line across.
func (s *setter) rule(from, to, y float64, stroke pdf.Stroke) {
	s.sheet.Line(pdf.Point{X: from, Y: y}, pdf.Point{X: to, Y: y}, stroke)
}
