package archtest

import (
	"os"
	"path/filepath"
	"sort"
	"testing"
)

// rule is one sentence of ARCHITECTURE.md that a machine can check.
type rule struct {
	name  string
	check func(*tree) []finding
}

var rules = []rule{
	{"direction", importRule},
	{"pure core", pureRule},
	{"names", nameRule},
	{"suffixes", suffixRule},
	{"jobs", jobsRule},
	{"sql", sqlRule},
	{"clock", clockRule},
	{"inline", inlineRule},
	{"unfinished", unfinishedRule},
	{"tables", tableRule},
	{"parity", parityRule},
	{"budgets", budgetRule},
	{"documented", docRule},
	{"messages", messageRule},
	{"messages used", usedRule},
	{"messages placed", placeRule},
}

// house loads the real tree once.
func house(t *testing.T) *tree {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the tree should start two folders up: %v", err)
	}
	tr, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestRules walks the real tree.
func TestRules(t *testing.T) {
	tr := house(t)
	used := map[string]bool{}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			found := r.check(tr)
			sort.Slice(found, func(i, j int) bool { return found[i].String() < found[j].String() })
			for _, f := range found {
				key := r.name + " " + f.path + " " + f.symbol
				if exceptions[key] != "" {
					used[key] = true
					continue
				}
				t.Error(f)
			}
		})
	}
	for key, reason := range exceptions {
		if !used[key] {
			t.Errorf("exception %q (%s) is needed no more: remove it", key, reason)
		}
	}
}

// TestComplete keeps the rules from passing on a tree that lost a package.
func TestComplete(t *testing.T) {
	tr := house(t)
	have := tr.packages()
	var missing []string
	for _, p := range expected {
		if len(have[p]) == 0 {
			missing = append(missing, p)
		}
	}
	if len(missing) > 0 {
		t.Errorf("missing packages: %v", missing)
	}
}

// TestGoals reports functions that deserve a second look; it never fails.
func TestGoals(t *testing.T) {
	found := goals(house(t))
	t.Logf("%d functions beyond the goals of %d lines and %d branches", len(found), funcGoal, branchGoal)
	for _, f := range found {
		t.Log(f)
	}
}
