package paper

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// drawn is a run of text as the PDF has it; x and y in points from the upper
// left, y on the baseline.
type drawn struct {
	page                int
	font                string
	size, space, x, y   float64
	red, green, blue    float64
	text                string
	stroke              bool    // a line or filled rectangle instead of text
	width, height, line float64 // of a stroke
}

// read is a small reader of PDFs: it follows the cross-reference table, the page
// tree and the fonts' maps to Unicode, and knows the operators that paper writes.
func read(t testing.TB, pdf []byte) []drawn {
	t.Helper()
	objects := readObjects(t, pdf)
	follow := func(from []byte, key string) []byte {
		return objects[atoi(string(regexp.MustCompile(key + ` (\d+) 0 R`).FindSubmatch(from)[1]))]
	}
	tree := follow(follow(pdf, "/Root"), "/Pages")
	kids := regexp.MustCompile(`(\d+) 0 R`).FindAllSubmatch(regexp.MustCompile(`/Kids \[(.*?)\]`).FindSubmatch(tree)[1], -1)
	resources := follow(objects[atoi(string(kids[0][1]))], "/Resources")
	names, maps := map[string]string{}, map[string]map[string]string{}
	for _, m := range regexp.MustCompile(`/(F\d+) (\d+) 0 R`).FindAllStringSubmatch(string(resources), -1) {
		font := string(objects[atoi(m[2])])
		names[m[1]] = regexp.MustCompile(`/BaseFont /\w+\+(\w+)`).FindStringSubmatch(font)[1]
		maps[m[1]] = readMap(inflate(t, objects[atoi(regexp.MustCompile(`/ToUnicode (\d+)`).FindStringSubmatch(font)[1])]))
	}
	var out []drawn
	for page, m := range kids {
		content := regexp.MustCompile(`/Contents (\d+)`).FindSubmatch(objects[atoi(string(m[1]))])[1]
		for op := range strings.SplitSeq(string(inflate(t, objects[atoi(string(content))])), "\n") {
			if d, ok := readOp(op, names, maps); ok {
				d.page = page + 1
				out = append(out, d)
			}
		}
	}
	return out
}

func readOp(op string, names map[string]string, maps map[string]map[string]string) (d drawn, ok bool) {
	f := strings.Fields(op)
	n := func(i int) float64 { v, _ := strconv.ParseFloat(f[i], 64); return v }
	switch {
	case strings.HasSuffix(op, "Tj ET"):
		font := f[5][1:]
		d = drawn{font: names[font], size: n(6), space: n(8), x: n(10), y: pageHeight - n(11), red: n(1), green: n(2), blue: n(3)}
		codes := strings.Trim(f[13], "<>")
		for ; len(codes) >= 4; codes = codes[4:] {
			d.text += maps[font][codes[:4]]
		}
		return d, true
	case strings.HasSuffix(op, " l S"):
		return drawn{stroke: true, red: n(0), line: n(4), x: n(6), y: pageHeight - n(7), width: n(9) - n(6), height: n(7) - n(10)}, true
	case strings.HasSuffix(op, " re f"):
		return drawn{stroke: true, red: n(0), x: n(4), y: pageHeight - n(5) - n(7), width: n(6), height: n(7)}, true
	}
	return d, false
}

// readObjects follows the table at the end of the file.
func readObjects(t testing.TB, pdf []byte) map[int][]byte {
	t.Helper()
	tail := pdf[bytes.LastIndex(pdf, []byte("startxref"))+10:]
	start := atoi(string(tail[:bytes.IndexByte(tail, '\n')]))
	lines := strings.Split(string(pdf[start:]), "\n")
	if lines[0] != "xref" {
		t.Fatalf("no table at %d", start)
	}
	objects := map[int][]byte{}
	for n := 1; n < atoi(strings.Fields(lines[1])[1]); n++ {
		at := atoi(lines[2+n][:10])
		head := strconv.Itoa(n) + " 0 obj\n"
		if !bytes.HasPrefix(pdf[at:], []byte(head)) {
			t.Fatalf("object %d is not at %d", n, at)
		}
		body := pdf[at+len(head):]
		objects[n] = body[:bytes.Index(body, []byte("\nendobj"))]
		if m := regexp.MustCompile(`^<< /Length (\d+)`).FindSubmatch(body); m != nil {
			from := bytes.Index(body, []byte("stream\n")) + 7
			objects[n] = body[from : from+atoi(string(m[1]))]
		}
	}
	return objects
}

func inflate(t testing.TB, data []byte) []byte {
	t.Helper()
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readMap(cmap []byte) map[string]string {
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^<(\w{4})> <(\w+)>$`).FindAllSubmatch(cmap, -1) {
		raw, _ := hex.DecodeString(string(m[2]))
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		out[string(m[1])] = string(utf16.Decode(units))
	}
	return out
}

func atoi(s string) int { n, _ := strconv.Atoi(strings.TrimSpace(s)); return n }

// plain is text without spaces and line ends, which setting may move.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// words is all text of a PDF in the order it was drawn, without page numbers.
func words(runs []drawn) string {
	var b strings.Builder
	for _, r := range runs {
		if r.y < bottom {
			b.WriteString(r.text)
		}
	}
	return plain(b.String())
}

// textLines joins runs on one baseline.
func textLines(runs []drawn) (lines []drawn) {
	for _, r := range runs {
		if r.stroke {
			continue
		}
		if n := len(lines); n > 0 && lines[n-1].page == r.page && lines[n-1].y == r.y {
			lines[n-1].text += r.text
			continue
		}
		lines = append(lines, r)
	}
	return lines
}
