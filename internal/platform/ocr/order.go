package ocr

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// arrange brings lines into the order of reading, row by row, and finds where
// paragraphs begin. A page that was laid askew is looked at straight.
func arrange(lines []Line) []Line {
	if len(lines) == 0 {
		return nil
	}
	frame := straight(lines)
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp(frame.box(a).y, frame.box(b).y) })
	var out []Line
	for len(lines) > 0 {
		row := 1
		first := frame.box(lines[0])
		for row < len(lines) && frame.box(lines[row]).y-first.y < 0.5*min(first.h, frame.box(lines[row]).h) {
			row++
		}
		slices.SortStableFunc(lines[:row], func(a, b Line) int { return cmp(frame.box(a).x, frame.box(b).x) })
		out = append(out, lines[:row]...)
		lines = lines[row:]
	}
	frame.paragraphs(out)
	return out
}

// frame turns the page straight by its lines' usual angle.
type frame struct{ cos, sin float64 }

// span is a line in the frame: its left and right end, middle and height.
type span struct{ x, right, y, h float64 }

func straight(lines []Line) frame {
	angles := make([]float64, len(lines))
	for i, l := range lines {
		d := l.Quad[1].minus(l.Quad[0])
		angles[i] = math.Atan2(d.Y, d.X)
	}
	slices.Sort(angles)
	a := angles[len(angles)/2]
	return frame{math.Cos(a), math.Sin(a)}
}

func (f frame) box(l Line) span {
	w, h := l.Quad.size()
	m := l.Quad.middle()
	x := m.X*f.cos + m.Y*f.sin
	return span{x - w/2, x + w/2, m.Y*f.cos - m.X*f.sin, h}
}

// paragraphs marks the first line of each: it is indented, or the line before
// ended early, or there is a gap.
func (f frame) paragraphs(lines []Line) {
	spans := make([]span, len(lines))
	lefts, rights, heights := make([]float64, len(lines)), make([]float64, len(lines)), make([]float64, len(lines))
	for i, l := range lines {
		spans[i] = f.box(l)
		lefts[i], rights[i], heights[i] = spans[i].x, spans[i].right, spans[i].h
	}
	left, right, height := quantile(lefts, 0.25), quantile(rights, 0.75), quantile(heights, 0.5)
	pitch := f.pitch(spans)
	for i := range lines {
		lines[i].Begins = i == 0
		if i == 0 || spans[i].y-spans[i-1].y < 0.5*height { // the same row
			continue
		}
		lines[i].Begins = spans[i].x > left+1.2*height || spans[i-1].right < right-2.5*height ||
			spans[i].y-spans[i-1].y > 1.6*pitch
	}
}

// pitch is the usual distance of rows.
func (f frame) pitch(spans []span) float64 {
	var steps []float64
	for i := 1; i < len(spans); i++ {
		if d := spans[i].y - spans[i-1].y; d > 0.5*spans[i].h {
			steps = append(steps, d)
		}
	}
	if len(steps) == 0 {
		return math.Inf(1)
	}
	return quantile(steps, 0.5)
}

func quantile(v []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[int(q*float64(len(s)-1))]
}

// Text joins the lines: Chinese without a space, words with one, paragraphs
// by a line end.
func (p Page) Text() string {
	var b strings.Builder
	last := ' '
	for _, l := range p.Lines {
		first, _ := firstLast(l.Text)
		switch {
		case l.Begins && b.Len() > 0:
			b.WriteByte('\n')
		case wordly(last) && wordly(first):
			b.WriteByte(' ')
		}
		b.WriteString(l.Text)
		_, last = firstLast(l.Text)
	}
	return b.String()
}

func firstLast(s string) (first, last rune) {
	for i, r := range s {
		if i == 0 {
			first = r
		}
		last = r
	}
	return first, last
}

// wordly letters need a space between words.
func wordly(r rune) bool { return unicode.IsLetter(r) && r < 0x2e80 }
