package paper

import "math"

// point is a place in the plane.
type point struct{ x, y float64 }

// affine maps (x, y) to (a·x + c·y + e, b·x + d·y + f).
type affine struct{ a, b, c, d, e, f float64 }

func (t affine) of(p point) point {
	return point{t.a*p.x + t.c*p.y + t.e, t.b*p.x + t.d*p.y + t.f}
}

// vertex is a point of a TrueType contour, on the curve or a handle.
type vertex struct {
	point
	on bool
}

// contours are a glyph's outlines in font units. Parts of composite glyphs are
// placed by their offsets.
func (f *face) contours(glyph, depth int) [][]vertex {
	g := f.outline(glyph)
	if len(g) < 10 || depth > 4 {
		return nil
	}
	n := bes16(g, 0)
	if n >= 0 {
		return simpleContours(g, n)
	}
	var all [][]vertex
	for at := 10; ; {
		flags, part := be16(g, at), be16(g, at+2)
		var dx, dy float64
		at += 4
		if flags&argsAreWords != 0 {
			dx, dy = float64(bes16(g, at)), float64(bes16(g, at+2))
			at += 4
		} else {
			dx, dy = float64(int8(g[at])), float64(int8(g[at+1]))
			at += 2
		}
		for _, c := range f.contours(part, depth+1) {
			for i := range c {
				c[i].x, c[i].y = c[i].x+dx, c[i].y+dy
			}
			all = append(all, c)
		}
		at += map[int]int{hasScale: 2, hasXYScale: 4, hasMatrix: 8}[flags&(hasScale|hasXYScale|hasMatrix)]
		if flags&moreParts == 0 {
			return all
		}
	}
}

func simpleContours(g []byte, n int) [][]vertex {
	count := 0
	if n > 0 {
		count = be16(g, 10+2*(n-1)) + 1
	}
	at := 10 + 2*n
	at += 2 + be16(g, at)
	flags := make([]byte, 0, count)
	for len(flags) < count {
		flag := g[at]
		at++
		flags = append(flags, flag)
		if flag&8 != 0 {
			for range g[at] {
				flags = append(flags, flag)
			}
			at++
		}
	}
	vertices := make([]vertex, count)
	at = coordinates(g, at, flags, 2, 16, func(i int, v float64) { vertices[i].x = v; vertices[i].on = flags[i]&1 != 0 })
	coordinates(g, at, flags, 4, 32, func(i int, v float64) { vertices[i].y = v })
	out, start := make([][]vertex, n), 0
	for i := range out {
		end := be16(g, 10+2*i) + 1
		out[i], start = vertices[start:end], end
	}
	return out
}

// coordinates reads one axis: short steps with a sign flag, repeated ones, or words.
func coordinates(g []byte, at int, flags []byte, short, same byte, put func(int, float64)) int {
	v := 0
	for i, flag := range flags {
		switch {
		case flag&short != 0:
			step := int(g[at])
			if flag&same == 0 {
				step = -step
			}
			v += step
			at++
		case flag&same == 0:
			v += bes16(g, at)
			at += 2
		}
		put(i, float64(v))
	}
	return at
}

// polygon flattens a contour: handles become the middle of short chords.
func polygon(c []vertex, t affine) []point {
	const steps = 6
	var out []point
	n := len(c)
	middle := func(a, b point) point { return point{(a.x + b.x) / 2, (a.y + b.y) / 2} }
	for i, v := range c {
		before, after := c[(i+n-1)%n], c[(i+1)%n]
		if v.on {
			out = append(out, t.of(v.point))
			continue
		}
		from, to := before.point, after.point
		if !before.on {
			from = middle(before.point, v.point)
		}
		if !after.on {
			to = middle(v.point, after.point)
		}
		for k := 0; k <= steps; k++ {
			u := float64(k) / steps
			a, b, d := (1-u)*(1-u), 2*u*(1-u), u*u
			out = append(out, t.of(point{a*from.x + b*v.x + d*to.x, a*from.y + b*v.y + d*to.y}))
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
func (c *canvas) add(p []point) {
	for i := range p {
		c.edge(p[i], p[(i+1)%len(p)])
	}
}

// edge adds one side, cut into pieces of one row each.
func (c *canvas) edge(a, b point) {
	if a.y == b.y {
		return
	}
	sign := 1.0
	if a.y > b.y {
		a, b, sign = b, a, -1
	}
	slope := (b.x - a.x) / (b.y - a.y)
	for row := max(0, int(math.Floor(a.y))); row < c.side && float64(row) < b.y; row++ {
		top, foot := max(a.y, float64(row)), min(b.y, float64(row+1))
		if foot <= top {
			continue
		}
		// A flat side crosses many cells of a row: one piece for each.
		pieces := int(math.Ceil(math.Abs(slope)*(foot-top))) + 1
		depth := (foot - top) / float64(pieces)
		for k := range pieces {
			x := a.x + (top+(float64(k)+0.5)*depth-a.y)*slope
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
