package escpos

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// printed is what a printer would put on paper.
type printed struct {
	lines []string
	sizes []byte
	qr    string
	cut   bool
}

// print is a printer: it knows the commands that we use and refuses others.
func print(t *testing.T, b []byte) (p printed) {
	t.Helper()
	var text []byte
	size := byte(0)
	for i := 0; i < len(b); {
		switch {
		case b[i] == '\n':
			line, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
			if err != nil {
				t.Fatal(err)
			}
			p.lines, p.sizes, text = append(p.lines, string(line)), append(p.sizes, size), nil
			i++
		case b[i] >= ' ':
			text = append(text, b[i])
			i++
		case b[i] == esc && b[i+1] == '@':
			i += 2
		case b[i] == fs && b[i+1] == '&':
			i += 2
		case b[i] == esc && strings.IndexByte("ad", b[i+1]) >= 0, b[i] == fs && b[i+1] == 'W':
			i += 3
		case b[i] == gs && b[i+1] == '!':
			size = b[i+2]
			i += 3
		case b[i] == gs && b[i+1] == 'V':
			p.cut = true
			i += 4
		case b[i] == gs && b[i+1] == '(' && b[i+2] == 'k':
			n := int(b[i+3]) | int(b[i+4])<<8
			if body := b[i+5 : i+5+n]; body[1] == 80 {
				p.qr = string(body[3:])
			}
			i += 5 + n
		default:
			t.Fatalf("byte %d: unknown command % x", i, b[i:min(i+4, len(b))])
		}
	}
	return p
}

func TestSlip(t *testing.T) {
	long := strings.Repeat("电梯停用", 12)
	s := New(58).Set(Centre, 2).Line("信桥", 2).Set(Left, 1).Line(long, 1).Line("a\x1b@b\x00𠮷", 1).Rule().QR("https://xq.example/follow?no=MC26-0A1B-7K3F", 6).Feed(3).Cut()
	p := print(t, s.Bytes())
	if p.lines[0] != "信桥" || p.sizes[0] != 0x11 || p.sizes[1] != 0 {
		t.Errorf("head: %q %x", p.lines[0], p.sizes)
	}
	if got := strings.Join(p.lines[1:4], ""); got != long || len([]rune(p.lines[1])) != 16 {
		t.Errorf("a long line is broken at 32 columns: %q", p.lines[1:4])
	}
	if p.lines[4] != "a @b 𠮷" {
		t.Errorf("a text commands nothing, and every character of GB 18030 is printed: %q", p.lines[4])
	}
	if p.qr != "https://xq.example/follow?no=MC26-0A1B-7K3F" || !p.cut {
		t.Errorf("code %q, cut %v", p.qr, p.cut)
	}
	if New(80).Columns() != 48 {
		t.Error("80 mm hold 48 columns")
	}
}
