package scan

import (
	"image"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	qr "github.com/skip2/go-qrcode"
)

// coverText is what the code on a separating sheet says.
const coverText = "XINQIAO-LETTER-COVER-1"

// CoverCode draws the code that a separating sheet carries, as PNG.
func CoverCode() ([]byte, error) {
	code, err := qr.New(coverText, qr.High)
	if err != nil {
		return nil, err
	}
	return code.PNG(720)
}

// isCover looks for the code of a separating sheet. Scans are reduced: the
// code is large, and small points are slow.
func isCover(m *image.Gray) bool {
	for _, width := range []int{600, 1000} {
		source := gozxing.NewLuminanceSourceFromImage(reduced(m, width))
		bits, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
		if err != nil {
			return false
		}
		found, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err == nil {
			return strings.HasPrefix(found.GetText(), coverText)
		}
	}
	return false
}
