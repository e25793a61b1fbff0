package wording

import (
	"archive/zip"
	"bytes"
	"html"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"xinqiao/internal/platform/paper"
)

var tags = regexp.MustCompile(`<[^>]*>`)

// docxText is what a word processor shows, without spaces.
func docxText(t *testing.T, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	xml, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return bare(html.UnescapeString(tags.ReplaceAllString(string(xml), "")))
}

// spaces and page numbers stand between what belongs together.
var spaces = regexp.MustCompile(`(?m)^\s*—\s?\d+\s?—\s*$|\s+`)

func bare(text string) string { return spaces.ReplaceAllString(text, "") }

// pdfText is what a reader copies out of the file; "" where no program of the
// machine reads it.
func pdfText(t *testing.T, data []byte) string {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return ""
	}
	c := exec.CommandContext(t.Context(), program, "-", "-")
	c.Stdin = bytes.NewReader(data)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return bare(string(out))
}

// TestOnPaper sets every kind from everything and from nothing: what it must
// carry is in both files, and nothing of the template is left.
func TestOnPaper(t *testing.T) {
	fonts := paper.Bundled()
	for _, k := range Kinds {
		t.Run(k.ID, func(t *testing.T) {
			t.Parallel()
			f, err := ParseForm(Default(k.ID))
			if err != nil {
				t.Fatal(err)
			}
			for name, v := range map[string]View{"full": exampleOf(k), "minimal": {CaseNo: "MC26-0A1B-7K3F"}} {
				filled, err := f.Fill(v)
				if err != nil {
					t.Fatal(err)
				}
				sheet, err := Read(filled)
				if err != nil {
					t.Fatal(err)
				}
				d := Ruled(k.Document(sheet, Particulars{Issuer: v.Issuer, Number: v.Number, Date: v.Date, Verify: "https://xinfang.example/verify/A"}))
				var pdf, docx bytes.Buffer
				if err := paper.PDF(&pdf, d, fonts); err != nil {
					t.Fatal(name, err)
				}
				if err := paper.DOCX(&docx, d, fonts); err != nil {
					t.Fatal(name, err)
				}
				for what, all := range map[string]string{"docx": docxText(t, docx.Bytes()), "pdf": pdfText(t, pdf.Bytes())} {
					if all != "" {
						carries(t, k, v, what+" "+name, all)
					}
				}
			}
		})
	}
}

func carries(t *testing.T, k Kind, v View, where, all string) {
	t.Helper()
	for _, bad := range []string{"{{", "}}", "novalue", "<nil>", "＿"} {
		if strings.Contains(all, bad) {
			t.Errorf("%s holds %q", where, bad)
		}
	}
	if v.Title == "" {
		return
	}
	for _, path := range k.Required {
		for _, word := range words(field(v, path)) {
			if !strings.Contains(all, bare(strings.TrimRight(word, "。"))) {
				t.Errorf("%s: %s %q does not show", where, path, word)
			}
		}
	}
}
