package archtest

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"sort"
	"strings"
)

// catalogue is every message of the tree: key → texts, and where it stands.
type catalogue struct {
	texts map[string][]string
	file  map[string]string
}

// messages reads every messages.json; broken ones become findings.
func messages(t *tree) (catalogue, []finding) {
	c := catalogue{map[string][]string{}, map[string]string{}}
	var out []finding
	for _, p := range t.paths("messages.json") {
		var m map[string][]string
		if err := json.Unmarshal([]byte(t.texts[p]), &m); err != nil {
			out = append(out, finding{p, "", 1, err.Error()})
			continue
		}
		for _, key := range sortedKeys(m) {
			if other, twice := c.file[key]; twice {
				out = append(out, finding{p, key, 1, key + " is also in " + other})
			}
			c.texts[key], c.file[key] = m[key], p
		}
	}
	return c, out
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

var (
	verbIndexed = regexp.MustCompile(`%\[(\d+)\]`)
	verbPlain   = regexp.MustCompile(`%[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]`)
	hanText     = regexp.MustCompile(`\p{Han}`)
)

// arguments says which arguments a text uses, so that two languages agree.
func arguments(text string) string {
	used := map[string]bool{}
	for _, m := range verbIndexed.FindAllStringSubmatch(text, -1) {
		used[m[1]] = true
	}
	plain := strings.ReplaceAll(text, "%%", "")
	for i := range verbPlain.FindAllString(plain, -1) {
		used[fmt.Sprint(i+1)] = true
	}
	keys := make([]string, 0, len(used))
	for k := range used {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return strings.Join(keys, ",")
}

// messageRule: every message speaks both languages, with the same arguments,
// and no English text is left in Chinese.
func messageRule(t *tree) []finding {
	c, out := messages(t)
	for _, key := range sortedKeys(c.texts) {
		texts, p := c.texts[key], c.file[key]
		switch {
		case len(texts) != 2 || strings.TrimSpace(texts[0]) == "" || strings.TrimSpace(texts[1]) == "":
			out = append(out, finding{p, key, 1, key + " needs Chinese and English"})
		case arguments(texts[0]) != arguments(texts[1]):
			out = append(out, finding{p, key, 1, key + " uses other arguments in English"})
		case hanText.MatchString(texts[1]) && !strings.HasPrefix(key, "language."):
			out = append(out, finding{p, key, 1, key + " has Chinese in its English text"})
		}
	}
	return out
}

// usedRule: a message that code asks for by a literal key exists.
func usedRule(t *tree) []finding {
	c, _ := messages(t)
	if len(c.texts) == 0 {
		return nil
	}
	var out []finding
	need := func(s source, call *ast.CallExpr, key string) {
		if _, ok := c.texts[key]; !ok {
			out = append(out, finding{s.path, key, t.line(call.Pos()), "no message " + key})
		}
	}
	for _, s := range t.gos {
		if s.test || strings.HasPrefix(s.dir, "internal/platform/i18n") {
			continue
		}
		t.calls(s, func(recv, name string, call *ast.CallExpr) {
			switch {
			case recv == "i18n" && name == "T", recv == "web" && name == "Flash":
				if key, ok := literal(call, 1); ok {
					need(s, call, key)
				}
			case recv == "fault" && name == "New":
				if id, ok := literal(call, 1); ok {
					need(s, call, "fault."+id)
				}
			}
		})
	}
	return out
}

// placeRule: a catalogue stands beside the code that speaks it.
func placeRule(t *tree) []finding {
	var out []finding
	for _, p := range t.paths("messages.json") {
		if l, _ := place(module + "/" + path.Dir(p)); l != layerCapability && l != layerUI && l != layerApp && l != layerPlatform {
			out = append(out, finding{p, p, 1, "a catalogue belongs to a capability or to ui"})
		}
	}
	return out
}
