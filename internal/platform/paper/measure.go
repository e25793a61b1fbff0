package paper

import "xinqiao/internal/platform/pdf"

// Measures of GB/T 9704-2012, in points. The text block (版心) of 156 by 225 mm
// holds 22 lines of 28 characters: size 3 (三号, 16 pt) is wider than a 28th of
// it by a hair, so each character gives away a fifth of a point, as in Word's
// document grid.
const (
	mm         = pdf.MM
	pageWidth  = pdf.PageWidth
	pageHeight = pdf.PageHeight

	marginTop  = 37 * mm // 天头
	marginLeft = 28 * mm // 订口
	blockWidth = 156 * mm
	blockDepth = 225 * mm

	perLine = 28
	perPage = 22
	pitch   = blockDepth / perPage // of lines
	cell    = blockWidth / perLine // of characters

	size2  = 22.0 // 二号: title
	size3  = 16.0 // 三号: text
	size4  = 14.0 // 四号: imprint, page numbers
	size4s = 12.0 // 小四: tables

	coverTitle = 36.0

	bottom = marginTop + blockDepth
	right  = marginLeft + blockWidth

	noticeMark   = 35 * mm // from the top of the text block to the mark
	letterMark   = 30 * mm // from the top of the page to the mark
	letterRule   = 170 * mm
	letterBottom = 20 * mm // from the lower red line to the foot of the page
	ruleGap      = 4 * mm  // between number and red line
	folioGap     = 7 * mm  // from the text block to the dashes of the page number

	ascent = 0.88 // of a Chinese em above the baseline
)

// The two inks of official documents.
var (
	black = pdf.Colour{0, 0, 0}
	red   = pdf.Colour{0.85, 0, 0}
)
