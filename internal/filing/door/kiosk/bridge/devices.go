package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"

	"xinqiao/internal/core/identity"
)

// Commands are real devices behind programs of their makers: one prints a card
// as JSON (name, id_no, address, sex), one writes an image; the printer is a
// file that takes ESC/POS, such as /dev/usb/lp0.
type Commands struct {
	CardProgram, ScanProgram, Printer string
}

// Name implements Devices.
func (Commands) Name() string { return "commands" }

// Has implements Devices.
func (c Commands) Has() []string {
	var out []string
	for name, is := range map[string]string{"card": c.CardProgram, "scan": c.ScanProgram, "print": c.Printer} {
		if is != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func run(ctx context.Context, program string) ([]byte, error) {
	if program == "" {
		return nil, ErrNone
	}
	return exec.CommandContext(ctx, program).Output()
}

// Card implements Devices.
func (c Commands) Card(ctx context.Context) (card Card, err error) {
	out, err := run(ctx, c.CardProgram)
	if err == nil {
		err = json.Unmarshal(out, &card)
	}
	return card, err
}

// Scan implements Devices.
func (c Commands) Scan(ctx context.Context) (Image, error) {
	out, err := run(ctx, c.ScanProgram)
	switch {
	case err != nil:
		return Image{}, err
	case bytes.HasPrefix(out, []byte("\x89PNG")):
		return Image{Name: "scan.png", Type: "image/png", Data: out}, nil
	case bytes.HasPrefix(out, []byte("\xff\xd8\xff")):
		return Image{Name: "scan.jpg", Type: "image/jpeg", Data: out}, nil
	}
	return Image{}, errors.New("the scan program wrote no image")
}

// Print implements Devices.
func (c Commands) Print(_ context.Context, slip []byte) error {
	if c.Printer == "" {
		return ErrNone
	}
	f, err := os.OpenFile(c.Printer, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(slip))
	err = errors.Join(err, f.Close())
	if errors.Is(err, syscall.ENOSPC) {
		return ErrPaper // how the kernel tells it
	}
	return err
}

// Simulator has all devices and no hardware. Its people are invented: their
// numbers are of the region 990000, which is nowhere.
type Simulator struct {
	mu   sync.Mutex
	n    uint64
	Slip []byte // printed last
}

// Name implements Devices.
func (*Simulator) Name() string { return "simulator" }

// Has implements Devices.
func (*Simulator) Has() []string { return []string{"card", "print", "scan"} }

var invented = []string{"柳青禾", "顾小满", "段知秋", "余望舒"}

// Card implements Devices.
func (s *Simulator) Card(context.Context) (Card, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	id := identity.Synthetic(s.n)
	sex := "2"
	if (id[16]-'0')%2 == 1 {
		sex = "1"
	}
	return Card{Name: invented[s.n%uint64(len(invented))], IDNo: id, Address: "名川市幸福小区三号楼二单元 401", Sex: sex}, nil
}

// Scan implements Devices: a sheet with lines on it.
func (s *Simulator) Scan(context.Context) (Image, error) {
	sheet := image.NewGray(image.Rect(0, 0, 420, 594))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for y := 60; y < 540; y += 24 {
		draw.Draw(sheet, image.Rect(40, y, 380-(y*7)%90, y+8), image.NewUniform(color.Gray{90}), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	err := png.Encode(&out, sheet)
	return Image{Name: "scan.png", Type: "image/png", Data: out.Bytes()}, err
}

// Print implements Devices.
func (s *Simulator) Print(_ context.Context, slip []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Slip = bytes.Clone(slip)
	return nil
}
