package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // scanned pages
	_ "image/png"  // seals, scanned pages
)

// Picture is an image as a PDF keeps it.
type Picture struct {
	Width, Height int
	jpeg          []byte // kept as it came, or nil
	space         string // of a JPEG
	pixels        []byte // RGB
	alpha         []byte // nil: opaque
}

// maxPixels bounds what a small file may unfold to.
const maxPixels = 60_000_000

var errTooLarge = errors.New("pdf: the image has more than 60 million points")

// DecodePicture reads a PNG or JPEG.
func DecodePicture(data []byte) (*Picture, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("pdf: image: %w", err)
	}
	if config.Width*config.Height > maxPixels {
		return nil, errTooLarge
	}
	p := &Picture{Width: config.Width, Height: config.Height}
	if format == "jpeg" {
		switch config.ColorModel {
		case color.GrayModel:
			p.jpeg, p.space = data, "/DeviceGray"
			return p, nil
		case color.YCbCrModel:
			p.jpeg, p.space = data, "/DeviceRGB"
			return p, nil
		}
	}
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("pdf: image: %w", err)
	}
	p.flatten(decoded)
	return p, nil
}

// flatten takes the pixels apart into colour and opacity.
func (p *Picture) flatten(m image.Image) {
	n, ok := m.(*image.NRGBA) // as PNG decodes what is partly transparent
	if !ok {
		n = image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
		draw.Draw(n, n.Rect, m, m.Bounds().Min, draw.Src)
	}
	p.pixels = make([]byte, 0, 3*p.Width*p.Height)
	alpha := make([]byte, 0, p.Width*p.Height)
	for y := range p.Height {
		row := n.Pix[y*n.Stride:][:4*p.Width]
		for ; len(row) >= 4; row = row[4:] {
			p.pixels = append(p.pixels, row[0], row[1], row[2])
			alpha = append(alpha, row[3])
		}
	}
	if !n.Opaque() {
		p.alpha = alpha
	}
}

func (p *File) putPicture(m *Picture) int {
	entries := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", m.Width, m.Height)
	if m.jpeg != nil {
		return p.put(rawStream(entries+" /ColorSpace "+m.space+" /Filter /DCTDecode", m.jpeg))
	}
	colours := entries + " /ColorSpace /DeviceRGB"
	if m.alpha != nil {
		mask := p.put(stream(entries+" /ColorSpace /DeviceGray", m.alpha))
		colours += fmt.Sprintf(" /SMask %d 0 R", mask)
	}
	return p.put(stream(colours, m.pixels))
}
