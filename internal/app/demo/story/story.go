// Package story writes what people of the invented city Mingchuan (名川市) say
// and what its officials answer. Its texts are our own, composed from word
// lists; no person, place or company in them exists. What it writes follows
// from the random source alone.
package story

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.tsv
var files embed.FS

// The parts that a category's texts are made of.
const (
	title  = "t"
	fact   = "f"
	detail = "d"
	wish   = "w"
)

// Book holds every template and word list.
type Book struct {
	matters map[string]map[string][]string // category → part → templates
	lines   map[string][]string            // kind → templates
	words   map[string][]string            // list → words
	manners map[string]string              // category → how such matters are answered
	order   []string                       // categories as listed
}

// Open reads the embedded lists.
func Open() (*Book, error) {
	b := &Book{matters: map[string]map[string][]string{}, lines: map[string][]string{}, words: map[string][]string{}, manners: map[string]string{}}
	for name, take := range map[string]func([]string){
		"matters.tsv": b.takeMatter,
		"manners.tsv": func(f []string) { b.manners[f[0]] = f[1] },
		"lines.tsv":   func(f []string) { b.lines[f[0]] = append(b.lines[f[0]], f[1]) },
		"words.tsv":   func(f []string) { b.words[f[0]] = append(b.words[f[0]], f[1]) },
	} {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading story lists: %w", err)
		}
		if err := Rows(string(text), take); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
	}
	return b, nil
}

func (b *Book) takeMatter(f []string) {
	if b.matters[f[0]] == nil {
		b.matters[f[0]] = map[string][]string{}
		b.order = append(b.order, f[0])
	}
	b.matters[f[0]][f[1]] = append(b.matters[f[0]][f[1]], f[2])
}

// Rows gives every line of a tab-separated list but its head; all have as
// many fields as the head.
func Rows(text string, take func(fields []string)) error {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	width := strings.Count(lines[0], "\t") + 1
	for i, line := range lines[1:] {
		f := strings.Split(line, "\t")
		if len(f) != width {
			return fmt.Errorf("line %d has %d fields, want %d", i+2, len(f), width)
		}
		take(f)
	}
	return nil
}

// Categories lists the categories that the book can tell about.
func (b *Book) Categories() []string { return b.order }

// Words gives a list, such as "surname" and "given".
func (b *Book) Words(list string) []string { return b.words[list] }
