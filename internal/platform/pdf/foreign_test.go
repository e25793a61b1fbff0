package pdf

import (
	"bytes"
	"fmt"
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
	pages, err := New("").Take(good)
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
		if pages, err := New("").Take(bad); err == nil {
			t.Errorf("%s: %d pages were taken", name, len(pages))
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// Whatever a file holds, it is taken or refused, without a panic.
func TestTakeAnything(t *testing.T) {
	file := New("whole")
	sheet := file.NewSheet(1)
	for y := range 20 {
		sheet.Fill(Rect{0, float64(y), 10, 1}, Colour{})
	}
	var b bytes.Buffer
	if err := file.Write(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	if pages, err := New("").Take(whole); err != nil || len(pages) != 1 {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		data := bytes.Clone(whole)
		for range rapid.IntRange(1, 30).Draw(r, "changes") {
			data[rapid.IntRange(5, len(data)-1).Draw(r, "at")] = rapid.Byte().Draw(r, "byte")
		}
		_, _ = New("").Take(data[:rapid.IntRange(5, len(data)).Draw(r, "end")])
	})
}
