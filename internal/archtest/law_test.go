package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var quoted = regexp.MustCompile("`([^`]+)`")

// TestLawTable: every verb, test and page that docs/law.md names is there, and
// no cell is empty.
func TestLawTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/law.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := goSources(t)
	rows := 0
	for _, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Article") || strings.HasPrefix(line, "| Clock") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i, cell := range cells {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("%s: column %d is empty", cells[0], i+1)
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			if name := m[1]; !known(name, sources) {
				t.Errorf("%s: there is no %s", strings.TrimSpace(cells[0]), name)
			}
		}
	}
	if rows < 40 {
		t.Errorf("%d rows", rows)
	}
}

func known(name string, sources []string) bool {
	has := func(text string) bool {
		return slices.ContainsFunc(sources, func(s string) bool { return strings.Contains(s, text) })
	}
	switch {
	case strings.HasPrefix(name, "Test"):
		return has("func " + name + "(t *testing.T)")
	case strings.HasPrefix(name, "/"):
		board := strings.TrimPrefix(name, "/desk/")
		return has(`"GET `+name+`"`) || has(`"GET `+name+`/`) || has(`{ID: "`+board+`",`)
	}
	return has(`Verb = "` + name + `"`)
}

// goSources reads every Go source.
func goSources(t *testing.T) (sources []string) {
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		text, err := os.ReadFile(path)
		sources = append(sources, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources
}
