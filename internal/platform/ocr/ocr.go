package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
)

// Net runs one network: it takes and gives numbers in row-major order.
type Net interface {
	Run(in Tensor) (Tensor, error)
}

// Tensor is numbers with a shape.
type Tensor struct {
	Shape []int
	Data  []float32
}

// Point is a place on the image, in pixels from the upper left.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Quad is the outline of a line of text: upper left, upper right, lower right,
// lower left, as the writer saw it.
type Quad [4]Point

// Line is one line of text.
type Line struct {
	Text       string  `json:"text"`
	Quad       Quad    `json:"quad"`       // on the image as it came
	Confidence float64 `json:"confidence"` // mean over the characters, 0 to 1
	Weakest    float64 `json:"weakest"`    // of the least certain character
	Begins     bool    `json:"begins"`     // a paragraph
}

// Page is what was read off an image.
type Page struct {
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Turn   int    `json:"turn"` // degrees clockwise that set the image upright
	Lines  []Line `json:"lines"`
}

// Reader reads pages with three networks.
type Reader struct {
	Detect    Net      // image → where text is
	Turned    Net      // line → upright or upside down
	Recognise Net      // line → characters
	Keys      []string // the characters that Recognise knows
}

// What cannot be read.
var (
	ErrSize  = errors.New("ocr: the image is too small or too large to read")
	ErrShape = errors.New("ocr: a network gave numbers of an unexpected shape")
)

// Bounds of an image.
const (
	leastSide  = 16
	mostPixels = 60_000_000
)

// Read reads a page. It sets a page upright that lies on its side or stands on
// its head, and stops between lines when ctx ends.
func (r *Reader) Read(ctx context.Context, m image.Image) (Page, error) {
	b := m.Bounds()
	if b.Dx() < leastSide || b.Dy() < leastSide || b.Dx()*b.Dy() > mostPixels {
		return Page{}, ErrSize
	}
	page := Page{Width: b.Dx(), Height: b.Dy()}
	img := flat(m)
	boxes, err := r.detect(img)
	if err != nil {
		return Page{}, err
	}
	if lying(boxes) {
		img, page.Turn = rotate90(img), 90
		if boxes, err = r.detect(img); err != nil {
			return Page{}, err
		}
	}
	down, err := r.upsideDown(img, boxes)
	if err != nil {
		return Page{}, err
	}
	if down {
		img, page.Turn = rotate90(rotate90(img)), page.Turn+180
		if boxes, err = r.detect(img); err != nil {
			return Page{}, err
		}
	}
	for _, box := range boxes {
		if err := ctx.Err(); err != nil {
			return Page{}, err
		}
		line, err := r.recognise(img, box)
		if err != nil {
			return Page{}, err
		}
		if line.Text != "" {
			page.Lines = append(page.Lines, line)
		}
	}
	page.Lines = arrange(page.Lines)
	for i := range page.Lines {
		page.Lines[i].Quad = page.back(page.Lines[i].Quad)
	}
	return page, nil
}

// back carries an outline from the upright image to the one that came.
func (p Page) back(q Quad) Quad {
	w, h := float64(p.Width), float64(p.Height)
	for i, c := range q {
		switch p.Turn {
		case 90:
			q[i] = Point{c.Y, h - c.X}
		case 180:
			q[i] = Point{w - c.X, h - c.Y}
		case 270:
			q[i] = Point{w - c.Y, c.X}
		}
	}
	return q
}

// flat draws an image on white, so that what is transparent is paper.
func flat(m image.Image) *image.RGBA {
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, b.Min, draw.Over)
	return out
}

// rotate90 turns an image clockwise.
func rotate90(m *image.RGBA) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			copy(out.Pix[x*out.Stride+4*(h-1-y):][:4], m.Pix[y*m.Stride+4*x:][:4])
		}
	}
	return out
}

// lying tells whether most lines run up and down: the page lies on its side.
func lying(boxes []Quad) bool {
	tall, wide := 0.0, 0.0
	for _, q := range boxes {
		w, h := q.size()
		if q[1].X-q[0].X < q[1].Y-q[0].Y || h > 1.5*w {
			tall += max(w, h)
		} else {
			wide += max(w, h)
		}
	}
	return tall > wide
}

// upsideDown lets the lines vote, the long ones with more weight. Single lines
// are never turned by themselves: short ones are often mistaken.
func (r *Reader) upsideDown(img *image.RGBA, boxes []Quad) (bool, error) {
	const asked = 12
	up, down := 0.0, 0.0
	for i := 0; i < len(boxes); i += max(1, len(boxes)/asked) {
		w, _ := boxes[i].size()
		out, err := r.Turned.Run(stripe(cut(img, boxes[i], lineHeight, turnWidth), turnWidth))
		if err != nil {
			return false, fmt.Errorf("ocr: direction: %w", err)
		}
		if len(out.Data) != 2 {
			return false, ErrShape
		}
		up += w * float64(out.Data[0])
		down += w * float64(out.Data[1])
	}
	return down > up, nil
}
