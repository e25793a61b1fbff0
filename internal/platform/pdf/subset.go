package pdf

import (
	"encoding/binary"
	"slices"
)

// subset collects the glyphs of one face that a document uses and numbers them
// anew, so that the embedded font holds nothing else.
type subset struct {
	face   *Face
	number map[int]int // glyph of the face → glyph of the subset
	glyphs []int       // glyph of the subset → glyph of the face
	runes  []rune      // what each stands for, for searching and copying; 0: part of another glyph
}

func newSubset(f *Face) *subset {
	return &subset{face: f, number: map[int]int{0: 0}, glyphs: []int{0}, runes: []rune{0}}
}

// use gives a rune's glyph in the subset. Two runes that share one glyph get
// one each: whoever copies the text gets the rune that was written.
func (s *subset) use(r rune) int {
	glyph := s.face.Glyph(r)
	n, ok := s.number[glyph]
	if ok && s.runes[n] == r {
		return n
	}
	if ok {
		for n, have := range s.runes {
			if have == r && s.glyphs[n] == glyph {
				return n
			}
		}
	}
	n = s.add(glyph)
	s.runes[n] = r
	if !ok {
		s.number[glyph] = n
	}
	return n
}

func (s *subset) add(glyph int) int {
	s.glyphs, s.runes = append(s.glyphs, glyph), append(s.runes, 0)
	return len(s.glyphs) - 1
}

// Flags of a part of a composite glyph.
const (
	argsAreWords = 1 << 0
	hasScale     = 1 << 3
	moreParts    = 1 << 5
	hasXYScale   = 1 << 6
	hasMatrix    = 1 << 7
)

// renumbered is a glyph's outline with the numbers of its parts made those of
// the subset; parts not in it yet are added at the end.
func (s *subset) renumbered(glyph int) []byte {
	outline := s.face.outline(glyph)
	if len(outline) < 10 || bes16(outline, 0) >= 0 {
		return outline
	}
	outline = slices.Clone(outline)
	for at := 10; ; {
		flags, part := be16(outline, at), be16(outline, at+2)
		n, ok := s.number[part]
		if !ok {
			n = s.add(part)
			s.number[part] = n
		}
		binary.BigEndian.PutUint16(outline[at+2:], uint16(n))
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&hasMatrix != 0:
			at += 8
		case flags&hasXYScale != 0:
			at += 4
		case flags&hasScale != 0:
			at += 2
		}
		if flags&moreParts == 0 {
			return outline
		}
	}
}

// file is the subset as a TrueType file for embedding.
func (s *subset) file() []byte {
	var glyf, loca, hmtx []byte
	for n := 0; n < len(s.glyphs); n++ { // renumbered may append
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, s.renumbered(s.glyphs[n])...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	source := s.face.tables["hmtx"]
	for _, glyph := range s.glyphs {
		hmtx = append(hmtx, source[4*min(glyph, s.face.metricCount-1):][:2]...)
		hmtx = append(hmtx, s.bearing(glyph)...)
	}
	head, hhea, maxp := slices.Clone(s.face.tables["head"]), slices.Clone(s.face.tables["hhea"]), slices.Clone(s.face.tables["maxp"])
	binary.BigEndian.PutUint16(head[50:], 1)
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(s.glyphs)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(s.glyphs)))
	tables := map[string][]byte{"glyf": glyf, "loca": loca, "hmtx": hmtx, "head": head, "hhea": hhea, "maxp": maxp}
	for _, hints := range []string{"cvt ", "fpgm", "prep"} {
		if t := s.face.tables[hints]; t != nil {
			tables[hints] = t
		}
	}
	return sfnt(tables)
}

// bearing is the left side bearing, two bytes of the hmtx table.
func (s *subset) bearing(glyph int) []byte {
	source, long := s.face.tables["hmtx"], s.face.metricCount
	if glyph < long {
		return source[4*glyph+2:][:2]
	}
	return source[4*long+2*(glyph-long):][:2]
}

// sfnt puts tables together as a font file.
func sfnt(tables map[string][]byte) []byte {
	tags := make([]string, 0, len(tables))
	for tag := range tables {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	power, exponent := 1, 0
	for power*2 <= len(tags) {
		power, exponent = power*2, exponent+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tags), 16 * power, exponent, 16 * (len(tags) - power)} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*len(tags)
	var body []byte
	for _, tag := range tags {
		table := tables[tag]
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(table))
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(table)))
		body = append(body, table...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}

func checksum(table []byte) (sum uint32) {
	for len(table) >= 4 {
		sum += binary.BigEndian.Uint32(table)
		table = table[4:]
	}
	var last [4]byte
	copy(last[:], table)
	return sum + binary.BigEndian.Uint32(last[:])
}
