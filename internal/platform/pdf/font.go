package pdf

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// putFont embeds a subset as a composite font whose codes are its glyphs.
func (p *File) putFont(s *subset, n int) int {
	program := s.file()
	name := fmt.Sprintf("%s+%s", subsetTag(n), s.face.name)
	scale := func(v int) int { return v * 1000 / s.face.em }
	file := p.put(stream(fmt.Sprintf("/Length1 %d", len(program)), program))
	box := s.face.box
	descriptor := p.put(fmt.Appendf(nil,
		"<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight 700 /StemV 80 /FontFile2 %d 0 R >>",
		name, scale(box[0]), scale(box[1]), scale(box[2]), scale(box[3]), scale(s.face.ascent), scale(s.face.descent), file))
	var widths bytes.Buffer
	for n, glyph := range s.glyphs {
		if w := s.face.Advance(glyph); w != 1000 {
			fmt.Fprintf(&widths, "%d [%s] ", n, num(w))
		}
	}
	cid := p.put(fmt.Appendf(nil,
		"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 1000 /W [%s] /CIDToGIDMap /Identity >>",
		name, descriptor, widths.String()))
	toUnicode := p.put(stream("", s.toUnicode()))
	return p.put(fmt.Appendf(nil,
		"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, cid, toUnicode))
}

// subsetTag are the six letters that mark a subset.
func subsetTag(n int) string {
	tag := []byte("XINQAA")
	tag[4] += byte(n / 26)
	tag[5] += byte(n % 26)
	return string(tag)
}

// toUnicode is the map from glyphs back to text, with surrogate pairs for the
// rare characters beyond U+FFFF.
func (s *subset) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n" +
		"1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	var lines []string
	for n, r := range s.runes {
		if r == 0 {
			continue
		}
		line := fmt.Sprintf("<%04X> <", n)
		for _, unit := range utf16.Encode([]rune{r}) {
			line += fmt.Sprintf("%04X", unit)
		}
		lines = append(lines, line+">")
	}
	for len(lines) > 0 { // a hundred at most in each
		k := min(100, len(lines))
		fmt.Fprintf(&b, "%d beginbfchar\n", k)
		for _, line := range lines[:k] {
			b.WriteString(line + "\n")
		}
		b.WriteString("endbfchar\n")
		lines = lines[k:]
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return b.Bytes()
}
