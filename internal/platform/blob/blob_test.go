package blob

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/platform/seal"
)

const limit = 1 << 20

func open(t *testing.T) (*Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(dir, seal.Random())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

// files lists what lies in the folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"

// office is a package with one part in the folder that tells it apart.
func office(t *testing.T, part string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", part} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "<x/>")
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// compound is an OLE file whose root entry of a class lies beyond the head.
func compound(class string) string {
	b := make([]byte, headSize*2+1024)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	b[28], b[29], b[26], b[30] = 0xfe, 0xff, 3, 9
	binary.LittleEndian.PutUint32(b[48:], headSize*2/512-1)
	id, _ := hex.DecodeString(class)
	copy(b[headSize*2+80:], id)
	return string(b)
}

func TestPutByType(t *testing.T) {
	s, dir := open(t)
	kept := 0
	for _, x := range []struct {
		name, content string
		want          string
		err           error
	}{
		{"a.PNG", png, "image/png", nil},
		{"a.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg", nil},
		{"a.gif", "GIF89a", "image/gif", nil},
		{"a.webp", "RIFF\x1a\x00\x00\x00WEBPVP8 ", "image/webp", nil},
		{"a.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image/heic", nil},
		{"a.pdf", "%PDF-1.7\n", "application/pdf", nil},
		{"a.docx", office(t, "word/document.xml"), openXML + "wordprocessingml.document", nil},
		{"a.xlsx", office(t, "xl/workbook.xml"), openXML + "spreadsheetml.sheet", nil},
		{"a.doc", compound("0609020000000000c000000000000046"), "application/msword", nil},
		{"a.wps", compound("00"), "application/vnd.ms-works", nil},
		{"a.txt", "占道经营问题", "text/plain", nil},
		{"gbk.txt", "\xd5\xbc\xb5\xc0\xbe\xad\xd3\xaa", "text/plain", nil},
		{"a.mp3", "ID3\x03\x00\x00\x00\x00\x00\x21", "audio/mpeg", nil},
		{"a.m4a", "\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42", "audio/mp4", nil},
		{"a.amr", "#!AMR\n", "audio/amr", nil},
		{"a.wav", "RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav", nil},
		{"a.mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4", nil},

		{"a.jpg", png, "", ErrMismatch},
		{"a.docx", office(t, "xl/workbook.xml"), "", ErrMismatch},
		{"a.pdf", "占道经营问题", "", ErrMismatch},
		{"a.jpg", "MZ\x90\x00\x03\x00\x00\x00", "", ErrType},
		{"a.exe", "MZ\x90\x00\x03\x00\x00\x00", "", ErrType},
		{"a.txt", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00", "", ErrType},
		{"a.txt", "<!DOCTYPE html><script>alert(1)</script>", "", ErrType},
		{"a.png", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "", ErrType},
		{"a.txt", "#!/bin/sh\nrm -rf /\n", "", ErrType},
		{"a.svg", "<svg/>", "", ErrType},
		{"a.html", "<html>", "", ErrType},
		{"a.zip", "PK\x03\x04", "", ErrType},
		{"a.docx", "PK\x03\x04\x14\x00\x00\x00\x00\x00", "", ErrType},
		{"a.doc", compound("84100c0000000000c000000000000046"), "", ErrType},
		{"a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", ErrType},
		{"png", png, "", ErrType},
		{"a.png", "", "", ErrEmpty},
	} {
		ref, err := s.Put(t.Context(), x.name, strings.NewReader(x.content), limit)
		if !errors.Is(err, x.err) || ref.Type != x.want {
			t.Errorf("%s %.20q: %q %v, want %q %v", x.name, x.content, ref.Type, err, x.want, x.err)
		}
		if err != nil {
			continue
		}
		kept++
		sum := sha256.Sum256([]byte(x.content))
		if ref.Size != int64(len(x.content)) || ref.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: %+v", x.name, ref)
		}
		f, err := s.Open(ref.Key)
		if err != nil {
			t.Fatal(err)
		}
		back, _ := io.ReadAll(f)
		f.Close()
		if string(back) != x.content {
			t.Errorf("%s comes back changed", x.name)
		}
	}
	if n := len(files(t, dir)); n != kept {
		t.Errorf("%d files in the folder, %d kept: the refused ones left something", n, kept)
	}
}

func TestLimit(t *testing.T) {
	s, dir := open(t)
	for _, max := range []int64{100, headSize, headSize + 1, headSize * 3} {
		for _, size := range []int64{max, max + 1} {
			content := png + strings.Repeat("x", int(size)-len(png))
			_, err := s.Put(t.Context(), "a.png", strings.NewReader(content), max)
			if over := size > max; errors.Is(err, ErrTooLarge) != over || (err != nil) != over {
				t.Errorf("%d bytes with a limit of %d: %v", size, max, err)
			}
		}
	}
	if n := len(files(t, dir)); n != 4 {
		t.Errorf("%d files", n)
	}
}

// torn breaks off in the middle, as a lost connection does.
type torn struct{ r io.Reader }

func (b torn) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = io.ErrClosedPipe
	}
	return n, err
}

func TestBrokenOffLeavesNothing(t *testing.T) {
	s, dir := open(t)
	big := png + strings.Repeat("x", headSize*2)
	if _, err := s.Put(t.Context(), "a.png", torn{strings.NewReader(big)}, limit); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, "a.png", strings.NewReader(big), limit); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestOpenRefusesPaths(t *testing.T) {
	s, _ := open(t)
	for _, key := range []string{"", "..", "../../etc/passwd", "a/b", strings.Repeat("../", 12), strings.Repeat("A", 26), strings.Repeat("a", 26)} {
		if _, err := s.Open(key); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestDeleteTwice(t *testing.T) {
	s, dir := open(t)
	ref, err := s.Put(t.Context(), "a.png", strings.NewReader(png), limit)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Delete(ref.Key); err != nil {
			t.Fatal(err)
		}
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestSweep(t *testing.T) {
	s, dir := open(t)
	old, young := time.Now().Add(-time.Hour), time.Now()
	put := func(at time.Time) string {
		ref, err := s.Put(t.Context(), "a.png", strings.NewReader(png), limit)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, place(ref.Key)), at, at); err != nil {
			t.Fatal(err)
		}
		return ref.Key
	}
	kept, orphan, fresh := put(old), put(old), put(young)
	stray := filepath.Join(dir, incoming, "x")
	if err := os.WriteFile(stray, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(stray, old, old); err != nil {
		t.Fatal(err)
	}
	n, err := s.Sweep(t.Context(), time.Now().Add(-time.Minute), func(context.Context, []string) (map[string]bool, error) {
		return map[string]bool{kept: true}, nil
	})
	if err != nil || n != 2 {
		t.Fatalf("removed %d, %v", n, err)
	}
	for key, want := range map[string]error{kept: nil, fresh: nil, orphan: ErrNotFound} {
		if f, err := s.Open(key); !errors.Is(err, want) {
			t.Errorf("%s: %v", key, err)
		} else if err == nil {
			f.Close()
		}
	}
	if len(files(t, dir)) != 2 {
		t.Error("the stray upload was left")
	}
}

func FuzzRecognise(f *testing.F) {
	f.Add("a.png", []byte(png))
	f.Add("a.txt", []byte("<html>"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		kind, err := recognise(name, content)
		if (err == nil) != (kind.Type != "") {
			t.Fatalf("%+v with %v", kind, err)
		}
		oleRefused(bytes.NewReader(content), int64(len(content)))
	})
}
