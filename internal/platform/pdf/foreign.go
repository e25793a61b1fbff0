package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
)

// foreign is a PDF that others made. Its objects are found by reading the file
// from front to back, not by its own table, which is broken often enough; a
// later object of a number replaces an earlier one, as updates do.
type foreign struct {
	objects map[int]any
	root    any
	locked  bool
}

// Bounds of what a file may ask for.
const (
	maxPages    = 2000
	maxTree     = 50
	maxUnpacked = 64 << 20
)

var (
	errNoPDF  = errors.New("pdf: not a PDF")
	errLocked = errors.New("pdf: the PDF is encrypted")
	errCoding = errors.New("pdf: the PDF is packed in a way that is not known here")
	errHuge   = errors.New("pdf: the PDF unfolds to too much")

	objectHead = regexp.MustCompile(`(\d{1,9})[ \t\r\n]+\d{1,5}[ \t\r\n]+obj\b|\btrailer\b`)
)

func readForeign(data []byte) (*foreign, error) {
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, errNoPDF
	}
	f := &foreign{objects: map[int]any{}}
	for at := 0; ; {
		m := objectHead.FindSubmatchIndex(data[at:])
		if m == nil {
			break
		}
		p := parser{data, at + m[1]}
		value, err := p.object(0)
		if err != nil {
			at += m[1]
			continue
		}
		if d, ok := value.(pdfDict); ok {
			if value, err = p.stream(d); err != nil {
				at += m[1]
				continue
			}
			f.trailer(d)
		}
		if m[2] >= 0 {
			n, _ := strconv.Atoi(string(data[at+m[2] : at+m[3]]))
			f.objects[n] = value
			if err := f.unpackObjects(value); err != nil {
				return nil, err
			}
		}
		at = p.at
	}
	if f.locked {
		return nil, errLocked
	}
	return f, nil
}

// trailer notes what a trailer, or a cross-reference stream, tells.
func (f *foreign) trailer(d pdfDict) {
	if d["/Root"] != nil && (d["/Size"] != nil || d["/Type"] == pdfName("/XRef")) {
		f.root = d["/Root"]
		f.locked = f.locked || d["/Encrypt"] != nil
	}
}

// unpackObjects reads the objects in an object stream.
func (f *foreign) unpackObjects(value any) error {
	s, ok := value.(pdfStream)
	if !ok || s.dict["/Type"] != pdfName("/ObjStm") {
		return nil
	}
	data, err := f.decode(s)
	if err != nil {
		return err
	}
	first, count := f.integer(s.dict["/First"]), f.integer(s.dict["/N"])
	head := parser{data, 0}
	for range min(count, len(data)) {
		head.skip()
		n, err1 := strconv.Atoi(head.word())
		head.skip()
		offset, err2 := strconv.Atoi(head.word())
		if err1 != nil || err2 != nil || first < 0 || offset < 0 || first+offset >= len(data) {
			return errSyntax
		}
		body := parser{data, first + offset}
		if f.objects[n], err = body.object(0); err != nil {
			return err
		}
	}
	return nil
}

// decode unpacks a stream: plain, or deflated without predictor.
func (f *foreign) decode(s pdfStream) ([]byte, error) {
	filter := f.resolve(s.dict["/Filter"])
	if list, ok := filter.(pdfArray); ok {
		switch len(list) {
		case 0:
			filter = nil
		case 1:
			filter = f.resolve(list[0])
		default:
			return nil, errCoding
		}
	}
	switch {
	case filter == nil:
		return s.data, nil
	case filter != pdfName("/FlateDecode") || f.dict(s.dict["/DecodeParms"])["/Predictor"] != nil:
		return nil, errCoding
	}
	z, err := zlib.NewReader(bytes.NewReader(s.data))
	if err != nil {
		return nil, errSyntax
	}
	out, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	if len(out) > maxUnpacked {
		return nil, errHuge
	}
	if err != nil && len(out) == 0 {
		return nil, errSyntax
	}
	return out, nil
}

// resolve follows references, a few steps.
func (f *foreign) resolve(v any) any {
	for range 10 {
		ref, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = f.objects[int(ref)]
	}
	return nil
}

func (f *foreign) dict(v any) pdfDict {
	switch v := f.resolve(v).(type) {
	case pdfDict:
		return v
	case pdfStream:
		return v.dict
	}
	return nil
}

func (f *foreign) number(v any) float64 {
	w, _ := f.resolve(v).(pdfWord)
	n, _ := strconv.ParseFloat(string(w), 64)
	return n
}

func (f *foreign) integer(v any) int { return int(f.number(v)) }

// leaf is a page with what it inherits.
type leaf struct {
	contents, resources any
	box                 [4]float64
	turn                int
}

var inherited = []pdfName{"/Resources", "/MediaBox", "/CropBox", "/Rotate"}

// leaves are the pages in order.
func (f *foreign) leaves() ([]leaf, error) {
	var out []leaf
	seen := map[pdfRef]bool{}
	var walk func(node any, above pdfDict, depth int) error
	walk = func(node any, above pdfDict, depth int) error {
		if ref, ok := node.(pdfRef); ok {
			if seen[ref] {
				return errSyntax // a tree that bites its tail
			}
			seen[ref] = true
		}
		d := f.dict(node)
		if d == nil || depth > maxTree || len(out) >= maxPages {
			return errSyntax
		}
		have := pdfDict{}
		for _, key := range inherited {
			if have[key] = above[key]; d[key] != nil {
				have[key] = d[key]
			}
		}
		kids, ok := f.resolve(d["/Kids"]).(pdfArray)
		if !ok {
			out = append(out, f.leaf(d, have))
			return nil
		}
		for _, kid := range kids {
			if err := walk(kid, have, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(f.dict(f.root)["/Pages"], nil, 0); err != nil {
		return nil, err
	}
	return out, nil
}

func (f *foreign) leaf(d, have pdfDict) leaf {
	l := leaf{contents: d["/Contents"], resources: have["/Resources"], box: [4]float64{0, 0, PageWidth, PageHeight}}
	for _, key := range []pdfName{"/MediaBox", "/CropBox"} {
		if a, ok := f.resolve(have[key]).(pdfArray); ok && len(a) == 4 {
			x1, y1, x2, y2 := f.number(a[0]), f.number(a[1]), f.number(a[2]), f.number(a[3])
			if box := [4]float64{min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)}; box[2] > box[0] && box[3] > box[1] {
				l.box = box
			}
		}
	}
	l.turn = ((f.integer(have["/Rotate"])/90)%4 + 4) % 4
	return l
}

// content is a page's drawing as one stream.
func (f *foreign) content(l leaf) (pdfStream, error) {
	switch c := f.resolve(l.contents).(type) {
	case pdfStream:
		return c, nil
	case pdfArray:
		var all []byte
		for _, part := range c {
			s, ok := f.resolve(part).(pdfStream)
			if !ok {
				continue
			}
			data, err := f.decode(s)
			if err != nil {
				return pdfStream{}, err
			}
			if all = append(append(all, data...), '\n'); len(all) > maxUnpacked {
				return pdfStream{}, errHuge
			}
		}
		return pdfStream{pdfDict{}, all}, nil
	}
	return pdfStream{pdfDict{}, nil}, nil // a blank page
}

// copier takes objects over under new numbers, each once.
type copier struct {
	from    *foreign
	to      *File
	numbers map[pdfRef]int
	waiting []pdfRef
}

// text writes an object, its references renumbered.
func (c *copier) text(v any) string {
	switch v := v.(type) {
	case pdfWord:
		return string(v)
	case pdfName:
		return string(v)
	case pdfString:
		return fmt.Sprintf("<%X>", []byte(v))
	case pdfRef:
		if _, ok := c.from.objects[int(v)]; !ok {
			return "null"
		}
		if c.numbers[v] == 0 {
			c.numbers[v] = c.to.put(nil)
			c.waiting = append(c.waiting, v)
		}
		return fmt.Sprintf("%d 0 R", c.numbers[v])
	case pdfArray:
		out := "["
		for _, item := range v {
			out += c.text(item) + " "
		}
		return out + "]"
	case pdfDict:
		return "<< " + c.entries(v) + ">>"
	}
	return "null"
}

// entries leaves out what leads back to the foreign file's pages.
func (c *copier) entries(d pdfDict) string {
	keys := make([]pdfName, 0, len(d))
	for key := range d {
		if !slices.Contains([]pdfName{"/Length", "/Parent", "/StructParent", "/StructParents", "/PieceInfo", "/Metadata", "/OC"}, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	out := ""
	for _, key := range keys {
		out += string(key) + " " + c.text(d[key]) + " "
	}
	return out
}

// drain writes all objects that were referred to.
func (c *copier) drain() {
	for len(c.waiting) > 0 {
		ref := c.waiting[0]
		c.waiting = c.waiting[1:]
		var body []byte
		if s, ok := c.from.objects[int(ref)].(pdfStream); ok {
			body = rawStream(c.entries(s.dict), s.data)
		} else {
			body = []byte(c.text(c.from.objects[int(ref)]))
		}
		c.to.objects[c.numbers[ref]-1] = body
	}
}
