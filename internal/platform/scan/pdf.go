package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/image/ccitt"

	"xinqiao/internal/platform/pdf"
)

// pdfPages takes the one image of every page. A PDF that is made otherwise is
// drawn by pdftoppm, where that is installed.
func pdfPages(ctx context.Context, data []byte) ([]Page, error) {
	sheets, err := pdf.Scans(data, MostPages)
	if errors.Is(err, pdf.ErrPages) {
		return nil, ErrLarge
	}
	var out []Page
	for _, s := range sheets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var p Page
		if p, err = sheet(s); err != nil {
			break
		}
		out = append(out, p)
	}
	if err == nil && len(out) > 0 {
		return out, nil
	}
	if errors.Is(err, ErrLarge) {
		return nil, err
	}
	return rendered(ctx, data)
}

// sheet unfolds the image of a page and sets it upright.
func sheet(s pdf.Scan) (Page, error) {
	if err := bounded(s.Width, s.Height); err != nil {
		return Page{}, err
	}
	if s.Filter == "/DCTDecode" && s.Turn == 0 {
		return picture(s.Data)
	}
	m, err := unfold(s)
	if err != nil {
		return Page{}, err
	}
	for range s.Turn {
		m = quarter(m)
	}
	return drawn(m)
}

func unfold(s pdf.Scan) (image.Image, error) {
	switch s.Filter {
	case "/DCTDecode":
		m, _, err := image.Decode(bytes.NewReader(s.Data))
		return m, err
	case "/CCITTFaxDecode":
		return fax(s)
	}
	return points(s)
}

// fax unfolds the coding of fax machines.
func fax(s pdf.Scan) (image.Image, error) {
	format := ccitt.Group3
	if s.K < 0 {
		format = ccitt.Group4
	} else if s.K > 0 {
		return nil, ErrBroken
	}
	// A one is white, unless the coding or the image says the opposite; if
	// both do, it is white again.
	r := ccitt.NewReader(bytes.NewReader(s.Data), ccitt.MSB, format, s.Width, s.Height, &ccitt.Options{Invert: s.BlackIs1 != s.Inverted, Align: s.Align})
	row := (s.Width + 7) / 8
	bits, err := io.ReadAll(io.LimitReader(r, int64(row*s.Height)))
	if err != nil && len(bits) < row {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	m := image.NewGray(image.Rect(0, 0, s.Width, s.Height))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for y := range len(bits) / row {
		for x := range s.Width {
			if bits[y*row+x/8]&(0x80>>(x%8)) == 0 {
				m.Pix[y*m.Stride+x] = 0
			}
		}
	}
	return m, nil
}

// points reads plain samples: black and white, grey or RGB.
func points(s pdf.Scan) (image.Image, error) {
	row := (s.Width*s.Bits*s.Channels + 7) / 8
	if len(s.Data) < row*s.Height {
		return nil, ErrBroken
	}
	switch {
	case s.Bits == 1 && s.Channels == 1:
		m := image.NewGray(image.Rect(0, 0, s.Width, s.Height))
		for y := range s.Height {
			for x := range s.Width {
				if (s.Data[y*row+x/8]&(0x80>>(x%8)) != 0) != s.Inverted {
					m.Pix[y*m.Stride+x] = 255
				}
			}
		}
		return m, nil
	case s.Bits == 8 && s.Channels == 1:
		return &image.Gray{Pix: s.Data, Stride: row, Rect: image.Rect(0, 0, s.Width, s.Height)}, nil
	case s.Bits == 8 && s.Channels == 3:
		m := image.NewRGBA(image.Rect(0, 0, s.Width, s.Height))
		for i := range s.Width * s.Height {
			copy(m.Pix[4*i:], s.Data[3*i:3*i+3])
			m.Pix[4*i+3] = 255
		}
		return m, nil
	}
	return nil, ErrBroken
}

// quarter turns an image clockwise.
func quarter(m image.Image) image.Image {
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dy(), b.Dx()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(b.Dy()-1-y, x, m.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	if g, ok := m.(*image.Gray); ok && g != nil {
		return gray(out)
	}
	return out
}

// How far pdftoppm is trusted.
const (
	renderTime = 2 * time.Minute
	renderSide = 2400 // points of the longer side
)

// rendered draws a PDF with pdftoppm.
func rendered(ctx context.Context, data []byte) ([]Page, error) {
	program, err := exec.LookPath("pdftoppm")
	if err != nil {
		return nil, ErrPDF
	}
	dir, err := os.MkdirTemp("", "xinqiao-scan-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, done := context.WithTimeout(ctx, renderTime)
	defer done()
	cmd := exec.CommandContext(ctx, program, "-jpeg", "-scale-to", strconv.Itoa(renderSide), "-l", strconv.Itoa(MostPages+1), "-", filepath.Join(dir, "p"))
	cmd.Stdin, cmd.Env, cmd.WaitDelay = bytes.NewReader(data), []string{"PATH=" + os.Getenv("PATH")}, time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "p-*.jpg"))
	if err != nil || len(names) == 0 {
		return nil, ErrBroken
	}
	if len(names) > MostPages {
		return nil, ErrLarge
	}
	slices.Sort(names) // pdftoppm writes all numbers equally long
	var out []Page
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p, err := picture(b)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
