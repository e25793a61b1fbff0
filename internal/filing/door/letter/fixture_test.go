package letter

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/ocr"
	"xinqiao/internal/platform/scan"
	"xinqiao/internal/platform/seal"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

const city, district, cityBureau = 1, 2, 10

var (
	clerk   = access.Actor{ID: 1, Role: access.BureauClerk, UnitID: cityBureau, AreaID: city, AreaDepth: 1}
	east    = access.Actor{ID: 2, Role: access.BureauClerk, UnitID: 20, AreaID: district, AreaDepth: 2}
	handler = access.Actor{ID: 3, Role: access.UnitHandler, UnitID: 99, AreaID: city, AreaDepth: 1}
)

type units struct{}

func (units) All() []access.Unit {
	return []access.Unit{
		{ID: city, Code: "MC", NameZH: "名川市", NameEN: "Mingchuan", Kind: access.Government, Area: city, Areas: []int64{city}, Active: true},
		{ID: district, Code: "MC-01", NameZH: "东江区", NameEN: "East", Kind: access.Government, Area: district, Areas: []int64{city, district}, Active: true},
		{ID: cityBureau, Code: "MC-XF", NameZH: "市信访局", NameEN: "City Bureau", Kind: access.Bureau, Area: city, Areas: []int64{city}, Active: true},
	}
}

func (u units) Unit(id int64) (access.Unit, bool) {
	for _, x := range u.All() {
		if x.ID == id {
			return x, true
		}
	}
	return access.Unit{}, false
}

// words are what the machine reads on every page: a number is wrong.
var words = []ocr.Line{
	{Text: "关于路灯不亮的来信", Confidence: 0.99, Weakest: 0.98, Begins: true, Quad: ocr.Quad{{X: 100, Y: 40}, {X: 500, Y: 40}, {X: 500, Y: 70}, {X: 100, Y: 70}}},
	{Text: "柳岸路12号门前的路灯坏了，电话1390000l234，", Confidence: 0.97, Weakest: 0.5, Begins: true},
	{Text: "维修花了35元。", Confidence: 0.99, Weakest: 0.95},
}

// machine is a reader that can fail.
type machine struct {
	mu    sync.Mutex
	state native.State
	err   error
	calls int
}

func (m *machine) Read(context.Context, []byte) (ocr.Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	return ocr.Page{Width: 620, Height: 877, Lines: append([]ocr.Line(nil), words...)}, m.err
}

func (m *machine) Status() native.Status {
	return native.Status{Reading: m.state, Speech: native.ModelMissing}
}

// counter gives serial numbers.
type counter struct{ n uint64 }

func (c *counter) Next(context.Context, string) (uint64, error) { c.n++; return c.n, nil }

// stage is a register with its sink and machine.
type stage struct {
	*Service
	sink *doortest.Sink
	m    *machine
}

func set(t *testing.T, d *db.DB) stage {
	t.Helper()
	keys := seal.Random()
	files, err := blob.Open(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	now := clock.At(start)
	s := stage{sink: &doortest.Sink{}, m: &machine{state: native.Ready}}
	s.Service = New(Needs{
		DB: d, Keys: keys, Files: files, Load: func(key string) (io.ReadCloser, error) { return files.Open(key) }, Reader: s.m, Units: units{},
		IDs: ids.NewSource(1, now), Numbers: &counter{}, Sink: s.sink, Clock: now, Log: slog.New(slog.DiscardHandler),
	})
	return s
}

// sheetPNG is a page with a bar at a height of its own, so that no two are the
// same file.
func sheetPNG(t testing.TB, at int) []byte {
	m := image.NewGray(image.Rect(0, 0, 620, 877))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(100, at, 500, at+20), image.Black, image.Point{}, draw.Src)
	return encoded(t, m)
}

func blankPNG(t testing.TB) []byte {
	m := image.NewGray(image.Rect(0, 0, 620, 877))
	draw.Draw(m, m.Rect, image.NewUniform(color.Gray{250}), image.Point{}, draw.Src)
	return encoded(t, m)
}

// coverPNG is a separating sheet.
func coverPNG(t testing.TB) []byte {
	code, err := scan.CoverCode()
	if err != nil {
		t.Fatal(err)
	}
	q, err := png.Decode(bytes.NewReader(code))
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewGray(image.Rect(0, 0, 1240, 1754))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, q.Bounds().Add(image.Point{260, 300}), q, image.Point{}, draw.Src)
	return encoded(t, m)
}

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var _ door.Door = (*folder)(nil)
