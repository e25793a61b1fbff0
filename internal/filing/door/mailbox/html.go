package mailbox

import (
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hidden are the elements whose text nobody reads.
var hidden = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true,
	atom.Noscript: true, atom.Iframe: true, atom.Object: true, atom.Svg: true, atom.Math: true, atom.Textarea: true}

// blocks begin a new line.
var blocks = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Br: true, atom.Tr: true, atom.Li: true, atom.Ul: true, atom.Ol: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Table: true, atom.Hr: true,
	atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Pre: true, atom.Dd: true, atom.Dt: true}

// textOf gives the words of an HTML mail. Only text passes: no address is
// followed, no image loaded. A quotation becomes lines that begin with ">".
func textOf(page string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	skip, quote := 0, 0
	var inside []atom.Atom // the open hidden elements
	line := func() {
		if s := out.String(); s != "" && !strings.HasSuffix(s, "\n") {
			out.WriteByte('\n')
		}
	}
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				out.WriteString("…")
			}
			return tidied(out.String())
		case html.TextToken:
			if skip == 0 {
				write(&out, string(z.Text()), quote)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			switch {
			case hidden[tag.DataAtom] && tag.Type == html.StartTagToken:
				inside, skip = append(inside, tag.DataAtom), skip+1
			case tag.DataAtom == atom.Body: // a head that was never closed ends here
				inside, skip = nil, 0
			case tag.DataAtom == atom.Blockquote:
				line()
				quote++
			case blocks[tag.DataAtom]:
				line()
			case tag.DataAtom == atom.Td || tag.DataAtom == atom.Th:
				out.WriteByte(' ')
			}
		case html.EndTagToken:
			tag := z.Token()
			switch {
			case len(inside) > 0 && inside[len(inside)-1] == tag.DataAtom:
				inside, skip = inside[:len(inside)-1], skip-1
			case tag.DataAtom == atom.Blockquote:
				line()
				quote = max(0, quote-1)
			case blocks[tag.DataAtom]:
				line()
			}
		}
	}
}

// write joins words as a browser does: white space of any length is one blank.
func write(out *strings.Builder, text string, quote int) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return
	}
	s := out.String()
	begins := s == "" || strings.HasSuffix(s, "\n")
	switch {
	case begins && quote > 0:
		out.WriteString(strings.Repeat(">", quote) + " ")
	case !begins && !strings.HasSuffix(s, " ") && strings.ContainsAny(text[:1], " \t\r\n"):
		out.WriteByte(' ')
	}
	out.WriteString(strings.Join(words, " "))
	if strings.ContainsAny(text[len(text)-1:], " \t\r\n") {
		out.WriteByte(' ')
	}
}

// tidied trims lines and leaves at most one empty line between others.
func tidied(text string) string {
	var out []string
	for _, l := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		l = strings.TrimRight(l, " \t\r\u00a0\u3000")
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
