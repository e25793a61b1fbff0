package worklist

import (
	"strings"
	"unicode"
)

const (
	mostWords = 6000 // of one case in the index
	mostAsked = 24   // of one question
)

// splitWords gives the words of a text for the index: of Chinese every pair of
// neighbouring characters, of other scripts whole words in lower case, with
// full-width letters and digits folded. Pairs need no dictionary, so that text
// and question are always cut alike and a word of two characters is found.
func splitWords(text string, singles bool) []string {
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

// indexWords are the words that a case is found by. Single characters are
// kept of the short texts only: title and place.
func indexWords(short, long string) []string {
	words := append(splitWords(short, true), splitWords(long, false)...)
	if len(words) > mostWords {
		words = words[:mostWords]
	}
	return words
}

// askWords are the words of a question.
func askWords(text string) []string {
	words := splitWords(text, false)
	if len(words) > mostAsked {
		words = words[:mostAsked]
	}
	return words
}

// piece is a part of a title; Hit is shown marked.
type piece struct {
	Text string
	Hit  bool
}

// mark cuts a title at what the question asked for.
func mark(title, question string) []piece {
	rs := []rune(title)
	folded := make([]rune, len(rs))
	for i, r := range rs {
		folded[i] = fold(r)
	}
	hit := make([]bool, len(rs))
	for _, w := range splitWords(question, false) {
		ws := []rune(w)
		for i := 0; i+len(ws) <= len(folded); i++ {
			if string(folded[i:i+len(ws)]) == w {
				for j := range ws {
					hit[i+j] = true
				}
			}
		}
	}
	var out []piece
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && hit[j] == hit[i] {
			j++
		}
		out = append(out, piece{string(rs[i:j]), hit[i]})
		i = j
	}
	return out
}
