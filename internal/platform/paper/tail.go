package paper

import (
	"fmt"
	"strings"

	"xinqiao/internal/platform/pdf"
)

// attachments is the note (附件说明) one line below the text: "附件：1.…".
func (s *setter) attachments() {
	lines := s.attachmentLines()
	if len(lines) == 0 {
		return
	}
	s.need(2 * pitch)
	if !s.fresh() {
		s.y += pitch
	}
	st := s.body()
	st.first = 0
	for _, l := range lines {
		s.need(pitch)
		s.draw(st, l, marginLeft, s.y, blockWidth)
		s.y += pitch
	}
}

// attachmentLines hang under the first name.
func (s *setter) attachmentLines() []line {
	st := s.body()
	st.first = 0
	const lead = "附件："
	hang := 2*cell + s.measure(st, lead)
	var out []line
	for i, name := range s.doc.Attachments {
		number := ""
		if len(s.doc.Attachments) > 1 {
			number = fmt.Sprintf("%d.", i+1)
		}
		wide := s.measure(st, number)
		for k, l := range s.wrap(st, strings.Join(paragraphs(name), ""), blockWidth-hang-wide) {
			l.indent = hang + wide
			if k == 0 {
				l.runes = append([]rune(number), l.runes...)
				l.indent = hang
			}
			if i == 0 && k == 0 {
				l.runes = append([]rune(lead), l.runes...)
				l.indent = 2 * cell
			}
			out = append(out, l)
		}
	}
	return out
}

// sealSize is the diameter of the seal.
func (s *setter) sealSize() float64 {
	if s.doc.Seal == nil {
		return 0
	}
	if s.doc.Seal.Millimetres > 0 {
		return s.doc.Seal.Millimetres * mm
	}
	return 42 * mm
}

// signerLines are the blank lines above the signer: one, or as many as the seal
// rises above it.
func (s *setter) signerBlank() int {
	blank := 1
	for s.doc.Seal != nil && float64(blank+len(paragraphs(s.doc.Signer))+1)*pitch < s.sealSize() {
		blank++
	}
	return blank
}

// tailDepth is the room that attachments, signer and date take together.
func (s *setter) tailDepth() float64 {
	lines := 0
	if n := len(s.attachmentLines()); n > 0 {
		lines += n + 1
	}
	if s.doc.Signer != "" || s.doc.Date != "" {
		lines += s.signerBlank() + len(paragraphs(s.doc.Signer)) + 1
	}
	return float64(lines) * pitch
}

// signer sets signer and date, the date four characters from the right, and
// the seal over both with its lower edge on the date.
func (s *setter) signer() {
	names := paragraphs(s.doc.Signer)
	if len(names) == 0 && s.doc.Date == "" {
		return
	}
	blank := float64(s.signerBlank()) * pitch
	s.need(blank + float64(len(names)+1)*pitch)
	if !s.fresh() || s.doc.Seal != nil {
		s.y += blank
	}
	st := s.styled(s.fonts.FangSong, size3, leftward)
	dateWidth := s.measure(st, s.doc.Date)
	middle := right - 4*cell - dateWidth/2
	for _, name := range names {
		middle = min(middle, right-2*cell-s.measure(st, name)/2)
	}
	for _, text := range append(names, paragraphs(s.doc.Date)...) {
		w := s.measure(st, text)
		for _, l := range s.wrap(st, text, blockWidth) {
			s.draw(st, l, max(marginLeft, middle-w/2), s.y, blockWidth)
			s.y += pitch
		}
	}
	if s.doc.Seal != nil && s.stamp != nil {
		d := s.sealSize()
		s.sheet.Image(s.stamp, pdf.Rect{X: middle - d/2, Y: s.y - (pitch-size3)/2 + 2 - d, W: d, H: d})
	}
}

// imprint is the 版记: on the last page, which is an even one, at its foot.
func (s *setter) imprint() {
	rows := s.imprintRows()
	if len(rows) == 0 {
		return
	}
	depth := s.imprintDepth()
	if !s.room(depth + pitch) {
		s.newPage()
	}
	if s.doc.Kind != Letter && (len(s.file.Pages())-s.first)%2 == 1 {
		s.newPage()
	}
	st := s.styled(s.fonts.FangSong, size4, leftward)
	st.pitch = rowPitch
	y := bottom - depth
	for i, r := range rows {
		s.imprintRule(y, i == 0)
		for _, l := range r.lines {
			s.draw(st, l, marginLeft+size4, y, blockWidth-2*size4)
			y += rowPitch
		}
		if r.end != "" {
			w := s.measure(st, r.end)
			s.draw(st, line{runes: []rune(r.end), width: w}, right-size4-w, y-rowPitch, w)
		}
	}
	s.imprintRule(y, true)
	s.y = bottom
}

// rowPitch is the line pitch of the imprint.
const rowPitch = 1.6 * size4

func (s *setter) imprintDepth() (depth float64) {
	for _, r := range s.imprintRows() {
		depth += float64(len(r.lines)) * rowPitch
	}
	return depth
}

type imprintRow struct {
	lines []line
	end   string
}

func (s *setter) imprintRows() (rows []imprintRow) {
	st := s.styled(s.fonts.FangSong, size4, leftward)
	st.pitch = rowPitch
	if len(s.doc.Copies) > 0 {
		const lead = "抄送："
		hang := s.measure(st, lead)
		copies := strings.Join(paragraphs(strings.Join(s.doc.Copies, "，")), "")
		lines := s.wrap(st, strings.TrimRight(copies, "。")+"。", blockWidth-2*size4-hang)
		for i := range lines {
			lines[i].indent = hang
		}
		lines[0].runes, lines[0].indent = append([]rune(lead), lines[0].runes...), 0
		rows = append(rows, imprintRow{lines: lines})
	}
	if s.doc.Kind == Letter || s.doc.PrintedBy == "" && s.doc.PrintedOn == "" {
		return rows
	}
	by := strings.Join(paragraphs(s.doc.PrintedBy), "")
	row := imprintRow{lines: []line{{runes: []rune(by)}}}
	if s.doc.PrintedOn != "" {
		row.end = strings.Join(paragraphs(s.doc.PrintedOn), "") + "印发"
	}
	return append(rows, row)
}

// imprintRule is thick at both ends, thin between; letters have none.
func (s *setter) imprintRule(y float64, thick bool) {
	if s.doc.Kind == Letter {
		return
	}
	width := 0.25 * mm
	if thick {
		width = 0.35 * mm
	}
	s.rule(marginLeft, right, y, pdf.Stroke{Width: width, Colour: black})
}

// folios numbers the pages: "— 1 —", odd ones at the right, even ones at the
// left, one character from the edge.
func (s *setter) folios() {
	pages := s.file.Pages()[s.first:]
	if s.doc.Kind == Form && len(pages) == 1 && !s.bound {
		return
	}
	for _, p := range pages {
		if !p.Plain {
			s.folio(p)
		}
	}
}

func (s *setter) folio(p *pdf.Sheet) {
	st := s.styled(s.fonts.Song, size4, leftward)
	text := fmt.Sprintf("— %d —", p.Number)
	w := s.measure(st, text)
	x := right - size4 - w
	if p.Number%2 == 0 {
		x = marginLeft + size4
	}
	held := s.sheet
	s.sheet = p
	st.pitch = size4
	// The dash lies near the middle of the em: that is what is 7 mm down.
	s.draw(st, line{runes: []rune(text), width: w}, x, bottom+folioGap-size4/2, w)
	s.sheet = held
}
