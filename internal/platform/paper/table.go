package paper

import (
	"fmt"

	"xinqiao/internal/platform/pdf"
)

// Measures of ruled tables, in points.
const (
	cellPad    = 5.0
	tablePitch = 1.5 * size4s
	rowMinimum = 26.0
	tallLines  = 4
)

var hairline = pdf.Stroke{Width: 0.5, Colour: black}

// box is one cell of a row, its text broken into lines.
type box struct {
	style style
	x, w  float64
	text  string
	lines []line
}

// row is a row of boxes of one height.
type row struct {
	boxes   []box
	minimum float64
}

func (s *setter) box(st style, text string, x, w float64) box {
	b := box{style: st, x: x, w: w, text: text}
	for _, p := range paragraphs(text) {
		b.lines = append(b.lines, s.wrap(st, p, w-2*cellPad)...)
	}
	return b
}

func (r row) height() float64 {
	most := 0
	for _, b := range r.boxes {
		most = max(most, len(b.lines))
	}
	return max(r.minimum, float64(most)*tablePitch+2*cellPad)
}

// table sets a ruled table; its head is repeated on every page.
func (s *setter) table(t Table) { s.rows(s.tableRows(t)) }

func (s *setter) tableRows(t Table) (top, rows []row) {
	columns := len(t.Head)
	for _, cells := range t.Rows {
		columns = max(columns, len(cells))
	}
	if columns == 0 {
		return nil, nil
	}
	edges := shares(t.Widths, columns)
	head := s.tableStyle(s.fonts.Hei, centred)
	text := s.tableStyle(s.fonts.FangSong, leftward)
	if len(t.Head) > 0 {
		top = []row{s.tableRow(head, t.Head, edges)}
	}
	for _, cells := range t.Rows {
		rows = append(rows, s.tableRow(text, cells, edges))
	}
	return top, rows
}

func (s *setter) tableStyle(f Font, align alignment) style {
	return style{face: f.face, size: size4s, pitch: tablePitch, align: align}
}

func (s *setter) tableRow(st style, cells []string, edges []float64) row {
	r := row{minimum: rowMinimum}
	for i := range len(edges) - 1 {
		text := ""
		if i < len(cells) {
			text = cells[i]
		}
		b := s.box(st, text, edges[i], edges[i+1]-edges[i])
		if len(b.lines) == 1 && short(text) { // figures and single words stand in the middle
			b.style.align = centred
		}
		r.boxes = append(r.boxes, b)
	}
	return r
}

func short(text string) bool { return len([]rune(text)) <= 12 }

// shares turns shares of the width into edges.
func shares(widths []float64, columns int) []float64 {
	total := 0.0
	of := make([]float64, columns)
	for i := range of {
		of[i] = 1
		if i < len(widths) && widths[i] > 0 {
			of[i] = widths[i]
		}
		total += of[i]
	}
	edges := []float64{marginLeft}
	for _, v := range of {
		edges = append(edges, edges[len(edges)-1]+v/total*blockWidth)
	}
	return edges
}

// rows sets rows under each other, over as many pages as they take.
func (s *setter) rows(head, rows []row) {
	if len(head)+len(rows) == 0 {
		return
	}
	depth := rowMinimum
	if len(rows) > 0 {
		depth = min(rows[0].height(), 4*tablePitch)
	}
	for _, h := range head {
		depth += h.height()
	}
	s.need(depth)
	s.y += 2
	s.ruled(head)
	for _, r := range rows {
		for !s.room(r.height()) {
			fit := int((s.floor - s.y - 2*cellPad) / tablePitch)
			whole := !s.fresh() && r.height() <= blockDepth/3
			if fit >= 2 && !whole {
				var part row
				if part, r = r.split(fit); len(part.boxes) > 0 {
					s.ruled([]row{part})
				}
			}
			s.newPage()
			s.ruled(head)
		}
		s.ruled([]row{r})
	}
	s.y += pitch / 3
}

// split cuts a row after some lines.
func (r row) split(after int) (upper, lower row) {
	for _, b := range r.boxes {
		n := min(after, len(b.lines))
		u, l := b, b
		u.lines, l.lines = b.lines[:n], b.lines[n:]
		upper.boxes, lower.boxes = append(upper.boxes, u), append(lower.boxes, l)
	}
	return upper, lower
}

// ruled draws rows with their rules.
func (s *setter) ruled(rows []row) {
	for _, r := range rows {
		h := r.height()
		for _, b := range r.boxes {
			y := s.y + (h-float64(len(b.lines))*tablePitch)/2
			for _, l := range b.lines {
				s.draw(b.style, l, b.x+cellPad, y, b.w-2*cellPad)
				y += tablePitch
			}
			s.frame(b.x, s.y, b.w, h)
		}
		s.y += h
	}
}

func (s *setter) frame(x, y, w, h float64) {
	s.rule(x, x+w, y, hairline)
	s.rule(x, x+w, y+h, hairline)
	s.sheet.Line(pdf.Point{X: x, Y: y}, pdf.Point{X: x, Y: y + h}, hairline)
	s.sheet.Line(pdf.Point{X: x + w, Y: y}, pdf.Point{X: x + w, Y: y + h}, hairline)
}

// fields sets a form. All labels have one width, so that columns line up.
func (s *setter) fields(f Fields) { s.rows(nil, s.fieldRows(f)) }

func (s *setter) fieldRows(f Fields) (rows []row) {
	label := s.tableStyle(s.fonts.FangSong, centred)
	pairs, wide := 1, 4*size4s
	for _, fields := range f.Rows {
		n := 0
		for _, field := range fields {
			n += max(1, field.Span)
			wide = max(wide, min(s.measure(label, field.Label), 6*size4s))
		}
		pairs = max(pairs, n)
	}
	wide += 2*cellPad + 2
	pair := blockWidth / float64(pairs)
	wide = min(wide, pair/2)
	for _, fields := range f.Rows {
		rows = append(rows, s.fieldRow(fields, pair, wide))
	}
	return rows
}

func (s *setter) fieldRow(fields []Field, pair, wide float64) row {
	label := s.tableStyle(s.fonts.FangSong, centred)
	value := s.tableStyle(s.fonts.FangSong, leftward)
	r := row{minimum: rowMinimum + 4}
	x, taken := marginLeft, 0
	for i, field := range fields {
		taken += max(1, field.Span)
		end := marginLeft + float64(taken)*pair
		if i == len(fields)-1 {
			end = right
		}
		if field.Label != "" {
			r.boxes = append(r.boxes, s.box(label, field.Label, x, wide))
			x += wide
		}
		r.boxes = append(r.boxes, s.box(value, field.Value, x, end-x))
		if field.Tall {
			r.minimum = tallLines*tablePitch + 2*cellPad
		}
		x = end
	}
	return r
}

// list sets numbered items as paragraphs.
func (s *setter) list(l List) {
	for i, item := range l.Items {
		s.text(s.body(), fmt.Sprintf("%d. %s", i+1, item))
	}
}

// signatures sets lines to sign on, kept together.
func (s *setter) signatures(b Signatures) {
	st := s.body()
	depth := 1.4 * pitch
	s.need(depth * float64(min(len(b.Lines), perPage/2)))
	s.y += pitch / 2
	for _, text := range b.Lines {
		lines := s.wrap(st, clean(text), blockWidth-8*cell)
		s.write(st, lines[:len(lines)-1])
		last := lines[len(lines)-1]
		s.need(depth)
		s.draw(st, last, marginLeft, s.y, blockWidth)
		x := marginLeft + last.indent + last.width + 2
		rule := s.y + pitch - 5
		s.rule(x, max(x+4*cell, marginLeft+18*cell), rule, hairline)
		s.y += depth
	}
}
