// Package escpos writes the language of receipt printers (ESC/POS), as far as a
// receipt needs it: Chinese text in GB 18030, large print, a QR code, a cut.
package escpos

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Align is where a line stands.
type Align byte

// The alignments.
const (
	Left Align = iota
	Centre
	Right
)

const (
	esc = 0x1b
	gs  = 0x1d
	fs  = 0x1c
)

// Slip is a receipt being written. Make it with New.
type Slip struct {
	out     bytes.Buffer
	columns int // of single width; a Chinese character takes two
}

// New begins a slip on paper of 58 or 80 millimetres.
func New(paper int) *Slip {
	s := &Slip{columns: 48}
	if paper == 58 {
		s.columns = 32
	}
	s.out.Write([]byte{esc, '@'}) // as after switching on
	s.out.Write([]byte{fs, '&'})  // Chinese characters, two bytes or four
	return s
}

// Columns is how many characters of single width a line holds.
func (s *Slip) Columns() int { return s.columns }

// Set chooses alignment and how many times as large the next lines are, 1 to 8.
func (s *Slip) Set(a Align, times int) *Slip {
	n := byte(min(max(times, 1), 8) - 1)
	s.out.Write([]byte{esc, 'a', byte(a)})
	s.out.Write([]byte{gs, '!', n<<4 | n})
	s.out.Write([]byte{fs, 'W', b2i(n > 0)})
	return s
}

func b2i(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// Line writes a line, broken where the paper ends. Control characters are
// left out: a text commands no printer.
func (s *Slip) Line(text string, times int) *Slip {
	for _, part := range wrap(clean(text), s.columns/max(times, 1)) {
		b, err := encoding.ReplaceUnsupported(simplifiedchinese.GB18030.NewEncoder()).String(part)
		if err != nil {
			b = strings.Repeat("?", len([]rune(part)))
		}
		s.out.WriteString(b)
		s.out.WriteByte('\n')
	}
	return s
}

// Rule draws a line across the paper.
func (s *Slip) Rule() *Slip { return s.Line(strings.Repeat("-", s.columns), 1) }

// Feed leaves lines free.
func (s *Slip) Feed(lines int) *Slip {
	s.out.Write([]byte{esc, 'd', byte(min(max(lines, 0), 255))})
	return s
}

// QR prints a QR code that the printer draws itself: model 2, medium
// correction, each point so many dots.
func (s *Slip) QR(text string, dots int) *Slip {
	code := func(b ...byte) {
		n := len(b) + 1
		s.out.Write([]byte{gs, '(', 'k', byte(n), byte(n >> 8), 49})
		s.out.Write(b)
	}
	code(65, 50, 0)                          // model 2
	code(67, byte(min(max(dots, 1), 16)))    // size of a point
	code(69, 49)                             // correction M
	code(append([]byte{80, 48}, text...)...) // the text
	code(81, 48)                             // print it
	s.out.WriteByte('\n')
	return s
}

// Cut ends the slip.
func (s *Slip) Cut() *Slip {
	s.out.Write([]byte{gs, 'V', 66, 3}) // feed to the knife, leave a corner
	return s
}

// Bytes gives what is sent to the printer.
func (s *Slip) Bytes() []byte { return s.out.Bytes() }

func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// wrap breaks a text into lines of so many columns.
func wrap(text string, columns int) []string {
	var out []string
	var line strings.Builder
	used := 0
	for _, r := range text {
		w := width(r)
		if used+w > columns {
			out = append(out, line.String())
			line.Reset()
			used = 0
		}
		line.WriteRune(r)
		used += w
	}
	return append(out, line.String())
}

func width(r rune) int {
	if r < 0x80 {
		return 1
	}
	return 2
}
