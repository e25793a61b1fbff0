package ocr

import (
	"image"
	"math"
	"slices"
)

func (p Point) minus(q Point) Point { return Point{p.X - q.X, p.Y - q.Y} }

func (p Point) along(d Point, t float64) Point { return Point{p.X + d.X*t, p.Y + d.Y*t} }

func cross(a, b Point) float64 { return a.X*b.Y - a.Y*b.X }

func (p Point) length() float64 { return math.Hypot(p.X, p.Y) }

// size is the width and height of an outline.
func (q Quad) size() (w, h float64) { return q[1].minus(q[0]).length(), q[3].minus(q[0]).length() }

// middle is the centre of an outline.
func (q Quad) middle() Point { return Point{(q[0].X + q[2].X) / 2, (q[0].Y + q[2].Y) / 2} }

// hull is the convex hull of points, in order around it.
func hull(points []Point) []Point {
	slices.SortFunc(points, func(a, b Point) int {
		if a.X != b.X {
			return cmp(a.X, b.X)
		}
		return cmp(a.Y, b.Y)
	})
	var out []Point
	for range 2 {
		start := len(out)
		for _, p := range points {
			for len(out)-start >= 2 && cross(out[len(out)-1].minus(out[len(out)-2]), p.minus(out[len(out)-2])) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		out = out[:len(out)-1]
		slices.Reverse(points)
	}
	return out
}

func cmp(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// around is the rectangle of least area around points, one side of it lying on
// a side of their hull. Its first corner is the upper left.
func around(points []Point) Quad {
	h := hull(points)
	best, least := Quad{}, math.Inf(1)
	for i, p := range h {
		side := h[(i+1)%len(h)].minus(p)
		n := side.length()
		if n == 0 {
			continue
		}
		u := Point{side.X / n, side.Y / n}
		v := Point{-u.Y, u.X}
		lowU, highU, lowV, highV := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		for _, q := range h {
			a, b := q.X*u.X+q.Y*u.Y, q.X*v.X+q.Y*v.Y
			lowU, highU, lowV, highV = min(lowU, a), max(highU, a), min(lowV, b), max(highV, b)
		}
		if area := (highU - lowU) * (highV - lowV); area < least {
			least = area
			at := func(a, b float64) Point { return Point{u.X*a + v.X*b, u.Y*a + v.Y*b} }
			best = Quad{at(lowU, lowV), at(highU, lowV), at(highU, highV), at(lowU, highV)}
		}
	}
	return upright(best)
}

// upright orders the corners of a rectangle: the first is the upper left.
func upright(q Quad) Quad {
	s := slices.Clone(q[:])
	slices.SortFunc(s, func(a, b Point) int { return cmp(a.X, b.X) })
	left, right := s[:2], s[2:]
	if left[0].Y > left[1].Y {
		left[0], left[1] = left[1], left[0]
	}
	if right[0].Y > right[1].Y {
		right[0], right[1] = right[1], right[0]
	}
	return Quad{left[0], right[0], right[1], left[1]}
}

// grown pushes the sides of a rectangle outward.
func (q Quad) grown(by float64) Quad {
	w, h := q.size()
	if w == 0 || h == 0 {
		return q
	}
	u, v := q[1].minus(q[0]), q[3].minus(q[0])
	u, v = Point{u.X / w * by, u.Y / w * by}, Point{v.X / h * by, v.Y / h * by}
	return Quad{
		q[0].along(u, -1).along(v, -1), q[1].along(u, 1).along(v, -1),
		q[2].along(u, 1).along(v, 1), q[3].along(u, -1).along(v, 1),
	}
}

// holds tells whether a point lies in an outline.
func (q Quad) holds(p Point) bool {
	for i, c := range q {
		if cross(q[(i+1)%4].minus(c), p.minus(c)) < 0 {
			return false
		}
	}
	return true
}

// bounds is the upright rectangle of whole pixels around an outline, within
// an image.
func (q Quad) bounds(within image.Rectangle) image.Rectangle {
	x0, y0, x1, y1 := q[0].X, q[0].Y, q[0].X, q[0].Y
	for _, p := range q[1:] {
		x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1))+1, int(math.Ceil(y1))+1).Intersect(within)
}

// patch is a part of an image, straightened: RGB, row by row.
type patch struct {
	w, h int
	rgb  []float32 // 0 to 255
}

// cut straightens the image inside an outline to a height, at most so wide. A
// sheet that was photographed askew gives outlines that are no rectangles any
// more; so corners are joined as the camera saw them.
func cut(m *image.RGBA, q Quad, height, most int) patch {
	w, h := q.size()
	width := min(max(int(math.Ceil(w/max(h, 1)*float64(height))), 8), most)
	p := patch{width, height, make([]float32, 3*width*height)}
	t := projection(q)
	fine := min(max(int(math.Round(h/float64(height))), 1), 4) // several samples where it shrinks
	n := float32(fine * fine)
	for y := range height {
		for x := range width {
			var sum [3]float32
			for k := range fine * fine {
				u := (float64(x) + (float64(k%fine)+0.5)/float64(fine)) / float64(width)
				v := (float64(y) + (float64(k/fine)+0.5)/float64(fine)) / float64(height)
				c := sample(m, t.at(u, v))
				sum[0], sum[1], sum[2] = sum[0]+c[0], sum[1]+c[1], sum[2]+c[2]
			}
			at := p.rgb[3*(y*width+x):]
			at[0], at[1], at[2] = sum[0]/n, sum[1]/n, sum[2]/n
		}
	}
	return p
}

// plane carries the unit square onto an outline.
type plane struct{ a, b, c, d, e, f, g, h float64 }

func projection(q Quad) plane {
	d1, d2 := q[1].minus(q[2]), q[3].minus(q[2])
	s := Point{q[0].X - q[1].X + q[2].X - q[3].X, q[0].Y - q[1].Y + q[2].Y - q[3].Y}
	var g, h float64
	if det := cross(d1, d2); det != 0 {
		g, h = cross(s, d2)/det, cross(d1, s)/det
	}
	return plane{
		q[1].X - q[0].X + g*q[1].X, q[3].X - q[0].X + h*q[3].X, q[0].X,
		q[1].Y - q[0].Y + g*q[1].Y, q[3].Y - q[0].Y + h*q[3].Y, q[0].Y, g, h,
	}
}

func (t plane) at(u, v float64) Point {
	z := t.g*u + t.h*v + 1
	return Point{(t.a*u + t.b*v + t.c) / z, (t.d*u + t.e*v + t.f) / z}
}

// sample reads a colour between pixels; beyond the edge, the edge goes on.
func sample(m *image.RGBA, p Point) [3]float32 {
	x, y := p.X-0.5, p.Y-0.5
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := float32(x-x0), float32(y-y0)
	w, h := m.Rect.Dx()-1, m.Rect.Dy()-1
	pixel := func(x, y int) []uint8 { return m.Pix[min(max(y, 0), h)*m.Stride+4*min(max(x, 0), w):] }
	a, b := pixel(int(x0), int(y0)), pixel(int(x0)+1, int(y0))
	c, d := pixel(int(x0), int(y0)+1), pixel(int(x0)+1, int(y0)+1)
	var out [3]float32
	for i := range out {
		top := float32(a[i])*(1-fx) + float32(b[i])*fx
		low := float32(c[i])*(1-fx) + float32(d[i])*fx
		out[i] = top*(1-fy) + low*fy
	}
	return out
}
