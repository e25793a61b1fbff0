// Package bigram cuts text into the words of an index: of Chinese every pair of
// neighbouring characters, so that no dictionary is needed.
package bigram

import (
	"strings"
	"unicode"
)

const (
	mostWords = 6000 // of one text in the index
	mostAsked = 24   // of one question
)

// Split gives the words of a text for the index: of Chinese every pair of
// neighbouring characters, of other scripts whole words in lower case, with
// full-width letters and digits folded. Pairs need no dictionary, so that text
// and question are always cut alike and a word of two characters is found.
func Split(text string, singles bool) []string {
	var out []string
	seen := map[string]bool{}
	add := func(w string) {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	for _, run := range runs(text) {
		rs := []rune(run)
		if !han(rs[0]) {
			add(run)
			continue
		}
		for i, r := range rs {
			if singles || len(rs) == 1 {
				add(string(r))
			}
			if i+1 < len(rs) {
				add(string(rs[i : i+2]))
			}
		}
	}
	return out
}

// runs cuts a text into unbroken runs of one kind: Chinese, or letters and
// digits of any other script.
func runs(text string) []string {
	var out []string
	var b strings.Builder
	chinese := false
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range text {
		r = fold(r)
		switch {
		case han(r):
			if !chinese {
				flush()
			}
			chinese = true
			b.WriteRune(r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if chinese {
				flush()
			}
			chinese = false
			b.WriteRune(r)
		default:
			flush()
		}
	}
	flush()
	return out
}

// fold gives the half-width, lower-case form of a character.
func fold(r rune) rune {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	return unicode.ToLower(r)
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// Index are the words that a text is found by. Single characters are kept of
// the short part only.
func Index(short, long string) []string {
	words := append(Split(short, true), Split(long, false)...)
	if len(words) > mostWords {
		words = words[:mostWords]
	}
	return words
}

// Ask gives the words of a question.
func Ask(text string) []string {
	words := Split(text, false)
	if len(words) > mostAsked {
		words = words[:mostAsked]
	}
	return words
}

// Piece is a part of a title; Hit is shown marked.
type Piece struct {
	Text string
	Hit  bool
}

// Mark cuts a title at what the question asked for.
func Mark(title, question string) []Piece {
	rs := []rune(title)
	folded := make([]rune, len(rs))
	for i, r := range rs {
		folded[i] = fold(r)
	}
	hit := make([]bool, len(rs))
	for _, w := range Split(question, false) {
		ws := []rune(w)
		for i := 0; i+len(ws) <= len(folded); i++ {
			if string(folded[i:i+len(ws)]) == w {
				for j := range ws {
					hit[i+j] = true
				}
			}
		}
	}
	var out []Piece
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && hit[j] == hit[i] {
			j++
		}
		out = append(out, Piece{string(rs[i:j]), hit[i]})
		i = j
	}
	return out
}
