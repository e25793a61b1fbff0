package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"xinqiao/internal/platform/pdf"
)

const (
	stampSide  = 600
	stampInk   = 225.0 // opacity: text under the seal stays readable
	stampRing  = 17.0
	stampSpan  = 290.0 // degrees that a long name takes
	stampStep  = 30.0  // degrees from character to character of a short one
	stampGlyph = 84.0
)

// StampImage draws a round red seal with the name around the ring, a PNG of 600
// pixels with transparent ground, for units that gave no image. note, such as
// "示范", is set across the middle where a real seal has its star; this is a
// placeholder and looks like one.
func StampImage(name, note string, f Fonts) ([]byte, error) {
	f = f.complete()
	c := newChain(f)
	board := newCanvas(stampSide)
	const centre = stampSide / 2
	board.ring(centre, centre-4, stampRing)
	runes := []rune(clean(name))
	step := min(stampStep, stampSpan/float64(max(len(runes), 1)))
	radius := centre - 4 - stampRing - 14 - stampGlyph
	size := min(stampGlyph, 2*math.Pi*radius*step/360*1.25)
	squeeze := min(1, 2*math.Pi*(radius+10)*step/360/size)
	for i, r := range runes {
		angle := (float64(i) - float64(len(runes)-1)/2) * step * math.Pi / 180
		board.glyph(c.pick(f.Title.face, r), r, glyphPlace{centre, centre, angle, radius + stampGlyph - size, size, squeeze})
	}
	marks := []rune(clean(note))
	for i, r := range marks {
		size := min(110, 300/float64(max(len(marks), 1)))
		x := centre + (float64(i)-float64(len(marks)-1)/2)*size
		board.glyph(c.pick(f.Hei.face, r), r, glyphPlace{x, centre + size*0.38, 0, 0, size, 1})
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	m := image.NewNRGBA(image.Rect(0, 0, stampSide, stampSide))
	board.coverage(func(x, y int, share float64) {
		m.SetNRGBA(x, y, color.NRGBA{R: 205, G: 20, B: 20, A: uint8(share * stampInk)})
	})
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, m)
	return out.Bytes(), err
}

// ring draws a ring of a radius, its width inward.
func (c *canvas) ring(centre, radius, width float64) {
	circle := func(r float64, turn float64) []pdf.Point {
		p := make([]pdf.Point, 360)
		for i := range p {
			angle := turn * float64(i) * math.Pi / 180
			p[i] = pdf.Point{X: centre + r*math.Cos(angle), Y: centre + r*math.Sin(angle)}
		}
		return p
	}
	c.add(circle(radius, 1))
	c.add(circle(radius-width, -1))
}

// glyphPlace is where a character stands: turned by an angle about a centre,
// its foot at a radius from it.
type glyphPlace struct{ x, y, angle, radius, size, squeeze float64 }

func (c *canvas) glyph(f *pdf.Face, r rune, at glyphPlace) {
	n := f.Glyph(r)
	scale := at.size / float64(f.Em())
	half := f.Advance(n) * float64(f.Em()) / 2000
	sin, cos := math.Sincos(at.angle)
	// Font units to the upright place above the centre, then turned.
	up := at.radius + 0.12*at.size
	across := scale * at.squeeze
	t := affine{
		a: across * cos, b: across * sin,
		c: scale * sin, d: -scale * cos,
		e: at.x - half*across*cos + up*sin,
		f: at.y - half*across*sin - up*cos,
	}
	for _, contour := range f.Contours(n) {
		c.add(polygon(contour, t))
	}
}
