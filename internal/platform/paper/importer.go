package paper

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/phpdave11/gofpdi"
)

// taken is a page of another PDF, kept as a drawing of its own.
type taken struct {
	name          string
	width, height float64
}

const pageBox = "/MediaBox"

var errNoPDF = errors.New("paper: not a PDF")

// take copies all pages of a PDF into this file. The library panics on files
// that it does not understand, so that nothing is kept of a page until all
// were read.
func (p *pdfFile) take(data []byte) (pages []taken, err error) {
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, errNoPDF
	}
	defer func() {
		if fault := recover(); fault != nil {
			pages, err = nil, fmt.Errorf("paper: the PDF cannot be taken over: %v", fault)
		}
	}()
	reader := io.ReadSeeker(bytes.NewReader(data))
	in := gofpdi.NewImporter()
	in.SetSourceStream(&reader)
	sizes := in.GetPageSizes()
	first := len(p.objects) + 1
	in.SetNextObjectID(first)
	var names []string
	for n := 1; n <= in.GetNumPages(); n++ {
		tpl := in.ImportPage(n, pageBox)
		name, _, _, _, _ := in.UseTemplate(tpl, 0, 0, 0, 0)
		names = append(names, name)
		size := sizes[n][pageBox]
		pages = append(pages, taken{name: fmt.Sprintf("/P%dX%d", first, n), width: size["w"], height: size["h"]})
	}
	numbers := in.PutFormXobjects()
	objects := in.GetImportedObjects()
	for n := range len(objects) {
		body, ok := objects[first+n]
		if !ok {
			return nil, fmt.Errorf("paper: the PDF cannot be taken over: object %d", n)
		}
		p.put([]byte(body))
	}
	for i, name := range names {
		p.forms = append(p.forms, fmt.Sprintf("%s %d 0 R", pages[i].name, numbers[name]))
	}
	return pages, nil
}

// place draws a taken page over the whole sheet, in proportion.
func (s *sheet) place(t taken) {
	scale := min(pageWidth/max(t.width, 1), pageHeight/max(t.height, 1))
	x, y := (pageWidth-t.width*scale)/2, (pageHeight-t.height*scale)/2
	fmt.Fprintf(&s.content, "q %s 0 0 %s %s %s cm %s Do Q\n", num(scale), num(scale), num(x), num(y), t.name)
}
