package demo

import (
	"os"
	"strings"
	"testing"

	"xinqiao/internal/app/demo/story"
)

// TestDutiesFollowTheTaxonomy: the demo's duty list names the lead agencies
// and legal routes that the platform's own taxonomy proposes.
func TestDutiesFollowTheTaxonomy(t *testing.T) {
	text, err := os.ReadFile("../../admin/settings/seed/taxonomy.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	if err := story.Rows(string(text), func(f []string) {
		if f[1] == "2" {
			want[f[0]] = f[7] + "|" + f[8]
		}
	}); err != nil {
		t.Fatal(err)
	}
	book, err := story.Open()
	if err != nil {
		t.Fatal(err)
	}
	c, err := build(book, params(0).source(0))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.tasks {
		var routes []string
		for _, n := range d.natures {
			routes = append(routes, string(n))
		}
		if got := strings.Join(d.leads, ";") + "|" + strings.Join(routes, ";"); got != want[d.category] {
			t.Errorf("%s is led by %s, the taxonomy says %s", d.category, got, want[d.category])
		}
		delete(want, d.category)
		for _, name := range d.leads {
			if c.named(1, name) == nil {
				t.Errorf("no unit is the %s of %s", name, d.category)
			}
		}
	}
	for code := range want {
		t.Errorf("%s is not in the duty list", code)
	}
}
