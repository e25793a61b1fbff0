package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// unzip reads a DOCX and checks that every part is well-formed.
func unzip(t testing.TB, d Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := DOCX(&b, d, Bundled()); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
		if strings.HasSuffix(f.Name, ".png") {
			continue
		}
		for decoder := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	return parts
}

// written is the text of a DOCX's body.
func written(parts map[string]string) string {
	var b strings.Builder
	for _, m := range regexp.MustCompile(`<w:t xml:space="preserve">(.*?)</w:t>`).FindAllStringSubmatch(parts["word/document.xml"], -1) {
		b.WriteString(m[1])
	}
	return plain(strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'").Replace(b.String()))
}

func TestDOCX(t *testing.T) {
	for name, d := range samples() {
		parts := unzip(t, d)
		text := written(parts)
		for _, want := range []string{d.Title, d.Signer, d.Date, d.Number} {
			if !strings.Contains(text, plain(want)) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		for _, target := range regexp.MustCompile(`Target="([^"]+)"`).FindAllStringSubmatch(parts["word/_rels/document.xml.rels"], -1) {
			if parts["word/"+target[1]] == "" {
				t.Errorf("%s: %s is named but not there", name, target[1])
			}
		}
	}
	parts := unzip(t, opinion())
	for part, wants := range map[string][]string{
		"word/document.xml": {
			`<w:pgSz w:w="11906" w:h="16838"/>`,
			`w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"`, // 37, 26, 35, 28 mm
			`<w:docGrid w:type="lines" w:linePitch="579"/>`,             // 22 of them in 12756
			`<w:ind w:firstLineChars="200"`,
			`w:eastAsia="方正小标宋简体"`, `w:eastAsia="黑体"`, `w:eastAsia="楷体_GB2312"`, `w:eastAsia="仿宋_GB2312"`,
		},
		"word/fontTable.xml": {`<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>`},
		"word/settings.xml":  {`<w:evenAndOddHeaders/>`},
		"word/footer1.xml":   {` PAGE `, `w:val="right"`},
		"word/footer2.xml":   {` PAGE `, `w:val="left"`},
	} {
		for _, want := range wants {
			if !strings.Contains(parts[part], want) {
				t.Errorf("%s has no %s", part, want)
			}
		}
	}
}

func TestNothingIsLostInDOCX(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := mixed(30).Draw(r, "text") + `<&>"'`
		parts := unzip(t, Document{Kind: Record, Body: []Block{Para{text}, Table{Rows: [][]string{{text}}}}})
		if got := written(parts); got != plain(text+text) {
			r.Fatalf("%q came out as %q", text, got)
		}
	})
}

// LibreOffice opens the files, sets all their text, and needs as many pages,
// but for the blank one that brings the imprint to an even page.
func TestLibreOffice(t *testing.T) {
	program, err := exec.LookPath("soffice")
	if err != nil || testing.Short() {
		t.Skip("soffice is not on this machine, or -short: whether Word's format is understood was not tried")
	}
	dir := t.TempDir()
	args := []string{"--headless", "-env:UserInstallation=file://" + dir + "/profile", "--convert-to", "pdf", "--outdir", dir}
	for name, d := range samples() {
		var b bytes.Buffer
		if err := DOCX(&b, d, Bundled()); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, d := range samples() {
		pdf, err := os.ReadFile(filepath.Join(dir, name+".pdf"))
		if err != nil {
			t.Error(err)
			continue
		}
		theirs := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1))
		ours := len(regexp.MustCompile(`/Type /Page `).FindAll(set(t, d), -1))
		if theirs > ours || theirs < ours-1 {
			t.Errorf("%s: %d pages, %d as PDF", name, theirs, ours)
		}
	}
}
