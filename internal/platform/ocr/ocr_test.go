package ocr

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"
)

// net answers by a function.
type net func(Tensor) Tensor

func (n net) Run(in Tensor) (Tensor, error) { return n(in), nil }

// ink finds dark points, as the network of lines does with text.
func ink(in Tensor) Tensor {
	n := in.Shape[2] * in.Shape[3]
	out := Tensor{[]int{1, 1, in.Shape[2], in.Shape[3]}, make([]float32, n)}
	for i := range n {
		if in.Data[i] < 0 {
			out.Data[i] = 0.9
		}
	}
	return out
}

// reader reads bars: a line says how often it was asked before.
func reader(down float32) *Reader {
	asked := 0
	keys := []string{"一", "二", "三", "四"}
	return &Reader{
		Detect: net(ink), Keys: keys,
		Turned: net(func(Tensor) Tensor { return Tensor{[]int{1, 2}, []float32{1 - down, down}} }),
		Recognise: net(func(Tensor) Tensor {
			known := len(keys) + 2
			out := Tensor{[]int{1, 4, known}, make([]float32, 4*known)}
			k := asked%len(keys) + 1
			asked++
			out.Data[k], out.Data[known+k], out.Data[2*known], out.Data[3*known+k] = 0.9, 0.8, 1, 0.6 // k k nothing k
			return out
		}),
	}
}

func bars(rows ...image.Rectangle) image.Image {
	m := image.NewGray(image.Rect(0, 0, 640, 640))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	for _, r := range rows {
		draw.Draw(m, r, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	return m
}

func TestRead(t *testing.T) {
	page, err := reader(0).Read(t.Context(), bars(image.Rect(100, 300, 500, 330), image.Rect(340, 100, 600, 130), image.Rect(60, 102, 300, 131)))
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Lines) != 3 || page.Turn != 0 {
		t.Fatalf("%+v", page)
	}
	xs := []float64{60, 340, 100}
	for i, l := range page.Lines {
		if math.Abs(l.Quad[0].X-xs[i]) > 30 || l.Confidence != 0.75 && math.Abs(l.Confidence-0.75) > 1e-6 || math.Abs(l.Weakest-0.6) > 1e-6 || len([]rune(l.Text)) != 2 {
			t.Errorf("line %d: %+v", i, l)
		}
	}
}

func TestTurned(t *testing.T) {
	page, err := reader(1).Read(t.Context(), bars(image.Rect(100, 50, 500, 80)))
	if err != nil || page.Turn != 180 {
		t.Fatal(page.Turn, err)
	}
	if q := page.Lines[0].Quad; math.Abs(q[2].X-100) > 30 || math.Abs(q[2].Y-50) > 30 { // its end, as it stood, is upper left
		t.Errorf("%v", q)
	}
	page, err = reader(0).Read(t.Context(), bars(image.Rect(100, 50, 130, 500)))
	if err != nil || page.Turn != 90 {
		t.Fatal(page.Turn, err)
	}
}

func TestSizes(t *testing.T) {
	for _, r := range []image.Rectangle{{}, image.Rect(0, 0, 5, 900)} {
		if _, err := reader(0).Read(t.Context(), image.NewGray(r)); err != ErrSize {
			t.Errorf("%v: %v", r, err)
		}
	}
	if p, err := reader(0).Read(t.Context(), bars()); err != nil || len(p.Lines) != 0 || p.Text() != "" {
		t.Error("an empty sheet says something")
	}
}

func TestAround(t *testing.T) {
	sin, cos := math.Sincos(0.2)
	var points []Point
	for x := -50.0; x <= 50; x += 5 {
		for y := -10.0; y <= 10; y += 5 {
			points = append(points, Point{200 + x*cos - y*sin, 100 + x*sin + y*cos})
		}
	}
	w, h := around(points).size()
	if math.Abs(w-100) > 0.01 || math.Abs(h-20) > 0.01 {
		t.Errorf("%.2f × %.2f", w, h)
	}
}

func TestText(t *testing.T) {
	p := Page{Lines: []Line{{Text: "关于", Begins: true}, {Text: "尊敬的", Begins: true}, {Text: "open the"}, {Text: "door 3"}, {Text: "号"}}}
	if got := p.Text(); got != "关于\n尊敬的open the door 3号" {
		t.Errorf("%q", got)
	}
}

func TestRate(t *testing.T) {
	for _, x := range []struct {
		want, got string
		errs, all int
	}{{"", "", 0, 0}, {"信访局", "信访局", 0, 3}, {"信 访\n局", "信访局", 0, 3}, {"１２３（甲）", "123(甲)", 0, 6}, {"13900001234", "1390000l23", 2, 11}, {"甲", "", 1, 1}, {"", "甲", 1, 0}} {
		if e, n := Rate(x.want, x.got); e != x.errs || n != x.all {
			t.Errorf("%q %q: %d of %d", x.want, x.got, e, n)
		}
	}
}

func TestShapes(t *testing.T) {
	r := reader(0)
	r.Detect = net(func(Tensor) Tensor { return Tensor{} })
	if _, err := r.Read(t.Context(), bars()); err != ErrShape {
		t.Error(err)
	}
	r = reader(0)
	r.Recognise = net(func(Tensor) Tensor { return Tensor{Data: make([]float32, 7)} })
	if _, err := r.Read(t.Context(), bars(image.Rect(100, 100, 500, 130))); err != ErrShape {
		t.Error(err)
	}
}
