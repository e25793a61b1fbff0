package scan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os/exec"
	"testing"

	"golang.org/x/image/tiff"

	"xinqiao/internal/platform/pdf"
)

// sheetOf is a white sheet with a bar at a height of its own.
func sheetOf(at int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, 620, 877))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(100, at, 500, at+20), image.Black, image.Point{}, draw.Src)
	return m
}

func encode(t *testing.T, m image.Image, how string) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch how {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "tiff":
		err = tiff.Encode(&b, m, &tiff.Options{Compression: tiff.Deflate})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chained puts one-page TIFF files into one, the tail moved behind the head.
func chained(t *testing.T, a, b []byte) []byte {
	t.Helper()
	order := binary.LittleEndian
	out := bytes.Clone(a)
	if len(out)%2 == 1 {
		out = append(out, 0)
	}
	shift := uint32(len(out))
	tail := bytes.Clone(b)
	head := order.Uint32(tail[4:])
	n := int(order.Uint16(tail[head:]))
	for i := range n {
		entry := tail[int(head)+2+12*i:]
		size := map[uint16]uint32{1: 1, 2: 1, 3: 2, 4: 4, 5: 8}[order.Uint16(entry[2:])] * order.Uint32(entry[4:])
		if size > 4 || order.Uint16(entry) == 273 { // lies elsewhere; 273: where the points are
			order.PutUint32(entry[8:], order.Uint32(entry[8:])+shift)
		}
	}
	first := order.Uint32(out[4:])
	order.PutUint32(out[int(first)+2+12*int(order.Uint16(out[first:])):], head+shift)
	return append(out, tail...)
}

// barAt tells where the bar of a page is.
func barAt(t *testing.T, p Page) int {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(p.Data))
	if err != nil {
		t.Fatal(err)
	}
	for y := range m.Bounds().Dy() {
		if r, _, _, _ := m.At(m.Bounds().Dx()/2, y).RGBA(); r < 0x6000 {
			return y
		}
	}
	return -1
}

func near(a, b int) bool { return a-b < 4 && b-a < 4 }

func TestPages(t *testing.T) {
	var file bytes.Buffer
	doc := pdf.New("来信")
	for _, at := range []int{200, 400} {
		how := map[int]string{200: "jpeg", 400: "png"}[at]
		p, err := pdf.DecodePicture(encode(t, sheetOf(at), how))
		if err != nil {
			t.Fatal(err)
		}
		doc.NewSheet(0).Image(p, pdf.Rect{W: pdf.PageWidth, H: pdf.PageHeight})
	}
	if err := doc.Write(&file); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		data []byte
		want []int
	}{
		"png":  {encode(t, sheetOf(300), "png"), []int{300}},
		"jpeg": {encode(t, sheetOf(300), "jpeg"), []int{300}},
		"tiff": {chained(t, encode(t, sheetOf(200), "tiff"), encode(t, sheetOf(400), "tiff")), []int{200, 400}},
		"pdf":  {file.Bytes(), []int{200, 400}},
	} {
		pages, err := Pages(t.Context(), x.data)
		if err != nil || len(pages) != len(x.want) {
			t.Errorf("%s: %d pages, %v", name, len(pages), err)
			continue
		}
		for i, p := range pages {
			if got := barAt(t, p); !near(got, x.want[i]) || p.Width != 620 || p.Height != 877 || p.Blank || p.Cover || len(p.Small) == 0 {
				t.Errorf("%s, page %d: the bar is at %d of %d × %d, blank %v", name, i, got, p.Width, p.Height, p.Blank)
			}
		}
	}
}

func TestBroken(t *testing.T) {
	loop := encode(t, sheetOf(100), "tiff")
	head := binary.LittleEndian.Uint32(loop[4:])
	binary.LittleEndian.PutUint32(loop[int(head)+2+12*int(binary.LittleEndian.Uint16(loop[head:])):], head)
	for name, x := range map[string]struct {
		data []byte
		want error
	}{
		"text":      {[]byte("来信"), ErrType},
		"cut png":   {encode(t, sheetOf(1), "png")[:200], ErrBroken},
		"cut tiff":  {[]byte("II*\x00\xff\xff\xff\x7f"), ErrBroken},
		"tail":      {loop, ErrBroken},
		"huge png":  {huge(t), ErrLarge},
		"empty tif": {[]byte("MM\x00*"), ErrBroken},
	} {
		if _, err := Pages(t.Context(), x.data); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	if _, err := Pages(t.Context(), []byte("%PDF-1.7\nnothing")); err == nil {
		t.Error("a PDF of nothing has pages")
	}
}

// huge is a PNG that is wider than any scan.
func huge(t *testing.T) []byte { return encode(t, image.NewGray(image.Rect(0, 0, 20000, 1)), "png") }

func TestRendered(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed (package poppler-utils)")
	}
	doc := pdf.New("drawn")
	doc.NewSheet(1).Fill(pdf.Rect{X: 100, Y: 200, W: 300, H: 20}, pdf.Colour{})
	var file bytes.Buffer
	if err := doc.Write(&file); err != nil {
		t.Fatal(err)
	}
	pages, err := Pages(t.Context(), file.Bytes())
	if err != nil || len(pages) != 1 || pages[0].Height != renderSide {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
}

func TestCoverAndBlank(t *testing.T) {
	code, err := CoverCode()
	if err != nil {
		t.Fatal(err)
	}
	q, err := png.Decode(bytes.NewReader(code))
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewRGBA(image.Rect(0, 0, 1240, 1754))
	draw.Draw(m, m.Rect, image.NewUniform(color.Gray{245}), image.Point{}, draw.Src)
	white, err := Pages(t.Context(), encode(t, m, "png"))
	if err != nil || !white[0].Blank {
		t.Errorf("an empty sheet is not blank: %v", err)
	}
	draw.Draw(m, q.Bounds().Add(image.Point{260, 400}), q, image.Point{}, draw.Src)
	for name, sheet := range map[string]image.Image{"upright": m, "on its side": quarter(m), "on its head": quarter(quarter(m))} {
		pages, err := Pages(t.Context(), encode(t, sheet, "jpeg"))
		if err != nil || !pages[0].Cover {
			t.Errorf("%s: the separating sheet is not recognised: %v", name, err)
		}
	}
}
