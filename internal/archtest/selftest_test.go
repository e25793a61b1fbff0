package archtest

import (
	"strings"
	"testing"
)

// proof is a tree of a few lines on which a rule must speak, and say so, and
// one on which it must stay silent.
type proof struct {
	rule, why string
	says      string            // part of the message
	bad, good map[string]string // path → text
}

func one(path, text string) map[string]string { return map[string]string{path: text} }

const (
	procedure = "internal/handling/procedure/"
	urgeSQL   = "package procedure\n\nconst q = `UPDATE case_file SET urges = 1`\n"
)

var proofs = []proof{
	{"direction", "sideways import", "declare a small interface",
		one(procedure+"urge.go", "package procedure\n\nimport _ \"xinqiao/internal/contact/notify\"\n"),
		one(procedure+"urge.go", "package procedure\n\nimport _ \"xinqiao/internal/core/casework\"\n")},
	{"direction", "upward import", "platform may not import core",
		one("internal/platform/db/db.go", "package db\n\nimport _ \"xinqiao/internal/core/access\"\n"),
		one("internal/platform/db/db.go", "package db\n\nimport _ \"xinqiao/migrations\"\n")},
	{"direction", "command reaches past app", "cmd may not import capability",
		one("cmd/xinqiao/main.go", "package main\n\nimport _ \"xinqiao/internal/filing/intake\"\n"),
		one("cmd/xinqiao/main.go", "package main\n\nimport _ \"xinqiao/internal/app\"\n")},
	{"direction", "library in the core", "only the standard library",
		one("internal/core/identity/id.go", "package identity\n\nimport _ \"golang.org/x/text/width\"\n"),
		one("internal/core/identity/id.go", "package identity\n\nimport _ \"strings\"\n")},
	{"direction", "core import against the arrow", "core may not import core",
		one("internal/core/access/a.go", "package access\n\nimport _ \"xinqiao/internal/core/casework\"\n"),
		one("internal/core/casework/a.go", "package casework\n\nimport _ \"xinqiao/internal/core/access\"\n")},
	{"direction", "a folder outside the house", "no such storey",
		one("internal/stuff/a.go", "package stuff\n"), one("internal/ui/a.go", "package ui\n")},
	{"direction", "tests start the real thing, not a sister", "declare a small interface",
		one(procedure+"urge_test.go", "package procedure\n\nimport _ \"xinqiao/internal/contact/notify\"\n"),
		one(procedure+"urge_test.go", "package procedure\n\nimport _ \"xinqiao/internal/app/apptest\"\n")},
	{"pure core", "I/O in the core", "brings in",
		one("internal/core/casework/a.go", "package casework\n\nimport _ \"encoding/json\"\n"),
		one("internal/core/casework/a.go", "package casework\n\nimport _ \"time\"\n")},
	{"names", "a nameless package", "says nothing",
		one("internal/platform/util/a.go", "package util\n"), one("internal/platform/seal/a.go", "package seal\n")},
	{"suffixes", "HTTP in a use case", "belongs in *_web.go",
		one(procedure+"urge.go", "package procedure\n\nimport _ \"net/http\"\n"),
		one(procedure+"urge_web.go", "package procedure\n\nimport _ \"net/http\"\n")},
	{"suffixes", "huma in a page", "belongs in *_api.go",
		one(procedure+"urge_web.go", "package procedure\n\nimport _ \"github.com/danielgtaylor/huma/v2\"\n"),
		one(procedure+"urge_api.go", "package procedure\n\nimport _ \"github.com/danielgtaylor/huma/v2\"\n")},
	{"jobs", "River outside platform/jobs", "only platform/jobs knows River",
		one(procedure+"urge_jobs.go", "package procedure\n\nimport _ \"github.com/riverqueue/river\"\n"),
		one("internal/platform/jobs/jobs.go", "package jobs\n\nimport _ \"github.com/riverqueue/river\"\n")},
	{"jobs", "a subscriber in a use case", "belongs in *_jobs.go",
		one(procedure+"urge.go", "package procedure\n\nimport \"xinqiao/internal/platform/jobs\"\n\nvar s jobs.Subscriber\n"),
		one(procedure+"procedure_jobs.go", "package procedure\n\nimport \"xinqiao/internal/platform/jobs\"\n\nvar s jobs.Subscriber\n")},
	{"sql", "SQL in a use case", "SQL outside store",
		one(procedure+"urge.go", urgeSQL), one(procedure+"store_urge.go", urgeSQL)},
	{"clock", "a use case reads the time", "now is a parameter",
		one(procedure+"urge.go", "package procedure\n\nimport \"time\"\n\nvar t = time.Now()\n"),
		one("internal/platform/clock/clock.go", "package clock\n\nimport \"time\"\n\nvar t = time.Now()\n")},
	{"inline", "inline script", "inline <script>",
		one("internal/ui/a.templ", "<script>go()</script>"),
		one("internal/ui/a.templ", `<script src="/assets/a.js"></script><script type="application/json">{}</script>`)},
	{"inline", "inline style attribute", "inline style=",
		one("internal/ui/a.templ", "<p style=\"color:red\">"), one("internal/ui/a.templ", "<p class=\"late\">")},
	{"inline", "event attribute", "inline onclick=",
		one("internal/ui/a.templ", "<p onclick=\"go()\">"), one("internal/ui/a.templ", "<p data-on=\"x\">")},
	{"unfinished", "a promise", "says TO" + "DO",
		one(procedure+"a.go", "package procedure\n\n// TO"+"DO later\n"), one(procedure+"a.go", "package procedure\n")},
	{"tables", "writing another's table", "which procedure owns",
		map[string]string{
			"migrations/sqlite/0004_procedure.sql": "CREATE TABLE case_file (\n id BIGINT\n);",
			"internal/handling/worklist/store.go":  "package worklist\n\nconst q = `UPDATE case_file SET urges = 1`\n"},
		map[string]string{
			"migrations/sqlite/0004_procedure.sql": "CREATE TABLE case_file (\n id BIGINT\n);",
			procedure + "store.go":                 urgeSQL}},
	{"tables", "reading another's table outside the read models", "reads case_file",
		map[string]string{
			"migrations/sqlite/0004_procedure.sql": "CREATE TABLE case_file (\n id BIGINT\n);",
			"internal/filing/intake/store.go":      "package intake\n\nconst q = `SELECT m.id FROM matter m, case_file c`\n"},
		map[string]string{
			"migrations/sqlite/0004_procedure.sql": "CREATE TABLE case_file (\n id BIGINT\n);",
			"internal/handling/worklist/store.go":  "package worklist\n\nconst q = `SELECT id FROM case_file`\n"}},
	{"parity", "a migration without its twin", "has no twin",
		one("migrations/sqlite/0002_account.sql", "CREATE TABLE unit (\n  id BIGINT\n);"),
		map[string]string{
			"migrations/sqlite/0002_account.sql":   "CREATE TABLE unit (\n  id BIGINT PRIMARY KEY,\n  data TEXT\n);",
			"migrations/postgres/0002_account.sql": "CREATE TABLE unit (\n  id BIGINT PRIMARY KEY,\n  data JSON\n);"}},
	{"parity", "columns in another order", "other columns",
		map[string]string{
			"migrations/sqlite/0002_account.sql":   "CREATE TABLE unit (\n  id BIGINT,\n  code TEXT\n);",
			"migrations/postgres/0002_account.sql": "CREATE TABLE unit (\n  code TEXT,\n  id BIGINT\n);"}, nil},
	{"budgets", "a long file", "lines, at most",
		one(procedure+"a.go", "package procedure\n"+strings.Repeat("\n", fileLines)),
		one(procedure+"a.go", "package procedure\n")},
	{"budgets", "a long function", "lines, at most",
		one(procedure+"a.go", "package procedure\n\nfunc f() {\n"+strings.Repeat("\tg()\n", funcLines)+"}\n"),
		one(procedure+"a.go", "package procedure\n\nfunc f() {}\n")},
	{"budgets", "many parameters", "takes 6 parameters",
		one(procedure+"a.go", "package procedure\n\nfunc f(a, b, c, d, e, g int) {}\n"),
		one(procedure+"a.go", "package procedure\n\nfunc f(a, b, c, d, e int) {}\n")},
	{"budgets", "a wide interface", "has 6 methods",
		one(procedure+"a.go", "package procedure\n\ntype i interface{ A(); B(); C(); D(); E(); F() }\n"),
		one(procedure+"a.go", "package procedure\n\ntype i interface{ A(); B() }\n")},
	{"budgets", "a big package", "package of",
		bigPackage(), one(procedure+"a.go", "package procedure\n")},
	{"documented", "an exported name without a word", "says nothing",
		one(procedure+"a.go", "// Package procedure is.\npackage procedure\n\nfunc Urge() {}\n"),
		one(procedure+"a.go", "// Package procedure is.\npackage procedure\n\n// Urge urges.\nfunc Urge() {}\n")},
	{"documented", "a package without a word", "package without",
		one(procedure+"a.go", "package procedure\n"), one(procedure+"a.go", "// Package procedure is.\npackage procedure\n")},
	{"messages", "one language only", "needs Chinese and English",
		one(procedure+"messages.json", `{"procedure.urge": ["催办"]}`),
		one(procedure+"messages.json", `{"procedure.urge": ["催办", "Urge"]}`)},
	{"messages", "other arguments", "uses other arguments",
		one(procedure+"messages.json", `{"procedure.due": ["%[1]s到期", "due"]}`),
		one(procedure+"messages.json", `{"procedure.due": ["%[1]s到期%[2]d", "%[2]d due %[1]s"]}`)},
	{"messages used", "a key that nobody wrote", "no message procedure.nudge",
		map[string]string{procedure + "messages.json": `{"procedure.urge": ["催办", "Urge"]}`,
			procedure + "a.go": "package procedure\n\nvar s = i18n.T(ctx, \"procedure.nudge\")\n"},
		map[string]string{procedure + "messages.json": `{"procedure.urge": ["催办", "Urge"]}`,
			procedure + "a.go": "package procedure\n\nvar s = i18n.T(ctx, \"procedure.urge\")\n"}},
	{"messages placed", "a catalogue in the core", "belongs to a capability",
		one("internal/core/casework/messages.json", `{}`), one(procedure+"messages.json", `{}`)},
}

// bigPackage is a package of too many small files.
func bigPackage() map[string]string {
	m := map[string]string{}
	for i := range 10 {
		m[procedure+string(rune('a'+i))+".go"] = "package procedure\n" + strings.Repeat("\n", 350)
	}
	return m
}

// TestRulesCanFail proves every rule on its fixtures: a rule that cannot fail
// guards nothing.
func TestRulesCanFail(t *testing.T) {
	proven := map[string]bool{}
	for _, p := range proofs {
		t.Run(p.rule+"/"+p.why, func(t *testing.T) {
			check := ruleNamed(t, p.rule)
			proven[p.rule] = true
			found := ""
			for _, f := range check(mustParse(t, p.bad)) {
				found += f.String() + "\n"
			}
			if !strings.Contains(found, p.says) {
				t.Errorf("should say %q, said %q", p.says, found)
			}
			for _, f := range check(mustParse(t, p.good)) {
				t.Errorf("should be silent, said %v", f)
			}
		})
	}
	for _, r := range rules {
		if !proven[r.name] {
			t.Errorf("rule %q has no proof that it can fail", r.name)
		}
	}
}

// TestBranches pins the count that goals reports.
func TestBranches(t *testing.T) {
	src := "package p\n\nfunc f(a, b bool) {\n\tif a && b {\n\t}\n\tfor range 3 {\n\t}\n\tswitch {\n\tcase a:\n\tdefault:\n\t}\n}\n"
	tr := mustParse(t, one("internal/ui/a.go", src))
	long := strings.Replace(src, "\tif a", strings.Repeat("\tif a {\n\t}\n", branchGoal)+"\tif a", 1)
	if got := goals(tr); len(got) != 0 {
		t.Errorf("should be within the goals: %v", got)
	}
	if got := goals(mustParse(t, one("internal/ui/a.go", long))); len(got) != 1 || !strings.Contains(got[0].msg, "branches 17 times") {
		t.Errorf("should report 17 branches: %v", got)
	}
}

func ruleNamed(t *testing.T, name string) func(*tree) []finding {
	t.Helper()
	for _, r := range rules {
		if r.name == name {
			return r.check
		}
	}
	t.Fatalf("no rule %q", name)
	return nil
}

func mustParse(t *testing.T, texts map[string]string) *tree {
	t.Helper()
	tr, err := parse(texts)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}
