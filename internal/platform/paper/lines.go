package paper

import (
	"strings"
	"unicode"

	"xinqiao/internal/platform/pdf"
)

// style is how a paragraph is set.
type style struct {
	face   *pdf.Face
	size   float64
	pitch  float64 // from line to line
	extra  float64 // added after each character
	first  float64 // indent of the first line
	align  alignment
	colour pdf.Colour
}

type alignment int

const (
	justified alignment = iota // the last line from the left
	leftward
	centred
	rightward
)

// line is a set line: its runes with what is added after each.
type line struct {
	runes  []rune
	indent float64
	width  float64 // with extra, without stretch
	extra  float64
}

// Line breaking rules (禁则): what may not begin a line, what may not end one.
const (
	noStart = "，。、；：？！）》」』】〕〉〗”’…—％‰℃·～,.;:?!)]}%”’々"
	noEnd   = "（《「『【〔〈〖“‘([{￥＄№§"
)

// joined tells whether no line may break between two characters.
func joined(a, b rune) bool {
	switch {
	case strings.ContainsRune(noStart, b), strings.ContainsRune(noEnd, a):
		return true
	case a == ' ' || b == ' ':
		return b == ' ' // spaces stay at the end of the line before
	}
	return wordRune(a) && wordRune(b)
}

// wordRune tells Latin letters, digits and what holds them together, which do
// not break: "2026-11-22", "https://example.cn/a?b=1", "No.5".
func wordRune(r rune) bool {
	return r > ' ' && r < 0x7F || r >= 0xC0 && r < 0x2000 && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// clean takes out control characters, which no font draws. Tabs become spaces.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == 0xA0:
			return ' '
		case r == '\n' || r == ' ':
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || r == unicode.ReplacementChar:
			return -1
		case unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Cs, r):
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

// width is how wide a rune is set.
func (s *setter) width(st style, r rune) float64 {
	f := s.chain.pick(st.face, r)
	return f.Advance(f.Glyph(r))*st.size/1000 + st.extra
}

// wrap breaks one paragraph into lines. Every rune of it is in exactly one.
func (s *setter) wrap(st style, text string, room float64) []line {
	runes := []rune(text)
	var lines []line
	for len(runes) > 0 {
		indent := 0.0
		if len(lines) == 0 {
			indent = st.first
		}
		n, width := s.fit(st, runes, room-indent)
		l := line{runes: runes[:n], indent: indent, width: width, extra: st.extra}
		runes = runes[n:]
		if st.align == justified {
			l.justify(room-indent, len(runes) == 0)
		}
		lines = append(lines, l)
	}
	if lines == nil {
		return []line{{}}
	}
	return lines
}

// fit tells how many runes go on a line, and how wide they are. A line may take
// one closing sign more than it has room for: it is then set a little tighter.
func (s *setter) fit(st style, runes []rune, room float64) (int, float64) {
	const hair = 0.01
	width, goodWidth, good := 0.0, 0.0, 0
	for i, r := range runes {
		w := s.width(st, r)
		over := width + w - max(st.extra, 0) - room
		tight := st.align == justified && over <= st.size+hair && strings.ContainsRune(noStart, r) && i > perLine/2
		if over > hair && r != ' ' && !tight {
			if good == 0 { // one long word: break it where the line ends
				return max(i, 1), width
			}
			return good, goodWidth
		}
		width += w
		if i+1 == len(runes) || !joined(r, runes[i+1]) {
			good, goodWidth = i+1, width
		}
		if over > hair && r != ' ' { // tightened: nothing more goes on it
			if good == i+1 {
				return good, goodWidth
			}
			if good > 0 {
				return good, goodWidth
			}
		}
	}
	return len(runes), width
}

// justify spreads what is left of a line over its characters.
func (l *line) justify(room float64, last bool) {
	shown := len([]rune(strings.TrimRight(string(l.runes), " ")))
	if shown < 2 {
		return
	}
	slack := room - (l.width - max(l.extra, 0))
	if last && slack >= 0 || slack > 5*size3 {
		return // the end of a paragraph, or a line before a long word
	}
	l.extra += slack / float64(shown-1)
	l.width += slack
}

// draw sets a line with its top at y.
func (s *setter) draw(st style, l line, x, y, room float64) {
	switch st.align {
	case centred:
		x += (room - l.width + l.extra) / 2
	case rightward:
		x += room - l.width + l.extra
	default:
		x += l.indent
	}
	base := y + (st.pitch-st.size)/2 + ascent*st.size
	for start := 0; start < len(l.runes); {
		f := s.chain.pick(st.face, l.runes[start])
		end, w := start, 0.0
		for end < len(l.runes) && s.chain.pick(st.face, l.runes[end]) == f {
			w += f.Advance(f.Glyph(l.runes[end]))*st.size/1000 + l.extra
			end++
		}
		s.sheet.Text(pdf.Ink{Face: f, Size: st.size, Spacing: l.extra, Colour: st.colour}, pdf.Point{X: x, Y: base}, l.runes[start:end])
		x, start = x+w, end
	}
}

// measure is the width of a text on one line.
func (s *setter) measure(st style, text string) (w float64) {
	for _, r := range text {
		w += s.width(st, r)
	}
	return w
}
