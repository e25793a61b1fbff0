package story

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Voice tells one case: the places and people in it stay the same from the
// first letter to the last answer; amounts and dates vary.
type Voice struct {
	book  *Book
	rnd   *rand.Rand
	fixed map[string]string
	At    time.Time // when it speaks; dates lie before
	Door  string    // the channel, "web", "phone" …
	// manner is how matters of the category are answered.
	manner string
	last   map[string]string // kind → the template used last
}

// sticky lists are chosen once per case.
var sticky = map[string]bool{
	"road": true, "estate": true, "bld": true, "firm": true, "co": true, "shop": true,
	"school": true, "hospital": true, "who": true, "bus": true,
}

// Voice begins a telling. fixed gives what the caller knows: town, village,
// surname, own (age); district, 0 to 3, chooses the roads and estates.
func (b *Book) Voice(rnd *rand.Rand, at time.Time, district int, fixed map[string]string) *Voice {
	v := &Voice{book: b, rnd: rnd, At: at, fixed: map[string]string{}, last: map[string]string{}}
	for k, w := range fixed {
		v.fixed[k] = w
	}
	for _, list := range []string{"road", "estate"} {
		words := b.words[list]
		n := len(words) / districts
		v.fixed[list] = words[district%districts*n+rnd.IntN(n)]
	}
	return v
}

const districts = 4

// Line gives one line of a kind, such as "record" or "urge". Where the
// category's manner (money, site, paper, people, discipline) has lines of that kind, they
// are mixed in.
func (v *Voice) Line(kind string) string {
	all := slices.Concat(v.book.lines[kind], v.book.lines[kind+"."+v.manner])
	if len(all) == 0 {
		return ""
	}
	i := v.rnd.IntN(len(all))
	if all[i] == v.last[kind] { // nobody notes the same thing twice in a row
		i = (i + 1) % len(all)
	}
	v.last[kind] = all[i]
	return v.expand(all[i])
}

// Has tells whether there are lines of a kind.
func (v *Voice) Has(kind string) bool { return len(v.book.lines[kind]) > 0 }

// Word gives the word that this case uses for a slot, such as "road".
func (v *Voice) Word(slot string) string { return v.slot(slot) }

// lines gives n different lines of a kind.
func (v *Voice) lines(kind string, n int) []string {
	all := v.book.lines[kind]
	var out []string
	for _, i := range v.rnd.Perm(len(all))[:min(n, len(all))] {
		out = append(out, v.expand(all[i]))
	}
	return out
}

// expand replaces {slot} and {this|or that}.
func (v *Voice) expand(template string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inside, after, _ := strings.Cut(rest, "}")
		if options := strings.Split(inside, "|"); len(options) > 1 {
			b.WriteString(options[v.rnd.IntN(len(options))])
		} else {
			b.WriteString(v.slot(inside))
		}
		template = after
	}
}

func (v *Voice) slot(name string) string {
	if w, ok := v.fixed[name]; ok {
		return w
	}
	switch name {
	case "n":
		return fmt.Sprint(2 + v.rnd.IntN(8))
	case "n2":
		return fmt.Sprint(12 + v.rnd.IntN(5))
	case "m":
		return fmt.Sprint(11 + v.rnd.IntN(59))
	case "age":
		return fmt.Sprint(63 + v.rnd.IntN(22))
	case "date":
		return v.date()
	case "year", "year2":
		return v.year(name)
	}
	words := v.book.words[name]
	if len(words) == 0 {
		return "{" + name + "}" // a test looks for these
	}
	w := words[v.rnd.IntN(len(words))]
	if sticky[name] {
		v.fixed[name] = w
	}
	return w
}

// date is a moment of the last ten months in the words of a letter.
func (v *Voice) date() string {
	d := v.At.AddDate(0, 0, -8-v.rnd.IntN(290))
	word := "今年"
	if d.Year() < v.At.Year() {
		word = "去年"
	}
	switch v.rnd.IntN(4) {
	case 0:
		return fmt.Sprintf("%s%d月", word, d.Month())
	case 1:
		return fmt.Sprintf("%s%d月%s", word, d.Month(), [...]string{"初", "中旬", "底"}[min((d.Day()-1)/10, 2)])
	case 2:
		return fmt.Sprintf("%d年%d月", d.Year(), d.Month())
	}
	return fmt.Sprintf("%s%d月%d日", word, d.Month(), d.Day())
}

// year is long ago; year2, where both occur, comes after it.
func (v *Voice) year(name string) string {
	if name == "year2" {
		return fmt.Sprint(1994 + v.rnd.IntN(8))
	}
	return fmt.Sprint(1978 + v.rnd.IntN(15))
}

func (v *Voice) chance(percent int) bool { return v.rnd.IntN(100) < percent }
