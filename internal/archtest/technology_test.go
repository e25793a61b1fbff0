package archtest

import (
	"go/ast"
	"regexp"
	"strings"
)

// may is one technology and the files of a capability that may use it.
type may struct {
	imports []string // exact, or a prefix ending in "/"
	files   []string // suffixes before .go
}

// technologies are the suffix rules of a capability.
var technologies = []may{
	{[]string{"net/http"}, []string{"_web", "_templ", "_api"}},
	{[]string{"github.com/a-h/templ", "github.com/a-h/templ/"}, []string{"_web", "_templ"}},
	{[]string{"github.com/danielgtaylor/huma/"}, []string{"_api"}},
}

// matches tells whether an import falls under the technology.
func (m may) matches(im string) bool {
	for _, p := range m.imports {
		if im == p || strings.HasSuffix(p, "/") && strings.HasPrefix(im, p) {
			return true
		}
	}
	return false
}

// suffixRule: in a capability the name of a file says which technology it uses.
func suffixRule(t *tree) []finding {
	var out []finding
	for _, s := range t.gos {
		l, _ := place(module + "/" + s.dir)
		if l != layerCapability || s.test {
			continue
		}
		for im, line := range s.imports {
			for _, m := range technologies {
				if m.matches(im) && !hasSuffix(s, m.files) {
					out = append(out, finding{s.path, im, line, im + " belongs in *" + strings.Join(m.files, ".go, *") + ".go"})
				}
			}
		}
	}
	return out
}

// hasSuffix tells whether the file is called *_suffix.go.
func hasSuffix(s source, suffixes []string) bool {
	for _, suf := range suffixes {
		if strings.HasSuffix(s.path, suf+".go") {
			return true
		}
	}
	return false
}

// jobsRule: workers and subscribers are registered in *_jobs.go, and only
// platform/jobs knows River.
func jobsRule(t *tree) []finding {
	var out []finding
	for _, s := range t.gos {
		l, unit := place(module + "/" + s.dir)
		for im, line := range s.imports {
			river := strings.HasPrefix(im, "github.com/riverqueue/") || strings.HasPrefix(im, "riverqueue.com/")
			if river && unit != "platform/jobs" {
				out = append(out, finding{s.path, im, line, "only platform/jobs knows River"})
			}
		}
		if l != layerCapability || s.test || hasSuffix(s, []string{"_jobs"}) {
			continue
		}
		if _, uses := s.imports[module+"/internal/platform/jobs"]; !uses {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				switch sel.Sel.Name {
				case "Subscribe", "Subscriber", "Periodic":
					out = append(out, finding{s.path, sel.Sel.Name, t.line(sel.Pos()),
						sel.Sel.Name + " belongs in *_jobs.go"})
				}
			}
			return true
		})
	}
	return out
}

// sqlText recognises a statement or the beginning of one.
var sqlText = regexp.MustCompile(`^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+[a-z_]+\s|DELETE\s+FROM\s|WITH\s+(RECURSIVE\s+)?[a-z_]+\s)`)

// sqlRule: only store*.go runs SQL. It looks for the texts rather than the
// calls, so that a constant or a helper cannot hide them.
func sqlRule(t *tree) []finding {
	var out []finding
	for _, s := range t.gos {
		l, _ := place(module + "/" + s.dir)
		if l == layerPlatform || l == layerEmbedded || l == layerRules || s.test || strings.HasPrefix(s.base(), "store") {
			continue
		}
		t.literals(s, func(text string, line int) {
			if sqlText.MatchString(text) {
				out = append(out, finding{s.path, "", line, "SQL outside store*.go"})
			}
		})
	}
	return out
}

// clockMay lists who may read the time, and why.
var clockMay = map[string]string{
	"internal/platform/clock":       "this is the clock",
	"internal/platform/db":          "measures commits and backs off; no row's time comes from it",
	"internal/platform/jobs":        "schedules and measures deliveries",
	"internal/platform/web":         "measures requests and refills rate limits",
	"internal/platform/telemetry":   "measures requests",
	"internal/filing/door/doortest": "waits for a door under test",
	"internal/app":                  "injects the clock, measures start-up and benchmarks",
}

// clockRule: now is a parameter; only the clock and app read it.
func clockRule(t *tree) []finding {
	var out []finding
	for _, s := range t.gos {
		if s.test || mayReadClock(s.dir) {
			continue
		}
		t.calls(s, func(recv, name string, call *ast.CallExpr) {
			if recv == "time" && (name == "Now" || name == "Since" || name == "Until") {
				out = append(out, finding{s.path, name, t.line(call.Pos()),
					"time." + name + ": now is a parameter, or an injected clock.Clock"})
			}
		})
	}
	return out
}

// mayReadClock tells whether a folder or one above it is in clockMay.
func mayReadClock(dir string) bool {
	for d := range clockMay {
		if dir == d || strings.HasPrefix(dir, d+"/") {
			return true
		}
	}
	return false
}

var (
	inlineTag  = regexp.MustCompile(`(?i)<(script|style)\b[^>]*>`)
	inlineAttr = regexp.MustCompile(`(?i)\s(style|on[a-z]+|hx-on[a-z:-]*)\s*=\s*[{"']`)
	scriptDef  = regexp.MustCompile(`(?m)^(script|css)\s+\w+\(`)
)

// inlineRule: the content security policy allows neither inline script nor
// inline style, so no template may hold them. A JSON data block is neither.
func inlineRule(t *tree) []finding {
	var out []finding
	for _, p := range t.paths(".templ") {
		text := t.texts[p]
		add := func(at int, what string) {
			out = append(out, finding{p, what, 1 + strings.Count(text[:at], "\n"), "inline " + what})
		}
		for _, m := range inlineTag.FindAllStringIndex(text, -1) {
			tag := text[m[0]:m[1]]
			if !strings.Contains(tag, "src=") && !strings.Contains(tag, `type="application/json"`) {
				add(m[0], "<script> or <style>")
			}
		}
		for _, m := range inlineAttr.FindAllStringSubmatchIndex(text, -1) {
			add(m[0], text[m[2]:m[3]]+"=")
		}
		for _, m := range scriptDef.FindAllStringIndex(text, -1) {
			add(m[0], "templ script or css block")
		}
	}
	return out
}

// unfinished are words that a finished tree does not hold. They are put
// together here so that this file does not hold them either.
var unfinished = []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:", "coming " + "soon", "not yet " + "implemented"}

// unfinishedRule: nothing is promised in a comment.
func unfinishedRule(t *tree) []finding {
	var out []finding
	for p, text := range t.texts {
		for i, line := range strings.Split(text, "\n") {
			for _, w := range unfinished {
				if strings.Contains(line, w) {
					out = append(out, finding{p, w, i + 1, "says " + w})
				}
			}
		}
	}
	return out
}
