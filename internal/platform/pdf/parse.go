package pdf

import (
	"bytes"
	"errors"
	"strconv"
)

// The objects of a foreign PDF. Numbers and keywords stay as they are written.
type (
	pdfWord   string // number, true, false, null
	pdfName   string // with its solidus, as written
	pdfString []byte
	pdfRef    int
	pdfArray  []any
	pdfDict   map[pdfName]any
	pdfStream struct {
		dict pdfDict
		data []byte
	}
)

// maxNesting bounds how deep arrays and dictionaries may lie in each other: a
// file made to exhaust the stack is refused.
const maxNesting = 100

var errSyntax = errors.New("pdf: the PDF is damaged")

// parser reads objects from a file, without trusting it.
type parser struct {
	data []byte
	at   int
}

func (p *parser) skip() {
	for p.at < len(p.data) {
		switch c := p.data[p.at]; {
		case c == '%':
			for p.at < len(p.data) && p.data[p.at] != '\n' && p.data[p.at] != '\r' {
				p.at++
			}
		case blank(c):
			p.at++
		default:
			return
		}
	}
}

func blank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// word reads up to the next delimiter.
func (p *parser) word() string {
	start := p.at
	for p.at < len(p.data) && !blank(p.data[p.at]) && !delimiter(p.data[p.at]) {
		p.at++
	}
	return string(p.data[start:p.at])
}

func (p *parser) has(s string) bool { return bytes.HasPrefix(p.data[p.at:], []byte(s)) }

// object reads one object; depth is how deep it lies.
func (p *parser) object(depth int) (any, error) {
	p.skip()
	if p.at >= len(p.data) || depth > maxNesting {
		return nil, errSyntax
	}
	switch {
	case p.has("<<"):
		p.at += 2
		return p.dict(depth)
	case p.has("["):
		p.at++
		return p.array(depth)
	case p.has("<"):
		return p.hex()
	case p.has("("):
		return p.literal()
	case p.has("/"):
		p.at++
		return pdfName("/" + p.word()), nil
	}
	w := p.word()
	if w == "" {
		return nil, errSyntax
	}
	if n, err := strconv.Atoi(w); err == nil && n > 0 {
		if ref, ok := p.reference(n); ok {
			return ref, nil
		}
	}
	return pdfWord(w), nil
}

// reference looks whether "0 R" follows a number.
func (p *parser) reference(n int) (pdfRef, bool) {
	held := p.at
	p.skip()
	if generation := p.word(); generation != "" && generation[0] >= '0' && generation[0] <= '9' {
		p.skip()
		if p.word() == "R" {
			return pdfRef(n), true
		}
	}
	p.at = held
	return 0, false
}

func (p *parser) dict(depth int) (any, error) {
	d := pdfDict{}
	for {
		p.skip()
		if p.has(">>") {
			p.at += 2
			return d, nil
		}
		if !p.has("/") {
			return nil, errSyntax
		}
		p.at++
		key := pdfName("/" + p.word())
		value, err := p.object(depth + 1)
		if err != nil {
			return nil, err
		}
		d[key] = value
	}
}

func (p *parser) array(depth int) (any, error) {
	a := pdfArray{}
	for {
		p.skip()
		if p.has("]") {
			p.at++
			return a, nil
		}
		value, err := p.object(depth + 1)
		if err != nil {
			return nil, err
		}
		a = append(a, value)
	}
}

func (p *parser) hex() (any, error) {
	end := bytes.IndexByte(p.data[p.at:], '>')
	if end < 0 {
		return nil, errSyntax
	}
	var digits []byte
	for _, c := range p.data[p.at+1 : p.at+end] {
		if !blank(c) {
			digits = append(digits, c)
		}
	}
	p.at += end + 1
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make(pdfString, 0, len(digits)/2)
	for ; len(digits) >= 2; digits = digits[2:] {
		v, err := strconv.ParseUint(string(digits[:2]), 16, 8)
		if err != nil {
			return nil, errSyntax
		}
		out = append(out, byte(v))
	}
	return out, nil
}

// escapes of a literal string.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

func (p *parser) literal() (any, error) {
	out, open := pdfString{}, 0
	for ; p.at < len(p.data); p.at++ {
		c := p.data[p.at]
		switch {
		case c == '(':
			if open++; open == 1 {
				continue
			}
		case c == ')':
			if open--; open == 0 {
				p.at++
				return out, nil
			}
		case c == '\\' && p.at+1 < len(p.data):
			p.at++
			out = p.escape(out)
			continue
		}
		out = append(out, c)
	}
	return nil, errSyntax
}

// escape reads what follows a backslash.
func (p *parser) escape(out pdfString) pdfString {
	c := p.data[p.at]
	if c >= '0' && c <= '7' {
		end := p.at
		for end < len(p.data) && end < p.at+3 && p.data[end] >= '0' && p.data[end] <= '7' {
			end++
		}
		v, _ := strconv.ParseUint(string(p.data[p.at:end]), 8, 16)
		p.at = end - 1
		return append(out, byte(v))
	}
	switch {
	case escapes[c] != 0:
		return append(out, escapes[c])
	case c == '\r' && p.at+1 < len(p.data) && p.data[p.at+1] == '\n':
		p.at++
		return out
	case c == '\n' || c == '\r':
		return out
	}
	return append(out, c)
}

// stream reads the bytes after a dictionary, if there are any.
func (p *parser) stream(d pdfDict) (any, error) {
	p.skip()
	if !p.has("stream") {
		return d, nil
	}
	p.at += len("stream")
	if p.has("\r\n") {
		p.at += 2
	} else if p.has("\n") || p.has("\r") {
		p.at++
	}
	start := p.at
	if length, ok := d["/Length"].(pdfWord); ok {
		n, err := strconv.Atoi(string(length))
		if err == nil && n >= 0 && n <= len(p.data)-start {
			after := parser{p.data, start + n}
			if after.skip(); after.has("endstream") {
				p.at = after.at
				return pdfStream{d, p.data[start : start+n]}, nil
			}
		}
	}
	n := bytes.Index(p.data[start:], []byte("endstream"))
	if n < 0 {
		return nil, errSyntax
	}
	p.at = start + n
	return pdfStream{d, bytes.TrimSuffix(bytes.TrimSuffix(p.data[start:start+n], []byte("\n")), []byte("\r"))}, nil
}
