package paper

import (
	"math"

	"xinqiao/internal/platform/pdf"
)

// affine maps (x, y) to (a·x + c·y + e, b·x + d·y + f).
type affine struct{ a, b, c, d, e, f float64 }

func (t affine) of(p pdf.Point) pdf.Point {
	return pdf.Point{X: t.a*p.X + t.c*p.Y + t.e, Y: t.b*p.X + t.d*p.Y + t.f}
}

// polygon flattens a contour: handles become the middle of short chords.
func polygon(c []pdf.Vertex, t affine) []pdf.Point {
	const steps = 6
	var out []pdf.Point
	n := len(c)
	middle := func(a, b pdf.Point) pdf.Point { return pdf.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2} }
	for i, v := range c {
		before, after := c[(i+n-1)%n], c[(i+1)%n]
		if v.On {
			out = append(out, t.of(v.Point))
			continue
		}
		from, to := before.Point, after.Point
		if !before.On {
			from = middle(before.Point, v.Point)
		}
		if !after.On {
			to = middle(v.Point, after.Point)
		}
		for k := 0; k <= steps; k++ {
			u := float64(k) / steps
			a, b, d := (1-u)*(1-u), 2*u*(1-u), u*u
			out = append(out, t.of(pdf.Point{X: a*from.X + b*v.X + d*to.X, Y: a*from.Y + b*v.Y + d*to.Y}))
		}
	}
	return out
}

// canvas gathers signed areas, from which coverage follows: cells hold how much
// the winding changes there.
type canvas struct {
	side  int
	cells []float64
}

func newCanvas(side int) *canvas { return &canvas{side, make([]float64, (side+2)*(side+2))} }

// add draws a closed polygon.
func (c *canvas) add(p []pdf.Point) {
	for i := range p {
		c.edge(p[i], p[(i+1)%len(p)])
	}
}

// edge adds one side, cut into pieces of one row each.
func (c *canvas) edge(a, b pdf.Point) {
	if a.Y == b.Y {
		return
	}
	sign := 1.0
	if a.Y > b.Y {
		a, b, sign = b, a, -1
	}
	slope := (b.X - a.X) / (b.Y - a.Y)
	for row := max(0, int(math.Floor(a.Y))); row < c.side && float64(row) < b.Y; row++ {
		top, foot := max(a.Y, float64(row)), min(b.Y, float64(row+1))
		if foot <= top {
			continue
		}
		// A flat side crosses many cells of a row: one piece for each.
		pieces := int(math.Ceil(math.Abs(slope)*(foot-top))) + 1
		depth := (foot - top) / float64(pieces)
		for k := range pieces {
			x := a.X + (top+(float64(k)+0.5)*depth-a.Y)*slope
			column := min(max(int(math.Floor(x)), 0), c.side-1)
			share := min(max(x-float64(column), 0), 1)
			c.cells[row*(c.side+2)+column] += sign * depth * (1 - share)
			c.cells[row*(c.side+2)+column+1] += sign * depth * share
		}
	}
}

// coverage calls back with how much of each point is covered.
func (c *canvas) coverage(put func(x, y int, share float64)) {
	for y := range c.side {
		sum := 0.0
		for x := range c.side {
			sum += c.cells[y*(c.side+2)+x]
			if share := min(math.Abs(sum), 1); share > 0 {
				put(x, y, share)
			}
		}
	}
}
