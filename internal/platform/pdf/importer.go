package pdf

import "fmt"

// Page is a page of another PDF, kept as a drawing of its own.
type Page struct {
	name          string
	width, height float64
}

// Take copies all pages of a PDF into this file, or none.
func (p *File) Take(data []byte) ([]Page, error) {
	from, err := readForeign(data)
	if err != nil {
		return nil, err
	}
	leaves, err := from.leaves()
	if err != nil {
		return nil, err
	}
	contents := make([]pdfStream, len(leaves))
	for i, l := range leaves {
		if contents[i], err = from.content(l); err != nil {
			return nil, err
		}
	}
	c := &copier{from: from, to: p, numbers: map[pdfRef]int{}}
	pages := make([]Page, len(leaves))
	for i, l := range leaves {
		pages[i] = c.page(l, contents[i])
	}
	c.drain()
	return pages, nil
}

// page writes a page as a form, upright, its lower left corner at the origin.
func (c *copier) page(l leaf, content pdfStream) Page {
	x0, y0, x1, y1 := l.box[0], l.box[1], l.box[2], l.box[3]
	t := Page{width: x1 - x0, height: y1 - y0}
	matrix := [6]float64{1, 0, 0, 1, -x0, -y0}
	switch l.turn {
	case 1:
		matrix = [6]float64{0, -1, 1, 0, -y0, x1}
	case 2:
		matrix = [6]float64{-1, 0, 0, -1, x1, y1}
	case 3:
		matrix = [6]float64{0, 1, -1, 0, y1, -x0}
	}
	if l.turn%2 == 1 {
		t.width, t.height = t.height, t.width
	}
	resources := "<< >>"
	if l.resources != nil {
		resources = c.text(l.resources)
	}
	entries := fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [%s %s %s %s] /Matrix [%s %s %s %s %s %s] /Resources %s ",
		num(x0), num(y0), num(x1), num(y1), num(matrix[0]), num(matrix[1]), num(matrix[2]), num(matrix[3]), num(matrix[4]), num(matrix[5]), resources)
	packing := pdfDict{}
	for _, key := range []pdfName{"/Filter", "/DecodeParms"} {
		if v := content.dict[key]; v != nil {
			packing[key] = v
		}
	}
	number := c.to.put(rawStream(entries+c.entries(packing), content.data))
	t.name = fmt.Sprintf("/P%d", number)
	c.to.forms = append(c.to.forms, fmt.Sprintf("%s %d 0 R", t.name, number))
	return t
}

// Place draws a taken page over the whole sheet, in proportion.
func (s *Sheet) Place(t Page) {
	scale := min(PageWidth/max(t.width, 1), PageHeight/max(t.height, 1))
	x, y := (PageWidth-t.width*scale)/2, (PageHeight-t.height*scale)/2
	fmt.Fprintf(&s.content, "q %s 0 0 %s %s %s cm %s Do Q\n", num(scale), num(scale), num(x), num(y), t.name)
}
