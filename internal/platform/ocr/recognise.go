package ocr

import (
	"fmt"
	"image"
	"strings"
)

const (
	lineHeight = 48
	turnWidth  = 192
	leastWidth = 320
	mostWidth  = 3200
	leastSure  = 0.5 // a line that is less certain is a stain or a seal
)

// stripe is a line as the small networks want it, padded to a width.
func stripe(p patch, width int) Tensor {
	width = max(width, p.w)
	t := Tensor{[]int{1, 3, p.h, width}, make([]float32, 3*p.h*width)}
	for y := range p.h {
		for x := range p.w {
			for c := range 3 {
				t.Data[(c*p.h+y)*width+x] = (p.rgb[3*(y*p.w+x)+2-c]/255 - 0.5) / 0.5
			}
		}
	}
	return t
}

// recognise reads one line.
func (r *Reader) recognise(img *image.RGBA, q Quad) (Line, error) {
	out, err := r.Recognise.Run(stripe(cut(img, q, lineHeight, mostWidth), leastWidth))
	if err != nil {
		return Line{}, fmt.Errorf("ocr: characters: %w", err)
	}
	known := len(r.Keys) + 2 // nothing, the characters, the blank between words
	if len(out.Data) == 0 || len(out.Data)%known != 0 {
		return Line{}, ErrShape
	}
	line := r.decode(out.Data, known)
	line.Quad = q
	if line.Confidence < leastSure {
		line.Text = ""
	}
	return line, nil
}

// decode reads the likeliest character of every step; a character that goes on
// over several steps is one.
func (r *Reader) decode(steps []float32, known int) Line {
	var b strings.Builder
	line := Line{Weakest: 1}
	before, n, sum := 0, 0, 0.0
	for ; len(steps) >= known; steps = steps[known:] {
		best := 0
		for i, p := range steps[:known] {
			if p > steps[best] {
				best = i
			}
		}
		if best != 0 && best != before {
			if best <= len(r.Keys) {
				b.WriteString(r.Keys[best-1])
			} else {
				b.WriteByte(' ')
			}
			p := float64(steps[best])
			sum += p
			n++
			line.Weakest = min(line.Weakest, p)
		}
		before = best
	}
	line.Text = strings.TrimSpace(b.String())
	if n > 0 {
		line.Confidence = sum / float64(n)
	}
	return line
}
