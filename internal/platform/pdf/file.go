package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// File collects the pages and resources of one PDF. Content is written with
// the origin at the upper left, in points; the page turns it over.
type File struct {
	title   string
	pages   []*Sheet
	subsets []*subset
	byFace  map[*Face]int
	images  []*Picture
	forms   []string // names of imported pages, with their object numbers
	marks   []mark
	objects [][]byte // 1-based: objects[0] is object 1
}

// mark is a bookmark.
type mark struct {
	name string
	page int // index into pages
}

// Mark sets a bookmark on the next page.
func (p *File) Mark(name string) { p.marks = append(p.marks, mark{name, len(p.pages)}) }

// Pages are the pages so far.
func (p *File) Pages() []*Sheet { return p.pages }

// Sheet is one page under the pen.
type Sheet struct {
	Number  int  // printed
	Plain   bool // carries no number
	file    *File
	content bytes.Buffer
}

// A4, in points.
const (
	PageWidth  = 210 * MM
	PageHeight = 297 * MM
	MM         = 72 / 25.4 // a millimetre
)

// Colour is red, green, blue from 0 to 1.
type Colour [3]float64

// Ink is how a run of text is drawn.
type Ink struct {
	Face    *Face
	Size    float64
	Spacing float64 // added after each character
	Colour  Colour
}

// Point is a place on the page, from the upper left, in points.
type Point struct{ X, Y float64 }

// Stroke is how a line is drawn.
type Stroke struct {
	Width  float64
	Colour Colour
}

// Rect is a rectangle on the page, from the upper left, in points.
type Rect struct{ X, Y, W, H float64 }

// New is an empty file with a title.
func New(title string) *File {
	return &File{title: title, byFace: map[*Face]int{}, objects: make([][]byte, reserved)}
}

// NewSheet begins a page.
func (p *File) NewSheet(number int) *Sheet {
	s := &Sheet{file: p, Number: number}
	p.pages = append(p.pages, s)
	return s
}

// Text draws runes of one face on a baseline.
func (s *Sheet) Text(ink Ink, at Point, text []rune) {
	n, ok := s.file.byFace[ink.Face]
	if !ok {
		n = len(s.file.subsets)
		s.file.byFace[ink.Face] = n
		s.file.subsets = append(s.file.subsets, newSubset(ink.Face))
	}
	b := &s.content
	fmt.Fprintf(b, "BT %s rg /F%d %s Tf %s Tc %s %s Td <", ink.Colour.operands(), n, num(ink.Size), num(ink.Spacing), num(at.X), num(PageHeight-at.Y))
	for _, r := range text {
		fmt.Fprintf(b, "%04X", s.file.subsets[n].use(r))
	}
	b.WriteString("> Tj ET\n")
}

// Line draws a straight line.
func (s *Sheet) Line(from, to Point, stroke Stroke) {
	fmt.Fprintf(&s.content, "%s RG %s w %s %s m %s %s l S\n", stroke.Colour.operands(), num(stroke.Width),
		num(from.X), num(PageHeight-from.Y), num(to.X), num(PageHeight-to.Y))
}

// Fill draws a filled rectangle.
func (s *Sheet) Fill(r Rect, c Colour) {
	fmt.Fprintf(&s.content, "%s rg %s %s %s %s re f\n", c.operands(), num(r.X), num(PageHeight-r.Y-r.H), num(r.W), num(r.H))
}

// Image draws a picture into a rectangle.
func (s *Sheet) Image(p *Picture, r Rect) {
	fmt.Fprintf(&s.content, "q %s 0 0 %s %s %s cm /I%d Do Q\n", num(r.W), num(r.H), num(r.X), num(PageHeight-r.Y-r.H), s.file.add(p))
}

func (p *File) add(picture *Picture) int {
	for i, have := range p.images {
		if have == picture {
			return i
		}
	}
	p.images = append(p.images, picture)
	return len(p.images) - 1
}

func (c Colour) operands() string { return num(c[0]) + " " + num(c[1]) + " " + num(c[2]) }

// num writes a number with three decimals at most.
func num(v float64) string {
	s := fmt.Sprintf("%.3f", v)
	if s = strings.TrimRight(strings.TrimRight(s, "0"), "."); s == "-0" {
		return "0"
	}
	return s
}

// Numbers of the objects that others point to.
const (
	catalogObject = iota + 1
	pagesObject
	resourcesObject
	outlinesObject
	infoObject
	reserved = infoObject
)

// put appends an object and gives its number.
func (p *File) put(body []byte) int {
	p.objects = append(p.objects, body)
	return len(p.objects)
}

func (p *File) set(number int, format string, args ...any) {
	p.objects[number-1] = fmt.Appendf(nil, format, args...)
}

// stream is a compressed stream object with further entries of its dictionary.
func stream(entries string, data []byte) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(data) // to memory: cannot fail
	z.Close()
	return rawStream(entries+" /Filter /FlateDecode", packed.Bytes())
}

func rawStream(entries string, data []byte) []byte {
	out := fmt.Appendf(nil, "<< /Length %d %s >>\nstream\n", len(data), entries)
	return append(append(out, data...), "\nendstream"...)
}

// text16 is a text string of the document's own strings: titles, bookmarks.
func text16(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	b.WriteString(">")
	return b.String()
}

// Write ends the file.
func (p *File) Write(w io.Writer) error {
	var fonts, images, kids strings.Builder
	for i, s := range p.subsets {
		fmt.Fprintf(&fonts, "/F%d %d 0 R ", i, p.putFont(s, i))
	}
	for i, picture := range p.images {
		fmt.Fprintf(&images, "/I%d %d 0 R ", i, p.putPicture(picture))
	}
	first := 0
	for i, s := range p.pages {
		content := p.put(stream("", s.content.Bytes()))
		page := p.put(fmt.Appendf(nil, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources %d 0 R /Contents %d 0 R >>",
			pagesObject, num(PageWidth), num(PageHeight), resourcesObject, content))
		if i == 0 {
			first = page
		}
		fmt.Fprintf(&kids, "%d 0 R ", page)
	}
	outlines := p.putOutlines(first)
	p.set(catalogObject, "<< /Type /Catalog /Pages %d 0 R /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >>%s >>", pagesObject, outlines)
	p.set(pagesObject, "<< /Type /Pages /Count %d /Kids [%s] >>", len(p.pages), kids.String())
	p.set(resourcesObject, "<< /Font << %s>> /XObject << %s%s >> >>", fonts.String(), images.String(), strings.Join(p.forms, " "))
	p.set(infoObject, "<< /Title %s /Producer (Xinqiao) >>", text16(p.title))
	return p.assemble(w)
}

// putOutlines writes the bookmarks, if there are any. Pages lie two objects
// apart, after the first.
func (p *File) putOutlines(firstPage int) string {
	if len(p.marks) == 0 {
		p.set(outlinesObject, "<< /Type /Outlines /Count 0 >>")
		return ""
	}
	start := len(p.objects) + 1
	for i, m := range p.marks {
		var around string
		if i > 0 {
			around += fmt.Sprintf(" /Prev %d 0 R", start+i-1)
		}
		if i < len(p.marks)-1 {
			around += fmt.Sprintf(" /Next %d 0 R", start+i+1)
		}
		p.put(fmt.Appendf(nil, "<< /Title %s /Parent %d 0 R%s /Dest [%d 0 R /Fit] >>", text16(m.name), outlinesObject, around, firstPage+2*m.page))
	}
	p.set(outlinesObject, "<< /Type /Outlines /Count %d /First %d 0 R /Last %d 0 R >>", len(p.marks), start, start+len(p.marks)-1)
	return fmt.Sprintf(" /Outlines %d 0 R /PageMode /UseOutlines", outlinesObject)
}

// assemble writes objects, cross-reference table and trailer.
func (p *File) assemble(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xE4\xBF\xA1\n")
	offsets := make([]int, len(p.objects))
	for i, body := range p.objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n", i+1)
		out.Write(body)
		out.WriteString("\nendobj\n")
	}
	id := sha256.Sum256(out.Bytes())
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%X> <%X>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(offsets)+1, catalogObject, infoObject, id[:16], id[:16], start)
	_, err := w.Write(out.Bytes())
	return err
}
