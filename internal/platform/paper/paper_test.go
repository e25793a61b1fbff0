package paper

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files")

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %.2f mm, want %.2f mm", what, got/mm, want/mm)
	}
}

// The text block: 22 lines of 28 characters in 156 by 225 mm, 37 mm from the
// top and 28 mm from the left, size 3 FangSong.
func TestTextBlock(t *testing.T) {
	d := Document{Kind: Report, Body: []Block{Para{strings.Repeat("测", 26+28*21+28*3)}}}
	lines := textLines(read(t, set(t, d)))
	if len(lines) != 22+1+3+1 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, l := range lines[:22] {
		want, left := 28, marginLeft
		if i == 0 {
			want, left = 26, marginLeft+2*cell
		}
		if n := len([]rune(l.text)); n != want {
			t.Errorf("line %d has %d characters", i+1, n)
		}
		if l.font != "XinqiaoFangSong" || l.size != 16 || l.page != 1 {
			t.Errorf("line %d: %s %v on page %d", i+1, l.font, l.size, l.page)
		}
		near(t, "left edge", l.x, left, 0.1)
		near(t, "right edge", l.x+float64(want)*(16+l.space)-l.space, 210*mm-26*mm, 0.4)
		near(t, "line pitch", l.y-lines[0].y, float64(i)*225*mm/22, 0.02)
	}
	near(t, "top margin", lines[0].y-ascent*16-(pitch-16)/2, 37*mm, 0.02)
	near(t, "bottom margin", pageHeight-(lines[21].y+(1-ascent)*16+(pitch-16)/2), 35*mm, 0.02)
	folio := lines[22]
	if folio.text != "— 1 —" || folio.font != "XinqiaoSong" || folio.size != 14 {
		t.Errorf("page number %q in %s %v", folio.text, folio.font, folio.size)
	}
	if second := lines[len(lines)-1]; second.text != "— 2 —" || second.x >= pageWidth/2 || folio.x <= pageWidth/2 {
		t.Errorf("page numbers at %.0f and %.0f", folio.x, second.x)
	}
	near(t, "dash below the text block", folio.y-(ascent-0.5)*14-bottom, 7*mm, 1)
}

func TestNoticeHead(t *testing.T) {
	runs := read(t, set(t, opinion()))
	lines := textLines(runs)
	mark, number := lines[0], lines[1]
	if mark.text != "示范市示范区信访局文件" || mark.font != "XinqiaoTitle" || mark.red < 0.5 {
		t.Errorf("mark %+v", mark)
	}
	near(t, "mark below the text block's top", mark.y-ascent*mark.size, 37*mm+35*mm, 0.1)
	if number.text != "示信访〔2026〕3号" || number.size != 16 {
		t.Errorf("number %+v", number)
	}
	rule := runs[slices.IndexFunc(runs, func(d drawn) bool { return d.stroke })]
	near(t, "red line below the number", rule.y-(number.y+(1-ascent)*16), 4*mm, 0.1)
	near(t, "red line's width", rule.width, 156*mm, 0.1)
	title := lines[2]
	if title.font != "XinqiaoTitle" || title.size != 22 {
		t.Errorf("title %+v", title)
	}
	near(t, "title's centre", title.x+title.size*float64(len([]rune(title.text))-1)/2, marginLeft+blockWidth/2, 12)
	for text, font := range map[string]string{"一、调查核实的情况": "XinqiaoHei", "（一）关于室温不足": "XinqiaoKai", "（1）关于热费减免": "XinqiaoFangSong"} {
		i := slices.IndexFunc(lines, func(l drawn) bool { return l.text == text })
		if i < 0 || lines[i].font != font || lines[i].size != 16 {
			t.Errorf("%s is not in %s", text, font)
		}
	}
}

// The letter format: mark 30 mm from the top, double red lines 170 mm wide, the
// lower 20 mm above the foot, no number on page one.
func TestLetter(t *testing.T) {
	runs := read(t, set(t, letter()))
	near(t, "mark", textLines(runs)[0].y-ascent*textLines(runs)[0].size, 30*mm, 0.1)
	var rules []drawn
	for _, r := range runs {
		if r.stroke && r.red > 0.5 {
			rules = append(rules, r)
		}
		if strings.HasPrefix(r.text, "—") {
			t.Error("page one is numbered")
		}
	}
	if len(rules) != 4 {
		t.Fatalf("%d red lines", len(rules))
	}
	for _, r := range rules {
		near(t, "red line", r.width, 170*mm, 0.1)
	}
	if rules[0].height <= rules[1].height || rules[2].height >= rules[3].height {
		t.Error("the thick lines are not outside")
	}
	near(t, "lower line", pageHeight-rules[3].y-rules[3].height, 20*mm, 1)
}

// The imprint is on an even page, its last line at the foot of the text block.
func TestImprint(t *testing.T) {
	for paras := 0; paras < 9; paras += step() {
		d := opinion()
		d.Body = d.Body[:1]
		for range paras {
			d.Body = append(d.Body, Para{sentence})
		}
		runs := read(t, set(t, d))
		last := runs[len(runs)-1].page
		for _, l := range textLines(runs) {
			if strings.HasPrefix(l.text, "抄送：") && (l.page != last || last%2 == 1) {
				t.Errorf("imprint on page %d of %d", l.page, last)
			}
			if strings.HasPrefix(l.text, "抄送：") && l.y > bottom {
				t.Error("imprint below the text block")
			}
		}
	}
}

// Signer and date never stand on a page without text.
func TestSignerKeepsText(t *testing.T) {
	for n := 0; n < 40; n += step() {
		d := Document{Kind: Report, Title: "报告", Body: []Block{Para{strings.Repeat("正", 300+14*n)}}, Signer: "示范市信访局", Date: "2026年11月22日"}
		lines := textLines(read(t, set(t, d)))
		i := slices.IndexFunc(lines, func(l drawn) bool { return l.text == "示范市信访局" })
		if before := lines[i-1]; before.page != lines[i].page || !strings.HasPrefix(before.text, "正") {
			t.Errorf("%d characters: the signer follows %q of page %d", 300+14*n, before.text, before.page)
		}
	}
}

func step() int {
	if testing.Short() {
		return 7
	}
	return 1
}

func TestLineBreaking(t *testing.T) {
	text := strings.Repeat("他说：“示范（一）信访条例》，见https://example.cn/path/to?x=1。第12,345.67号”、", 40)
	for _, l := range textLines(read(t, set(t, Document{Kind: Report, Body: []Block{Para{text}}}))) {
		if strings.HasPrefix(l.text, "—") {
			continue
		}
		runes := []rune(strings.TrimSpace(l.text))
		if strings.ContainsRune(noStart, runes[0]) {
			t.Errorf("line begins with %c: %s", runes[0], l.text)
		}
		if end := runes[len(runes)-1]; strings.ContainsRune(noEnd, end) {
			t.Errorf("line ends with %c: %s", end, l.text)
		}
		if strings.HasPrefix(l.text, "45.67") || strings.HasSuffix(l.text, "https") {
			t.Errorf("broken number: %s", l.text)
		}
	}
}

// mixed draws texts of all that people write.
func mixed(most int) *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringMatching(`[一-龥]{1,30}`),
		rapid.StringMatching(`[a-zA-Z0-9:/._-]{1,90}`),
		rapid.StringMatching(`[0-9]{1,20}`),
		rapid.StringMatching(`[，。、；：？！（）《》「」“”‘’—…·〔〕%℃,.;:?!()\[\]]{1,8}`),
		rapid.SampledFrom([]string{"𠮷", "𫖯", "㛃", "䴔", "鿍", " ", "  ", "\n", "\t", "é", "Ω", "№", "①", "㎡"}),
	)
	if testing.Short() { // the race detector makes setting ten times slower
		most = 1 + most/8
	}
	return rapid.Map(rapid.SliceOfN(piece, 1, most), func(p []string) string { return strings.Join(p, "") })
}

// No character is lost, whatever the text.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := mixed(60).Draw(r, "text")
		d := Document{Kind: Report, Title: mixed(4).Draw(r, "title"), Body: []Block{Para{text}, Heading{1, text}}}
		if got, want := words(read(t, set(t, d))), plain(d.Title+text+text); got != want {
			r.Fatalf("%d characters went in, %d came out\n%s\n%s", len([]rune(want)), len([]rune(got)), want, got)
		}
	})
}

func TestNothingIsLostInTables(t *testing.T) {
	sorted := func(s string) string {
		runes := []rune(s)
		slices.Sort(runes)
		return string(runes)
	}
	rapid.Check(t, func(r *rapid.T) {
		cells := rapid.SliceOfN(mixed(40), 1, 9).Draw(r, "cells")
		table := Table{Rows: [][]string{cells[:(len(cells)+1)/2], cells[(len(cells)+1)/2:]}}
		form := Fields{[][]Field{{{Label: cells[0], Value: cells[len(cells)-1]}, {Value: cells[0]}}}}
		d := Document{Kind: Form, Body: []Block{table, form}}
		want := strings.Join(cells, "") + cells[0] + cells[len(cells)-1] + cells[0]
		if got := words(read(t, set(t, d))); sorted(got) != sorted(plain(want)) {
			r.Fatalf("%q came out as %q", want, got)
		}
	})
}

func TestFiveThousandCharacters(t *testing.T) {
	text := strings.Repeat(sentence, 1+5000/len([]rune(sentence)))
	runs := read(t, set(t, Document{Kind: Report, Body: []Block{Para{text}}}))
	if words(runs) != plain(text) {
		t.Error("not the same text")
	}
	for _, r := range runs {
		if r.y > bottom && !strings.HasPrefix(r.text, "—") {
			t.Errorf("text below the text block: %s", r.text)
		}
	}
}

// Another program reads the same text.
func TestPdftotext(t *testing.T) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not on this machine: the small reader of this test has read the files")
	}
	text := sentence + "王𠮷喆"
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, set(t, Document{Kind: Report, Body: []Block{Para{text}}}), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-raw", file, "-").CombinedOutput()
	if err != nil || !strings.Contains(plain(string(out)), plain(text)) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestMissingCharacter(t *testing.T) {
	var b bytes.Buffer
	err := PDF(&b, Document{Kind: Report, Body: []Block{Para{"甲\U0003134F乙\U0001F600"}}}, Bundled())
	var missing *MissingError
	if !errors.As(err, &missing) || !slices.Contains(missing.Runes, '\U0001F600') || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

// All of GB 2312 and the unified ideographs of names.
func TestCoverage(t *testing.T) {
	c := newChain(Bundled())
	check := func(r rune) {
		c.pick(Bundled().FangSong.face, r)
	}
	for high := 0xA1; high <= 0xF7; high++ {
		for low := 0xA1; low <= 0xFE; low++ {
			if text, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte{byte(high), byte(low)}); err == nil {
				if r := []rune(string(text))[0]; (r >= 0x3000 && r < 0x3020) || r >= 0x4E00 && r < 0xA000 {
					check(r)
				}
			}
		}
	}
	for r := rune(0x4E00); r <= 0x9FA5; r++ {
		check(r)
	}
	for _, r := range "〔〕“”‘’…—·①⑳№℃㎡㛃䴔鿍𠮷𫖯𫍽𬭸𬀩𨱏𡐓𩽾" {
		check(r)
	}
	if err := c.err(); err != nil {
		t.Error(err)
	}
}

// The golden file is where everything stands on the pages of a two-page notice.
func TestGolden(t *testing.T) {
	var b strings.Builder
	for _, l := range textLines(read(t, set(t, opinion()))) {
		fmt.Fprintf(&b, "%d %6.2f %6.2f %-16s %g %s\n", l.page, l.x/mm, l.y/mm, l.font, l.size, l.text)
	}
	const file = "testdata/notice.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != b.String() {
		t.Errorf("%v: the notice is set otherwise; -update if that is meant:\n%s", err, b.String())
	}
}

func TestSameBytes(t *testing.T) {
	if !bytes.Equal(set(t, opinion()), set(t, opinion())) {
		t.Error("one document gives two files")
	}
}

func BenchmarkPDF(b *testing.B) {
	d := opinion()
	for b.Loop() {
		set(b, d)
	}
}

func BenchmarkStampImage(b *testing.B) {
	for b.Loop() {
		if _, err := StampImage("示范市示范区信访局", "示范", Bundled()); err != nil {
			b.Fatal(err)
		}
	}
}
