// Package text turns what somebody wrote into numbers that a classifier or a
// clustering works with: the runs of one to four characters of a text, counted,
// weighted by how rare they are and scaled to one length. Chinese is written
// without spaces, and on messages of citizens runs of characters tell more
// than the words of a segmenter; they also need no dictionary that grows old.
package text

import "unicode"

// gap stands between what must not be read in one go: sentences, fields.
const gap = -1

// Folded is a text prepared for cutting: letters and digits in lower case and
// half width, one gap for whatever lies between them.
type Folded struct {
	Runes []rune
	// Starts are the byte offsets of the runes in the text as it was given;
	// kept only by FoldWithOffsets.
	Starts []int
}

// fold appends the prepared text to dst, without its offsets.
func fold(dst []rune, s string) []rune {
	for _, r := range s {
		if r = plain(r); r != gap || len(dst) > 0 && dst[len(dst)-1] != gap {
			if r != blank {
				dst = append(dst, r)
			}
		}
	}
	return dst
}

// FoldWithOffsets prepares a text and keeps where each rune came from, so that
// what a classifier found can be shown in the text.
func FoldWithOffsets(s string) Folded {
	var f Folded
	for at, r := range s {
		if r = plain(r); r == blank || r == gap && (len(f.Runes) == 0 || f.Runes[len(f.Runes)-1] == gap) {
			continue
		}
		f.Runes, f.Starts = append(f.Runes, r), append(f.Starts, at)
	}
	return f
}

// blank is white space: dropped, since in Chinese it is typed anywhere.
const blank = -2

// plain folds one rune: a letter or digit as it counts, gap or blank.
func plain(r rune) rune {
	switch {
	case r >= 0x4e00 && r <= 0x9fff: // nearly all
		return r
	case r < 0x80:
		return ascii[r]
	case r >= '！' && r <= '～':
		return ascii[r-'！'+'!']
	case unicode.IsSpace(r) || r == '\ufeff':
		return blank
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return unicode.ToLower(r)
	}
	return gap
}

// ascii folds the first 128 runes.
var ascii = func() (t [128]rune) {
	for r := range t {
		switch c := rune(r); {
		case unicode.IsSpace(c):
			t[r] = blank
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			t[r] = unicode.ToLower(c)
		default:
			t[r] = gap
		}
	}
	return t
}()
