package paper

import "xinqiao/internal/platform/pdf"

import qrcode "github.com/skip2/go-qrcode"

// verify draws the QR code at the foot of the last page, on the side where the
// page number is not.
func (s *setter) verify() {
	if s.doc.Verify == "" {
		return
	}
	code, err := qrcode.New(s.doc.Verify, qrcode.Medium)
	if err != nil {
		s.fail(err)
		return
	}
	code.DisableBorder = true
	side, top := 17*mm, bottom+6*mm
	if s.doc.Kind == Letter {
		side, top = 13*mm, bottom+1*mm
	}
	x := marginLeft
	if s.sheet.Number%2 == 0 {
		x = right - side
	}
	bitmap := code.Bitmap()
	dot := side / float64(len(bitmap))
	for row, dots := range bitmap {
		for start := 0; start < len(dots); {
			end := start
			for end < len(dots) && dots[end] {
				end++
			}
			if end > start {
				s.sheet.Fill(pdf.Rect{X: x + float64(start)*dot, Y: top + float64(row)*dot, W: float64(end-start) * dot, H: dot + 0.02}, black)
			}
			start = max(end, start+1)
		}
	}
}
