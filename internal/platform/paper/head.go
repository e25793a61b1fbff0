package paper

import (
	"math"
	"strings"

	"xinqiao/internal/platform/pdf"
)

// mark sets the issuer's name in red across the page, as large as fits.
func (s *setter) mark(top, largest, width float64) (foot float64) {
	st := s.styled(s.fonts.Title, largest, centred)
	st.colour, st.extra = red, 0
	name := strings.Join(paragraphs(s.doc.Issuer), "")
	if n := len([]rune(name)); n > 0 && n < 9 { // short names are spread
		st.extra = largest * 0.12
	}
	if w := s.measure(st, name); w > width {
		st.size *= width / w
		st.extra *= width / w
	}
	st.pitch = st.size
	lines := s.wrap(st, name, 2*width)
	s.draw(st, lines[0], marginLeft-(width-blockWidth)/2, top, width)
	return top + st.size
}

// noticeHead is the red head of the document format: mark 35 mm below the top
// of the text block, two blank lines, number, and 4 mm below it the red line.
func (s *setter) noticeHead() {
	if s.doc.Issuer == "" {
		return
	}
	foot := s.mark(marginTop+noticeMark, 50, blockWidth)
	s.y = foot + 2*pitch
	if s.doc.Number != "" {
		st := s.styled(s.fonts.FangSong, size3, centred)
		s.text(st, s.doc.Number)
	}
	rule := s.y - (pitch-size3)/2 + ruleGap
	s.rule(marginLeft, right, rule, pdf.Stroke{Width: 1.5, Colour: red})
	s.y = rule + 2*pitch
}

// letterHead is the head of the letter format: mark, double red line 170 mm
// wide, the number at its right, and a second double line at the foot.
func (s *setter) letterHead() {
	foot := s.mark(letterMark, 40, blockWidth)
	left := (pageWidth - letterRule) / 2
	rule := foot + ruleGap
	s.double(left, rule, 2, 0.75)
	s.double(left, pageHeight-letterBottom-3.4, 0.75, 2)
	s.sheet.Plain = true
	s.y = rule + 3.4 + size3*7/8
	if s.doc.Number != "" {
		st := s.styled(s.fonts.FangSong, size3, rightward)
		st.pitch = size3 * 1.2
		s.text(st, s.doc.Number)
	}
	s.y += 2 * pitch
}

// double draws a double red line, its strokes of different weight.
func (s *setter) double(x, y, upper, lower float64) {
	s.sheet.Fill(pdf.Rect{X: x, Y: y, W: letterRule, H: upper}, red)
	s.sheet.Fill(pdf.Rect{X: x, Y: y + upper + 1.2, W: letterRule, H: lower}, red)
}

// title sets the title in size 2, its lines broken with sense and centred.
func (s *setter) title() {
	if s.doc.Title == "" {
		s.numberBelow()
		return
	}
	size := size2
	if s.doc.Kind == Cover {
		size = coverTitle
		s.y += blockDepth / 5
		s.sheet.Plain = true
	}
	st := s.styled(s.fonts.Title, size, centred)
	st.pitch = 1.5 * size
	for _, p := range paragraphs(s.doc.Title) {
		for _, part := range s.titleLines(st, p, blockWidth-2*size) {
			s.write(st, []line{{runes: []rune(part), width: s.measure(st, part)}})
		}
	}
	s.y += pitch / 2
	if s.doc.Kind == Cover {
		s.y += 2 * pitch
	}
	s.numberBelow()
	if s.doc.Kind == Notice || s.doc.Kind == Letter {
		s.y += pitch / 2
	}
}

// numberBelow sets the number of what has no red head under its title.
func (s *setter) numberBelow() {
	red := s.doc.Kind == Notice || s.doc.Kind == Letter
	if red || s.doc.Number == "" && s.doc.Issuer == "" {
		return
	}
	if s.doc.Issuer != "" {
		s.text(s.styled(s.fonts.Kai, size3, centred), s.doc.Issuer)
	}
	if s.doc.Number != "" {
		align := centred
		if s.doc.Kind == Form {
			align = rightward
		}
		s.text(s.styled(s.fonts.FangSong, size4s, align), s.doc.Number)
	}
	if s.doc.Kind != Form {
		s.y += pitch / 2
	}
}

// Costs of a break inside a title.
const (
	forbidden = 1e9
	badBreak  = 40.0
	goodBreak = -12.0
)

// titleLines breaks a title into the fewest lines, of like length, at the
// places where a reader would pause.
func (s *setter) titleLines(st style, text string, room float64) []string {
	runes := []rune(text)
	n := len(runes)
	sums := make([]float64, n+1)
	for i, r := range runes {
		sums[i+1] = sums[i] + s.width(st, r)
	}
	count := int(math.Ceil(sums[n] / room))
	for ; count < n; count++ {
		if lines := splitTitle(runes, sums, count, room); lines != nil {
			return lines
		}
	}
	var lines []string // a word wider than the page
	for _, l := range s.wrap(st, text, room) {
		lines = append(lines, string(l.runes))
	}
	return lines
}

// splitTitle finds the cheapest split into count lines, or nil.
func splitTitle(runes []rune, sums []float64, count int, room float64) []string {
	n := len(runes)
	ideal := sums[n] / float64(count)
	cost := make([][]float64, count+1)
	from := make([][]int, count+1)
	for k := range cost {
		cost[k], from[k] = make([]float64, n+1), make([]int, n+1)
		for i := range cost[k] {
			cost[k][i] = forbidden
		}
	}
	cost[0][0] = 0
	for k := 1; k <= count; k++ {
		for end := 1; end <= n; end++ {
			for start := end - 1; start >= 0 && sums[end]-sums[start] <= room; start-- {
				off := (sums[end] - sums[start] - ideal) / size2
				c := cost[k-1][start] + off*off + breakCost(runes, end)
				if c < cost[k][end] {
					cost[k][end], from[k][end] = c, start
				}
			}
		}
	}
	if cost[count][n] >= forbidden {
		return nil
	}
	lines := make([]string, count)
	for k, end := count, n; k > 0; k-- {
		start := from[k][end]
		lines[k-1], end = string(runes[start:end]), start
	}
	return lines
}

// breakCost judges a break before runes[at]: after 的 is where a reader pauses,
// before it is where nobody does.
func breakCost(runes []rune, at int) float64 {
	if at == len(runes) {
		return 0
	}
	a, b := runes[at-1], runes[at]
	switch {
	case joined(a, b):
		return forbidden
	case strings.ContainsRune("的和与及、", b):
		return badBreak
	case strings.ContainsRune("和与及对在为由", a):
		return badBreak
	case a == '的' || a == '》' || a == '）' || a == '〕' || b == '《':
		return goodBreak
	}
	return 0
}

// addressee is flush left with a full-width colon.
func (s *setter) addressee() {
	if s.doc.Addressee == "" {
		return
	}
	st := s.body()
	st.first = 0
	name := strings.TrimRight(strings.Join(paragraphs(s.doc.Addressee), ""), "：:")
	s.text(st, name+"：")
}
