package wording

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"xinqiao/internal/platform/paper"
)

// Sheet is a filled text as a document's parts.
type Sheet struct {
	Title       string
	Addressee   string
	Signer      string // "" = the issuer
	Unsigned    bool   // a form that is signed by hand
	Body        []paper.Block
	Attachments []string
	Copies      []string
	Blanks      []int // lines that still hold a fill-in line
}

var (
	first   = regexp.MustCompile(`^[一二三四五六七八九十]{1,3}、`)
	second  = regexp.MustCompile(`^（[一二三四五六七八九十]{1,3}）`)
	ruleRow = regexp.MustCompile(`^\|(\s*:?-{2,}:?\s*\|)+$`)
)

const longestHeading = 28

// Read turns a filled text into a sheet. The error is a *Mistake.
func Read(text string) (Sheet, error) {
	r := reader{}
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		r.at = i + 1
		if strings.Contains(line, blankSign) && !r.tail {
			r.Blanks = append(r.Blanks, r.at)
		}
		if strings.Contains(line, "{{") || strings.Contains(line, "<no value>") {
			return Sheet{}, &Mistake{r.at, line, "placeholder"}
		}
		r.take(line)
	}
	r.flush()
	if r.Title == "" {
		return Sheet{}, &Mistake{1, "#", "no_title"}
	}
	return r.Sheet, nil
}

// reader collects neighbouring lines of one sort.
type reader struct {
	Sheet
	at     int
	tail   bool // after a page break: a slip that the receiver fills in
	fields [][]paper.Field
	head   []string
	rows   [][]string
	signs  []string
}

// take reads one line.
func (r *reader) take(line string) {
	mark, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case line == "":
		r.flush()
		return
	case ruleRow.MatchString(line):
		if len(r.rows) == 1 {
			r.head, r.rows = r.rows[0], nil
		}
		return
	case strings.HasPrefix(line, "|"):
		r.keep(&r.rows, cells(line))
		return
	case mark == ":":
		r.fields = append(r.fields, row(rest))
		return
	case mark == "~":
		r.signs = append(r.signs, cells(rest)...)
		return
	}
	r.flush()
	switch {
	case mark == "#" && r.Title == "":
		r.Title = rest
	case mark == ">":
		r.Addressee = strings.TrimRight(rest, "：:")
	case mark == "@":
		r.Signer, r.Unsigned = rest, rest == "-"
		if r.Unsigned {
			r.Signer = ""
		}
	case mark == "+":
		r.Attachments = append(r.Attachments, rest)
	case mark == "cc:":
		r.Copies = append(r.Copies, rest)
	case line == "---":
		r.Body, r.tail = append(r.Body, paper.Break{}), true
	default:
		r.Body = append(r.Body, prose(line))
	}
}

func (*reader) keep(rows *[][]string, cells []string) { *rows = append(*rows, cells) }

// prose is a heading or a paragraph.
func prose(line string) paper.Block {
	short := utf8.RuneCountInString(line) <= longestHeading && !strings.HasSuffix(line, "。") && !strings.Contains(line, blankSign)
	switch {
	case short && first.MatchString(line):
		return paper.Heading{Level: 1, Text: line}
	case short && second.MatchString(line):
		return paper.Heading{Level: 2, Text: line}
	}
	return paper.Para{Text: line}
}

// row reads "名称：值", several of them between bars.
func row(text string) []paper.Field {
	var out []paper.Field
	for _, part := range cells(text) {
		label, value, _ := strings.Cut(part, "：")
		out = append(out, paper.Field{Label: strings.TrimSpace(label), Value: strings.TrimSpace(value)})
	}
	return out
}

func cells(line string) []string {
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// flush ends the table, form or signatures that were being read.
func (r *reader) flush() {
	if len(r.fields) > 0 {
		r.Body = append(r.Body, paper.Fields{Rows: r.fields})
	}
	if len(r.rows) > 0 || len(r.head) > 0 {
		r.Body = append(r.Body, paper.Table{Head: r.head, Rows: even(r.head, r.rows), Widths: widths(r.head)})
	}
	if len(r.signs) > 0 {
		r.Body = append(r.Body, paper.Signatures{Lines: r.signs})
	}
	r.fields, r.head, r.rows, r.signs = nil, nil, nil, nil
}

// widths keeps a column of numbers narrow.
func widths(head []string) []float64 {
	if len(head) < 2 || head[0] != "序号" {
		return nil
	}
	out := []float64{1}
	for range head[1:] {
		out = append(out, 4)
	}
	return out
}

// even gives every row as many cells as the widest.
func even(head []string, rows [][]string) [][]string {
	n := len(head)
	for _, r := range rows {
		n = max(n, len(r))
	}
	for i, r := range rows {
		for len(r) < n {
			r = append(r, "")
		}
		rows[i] = r
	}
	return rows
}

// Particulars are what a document has beside its text.
type Particulars struct {
	Mark      string // the red issuer mark; "" = the issuer's name
	Issuer    string
	Number    string
	Date      string
	Seal      *paper.Seal
	Verify    string
	PrintedBy string
}

// Document joins the text of a kind with its particulars. Letters and notices
// have no forms in them: what a form would hold is written in lines.
func (k Kind) Document(s Sheet, p Particulars) paper.Document {
	d := paper.Document{
		Kind: k.Paper, Issuer: p.Mark, Number: p.Number, Title: s.Title, Addressee: s.Addressee, Body: s.Body,
		Attachments: s.Attachments, Copies: s.Copies, Signer: s.Signer, Date: p.Date, Seal: p.Seal, Verify: p.Verify,
	}
	if d.Issuer == "" {
		d.Issuer = p.Issuer
	}
	if d.Signer == "" && !s.Unsigned {
		d.Signer = p.Issuer
	}
	if s.Unsigned || k.Paper == paper.Record {
		d.Signer, d.Date = "", ""
	}
	if len(d.Copies) > 0 {
		d.PrintedBy, d.PrintedOn = p.PrintedBy, p.Date
	}
	if k.Side == OwnSide || k.Joint {
		d.Issuer = ""
	}
	if k.Paper == paper.Notice || k.Paper == paper.Letter || k.Paper == paper.Report {
		d.Body = running(d.Body)
	}
	for i, b := range d.Body {
		if p, ok := b.(paper.Para); ok {
			d.Body[i] = paper.Para{Text: fitted(p.Text)}
		}
	}
	return d
}

// lineRunes is what the first line of a paragraph holds after its indent.
const lineRunes = 26

// fitted shortens the line to write on that ends a paragraph, so that it does
// not run on.
func fitted(text string) string {
	words := strings.TrimRight(text, blankSign)
	n, room := utf8.RuneCountInString(text), lineRunes-utf8.RuneCountInString(words)
	if words == text || n <= lineRunes || room < 4 {
		return text
	}
	return words + strings.Repeat(blankSign, room)
}

// running writes forms inside letters as lines of text.
func running(body []paper.Block) []paper.Block {
	var out []paper.Block
	for _, b := range body {
		form, ok := b.(paper.Fields)
		if !ok {
			out = append(out, b)
			continue
		}
		for _, row := range form.Rows {
			var line []string
			for _, f := range row {
				line = append(line, f.Label+"："+f.Value)
			}
			out = append(out, paper.Para{Text: strings.Join(line, "；")})
		}
	}
	return out
}

var blankRun = regexp.MustCompile(blankSign + `+`)

// ruled writes fill-in lines as unbroken rules, a little narrower than the
// signs that they replace.
func ruled(text string) string {
	return blankRun.ReplaceAllStringFunc(text, func(run string) string {
		return strings.Repeat("_", utf8.RuneCountInString(run)*9/5)
	})
}

// Ruled is a document as it is printed: its fill-in lines are rules. On a page
// they stay signs, which can be marked.
func Ruled(d paper.Document) paper.Document {
	d.Addressee, d.Title = ruled(d.Addressee), ruled(d.Title)
	body := make([]paper.Block, len(d.Body))
	for i, b := range d.Body {
		switch b := b.(type) {
		case paper.Para:
			body[i] = paper.Para{Text: ruled(b.Text)}
		case paper.Table:
			rows := make([][]string, len(b.Rows))
			for j, row := range b.Rows {
				for _, cell := range row {
					rows[j] = append(rows[j], ruled(cell))
				}
			}
			b.Rows = rows
			body[i] = b
		case paper.Fields:
			rows := make([][]paper.Field, len(b.Rows))
			for j, row := range b.Rows {
				for _, f := range row {
					f.Value = ruled(f.Value)
					rows[j] = append(rows[j], f)
				}
			}
			body[i] = paper.Fields{Rows: rows}
		default:
			body[i] = b
		}
	}
	d.Body = body
	return d
}
