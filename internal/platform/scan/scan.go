// Package scan takes what scanners make apart into pages: JPEG, PNG, TIFF of
// several pages, and PDF whose pages hold one image each. Every page becomes a
// JPEG or PNG that browsers draw and package ocr reads, with a small picture
// for overviews. It also draws and finds the sheet that separates letters
// (分隔页).
//
// Files are not trusted: pages, points and bytes are bounded before anything
// is unfolded.
package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
)

// Page is one side of a sheet.
type Page struct {
	Type          string // image/jpeg or image/png
	Data          []byte
	Small         []byte // JPEG
	Width, Height int
	Cover         bool // it separates letters
	Blank         bool // nothing is on it
}

// What a file may hold.
const (
	MostPages  = 200
	mostPixels = 60_000_000
	smallWidth = 220
	mostSide   = 10000
)

// What is wrong with a file. Compare with errors.Is.
var (
	ErrType   = errors.New("scan: no JPEG, PNG, TIFF or PDF")
	ErrBroken = errors.New("scan: the file is damaged")
	ErrLarge  = errors.New("scan: the file has too many pages or points")
	ErrPDF    = errors.New("scan: the PDF holds more than one image a page, and pdftoppm is not installed")
)

// Pages takes a file apart, by what it is, not by its name.
func Pages(ctx context.Context, data []byte) ([]Page, error) {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return pdfPages(ctx, data)
	case bytes.HasPrefix(data, []byte("II*\x00")), bytes.HasPrefix(data, []byte("MM\x00*")):
		return tiffPages(ctx, data)
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")), bytes.HasPrefix(data, []byte("\x89PNG")):
		p, err := picture(data)
		return []Page{p}, err
	}
	return nil, ErrType
}

// picture is a page that is a JPEG or PNG already; its bytes stay.
func picture(data []byte) (Page, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Page{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if err := bounded(config.Width, config.Height); err != nil {
		return Page{}, err
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Page{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	p := Page{Type: "image/" + format, Data: data}
	return p, p.look(m)
}

// drawn is a page that was unfolded from something else.
func drawn(m image.Image) (Page, error) {
	b := m.Bounds()
	if err := bounded(b.Dx(), b.Dy()); err != nil {
		return Page{}, err
	}
	p := Page{Type: "image/png"}
	var out bytes.Buffer
	encode := func() error { return png.Encode(&out, m) }
	if _, bits := m.ColorModel().(color.Palette); !bits && m.ColorModel() != color.GrayModel {
		p.Type = "image/jpeg"
		encode = func() error { return jpeg.Encode(&out, m, &jpeg.Options{Quality: 88}) }
	}
	if err := encode(); err != nil {
		return Page{}, err
	}
	p.Data = out.Bytes()
	return p, p.look(m)
}

func bounded(w, h int) error {
	if w < 1 || h < 1 {
		return ErrBroken
	}
	if w > mostSide || h > mostSide || w*h > mostPixels {
		return ErrLarge
	}
	return nil
}

// look notes the size, whether anything is on the page, and its small picture.
func (p *Page) look(m image.Image) error {
	p.Width, p.Height = m.Bounds().Dx(), m.Bounds().Dy()
	g := gray(m)
	small := reduced(g, smallWidth)
	p.Blank = blank(small)
	p.Cover = !p.Blank && isCover(g)
	var out bytes.Buffer
	err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 70})
	p.Small = out.Bytes()
	return err
}

// reduced averages an image down to a width.
func reduced(m *image.Gray, width int) *image.Gray {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if w <= width {
		return m
	}
	height := max(1, h*width/w)
	out := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		y0, y1 := y*h/height, max((y+1)*h/height, y*h/height+1)
		for x := range width {
			x0, x1 := x*w/width, max((x+1)*w/width, x*w/width+1)
			sum := 0
			for sy := y0; sy < y1; sy++ {
				for _, v := range m.Pix[sy*m.Stride+x0 : sy*m.Stride+x1] {
					sum += int(v)
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / ((x1 - x0) * (y1 - y0)))
		}
	}
	return out
}

// blank tells whether a sheet is empty: hardly any point differs from the
// paper. The rim is left out, where scanners draw shadows.
func blank(m *image.Gray) bool {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	var count [256]int
	n := 0
	for y := h / 20; y < h-h/20; y++ {
		for x := w / 20; x < w-w/20; x++ {
			count[m.Pix[y*m.Stride+x]]++
			n++
		}
	}
	paper, seen := 255, 0
	for v := 255; v >= 0 && seen <= n/2; v-- {
		paper, seen = v, seen+count[v]
	}
	ink := 0
	for v := range max(paper-24, 0) {
		ink += count[v]
	}
	return float64(ink) < math.Max(3, 0.0004*float64(n))
}

// gray draws any image as grey points on white.
func gray(m image.Image) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Over)
	return out
}
