package pdf

// Vertex is a point of a TrueType contour, on the curve or a handle.
type Vertex struct {
	Point
	On bool
}

// Contours are a glyph's outlines in font units. Parts of composite glyphs are
// placed by their offsets.
func (f *Face) Contours(glyph int) [][]Vertex { return f.contours(glyph, 0) }

func (f *Face) contours(glyph, depth int) [][]Vertex {
	g := f.outline(glyph)
	if len(g) < 10 || depth > 4 {
		return nil
	}
	n := bes16(g, 0)
	if n >= 0 {
		return simpleContours(g, n)
	}
	var all [][]Vertex
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
				c[i].X, c[i].Y = c[i].X+dx, c[i].Y+dy
			}
			all = append(all, c)
		}
		at += map[int]int{hasScale: 2, hasXYScale: 4, hasMatrix: 8}[flags&(hasScale|hasXYScale|hasMatrix)]
		if flags&moreParts == 0 {
			return all
		}
	}
}

func simpleContours(g []byte, n int) [][]Vertex {
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
	vertices := make([]Vertex, count)
	xs, at := coordinates(g, at, flags, axis{2, 16})
	ys, _ := coordinates(g, at, flags, axis{4, 32})
	for i := range vertices {
		vertices[i] = Vertex{Point{xs[i], ys[i]}, flags[i]&1 != 0}
	}
	out, start := make([][]Vertex, n), 0
	for i := range out {
		end := be16(g, 10+2*i) + 1
		out[i], start = vertices[start:end], end
	}
	return out
}

// axis are the flags of one coordinate: a short step, and its sign or a repeat.
type axis struct{ short, same byte }

// coordinates reads one axis: short steps with a sign flag, repeated ones, or
// words. It tells where the next begins.
func coordinates(g []byte, at int, flags []byte, of axis) ([]float64, int) {
	out, v := make([]float64, len(flags)), 0
	for i, flag := range flags {
		switch {
		case flag&of.short != 0:
			step := int(g[at])
			if flag&of.same == 0 {
				step = -step
			}
			v += step
			at++
		case flag&of.same == 0:
			v += bes16(g, at)
			at += 2
		}
		out[i] = float64(v)
	}
	return out, at
}
