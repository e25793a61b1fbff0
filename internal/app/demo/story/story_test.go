package story

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T) *Book {
	t.Helper()
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryCategoryIsWhole(t *testing.T) {
	b := open(t)
	if n := len(b.Categories()); n != 110 {
		t.Errorf("%d categories", n)
	}
	for _, c := range b.Categories() {
		p := b.matters[c]
		if len(p[title]) != len(p[fact]) || len(p[fact]) < 3 || len(p[wish]) < 2 || len(p[detail]) < 2 {
			t.Errorf("%s: %d titles, %d facts, %d details, %d wishes", c, len(p[title]), len(p[fact]), len(p[detail]), len(p[wish]))
		}
		for _, kind := range []string{"supported", "resolved", "partly", "record", "reply", "evidence"} {
			if len(b.lines[kind])+len(b.lines[kind+"."+b.manners[c]]) == 0 {
				t.Errorf("%s (%s) has no line for %s", c, b.manners[c], kind)
			}
		}
	}
}

func TestNoTemplateLeavesASlot(t *testing.T) {
	b := open(t)
	v := b.Voice(rand.New(rand.NewPCG(1, 1)), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 2,
		map[string]string{"town": "云磬镇", "village": "磬石村", "surname": "林", "own": "50", "title": "题", "ask": "请", "fact": "事"})
	var all []string
	for _, c := range b.order {
		for _, texts := range b.matters[c] {
			all = append(all, texts...)
		}
	}
	for _, texts := range b.lines {
		all = append(all, texts...)
	}
	for _, text := range all {
		if got := v.expand(text); got == "" || strings.ContainsAny(got, "{}|") {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestRowsRefusesACrookedList(t *testing.T) {
	if err := Rows("a\tb\n1\t2\n3\n", func([]string) {}); err == nil {
		t.Error("a short line passed")
	}
}
