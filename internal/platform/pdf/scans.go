package pdf

import (
	"errors"
	"regexp"
	"slices"
)

// Scan is the one image of a page that came from a scanner.
type Scan struct {
	Filter        string // how Data is packed; "" for plain samples
	Data          []byte
	Width, Height int
	Bits          int
	Channels      int
	Inverted      bool // zero is white
	Turn          int  // quarters clockwise

	// Of fax coding.
	K        int
	BlackIs1 bool
	Align    bool
}

// What Scans cannot take apart.
var (
	ErrPages  = errors.New("pdf: too many pages")
	ErrNoScan = errors.New("pdf: a page is no single image")
)

// Scans gives the image of every page, if each page holds exactly one.
func Scans(data []byte, most int) ([]Scan, error) {
	f, err := readForeign(data)
	if err != nil {
		return nil, err
	}
	leaves, err := f.leaves()
	if err != nil {
		return nil, err
	}
	if len(leaves) > most {
		return nil, ErrPages
	}
	out := make([]Scan, len(leaves))
	for i, l := range leaves {
		if out[i], err = f.scan(l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scan finds the image of a page. A page with fonts has text of its own, which
// is usually the scanner's invisible reading of it: the image counts.
func (f *foreign) scan(l leaf) (Scan, error) {
	image, err := f.only(l)
	if err != nil {
		return Scan{}, err
	}
	s := Scan{Width: f.integer(image.dict["/Width"]), Height: f.integer(image.dict["/Height"]), Bits: f.integer(image.dict["/BitsPerComponent"]), Turn: l.turn, Data: image.data}
	if f.resolve(image.dict["/ImageMask"]) == pdfWord("true") {
		s.Bits = 1
	}
	if a, ok := f.resolve(image.dict["/Decode"]).(pdfArray); ok && len(a) > 0 {
		s.Inverted = f.number(a[0]) == 1
	}
	s.Channels = f.channels(image.dict["/ColorSpace"])
	return s, f.packing(&s, image)
}

var drawing = regexp.MustCompile(`(/[^\s/<>\[\]()]+)\s+Do\b`)

// only is the one image that a page draws.
func (f *foreign) only(l leaf) (pdfStream, error) {
	content, err := f.content(l)
	if err != nil {
		return pdfStream{}, err
	}
	text, err := f.decode(content)
	if err != nil {
		return pdfStream{}, err
	}
	objects := f.dict(f.dict(l.resources)["/XObject"])
	drawn := drawing.FindAllSubmatch(text, 2)
	if len(drawn) != 1 {
		return pdfStream{}, ErrNoScan
	}
	s, ok := f.resolve(objects[pdfName(drawn[0][1])]).(pdfStream)
	if !ok || f.resolve(s.dict["/Subtype"]) != pdfName("/Image") {
		return pdfStream{}, ErrNoScan
	}
	return s, nil
}

// channels of a colour space; 0 is one that is not read here.
func (f *foreign) channels(space any) int {
	switch v := f.resolve(space).(type) {
	case nil:
		return 1
	case pdfName:
		return map[pdfName]int{"/DeviceGray": 1, "/G": 1, "/CalGray": 1, "/DeviceRGB": 3, "/RGB": 3, "/CalRGB": 3}[v]
	case pdfArray:
		if len(v) == 2 && f.resolve(v[0]) == pdfName("/ICCBased") {
			return f.integer(f.dict(v[1])["/N"])
		}
		if len(v) == 2 {
			return f.channels(v[0])
		}
	}
	return 0
}

// packing unpacks what is deflated and names what is coded as an image.
func (f *foreign) packing(s *Scan, image pdfStream) error {
	filter := f.resolve(image.dict["/Filter"])
	parms := f.resolve(image.dict["/DecodeParms"])
	if list, ok := filter.(pdfArray); ok && len(list) == 1 {
		filter = f.resolve(list[0])
		if p, ok := parms.(pdfArray); ok && len(p) == 1 {
			parms = f.resolve(p[0])
		}
	}
	p := f.dict(parms)
	switch filter {
	case pdfName("/DCTDecode"):
		s.Filter = "/DCTDecode"
		return nil
	case pdfName("/CCITTFaxDecode"):
		s.Filter, s.K = "/CCITTFaxDecode", f.integer(p["/K"])
		s.BlackIs1, s.Align = f.resolve(p["/BlackIs1"]) == pdfWord("true"), f.resolve(p["/EncodedByteAlign"]) == pdfWord("true")
		if columns := f.integer(p["/Columns"]); columns != 0 && columns != s.Width || columns == 0 && s.Width != 1728 {
			return ErrNoScan
		}
		return nil
	case nil:
		return f.samples(s, image, 0)
	case pdfName("/FlateDecode"):
		plain := pdfStream{pdfDict{"/Filter": pdfName("/FlateDecode")}, image.data}
		return f.samples(s, plain, f.integer(p["/Predictor"]))
	}
	return ErrNoScan
}

func (f *foreign) samples(s *Scan, image pdfStream, predictor int) error {
	if s.Channels != 1 && s.Channels != 3 || !slices.Contains([]int{1, 8}, s.Bits) || s.Width < 1 || s.Height < 1 {
		return ErrNoScan
	}
	data, err := f.decode(pdfStream{pdfDict{"/Filter": image.dict["/Filter"]}, image.data})
	if err != nil {
		return err
	}
	switch {
	case predictor >= 10:
		s.Data, err = unpredict(data, (s.Width*s.Bits*s.Channels+7)/8, max(1, s.Bits*s.Channels/8))
		return err
	case predictor > 1:
		return ErrNoScan
	}
	s.Data = data
	return nil
}

// unpredict undoes the filters of PNG, row by row.
func unpredict(data []byte, row, step int) ([]byte, error) {
	out := make([]byte, 0, len(data))
	before := make([]byte, row)
	for ; len(data) > row; data = data[row+1:] {
		now := slices.Clone(data[1 : row+1])
		for i := range now {
			var left, corner byte
			if i >= step {
				left, corner = now[i-step], before[i-step]
			}
			switch data[0] {
			case 0:
			case 1:
				now[i] += left
			case 2:
				now[i] += before[i]
			case 3:
				now[i] += byte((int(left) + int(before[i])) / 2)
			case 4:
				now[i] += paeth(left, before[i], corner)
			default:
				return nil, errSyntax
			}
		}
		out = append(out, now...)
		before = now
	}
	return out, nil
}

// paeth is the neighbour nearest to where the slope leads.
func paeth(a, b, c byte) byte {
	distance := func(n byte) int { return max(int(a)+int(b)-int(c)-int(n), int(n)-int(a)-int(b)+int(c)) }
	switch da, db, dc := distance(a), distance(b), distance(c); {
	case da <= db && da <= dc:
		return a
	case db <= dc:
		return b
	}
	return c
}
