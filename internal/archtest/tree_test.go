package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

const module = "xinqiao"

// source is one Go file of the tree.
type source struct {
	path      string // slash-separated, relative to the module root
	dir       string
	text      string
	ast       *ast.File
	imports   map[string]int // import path → line
	test      bool
	generated bool
}

// base gives the file's name.
func (s source) base() string { return path.Base(s.path) }

// tree is the whole house: parsed Go files and every other text.
type tree struct {
	fset  *token.FileSet
	gos   []source
	texts map[string]string // templ, json, sql, ts, css, sh … and Go
}

// finding is one broken rule. Symbol lets an exception name a function without
// naming a line.
type finding struct {
	path, symbol string
	line         int
	msg          string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s", f.path, f.line, f.msg)
}

// line gives the line of a node.
func (t *tree) line(p token.Pos) int { return t.fset.Position(p).Line }

// packages groups the Go files by directory.
func (t *tree) packages() map[string][]source {
	m := map[string][]source{}
	for _, s := range t.gos {
		m[s.dir] = append(m[s.dir], s)
	}
	return m
}

// paths lists the texts whose name ends in one of the suffixes, sorted.
func (t *tree) paths(suffixes ...string) []string {
	var out []string
	for p := range t.texts {
		for _, s := range suffixes {
			if strings.HasSuffix(p, s) {
				out = append(out, p)
				break
			}
		}
	}
	sort.Strings(out)
	return out
}

// skipped are folders that hold nothing of ours.
var skipped = map[string]bool{
	".git": true, "node_modules": true, "bin": true, "data": true,
	"dist": true, "testdata": true, "coverage": true, "tools": true,
}

// suffixes are the files that rules read.
var suffixes = []string{
	".go", ".templ", ".json", ".sql", ".ts", ".mjs", ".css", ".sh", "Makefile", ".ci/run",
}

// load reads the tree from disk.
func load(root string) (*tree, error) {
	texts := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != root && skipped[d.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		for _, s := range suffixes {
			if strings.HasSuffix(rel, s) && d.Name() != "package-lock.json" {
				b, err := os.ReadFile(p)
				texts[rel] = string(b)
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return parse(texts)
}

// parse builds a tree from texts; the self-tests call it with a few lines.
func parse(texts map[string]string) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), texts: texts}
	for _, p := range t.paths(".go") {
		text := texts[p]
		f, err := parser.ParseFile(t.fset, p, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		s := source{
			path: p, dir: path.Dir(p), text: text, ast: f,
			imports:   map[string]int{},
			test:      strings.HasSuffix(p, "_test.go"),
			generated: ast.IsGenerated(f),
		}
		for _, im := range f.Imports {
			name, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				return nil, err
			}
			s.imports[name] = t.line(im.Pos())
		}
		t.gos = append(t.gos, s)
	}
	return t, nil
}

// literals calls fn with every string literal of a file, but for imports and
// struct tags.
func (t *tree) literals(s source, fn func(text string, line int)) {
	skip := map[*ast.BasicLit]bool{}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			skip[n.Path] = true
		case *ast.Field:
			if n.Tag != nil {
				skip[n.Tag] = true
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && !skip[n] {
				if v, err := strconv.Unquote(n.Value); err == nil {
					fn(v, t.line(n.Pos()))
				}
			}
		}
		return true
	})
}

// calls reports every call pkg.Name or value.Name in a file.
func (t *tree) calls(s source, fn func(recv, name string, call *ast.CallExpr)) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			recv := ""
			if id, ok := sel.X.(*ast.Ident); ok {
				recv = id.Name
			}
			fn(recv, sel.Sel.Name, call)
		}
		return true
	})
}

// literal gives the value of argument i if it is a plain string literal.
func literal(call *ast.CallExpr, i int) (string, bool) {
	if i >= len(call.Args) {
		return "", false
	}
	lit, ok := call.Args[i].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	v, err := strconv.Unquote(lit.Value)
	return v, err == nil
}
