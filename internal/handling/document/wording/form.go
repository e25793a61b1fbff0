package wording

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// Limits of a text and of what it becomes.
const (
	MaxSource = 32 << 10
	MaxFilled = 256 << 10
	maxDepth  = 6
)

// Mistake says what is wrong with a text, and where.
type Mistake struct {
	Line   int    // 1, 2, 3 …
	Part   string // the placeholder or mark that is refused
	Reason string // id: "wording." + Reason names the message
}

// Error names the place for logs; people see the message.
func (m *Mistake) Error() string {
	return fmt.Sprintf("line %d: %s: %s", m.Line, m.Part, m.Reason)
}

// Form is a text that was checked and can be filled.
type Form struct {
	tree  *template.Template
	names bool
}

// Names tells whether the text says who the petitioner is, so that nobody's
// data are opened for a document without them.
func (f *Form) Names() bool { return f.names }

var personal = regexp.MustCompile(`\.(Petitioner|Organisation|Sex|IDType|IDNo|Phone|Address|Household)\b`)

// blankSign is the fill-in line's sign.
const blankSign = "＿"

var funcs = template.FuncMap{
	// blank gives the value, or a line to write on.
	"blank": func(text string, width int) string {
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
		return strings.Repeat(blankSign, min(max(width, 2), 28))
	},
	"line": oneLine, "clause": clause,
	"join": func(list []string, by string) string { return strings.Join(list, by) },
	"n":    func(i int) int { return i + 1 },
	"cn":   chinese,
	"stage": func(s string) string {
		if s == "复核" {
			return s
		}
		return "复查"
	},
	"result": func(code string) string {
		if word := results[code]; word != "" {
			return word
		}
		return strings.Repeat(blankSign, 4)
	},
}

// results are the four answers to a request (Art. 32).
var results = map[string]string{
	"supported": "予以支持", "partly": "部分支持", "explained": "解释说明", "not_supported": "不予支持",
}

// oneLine writes a text of several lines as one, for rows and sentences.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// clause is a text inside a sentence: one line without its full stop.
func clause(text string) string { return strings.TrimRight(oneLine(text), "。；;.， ") }

var digits = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// chinese writes 1–99 as the numbers of headings.
func chinese(n int) string {
	switch {
	case n < 0 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return digits[n]
	}
	out := "十"
	if n >= 20 {
		out = digits[n/10] + out
	}
	if n%10 > 0 {
		out += digits[n%10]
	}
	return out
}

// allowed are the functions of a text; none of them formats or indexes
// without bound.
var allowed = []string{"blank", "line", "clause", "join", "n", "cn", "stage", "result", "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index"}

// ParseForm checks a text. The error is a *Mistake.
func ParseForm(source string) (*Form, error) {
	if len(source) > MaxSource {
		return nil, &Mistake{1, strconv.Itoa(len(source)), "long"}
	}
	t, err := template.New("text").Funcs(funcs).Parse(source)
	if err != nil {
		return nil, mistake(err)
	}
	if len(t.Templates()) > 1 {
		return nil, &Mistake{1, "define", "construct"}
	}
	if t.Tree == nil || t.Root == nil {
		return nil, &Mistake{1, "", "no_title"}
	}
	if err := check(t.Tree, t.Root, 0); err != nil {
		return nil, err
	}
	f := &Form{t, personal.MatchString(source)}
	for _, v := range []View{{}, Example()} {
		filled, err := f.Fill(v)
		if err != nil {
			return nil, err
		}
		if _, err := Read(filled); err != nil {
			return nil, err
		}
	}
	return f, nil
}

var errorPlace = regexp.MustCompile(`^template: text:(\d+)(?::\d+)?: ?(.*)$`)

// mistake reads the place out of an error of text/template.
func mistake(err error) error {
	m := errorPlace.FindStringSubmatch(err.Error())
	if m == nil {
		return &Mistake{1, "", "syntax"}
	}
	line, _ := strconv.Atoi(m[1])
	part, reason := m[2], "syntax"
	if q := quoted.FindStringSubmatch(part); q != nil {
		part, reason = q[1], "unknown"
	}
	return &Mistake{line, part, reason}
}

var quoted = regexp.MustCompile(`(?:can't evaluate field |function ")([^" ]+)`)

// check walks the parsed text and refuses what is not on the list.
func check(t *parse.Tree, n parse.Node, depth int) error {
	refuse := func(part string) error { return &Mistake{lineOf(t, n), part, "construct"} }
	if depth > maxDepth {
		return refuse(n.String())
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, each := range list(n) {
			if err := check(t, each, depth); err != nil {
				return err
			}
		}
	case *parse.TextNode, *parse.CommentNode:
	case *parse.ActionNode:
		return checkPipe(t, n.Pipe)
	case *parse.IfNode:
		return checkBranch(t, &n.BranchNode, depth)
	case *parse.WithNode:
		return checkBranch(t, &n.BranchNode, depth)
	case *parse.RangeNode:
		if !isField(n.Pipe) {
			return refuse("range " + n.Pipe.String())
		}
		return checkBranch(t, &n.BranchNode, depth)
	default:
		return refuse(n.String())
	}
	return nil
}

func list(n *parse.ListNode) []parse.Node {
	if n == nil {
		return nil
	}
	return n.Nodes
}

func checkBranch(t *parse.Tree, b *parse.BranchNode, depth int) error {
	if err := checkPipe(t, b.Pipe); err != nil {
		return err
	}
	for _, part := range []*parse.ListNode{b.List, b.ElseList} {
		if part == nil {
			continue
		}
		if err := check(t, part, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// isField tells whether a loop runs over a field and nothing that counts.
func isField(p *parse.PipeNode) bool {
	if len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	switch arg := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		return arg.Ident[len(arg.Ident)-1] != "People"
	case *parse.VariableNode:
		return len(arg.Ident) > 1 && arg.Ident[len(arg.Ident)-1] != "People" && arg.Ident[len(arg.Ident)-1] != "Seq"
	}
	return false
}

func checkPipe(t *parse.Tree, p *parse.PipeNode) error {
	for _, c := range p.Cmds {
		for _, arg := range c.Args {
			switch arg := arg.(type) {
			case *parse.IdentifierNode:
				if !slices.Contains(allowed, arg.Ident) {
					return &Mistake{lineOf(t, arg), arg.Ident, "function"}
				}
			case *parse.PipeNode:
				if err := checkPipe(t, arg); err != nil {
					return err
				}
			case *parse.ChainNode:
				return &Mistake{lineOf(t, arg), arg.String(), "construct"}
			}
		}
	}
	return nil
}

// lineOf counts the lines before a node.
func lineOf(t *parse.Tree, n parse.Node) int {
	place, _ := t.ErrorContext(n)
	if m := errorPlace.FindStringSubmatch("template: " + place + ": "); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line
	}
	return 1
}

var errFull = errors.New("wording: the document grows beyond its limit")

// bounded stops a text that grows without end.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > MaxFilled {
		return 0, errFull
	}
	return b.Buffer.Write(p)
}

// Fill puts a view into the text. The error is a *Mistake.
func (f *Form) Fill(v View) (string, error) {
	v.OrdinaryRemedy = len(v.Requests) == 0 || slices.ContainsFunc(v.Requests, func(r Request) bool {
		return r.Nature == "R7" || r.Nature == ""
	})
	var out bounded
	err := f.tree.Execute(&out, tame(v))
	if errors.Is(err, errFull) {
		return "", &Mistake{1, "", "full"}
	}
	if err != nil {
		return "", mistake(err)
	}
	return tidy(out.String()), nil
}

var emptyLines = regexp.MustCompile(`\n\s*\n(\s*\n)+`)

// tidy leaves at most one empty line between paragraphs.
func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.TrimSpace(emptyLines.ReplaceAllString(strings.Join(lines, "\n"), "\n\n")) + "\n"
}
