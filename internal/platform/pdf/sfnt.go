package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Face is a parsed TrueType font: what is needed to measure text and to cut a
// subset. It is never written to once parsed, so all documents share it.
type Face struct {
	data   []byte
	tables map[string][]byte
	name   string // PostScript name

	em          int
	ascent      int
	descent     int
	box         [4]int
	longLoca    bool
	metricCount int
	glyphCount  int
	segments    []segment
}

// segment maps runes first…last to glyphs: base+(r-first), or by a list.
type segment struct {
	first, last rune
	base        int
	list        []byte // big-endian glyph numbers, nil: consecutive
	delta       int    // added to a listed number, modulo 65536
}

var (
	errNoTrueType = errors.New("not a TrueType font (outlines of the CFF kind, .otf, do not embed: convert the file)")
	errShort      = errors.New("the font file is cut short or damaged")
)

func be16(b []byte, at int) int  { return int(binary.BigEndian.Uint16(b[at:])) }
func bes16(b []byte, at int) int { return int(int16(binary.BigEndian.Uint16(b[at:]))) }
func be32(b []byte, at int) int  { return int(binary.BigEndian.Uint32(b[at:])) }

// ParseFace reads a .ttf, or the first font of a .ttc.
func ParseFace(data []byte) (f *Face, err error) {
	defer func() {
		if recover() != nil { // an index beyond the end
			f, err = nil, errShort
		}
	}()
	start := 0
	if string(data[:4]) == "ttcf" {
		start = be32(data, 12)
	}
	f = &Face{data: data, tables: map[string][]byte{}}
	for i := range be16(data, start+4) {
		entry := data[start+12+16*i:]
		offset, length := be32(entry, 8), be32(entry, 12)
		f.tables[string(entry[:4])] = data[offset : offset+length]
	}
	for _, need := range []string{"head", "hhea", "hmtx", "maxp", "cmap", "loca", "glyf"} {
		if f.tables[need] == nil {
			return nil, errNoTrueType
		}
	}
	head, hhea := f.tables["head"], f.tables["hhea"]
	f.em, f.longLoca = be16(head, 18), be16(head, 50) == 1
	f.box = [4]int{bes16(head, 36), bes16(head, 38), bes16(head, 40), bes16(head, 42)}
	f.ascent, f.descent = bes16(hhea, 4), bes16(hhea, 6)
	f.metricCount, f.glyphCount = be16(hhea, 34), be16(f.tables["maxp"], 4)
	f.name = postScriptName(f.tables["name"])
	if f.em == 0 || f.metricCount == 0 {
		return nil, errShort
	}
	return f, f.parseCmap(f.tables["cmap"])
}

// Em is the size of the square that outlines are drawn in.
func (f *Face) Em() int { return f.em }

// parseCmap takes the widest Unicode table: format 12 before format 4.
func (f *Face) parseCmap(cmap []byte) error {
	best, offset := 0, 0
	for i := range be16(cmap, 2) {
		entry := cmap[4+8*i:]
		platform, encoding, at := be16(entry, 0), be16(entry, 2), be32(entry, 4)
		unicode := platform == 0 || platform == 3 && (encoding == 1 || encoding == 10)
		if format := be16(cmap, at); unicode && (format == 4 || format == 12) && format > best {
			best, offset = format, at
		}
	}
	table := cmap[offset:]
	switch best {
	case 4:
		f.parseFormat4(table)
	case 12:
		for i := range be32(table, 12) {
			group := table[16+12*i:]
			f.segments = append(f.segments, segment{first: rune(be32(group, 0)), last: rune(be32(group, 4)), base: be32(group, 8)})
		}
	default:
		return fmt.Errorf("the font has no Unicode character map")
	}
	return nil
}

func (f *Face) parseFormat4(table []byte) {
	count := be16(table, 6) / 2
	ends, starts := table[14:], table[16+2*count:]
	deltas, ranges := table[16+4*count:], table[16+6*count:]
	for i := range count {
		s := segment{first: rune(be16(starts, 2*i)), last: rune(be16(ends, 2*i)), delta: be16(deltas, 2*i)}
		if s.first == 0xFFFF {
			continue
		}
		if at := be16(ranges, 2*i); at != 0 {
			s.list = ranges[2*i+at:][:2*(int(s.last-s.first)+1)]
		} else {
			s.base = (int(s.first) + s.delta) & 0xFFFF
		}
		f.segments = append(f.segments, s)
	}
}

// Glyph is the number of a rune's glyph; 0 when the font lacks it.
func (f *Face) Glyph(r rune) int {
	low, high := 0, len(f.segments)
	for low < high {
		middle := (low + high) / 2
		if f.segments[middle].last < r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == len(f.segments) || r < f.segments[low].first {
		return 0
	}
	s := f.segments[low]
	n := int(r - s.first)
	if s.list == nil {
		return (s.base + n) % 65536
	}
	if n = be16(s.list, 2*n); n == 0 {
		return 0
	}
	return (n + s.delta) & 0xFFFF
}

// Advance is a glyph's width in thousandths of the em.
func (f *Face) Advance(glyph int) float64 {
	return float64(be16(f.tables["hmtx"], 4*min(glyph, f.metricCount-1))) * 1000 / float64(f.em)
}

// outline is a glyph's entry of the glyf table.
func (f *Face) outline(glyph int) []byte {
	loca := f.tables["loca"]
	var from, to int
	if f.longLoca {
		from, to = be32(loca, 4*glyph), be32(loca, 4*glyph+4)
	} else {
		from, to = 2*be16(loca, 2*glyph), 2*be16(loca, 2*glyph+2)
	}
	return f.tables["glyf"][from:to]
}

// postScriptName is entry 6 of the name table, without what PDF names forbid.
func postScriptName(table []byte) string {
	if len(table) < 6 {
		return "Font"
	}
	strings16 := table[be16(table, 4):]
	for i := range be16(table, 2) {
		entry := table[6+12*i:]
		if be16(entry, 6) != 6 || be16(entry, 0) != 3 {
			continue
		}
		raw := strings16[be16(entry, 10):][:be16(entry, 8)]
		var units []uint16
		for at := 0; at+1 < len(raw); at += 2 {
			units = append(units, binary.BigEndian.Uint16(raw[at:]))
		}
		return strings.Map(nameRune, string(utf16.Decode(units)))
	}
	return "Font"
}

func nameRune(r rune) rune {
	if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}
