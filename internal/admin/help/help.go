package help

import (
	"embed"
	"fmt"
	"regexp"
	"strings"

	"xinqiao/internal/platform/i18n"
)

//go:embed text
var files embed.FS

// Messages are the words of this package, both languages.
//
//go:embed messages.json
var Messages []byte

// Audience is whom a topic is for.
type Audience string

// The audiences. The public's topics need no sign-in.
const (
	Public    Audience = "public"
	Clerk     Audience = "clerk"     // 信访部门
	Unit      Audience = "unit"      // 责任单位
	Oversight Audience = "oversight" // 督查、领导
	Admin     Audience = "admin"     // 管理员
)

// Audiences in the order of the table of contents.
var Audiences = []Audience{Public, Clerk, Unit, Oversight, Admin}

// Topic is one page of help in one language.
type Topic struct {
	ID     string
	For    Audience
	Title  string
	Blocks []Block
}

// Form is how a block is set.
type Form int

// The forms of a block.
const (
	Paragraph Form = iota
	Steps          // in this order
	Points         // in no order
)

// Block is a paragraph or a list.
type Block struct {
	Form  Form
	Lines []Line
}

// Line is a sentence or more.
type Line []Piece

// Piece is plain text, the name of a button (Key), or a link (Text and Href).
type Piece struct {
	Text, Key, Href string
}

// Book is all topics in both languages, in the same order.
type Book struct {
	topics map[string][]Topic
}

// Load reads the texts, and refuses a book whose languages differ in topics.
func Load() (*Book, error) {
	b := &Book{map[string][]Topic{}}
	for _, lang := range []string{i18n.ZH, i18n.EN} {
		seen := map[string]bool{}
		for _, a := range Audiences {
			text, err := files.ReadFile("text/" + string(a) + "." + lang + ".txt")
			if err != nil {
				return nil, fmt.Errorf("help: %w", err)
			}
			for _, t := range read(a, string(text)) {
				if seen[t.ID] {
					return nil, fmt.Errorf("help: topic %s stands twice in %s", t.ID, lang)
				}
				seen[t.ID] = true
				b.topics[lang] = append(b.topics[lang], t)
			}
		}
	}
	zh, en := b.topics[i18n.ZH], b.topics[i18n.EN]
	for i := range max(len(zh), len(en)) {
		if i >= len(zh) || i >= len(en) || zh[i].ID != en[i].ID || zh[i].For != en[i].For {
			return nil, fmt.Errorf("help: topic %d is not the same in both languages", i+1)
		}
	}
	return b, nil
}

// Topics lists those of an audience in a language.
func (b *Book) Topics(lang string, a Audience) []Topic {
	var out []Topic
	for _, t := range b.topics[lang] {
		if t.For == a {
			out = append(out, t)
		}
	}
	return out
}

// Find gives one topic.
func (b *Book) Find(lang, id string) (Topic, bool) {
	for _, t := range b.topics[lang] {
		if t.ID == id {
			return t, true
		}
	}
	return Topic{}, false
}

// heading begins a topic: its id, then its title.
var heading = regexp.MustCompile(`^# ([a-z-]+) (.+)$`)

// read takes a text apart. A line that begins with a number is a step, one that
// begins with a dash a point, and others are paragraphs.
func read(a Audience, text string) []Topic {
	var out []Topic
	for _, line := range strings.Split(text, "\n") {
		if m := heading.FindStringSubmatch(line); m != nil {
			out = append(out, Topic{ID: m[1], For: a, Title: m[2]})
			continue
		}
		if line == "" || len(out) == 0 {
			continue
		}
		form, words := formOf(line)
		t := &out[len(out)-1]
		if n := len(t.Blocks); form != Paragraph && n > 0 && t.Blocks[n-1].Form == form {
			t.Blocks[n-1].Lines = append(t.Blocks[n-1].Lines, pieces(words))
			continue
		}
		t.Blocks = append(t.Blocks, Block{form, []Line{pieces(words)}})
	}
	return out
}

var numbered = regexp.MustCompile(`^\d+\. `)

func formOf(line string) (Form, string) {
	if m := numbered.FindString(line); m != "" {
		return Steps, line[len(m):]
	}
	if rest, ok := strings.CutPrefix(line, "- "); ok {
		return Points, rest
	}
	return Paragraph, line
}

// mark is the name of a button, {verb.urge}, or a link, [words](/page).
var mark = regexp.MustCompile(`\{([a-z0-9_.-]+)\}|\[([^\]]+)\]\((/[^)]*)\)`)

func pieces(line string) Line {
	var out Line
	at := 0
	for _, m := range mark.FindAllStringSubmatchIndex(line, -1) {
		if m[0] > at {
			out = append(out, Piece{Text: line[at:m[0]]})
		}
		if m[2] >= 0 {
			out = append(out, Piece{Key: line[m[2]:m[3]]})
		} else {
			out = append(out, Piece{Text: line[m[4]:m[5]], Href: line[m[6]:m[7]]})
		}
		at = m[1]
	}
	if at < len(line) {
		out = append(out, Piece{Text: line[at:]})
	}
	return out
}

// say is a line as the reader sees it.
func (l Line) say(word func(key string) string) string {
	var b strings.Builder
	for _, p := range l {
		if p.Key != "" {
			b.WriteString(word(p.Key))
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Hit is a topic that was found, with the line that says so.
type Hit struct {
	Topic
	Line string
}

// Search finds the topics that hold the words, those with the words in their
// title first. word gives the name behind a key.
func (b *Book) Search(lang, words string, may []Audience, word func(key string) string) []Hit {
	words = strings.ToLower(strings.TrimSpace(words))
	if words == "" {
		return nil
	}
	var titled, others []Hit
	for _, a := range may {
		for _, t := range b.Topics(lang, a) {
			line, found := t.line(words, word)
			switch {
			case strings.Contains(strings.ToLower(t.Title), words):
				titled = append(titled, Hit{t, line})
			case found:
				others = append(others, Hit{t, line})
			}
		}
	}
	return append(titled, others...)
}

// line gives the first line that holds the words, else the first of all.
func (t Topic) line(words string, word func(string) string) (string, bool) {
	first := ""
	for _, block := range t.Blocks {
		for _, l := range block.Lines {
			said := l.say(word)
			if strings.Contains(strings.ToLower(said), words) {
				return said, true
			}
			if first == "" {
				first = said
			}
		}
	}
	return first, false
}
