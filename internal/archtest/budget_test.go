package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// The budgets, from the 95th percentile of code bases that are a pleasure to
// read. Tests may be longer, since a table of cases is.
const (
	fileLines     = 400
	testFileLines = 800
	funcLines     = 80
	funcGoal      = 50
	funcParams    = 5
	methodsMost   = 5
	packageLines  = 3000
	branchGoal    = 12
)

// budgetRule: nothing grows beyond what a reader takes in.
func budgetRule(t *tree) []finding {
	var out []finding
	lines := map[string]int{}
	for _, s := range t.gos {
		if s.generated {
			continue
		}
		n := strings.Count(s.text, "\n")
		limit := fileLines
		if s.test {
			limit = testFileLines
		} else {
			lines[s.dir] += n
		}
		if n > limit {
			out = append(out, finding{s.path, s.base(), 1, fmt.Sprintf("%d lines, at most %d", n, limit)})
		}
		if !s.test {
			out = append(out, t.funcBudget(s)...)
		}
	}
	for dir, n := range lines {
		if n > packageLines {
			out = append(out, finding{dir, dir, 1, fmt.Sprintf("package of %d lines, at most %d: split by business meaning", n, packageLines)})
		}
	}
	return out
}

// funcBudget checks functions and interfaces of one file.
func (t *tree) funcBudget(s source) []finding {
	var out []finding
	ast.Inspect(s.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if l := t.length(n); l > funcLines {
				out = append(out, finding{s.path, n.Name.Name, t.line(n.Pos()), fmt.Sprintf("%s has %d lines, at most %d", n.Name.Name, l, funcLines)})
			}
			if p := n.Type.Params.NumFields(); p > funcParams {
				out = append(out, finding{s.path, n.Name.Name, t.line(n.Pos()), fmt.Sprintf("%s takes %d parameters, at most %d", n.Name.Name, p, funcParams)})
			}
		case *ast.TypeSpec:
			if i, ok := n.Type.(*ast.InterfaceType); ok && i.Methods.NumFields() > methodsMost {
				out = append(out, finding{s.path, n.Name.Name, t.line(n.Pos()), fmt.Sprintf("%s has %d methods, at most %d", n.Name.Name, i.Methods.NumFields(), methodsMost)})
			}
		}
		return true
	})
	return out
}

// goals are what the budgets report without failing: long and branching
// functions that a reader should look at next.
func goals(t *tree) []finding {
	var out []finding
	for _, s := range t.gos {
		if s.generated || s.test {
			continue
		}
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if l := t.length(f); l > funcGoal {
				out = append(out, finding{s.path, f.Name.Name, t.line(f.Pos()), fmt.Sprintf("%s has %d lines, better %d", f.Name.Name, l, funcGoal)})
			}
			if b := branches(f); b > branchGoal {
				out = append(out, finding{s.path, f.Name.Name, t.line(f.Pos()), fmt.Sprintf("%s branches %d times, better %d", f.Name.Name, b, branchGoal)})
			}
		}
	}
	return out
}

// length counts a function's lines.
func (t *tree) length(f *ast.FuncDecl) int { return t.line(f.End()) - t.line(f.Pos()) + 1 }

// branches is the cyclomatic complexity.
func branches(f *ast.FuncDecl) int {
	n := 1
	ast.Inspect(f, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.CommClause:
			n++
		case *ast.CaseClause:
			if x.List != nil {
				n++
			}
		case *ast.BinaryExpr:
			if x.Op == token.LAND || x.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}

// standard are methods that say what their standard interface says.
var standard = map[string]bool{
	"Error": true, "Unwrap": true, "Is": true, "As": true, "String": true, "Format": true,
	"Read": true, "Write": true, "Close": true, "Scan": true, "Value": true, "Flush": true,
	"ServeHTTP": true, "Len": true, "Less": true, "Swap": true, "Push": true, "Pop": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true,
}

// docRule: packages and exported names say what they are for.
func docRule(t *tree) []finding {
	var out []finding
	for dir, files := range t.packages() {
		documented, code := false, ""
		for _, s := range files {
			documented = documented || s.ast.Doc != nil
			if !s.test && !s.generated {
				code = s.path
				out = append(out, t.undocumented(s)...)
			}
		}
		if !documented && code != "" {
			out = append(out, finding{code, dir, 1, "package without a comment"})
		}
	}
	return out
}

// undocumented lists the exported names of a file that carry no comment.
func (t *tree) undocumented(s source) []finding {
	var out []finding
	add := func(name *ast.Ident) {
		out = append(out, finding{s.path, name.Name, t.line(name.Pos()), name.Name + " is exported and says nothing"})
	}
	for _, d := range s.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && visible(d) && !(d.Recv != nil && standard[d.Name.Name]) {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if name := bare(d, spec); name != nil {
					add(name)
				}
			}
		}
	}
	return out
}

// visible tells whether a function, or the type of its receiver, is exported.
func visible(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	found := false
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			found = id.IsExported()
			return false
		}
		return true
	})
	return found
}

// bare gives the first exported name of a declaration without any comment: its
// own, its line's or its group's.
func bare(d *ast.GenDecl, spec ast.Spec) *ast.Ident {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
			return spec.Name
		}
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
				return name
			}
		}
	}
	return nil
}
