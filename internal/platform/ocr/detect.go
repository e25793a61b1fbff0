package ocr

import (
	"fmt"
	"image"
	"math"
)

// How the map of text is cut into lines, as PP-OCRv4 was trained for.
const (
	longestSide = 1280 // of the image that the network sees
	inkLevel    = 0.3  // from which on a point belongs to a line
	boxLevel    = 0.5  // mean inside a line's outline, below which it is none
	unclip      = 1.6  // the network draws lines thinner than they are
	thinnest    = 3    // points
	mostLines   = 1500
)

// Means and deviations by which the networks were trained.
var (
	paperMean = [3]float32{0.485, 0.456, 0.406}
	paperDev  = [3]float32{0.229, 0.224, 0.225}
)

// detect finds the outlines of lines.
func (r *Reader) detect(m *image.RGBA) ([]Quad, error) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	scale := min(1, longestSide/float64(max(w, h)))
	tw, th := multiple(float64(w)*scale), multiple(float64(h)*scale)
	whole := Quad{{0, 0}, {float64(w), 0}, {float64(w), float64(h)}, {0, float64(h)}}
	out, err := r.Detect.Run(normal(shrink(m, whole, tw, th)))
	if err != nil {
		return nil, fmt.Errorf("ocr: lines: %w", err)
	}
	if len(out.Data) != tw*th {
		return nil, ErrShape
	}
	chart := chart{tw, th, out.Data}
	sx, sy := float64(w)/float64(tw), float64(h)/float64(th)
	boxes := chart.boxes()
	for i := range boxes {
		for k, p := range boxes[i] {
			boxes[i][k] = Point{min(max(p.X*sx, 0), float64(w)), min(max(p.Y*sy, 0), float64(h))}
		}
	}
	return boxes, nil
}

// multiple rounds to what the network takes.
func multiple(v float64) int { return max(32, int(math.Round(v/32))*32) }

// shrink draws an image anew at a size of its own, averaging.
func shrink(m *image.RGBA, q Quad, w, h int) patch {
	p := patch{w, h, make([]float32, 3*w*h)}
	sx, sy := (q[1].X-q[0].X)/float64(w), (q[3].Y-q[0].Y)/float64(h)
	fine := min(max(int(math.Round(sx)), 1), 4)
	n := float32(fine * fine)
	for y := range h {
		for x := range w {
			at := p.rgb[3*(y*w+x):][:3]
			for k := range fine * fine {
				c := sample(m, Point{(float64(x) + (float64(k%fine)+0.5)/float64(fine)) * sx, (float64(y) + (float64(k/fine)+0.5)/float64(fine)) * sy})
				at[0], at[1], at[2] = at[0]+c[0]/n, at[1]+c[1]/n, at[2]+c[2]/n
			}
		}
	}
	return p
}

// normal is a patch as the network of lines wants it: planes of blue, green
// and red.
func normal(p patch) Tensor {
	t := Tensor{[]int{1, 3, p.h, p.w}, make([]float32, 3*p.w*p.h)}
	for i := range p.w * p.h {
		for c := range 3 {
			t.Data[c*p.w*p.h+i] = (p.rgb[3*i+2-c]/255 - paperMean[c]) / paperDev[c]
		}
	}
	return t
}

// chart is how sure the network is that text is at each point.
type chart struct {
	w, h int
	p    []float32
}

// boxes are the outlines of what hangs together.
func (c chart) boxes() []Quad {
	seen := make([]bool, len(c.p))
	var out []Quad
	var stack []int
	for start, p := range c.p {
		if p <= inkLevel || seen[start] {
			continue
		}
		seen[start] = true
		stack = append(stack[:0], start)
		var edge []Point
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if c.border(i) {
				edge = append(edge, Point{float64(i % c.w), float64(i / c.w)})
			}
			stack = c.neighbours(i, seen, stack)
		}
		if q, ok := c.box(edge); ok && len(out) < mostLines {
			out = append(out, q)
		}
	}
	return out
}

// border tells whether a point lies at the edge of its patch of ink.
func (c chart) border(i int) bool {
	x, y := i%c.w, i/c.w
	return x == 0 || y == 0 || x == c.w-1 || y == c.h-1 ||
		c.p[i-1] <= inkLevel || c.p[i+1] <= inkLevel || c.p[i-c.w] <= inkLevel || c.p[i+c.w] <= inkLevel
}

// neighbours adds those of a point that were not seen yet.
func (c chart) neighbours(i int, seen []bool, stack []int) []int {
	x, y := i%c.w, i/c.w
	for ny := max(y-1, 0); ny <= min(y+1, c.h-1); ny++ {
		for nx := max(x-1, 0); nx <= min(x+1, c.w-1); nx++ {
			if n := ny*c.w + nx; !seen[n] && c.p[n] > inkLevel {
				seen[n] = true
				stack = append(stack, n)
			}
		}
	}
	return stack
}

// box is the outline of a patch of ink, if it looks like a line of text.
func (c chart) box(edge []Point) (Quad, bool) {
	if len(edge) < 4 {
		return Quad{}, false
	}
	q := around(edge)
	w, h := q.size()
	if min(w, h) < thinnest || c.level(q) < boxLevel {
		return Quad{}, false
	}
	return q.grown(w * h * unclip / (2 * (w + h))), true
}

// level is the mean inside an outline.
func (c chart) level(q Quad) float64 {
	sum, n := 0.0, 0
	b := q.bounds(image.Rect(0, 0, c.w, c.h))
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if q.holds(Point{float64(x), float64(y)}) {
				sum += float64(c.p[y*c.w+x])
				n++
			}
		}
	}
	return sum / float64(max(n, 1))
}
