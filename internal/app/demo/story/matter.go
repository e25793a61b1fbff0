package story

import (
	"strings"
	"unicode/utf8"
)

// Matter is what a petitioner files.
type Matter struct {
	Title string // at most 40 characters
	Words string // mostly 60 to 400 characters, some shorter, some up to 2,000
	Wish  string
	Place string
	Core  string // the facts alone, for another telling of the same matter
}

// The usual and the greatest length of words, in characters.
const (
	usualLeast = 60
	usualMost  = 400
	longest    = 2000
)

// Matter tells a matter of a category. Titles and facts go in
// pairs, and so do wishes as far as they reach.
func (v *Voice) Matter(category string) Matter {
	v.manner = v.book.manners[category]
	parts := v.book.matters[category]
	n := v.rnd.IntN(len(parts[fact]))
	m := Matter{
		Title: v.expand(parts[title][n]),
		Wish:  v.Line("ask"),
		Core:  v.expand(parts[fact][n]) + v.part(category, detail),
		Place: v.place(),
	}
	if n < len(parts[wish]) {
		m.Wish = v.expand(parts[wish][n])
	}
	if v.chance(30) {
		if also := v.Line("ask"); also != m.Wish {
			m.Wish += "；" + also
		}
	}
	return v.tell(m)
}

// Echo tells the matter of another telling once more, with other words around
// the same facts: what a repeat or a neighbour's petition looks like.
func (v *Voice) Echo(m Matter) Matter {
	words := []string{v.Line("echo"), m.Core}
	words = append(words, v.lines("tried", 1)...)
	m.Words = v.fit(append(words, v.lines("close", 1)...))
	return m
}

// tell wraps the facts in one of five manners.
func (v *Voice) tell(m Matter) Matter {
	switch roll := v.rnd.IntN(100); {
	case roll < 3:
		m.Words = v.brief(m)
	case roll < 7:
		m.Words = v.long(m)
	default:
		m.Words = v.fit(v.usual(m, roll))
	}
	return m
}

// usual is a letter: who I am, what happened, what I tried, what I ask.
func (v *Voice) usual(m Matter, roll int) []string {
	var middle []string
	for _, kind := range []string{"tried", "feel", "proof"} {
		middle = append(middle, v.lines(kind, v.rnd.IntN(3)/(1+v.rnd.IntN(2)))...)
	}
	switch {
	case roll < 13:
		middle = append(middle, v.Line("dialect"))
	case roll < 18:
		middle = append(middle, v.Line("typo"))
	case roll < 23:
		middle = append(middle, v.Line("loud"))
	}
	v.rnd.Shuffle(len(middle), func(i, j int) { middle[i], middle[j] = middle[j], middle[i] })
	var all []string
	if v.chance(80) {
		all = append(all, v.opening())
	}
	all = append(all, m.Core)
	all = append(all, middle...)
	if v.chance(60) {
		all = append(all, m.Wish+"。")
	}
	if v.chance(55) {
		all = append(all, v.Line("close"))
	}
	return all
}

// fit joins sentences, dropping from the middle what is too long and adding
// what is too short.
func (v *Voice) fit(sentences []string) string {
	for {
		text := strings.Join(sentences, "")
		switch n := utf8.RuneCountInString(text); {
		case n < usualLeast:
			sentences = append(sentences, v.Line("tried"))
		case n > usualMost && len(sentences) > 2:
			sentences = append(sentences[:len(sentences)-2], sentences[len(sentences)-1])
		default:
			return text
		}
	}
}

// brief is what somebody in a hurry writes.
func (v *Voice) brief(m Matter) string {
	t := v.book.lines["short"][v.rnd.IntN(len(v.book.lines["short"]))]
	first, _, _ := strings.Cut(m.Core, "。")
	return strings.NewReplacer("{title}", m.Title, "{ask}", m.Wish, "{fact}", first+"。").Replace(t)
}

// long tells everything, in paragraphs.
func (v *Voice) long(m Matter) string {
	paragraphs := []string{v.opening() + m.Core}
	tales := v.lines("tale", 4+v.rnd.IntN(7))
	paragraphs = append(paragraphs, tales...)
	paragraphs = append(paragraphs,
		strings.Join(v.lines("tried", 3), ""),
		strings.Join(v.lines("feel", 3), "")+v.Line("proof"),
		m.Wish+"。"+v.Line("close"))
	text := strings.Join(paragraphs, "\n")
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest])
	}
	return text
}

// opening fits the door: an operator writes down a call, a letter greets.
func (v *Voice) opening() string {
	if kind := "open." + v.Door; v.Has(kind) && (v.Door != "web" || v.chance(12)) && v.chance(75) {
		return v.Line(kind)
	}
	return v.Line("open")
}

func (v *Voice) part(category, part string) string {
	all := v.book.matters[category][part]
	return v.expand(all[v.rnd.IntN(len(all))])
}

func (v *Voice) place() string {
	switch v.rnd.IntN(3) {
	case 0:
		return v.slot("town") + v.slot("village")
	case 1:
		return v.slot("town") + v.slot("road") + "与" + v.slot("village") + "路口附近"
	}
	return v.slot("town") + v.slot("estate") + v.slot("bld")
}
