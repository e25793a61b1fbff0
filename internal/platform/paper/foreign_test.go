package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// handmade puts objects together as a PDF.
func handmade(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n", len(objects)+1)
	return b.Bytes()
}

const (
	handRoot = "<< /Type /Catalog /Pages 2 0 R >>"
	handPage = "<< /Type /Page /Parent 2 0 R /Contents [4 0 R 4 0 R] /Rotate 90 >>"
	handDraw = "<< /Length 14 >>\nstream\n1 0 0 rg (a\\)) \nendstream"
)

func TestTake(t *testing.T) {
	good := handmade(handRoot, "<< /Kids [3 0 R] /MediaBox [10 10 110 210] /Resources << /ProcSet [/PDF] >> >>", handPage, handDraw)
	pages, err := newPDF("").take(good)
	if err != nil || len(pages) != 1 || pages[0].width != 200 || pages[0].height != 100 {
		t.Errorf("%+v, %v", pages, err)
	}
	deep := strings.Repeat("[", 1_000_000)
	for name, bad := range map[string][]byte{
		"a loop of pages":  handmade(handRoot, "<< /Kids [2 0 R] >>"),
		"a longer loop":    handmade(handRoot, "<< /Kids [3 0 R] >>", "<< /Kids [2 0 R] >>"),
		"a reference loop": handmade("<< /Pages 2 0 R >>", "2 0 R"),
		"deep nesting":     handmade(handRoot, deep),
		"no pages":         handmade("<< /Type /Catalog >>"),
		"an encrypted one": append(good, "trailer << /Size 4 /Root 1 0 R /Encrypt 9 0 R >>"...),
		"nothing":          []byte("%PDF-"),
	} {
		start := time.Now()
		if pages, err := newPDF("").take(bad); err == nil {
			t.Errorf("%s: %d pages were taken", name, len(pages))
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// Whatever a file holds, it is taken or refused, without a panic.
func TestTakeAnything(t *testing.T) {
	whole := set(t, letter())
	rapid.Check(t, func(r *rapid.T) {
		data := bytes.Clone(whole)
		for range rapid.IntRange(1, 30).Draw(r, "changes") {
			data[rapid.IntRange(5, len(data)-1).Draw(r, "at")] = rapid.Byte().Draw(r, "byte")
		}
		_, _ = newPDF("").take(data[:rapid.IntRange(5, len(data)).Draw(r, "end")])
	})
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
