package paper

import (
	"fmt"
	"slices"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"xinqiao/internal/platform/pdf"
)

// paraStyle is how a paragraph of a DOCX is set.
type paraStyle struct {
	font   Font
	size   float64
	align  string  // "", "center", "right", "left"
	props  string  // further properties, in the order of the schema before spacing
	before float64 // points
	line   float64 // exact line height; 0: that of the grid
	indent string
	colour string
}

// para writes a paragraph. Newlines in it are line breaks.
func (x *docx) para(p paraStyle, text string) { x.paraWith(p, text, "") }

// paraWith also holds anchored drawings.
func (x *docx) paraWith(p paraStyle, text, drawings string) {
	b := &x.body
	height := gridPitch
	if p.line != 0 {
		height = twips(p.line)
	}
	fmt.Fprintf(b, `<w:p><w:pPr>%s<w:spacing w:before="%d" w:after="0" w:line="%d" w:lineRule="exact"/>%s`, p.props, twips(p.before), height, p.indent)
	if p.align != "" {
		fmt.Fprintf(b, `<w:jc w:val="%s"/>`, p.align)
	}
	b.WriteString(`</w:pPr>` + drawings)
	for i, part := range strings.Split(text, "\n") {
		b.WriteString(`<w:r><w:rPr>`)
		run := fontRun(p.font, p.size)
		if p.colour != "" { // the schema wants the colour between font and size
			run = strings.Replace(run, `"/><w:s`, `"/><w:color w:val="`+p.colour+`"/><w:s`, 1)
		}
		b.WriteString(run + `</w:rPr>`)
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		b.WriteString(`<w:t xml:space="preserve">` + escape(part) + `</w:t></w:r>`)
	}
	b.WriteString(`</w:p>`)
}

const offGrid = `<w:snapToGrid w:val="0"/>`

const firstTwo = `<w:ind w:firstLineChars="200" w:firstLine="632"/>`

func (x *docx) running() paraStyle {
	return paraStyle{font: x.fonts.FangSong, size: size3, indent: firstTwo, align: "both"}
}

// write sets the document's parts in their order.
func (x *docx) write() {
	x.head()
	x.docxTitle()
	if names := paragraphs(x.doc.Addressee); len(names) > 0 {
		p := x.running()
		p.indent = ""
		x.para(p, strings.TrimRight(strings.Join(names, ""), "：:")+"：")
	}
	for _, b := range x.doc.Body {
		x.docxBlock(b)
	}
	x.docxAttachments()
	x.docxSigner()
	x.docxImprint()
}

const redInk = "D90000"

func (x *docx) head() {
	name := strings.Join(paragraphs(x.doc.Issuer), "")
	if name == "" || x.doc.Kind != Notice && x.doc.Kind != Letter {
		return
	}
	st := x.styled(x.fonts.Title, 50, centred)
	number := paraStyle{font: x.fonts.FangSong, size: size3, align: "center"}
	mark := paraStyle{font: x.fonts.Title, align: "center", colour: redInk, before: noticeMark, props: offGrid}
	if x.doc.Kind == Letter {
		st.size, mark.before, number.align = 40, 0, "right"
		mark.props = `<w:pBdr><w:bottom w:val="thickThinSmallGap" w:sz="24" w:space="11" w:color="` + redInk + `"/></w:pBdr>` + offGrid
		mark.indent = `<w:ind w:left="-397" w:right="-397"/>`
	} else {
		number.props = `<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="8" w:color="` + redInk + `"/></w:pBdr>`
		number.before = 2 * pitch
	}
	st.extra = 0
	const safe = 0.94 * blockWidth // another machine's font may run wider
	if w := x.measure(st, name); w > safe {
		st.size *= safe / w
	}
	mark.size = float64(int(st.size*2)) / 2
	mark.line = mark.size * 1.1
	x.para(mark, name)
	x.para(number, strings.Join(paragraphs(x.doc.Number), ""))
	x.para(number.blank(), "")
}

// blank is an empty paragraph without rule and colour.
func (p paraStyle) blank() paraStyle { return paraStyle{font: p.font, size: p.size} }

func (x *docx) docxTitle() {
	if titles := paragraphs(x.doc.Title); len(titles) > 0 {
		st, before := x.styled(x.fonts.Title, size2, centred), 0.0
		if x.doc.Kind == Cover {
			st.size, before = coverTitle, blockDepth/5
		}
		var lines []string
		for _, p := range titles {
			lines = append(lines, x.titleLines(st, p, blockWidth-2*st.size)...)
		}
		x.para(paraStyle{font: x.fonts.Title, size: st.size, align: "center", line: 1.5 * st.size, before: before, props: offGrid}, strings.Join(lines, "\n"))
	}
	text := paraStyle{font: x.fonts.FangSong, size: size3}
	if x.doc.Kind == Notice || x.doc.Kind == Letter {
		x.para(text, "")
		return
	}
	if x.doc.Issuer != "" {
		x.para(paraStyle{font: x.fonts.Kai, size: size3, align: "center"}, strings.Join(paragraphs(x.doc.Issuer), ""))
	}
	if x.doc.Number != "" {
		align := "center"
		if x.doc.Kind == Form {
			align = "right"
		}
		x.para(paraStyle{font: x.fonts.FangSong, size: size4s, align: align}, strings.Join(paragraphs(x.doc.Number), ""))
	}
}

func (x *docx) docxBlock(b Block) {
	text := x.running()
	switch b := b.(type) {
	case Heading:
		text.font = [...]Font{x.fonts.Hei, x.fonts.Kai, x.fonts.FangSong, x.fonts.FangSong}[min(max(b.Level, 1), 4)-1]
		text.props = `<w:keepNext/>`
		x.paras(text, b.Text)
	case Para:
		x.paras(text, b.Text)
	case List:
		for i, item := range b.Items {
			x.paras(text, fmt.Sprintf("%d. %s", i+1, item))
		}
	case Table:
		head, rows := x.tableRows(b)
		x.grid(head, rows)
	case Fields:
		x.grid(nil, x.fieldRows(b))
	case Signatures:
		for _, l := range b.Lines {
			x.signatureLine(l)
		}
	case Break:
		x.body.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
	}
}

func (x *docx) paras(p paraStyle, text string) {
	for _, t := range paragraphs(text) {
		x.para(p, t)
	}
}

// signatureLine ends in a rule, drawn by a tab with a leader.
func (x *docx) signatureLine(text string) {
	fmt.Fprintf(&x.body, `<w:p><w:pPr><w:keepLines/><w:tabs><w:tab w:val="left" w:leader="underscore" w:pos="%d"/></w:tabs><w:spacing w:before="120" w:after="0" w:line="%d" w:lineRule="exact"/>%s</w:pPr><w:r><w:t xml:space="preserve">%s</w:t></w:r><w:r><w:tab/></w:r></w:p>`,
		twips(20*cell), gridPitch, firstTwo, escape(strings.Join(paragraphs(text), " ")))
}

// grid writes rows as a table. Rows need not share their edges: the table has
// a column for each edge of any, and boxes span them.
func (x *docx) grid(head, rows []row) {
	var edges []int
	for _, r := range append(slices.Clone(head), rows...) {
		for _, b := range r.boxes {
			edges = append(edges, twips(b.x), twips(b.x+b.w))
		}
	}
	slices.Sort(edges)
	edges = slices.CompactFunc(edges, func(a, b int) bool { return max(a, b)-min(a, b) <= 1 })
	if len(edges) < 2 {
		return
	}
	b := &x.body
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + fmt.Sprint(edges[len(edges)-1]-edges[0]) + `" w:type="dxa"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="auto"/>`, side)
	}
	b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="100" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for i := range len(edges) - 1 {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, edges[i+1]-edges[i])
	}
	b.WriteString(`</w:tblGrid>`)
	for _, r := range head {
		x.gridRow(r, edges, `<w:tblHeader/>`)
	}
	for _, r := range rows {
		x.gridRow(r, edges, "")
	}
	b.WriteString(`</w:tbl>`)
	x.para(paraStyle{font: x.fonts.FangSong, size: size3, line: pitch / 3}, "")
}

func (x *docx) gridRow(r row, edges []int, props string) {
	b := &x.body
	fmt.Fprintf(b, `<w:tr><w:trPr><w:trHeight w:val="%d" w:hRule="atLeast"/>%s</w:trPr>`, twips(max(r.minimum, rowMinimum)), props)
	at := func(points float64) int {
		i, _ := slices.BinarySearch(edges, twips(points)-1)
		return i
	}
	for _, box := range r.boxes {
		from, to := at(box.x), at(box.x+box.w)
		fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/><w:vAlign w:val="center"/></w:tcPr>`, edges[to]-edges[from], to-from)
		p := paraStyle{font: x.fontOf(box.style.face), size: size4s, line: tablePitch, props: offGrid}
		if box.style.align == centred {
			p.align = "center"
		}
		x.para(p, strings.Join(paragraphs(box.text), "\n"))
		b.WriteString(`</w:tc>`)
	}
	b.WriteString(`</w:tr>`)
}

func (x *docx) fontOf(f *pdf.Face) Font {
	if f == x.fonts.Hei.face {
		return x.fonts.Hei
	}
	return x.fonts.FangSong
}

func (x *docx) docxAttachments() {
	names := x.doc.Attachments
	for i, name := range names {
		p := x.running()
		lead, hang := "附件：", 5
		if i == 0 {
			x.para(x.running().blank(), "")
		} else {
			lead = ""
		}
		number := ""
		if len(names) > 1 {
			number, hang = fmt.Sprintf("%d.", i+1), 6
		}
		left := twips(float64(hang) * cell)
		back := left - twips(2*cell)
		if i > 0 {
			back = left - twips(5*cell)
		}
		p.indent = fmt.Sprintf(`<w:ind w:left="%d" w:hanging="%d"/>`, left, back)
		x.para(p, lead+number+strings.Join(paragraphs(name), ""))
	}
}

// docxSigner sets signer and date; the seal hangs on the date's paragraph.
func (x *docx) docxSigner() {
	names, date := paragraphs(x.doc.Signer), strings.Join(paragraphs(x.doc.Date), "")
	if len(names) > 0 || date != "" {
		for range x.signerBlank() {
			x.para(x.running().blank(), "")
		}
	}
	st := x.styled(x.fonts.FangSong, size3, leftward)
	middle := right - 4*cell - x.measure(st, date)/2
	for _, name := range names {
		middle = min(middle, right-2*cell-x.measure(st, name)/2)
	}
	p := paraStyle{font: x.fonts.FangSong, size: size3, align: "right"}
	for _, name := range names {
		p.props = `<w:keepNext/>`
		p.indent = fmt.Sprintf(`<w:ind w:right="%d"/>`, twips(max(0, right-middle-x.measure(st, name)/2)))
		x.para(p, name)
	}
	drawings := ""
	if x.doc.Seal != nil {
		d := x.sealSize()
		drawings = x.anchor(string(x.doc.Seal.Image), place{x.doc.Seal.Name, middle - d/2 - marginLeft, pitch - d, d, "paragraph"})
	}
	if x.doc.Verify != "" {
		drawings += x.code()
	}
	if date == "" && drawings == "" {
		return
	}
	p.props, p.indent = "", fmt.Sprintf(`<w:ind w:right="%d"/>`, twips(max(0, right-middle-x.measure(st, date)/2)))
	if date == "" {
		p.line = 2
	}
	x.paraWith(p, date, drawings)
}

func (x *docx) code() string {
	png, err := qrcode.Encode(x.doc.Verify, qrcode.Medium, 256)
	if err != nil {
		x.fail(err)
		return ""
	}
	side, top := 17*mm, bottom+6*mm
	if x.doc.Kind == Letter {
		side, top = 13*mm, bottom+1*mm
	}
	return x.anchor(string(png), place{"QR", 0, top, side, "page"})
}

// place is where a drawing hangs: x from the text's left edge, y from what it
// is relative to, in points.
type place struct {
	name       string
	x, y, side float64
	from       string
}

// anchor hangs an image behind the text.
func (x *docx) anchor(image string, at place) string {
	x.images = append(x.images, image)
	n := len(x.images)
	return fmt.Sprintf(`<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="%[1]d" behindDoc="1" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>%[2]d</wp:posOffset></wp:positionH><wp:positionV relativeFrom="%[3]s"><wp:posOffset>%[4]d</wp:posOffset></wp:positionV><wp:extent cx="%[5]d" cy="%[5]d"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/><wp:docPr id="%[1]d" name="image%[1]d" descr="%[6]s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%[1]d" name="image%[1]d"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="image%[1]d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[5]d" cy="%[5]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>`,
		n, emu(at.x), at.from, emu(at.y), emu(at.side), escape(at.name))
}

// docxImprint are frames at the foot of the page that they fall on, between
// rules, thick outside and thin inside. Letters have no rules.
func (x *docx) docxImprint() {
	copies, printed := "", ""
	if len(x.doc.Copies) > 0 {
		copies = "抄送：" + strings.TrimRight(strings.Join(paragraphs(strings.Join(x.doc.Copies, "，")), ""), "。") + "。"
	}
	if x.doc.Kind != Letter && x.doc.PrintedBy+x.doc.PrintedOn != "" {
		printed = strings.Join(paragraphs(x.doc.PrintedBy), "") + "\t"
		if x.doc.PrintedOn != "" {
			printed += strings.Join(paragraphs(x.doc.PrintedOn), "") + "印发"
		}
	}
	var lines []string
	for _, l := range []string{copies, printed} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	y := bottom - x.imprintDepth()
	for i, row := range x.imprintRows() {
		rules := ""
		if x.doc.Kind != Letter {
			rules = `<w:pBdr>` + imprintRule("top", i == 0)
			if i == len(lines)-1 {
				rules += imprintRule("bottom", true)
			}
			rules += `</w:pBdr>`
		}
		x.imprintLine(lines[i], rules, y)
		y += float64(len(row.lines)) * rowPitch
	}
	if len(lines) > 0 { // what a frame is anchored to
		x.para(paraStyle{font: x.fonts.FangSong, size: size4s, line: 2}, "")
	}
}

func imprintRule(side string, thick bool) string {
	weight := 6
	if thick {
		weight = 8
	}
	return fmt.Sprintf(`<w:%s w:val="single" w:sz="%d" w:space="0" w:color="auto"/>`, side, weight)
}

// imprintLine writes a frame; what follows a tab stands at the right.
func (x *docx) imprintLine(text, rules string, y float64) {
	b := &x.body
	run := `<w:r><w:rPr>` + fontRun(x.fonts.FangSong, size4) + `</w:rPr>`
	left, end, _ := strings.Cut(text, "\t")
	fmt.Fprintf(b, `<w:p><w:pPr><w:framePr w:w="%[1]d" w:wrap="around" w:vAnchor="page" w:hAnchor="margin" w:x="1" w:y="%[2]d"/>%[3]s<w:tabs><w:tab w:val="right" w:pos="%[4]d"/></w:tabs><w:snapToGrid w:val="0"/><w:spacing w:line="%[5]d" w:lineRule="exact"/><w:ind w:left="280" w:right="280"/></w:pPr>%[6]s<w:t xml:space="preserve">%[7]s</w:t></w:r>`,
		twips(blockWidth), twips(y), rules, twips(blockWidth)-280, twips(rowPitch), run, escape(left))
	if end != "" {
		b.WriteString(run + `<w:tab/><w:t xml:space="preserve">` + escape(end) + `</w:t></w:r>`)
	}
	b.WriteString(`</w:p>`)
}
