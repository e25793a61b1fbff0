package paper

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	"xinqiao/internal/platform/pdf"
)

// DOCX writes a document as an Office Open XML file that Word and WPS open: the
// page, the grid of 22 lines by 28 characters, and the fonts by the names that
// Chinese offices have them under. The imprint stands at the foot of the last
// page; that it be an even one is left to who prints.
func DOCX(w io.Writer, d Document, f Fonts) error {
	x := &docx{setter: newSetter(pdf.New(d.Title), d, f, 1)}
	x.newPage() // a page to measure on
	if x.failed != nil {
		return x.failed
	}
	x.write()
	out := zip.NewWriter(w)
	for _, part := range x.parts() {
		to, err := out.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(to, part.text); err != nil {
			return err
		}
	}
	return out.Close()
}

// docx is a document in the making. The setter measures for it.
type docx struct {
	*setter
	body   strings.Builder
	images []string
}

type docxPart struct{ name, text string }

const (
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spaces     = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
	office     = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	wordFormat = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // to memory: cannot fail
	return b.String()
}

// twips are twentieths of a point.
func twips(points float64) int { return int(math.Round(points * 20)) }

// emu are English metric units.
func emu(points float64) int { return int(math.Round(points * 12700)) }

// parts are the files of the package.
func (x *docx) parts() []docxPart {
	types := `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`
	rels := ""
	var parts []docxPart
	for _, p := range []struct{ name, kind, text string }{
		{"styles", "styles", x.styles()}, {"settings", "settings", settings}, {"fontTable", "fontTable", x.fontTable()},
		{"footer1", "footer", x.folioFooter("right")}, {"footer2", "footer", x.folioFooter("left")}, {"footer3", "footer", x.firstFooter()},
	} {
		types += fmt.Sprintf(`<Override PartName="/word/%s.xml" ContentType="%s%s+xml"/>`, p.name, wordFormat, p.kind)
		rels += relation(p.name, p.kind, p.name+".xml")
		parts = append(parts, docxPart{"word/" + p.name + ".xml", xmlHead + p.text})
	}
	for i, image := range x.images {
		name := fmt.Sprintf("media/image%d.png", i+1)
		rels += relation(fmt.Sprintf("image%d", i+1), "image", name)
		parts = append(parts, docxPart{"word/" + name, image})
	}
	types += fmt.Sprintf(`<Override PartName="/word/document.xml" ContentType="%sdocument.main+xml"/></Types>`, wordFormat)
	return append([]docxPart{
		{"[Content_Types].xml", xmlHead + types},
		{"_rels/.rels", relations(relation("document", "officeDocument", "word/document.xml") +
			`<Relationship Id="core" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>`)},
		{"docProps/core.xml", xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` +
			escape(strings.Join(paragraphs(x.doc.Title), "")) + `</dc:title></cp:coreProperties>`},
		{"word/document.xml", xmlHead + `<w:document ` + spaces + `><w:body>` + x.body.String() + x.section() + `</w:body></w:document>`},
		{"word/_rels/document.xml.rels", relations(rels)},
	}, parts...)
}

func relation(id, kind, target string) string {
	return fmt.Sprintf(`<Relationship Id="%s" Type="%s%s" Target="%s"/>`, id, office, kind, target)
}

func relations(inner string) string {
	return xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + inner + `</Relationships>`
}

const settings = `<w:settings ` + spaces + `><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

func (x *docx) styles() string {
	return `<w:styles ` + spaces + `><w:docDefaults><w:rPrDefault><w:rPr>` + fontRun(x.fonts.FangSong, size3) +
		`<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/><w:pPr><w:widowControl w:val="0"/></w:pPr></w:style></w:styles>`
}

// fontRun names a font for all scripts, and its size.
func fontRun(f Font, size float64) string {
	name, space := escape(f.Word), ""
	if size == size3 {
		space = fmt.Sprintf(`<w:spacing w:val="%d"/>`, gridSpace)
	}
	return fmt.Sprintf(`<w:rFonts w:ascii="%[1]s" w:hAnsi="%[1]s" w:eastAsia="%[1]s" w:cs="%[1]s"/>%[3]s<w:sz w:val="%[2]d"/><w:szCs w:val="%[2]d"/>`, name, int(2*size), space)
}

// substitutes are what Word takes where a licensed font is not installed.
var substitutes = map[string]string{"仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体", "方正小标宋简体": "宋体", "宋体": "SimSun", "黑体": "SimHei"}

func (x *docx) fontTable() string {
	out := `<w:fonts ` + spaces + `>`
	for _, slot := range slots {
		name := slot.of(&x.fonts).Word
		out += `<w:font w:name="` + escape(name) + `">`
		if alternative := substitutes[name]; alternative != "" {
			out += `<w:altName w:val="` + alternative + `"/>`
		}
		out += `<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>`
	}
	return out + `</w:fonts>`
}

// footerFoot is where footers end, above the foot of the page: a letter's lower red line.
const footerFoot = letterBottom

func (x *docx) folioFooter(side string) string {
	run := `<w:r><w:rPr>` + fontRun(x.fonts.Song, size4) + `</w:rPr>`
	indent := fmt.Sprintf(`<w:ind w:%s="%d"/>`, side, twips(size4))
	return fmt.Sprintf(`<w:ftr %s><w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="%d" w:line="%d" w:lineRule="exact"/>%s<w:jc w:val="%s"/></w:pPr>`,
		spaces, twips(35*mm-folioGap-footerFoot-size4/2), twips(size4), indent, side) +
		run + `<w:t xml:space="preserve">— </w:t></w:r>` + run + `<w:fldChar w:fldCharType="begin"/></w:r>` +
		run + `<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` + run + `<w:fldChar w:fldCharType="separate"/></w:r>` +
		run + `<w:t>1</w:t></w:r>` + run + `<w:fldChar w:fldCharType="end"/></w:r>` +
		run + `<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
}

// firstFooter is that of a letter's first page: the lower double line.
func (x *docx) firstFooter() string {
	return fmt.Sprintf(`<w:ftr %s><w:p><w:pPr><w:pBdr><w:bottom w:val="thinThickSmallGap" w:sz="24" w:space="0" w:color="D90000"/></w:pBdr><w:snapToGrid w:val="0"/><w:spacing w:line="40" w:lineRule="exact"/><w:ind w:left="-397" w:right="-397"/></w:pPr></w:p></w:ftr>`, spaces)
}

// The document grid: line pitch rounded down so that 22 lines fit, and what each
// character of the text gives away so that 28 fit, both in twips. The latter is
// set on the characters and not as a grid of characters, which LibreOffice
// spaces otherwise than Word does.
var (
	gridPitch = int(math.Floor(pitch * 20))
	gridSpace = int(math.Floor((cell - size3) * 20))
)

// section is the page: A4, margins, and the grid of 22 lines by 28 characters.
func (x *docx) section() string {
	first, title := "", ""
	if x.doc.Kind == Letter {
		first, title = `<w:footerReference w:type="first" r:id="footer3"/>`, `<w:titlePg/>`
	}
	return fmt.Sprintf(`<w:sectPr><w:footerReference w:type="default" r:id="footer1"/><w:footerReference w:type="even" r:id="footer2"/>%s<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/>%s<w:docGrid w:type="lines" w:linePitch="%d"/></w:sectPr>`,
		first, twips(pageWidth), twips(pageHeight), twips(marginTop), twips(26*mm), twips(35*mm), twips(marginLeft), twips(footerFoot), title,
		gridPitch)
}
