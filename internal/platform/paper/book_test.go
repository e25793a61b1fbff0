package paper

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
)

func photograph(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 300, 400))
	for x := range 300 {
		for y := range 400 {
			m.Set(x, y, color.RGBA{uint8(x / 2), uint8(y / 2), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A dossier has all parts in order, numbered through, with a bookmark for each.
func TestBook(t *testing.T) {
	notice, record := opinion(), record()
	var b bytes.Buffer
	err := Book(&b, Document{Kind: Cover, Title: "信访事项卷宗", Number: "示信卷〔2026〕1号", Body: []Block{
		Fields{[][]Field{{{Label: "立卷单位", Value: "示范市信访局"}}, {{Label: "保管期限", Value: "30年"}}}},
	}}, []Part{
		{Document: &notice}, {Name: "笔录", Document: &record},
		{Name: "证据照片", Image: photograph(t)}, {Name: "印章", Image: disc()},
		{Name: "原告知书", PDF: set(t, letter())}, {Name: "坏文件", PDF: []byte("%PDF-1.4 rubbish")}, {Name: "不是图片", Image: []byte("GIF")},
	}, Bundled())
	if err != nil {
		t.Fatal(err)
	}
	if out := os.Getenv("XINQIAO_PAPER_OUT"); out != "" {
		if err := os.WriteFile(filepath.Join(out, "book.pdf"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pages := 1 + 4 + 1 + 1 + 1 + 1 + 1 + 1
	var folios []string
	for _, l := range textLines(read(t, b.Bytes())) {
		if strings.HasPrefix(l.text, "—") {
			folios = append(folios, strings.Trim(l.text, "— "))
		}
	}
	if len(folios) != pages-1 || folios[0] != "2" || folios[pages-2] != "11" {
		t.Errorf("page numbers %v", folios)
	}
	for _, name := range []string{notice.Title, "笔录", "证据照片", "原告知书", "坏文件", "不是图片"} {
		if !bytes.Contains(b.Bytes(), []byte("/Title "+utf16Title(name)+" /Parent")) {
			t.Errorf("no bookmark %s", name)
		}
	}
	if n := len(regexp.MustCompile(`/Dest \[\d+ 0 R /Fit\]`).FindAll(b.Bytes(), -1)); n != 8 {
		t.Errorf("%d bookmarks", n)
	}
	wholeForOthers(t, b.Bytes(), pages)
}

// utf16Title is a title as bookmarks hold it.
func utf16Title(s string) string {
	out := "<FEFF"
	for _, unit := range utf16.Encode([]rune(s)) {
		out += fmt.Sprintf("%04X", unit)
	}
	return out + ">"
}

// wholeForOthers lets another program read the file, where there is one.
func wholeForOthers(t *testing.T, pdf []byte, pages int) {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return
	}
	file := filepath.Join(t.TempDir(), "book.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, file, "-").CombinedOutput()
	text := plain(string(out))
	if err != nil || strings.Contains(text, "Error") || !strings.Contains(text, plain(letter().Title)) || strings.Count(string(out), "\f") != pages {
		t.Errorf("%v, %d pages: %s", err, strings.Count(string(out), "\f"), out)
	}
}

func TestStampImage(t *testing.T) {
	for _, name := range []string{"", "示范市信访局", "示范市人民政府信访事项复查复核委员会办公室"} {
		data, err := StampImage(name, "示范", Bundled())
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(data))
		if err != nil || m.Bounds().Dx() != stampSide {
			t.Fatal(err)
		}
		if _, _, _, alpha := m.At(0, 0).RGBA(); alpha != 0 {
			t.Error("the ground is not transparent")
		}
		if r, _, _, alpha := m.At(stampSide/2, 10).RGBA(); alpha == 0 || r == 0 {
			t.Error("no ring")
		}
	}
}

func TestSealImageIsChecked(t *testing.T) {
	d := opinion()
	d.Seal = &Seal{Image: []byte("no image")}
	var b bytes.Buffer
	if err := PDF(&b, d, Bundled()); err == nil || b.Len() > 0 {
		t.Error("a broken seal was drawn")
	}
	if err := DOCX(&b, d, Bundled()); err == nil || b.Len() > 0 {
		t.Error("a broken seal was put into a DOCX")
	}
}

// A deployer's own face takes the place of ours; what it lacks stays ours.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	// Our Hei stands for the licensed file.
	packed, err := packed.ReadFile("fonts/hei.ttf.gz")
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gunzip(packed)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "fangsong.ttf"), unpacked, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := PDF(&b, Document{Kind: Report, Body: []Block{Para{"一㛃"}}}, f); err != nil {
		t.Fatal(err)
	}
	if runs := read(t, b.Bytes()); runs[0].font != "XinqiaoHei" || runs[1].font != "XinqiaoSong" || words(runs) != "一㛃" {
		t.Errorf("%+v", runs[:2])
	}
	if err := os.WriteFile(filepath.Join(dir, "kai.ttf"), []byte("OTTO and nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil {
		t.Error("a broken font was loaded")
	}
}

func TestLegible(t *testing.T) {
	if got := Legible("谢谢😀！\n王𠮷", Bundled()); got != "谢谢[U+1F600]！\n王𠮷" {
		t.Error(got)
	}
}

// PDFs of another maker, with object streams, keep their text.
func TestTakeFromLibreOffice(t *testing.T) {
	soffice, err1 := exec.LookPath("soffice")
	pdftotext, err2 := exec.LookPath("pdftotext")
	if err1 != nil || err2 != nil || testing.Short() {
		t.Skip("soffice or pdftotext is not on this machine, or -short")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(source, []byte("petition 2026 evidence"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(soffice, "--headless", "-env:UserInstallation=file://"+dir+"/profile", "--convert-to",
		`pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"17"}}`, "--outdir", dir, source).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	made, err := os.ReadFile(filepath.Join(dir, "a.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Book(&b, Document{Kind: Cover, Title: "卷"}, []Part{{Name: "证据", PDF: made}}, Bundled()); err != nil {
		t.Fatal(err)
	}
	book := filepath.Join(dir, "book.pdf")
	if err := os.WriteFile(book, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(pdftotext, book, "-").Output(); err != nil || !strings.Contains(string(text), "petition 2026 evidence") {
		t.Errorf("%v: %s", err, text)
	}
}
