package cluster

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"xinqiao/internal/platform/learn/text"
)

// The runs of characters that may stand for a topic.
const (
	shortestWord = 2
	longestWord  = 12
	fullWord     = 5    // longer is not better
	commonPart   = 0.34 // of a group's texts must have a word
	tellingTimes = 4    // more often than elsewhere
	closedPart   = 0.75 // a run of which so many are part of a longer one is only a piece
	readBody     = 200  // characters of each body
	readGroup    = 60   // texts of a group

	readBackground = 400 // texts of all
)

// Background is how people write when they do not write about one topic.
type Background struct{ share map[string]float64 }

// NewBackground samples the texts of all topics.
func NewBackground(texts []Text) *Background {
	return &Background{shares(texts, readBackground)}
}

// Words gives the words that tell what a group is about, the most telling
// first: runs of characters that many of its texts share and few others have.
// Of runs that overlap, the most telling stays.
func (b *Background) Words(group []Text, most int) []string {
	type word struct {
		runes string
		worth float64
	}
	var list []word
	inside := shares(group, readGroup)
	pieces := piecesOf(inside)
	for w, share := range inside {
		times := (share + 0.01) / (b.share[w] + 0.01)
		if share >= commonPart && times >= tellingTimes && !pieces[w] {
			length := math.Pow(float64(min(fullWord, utf8.RuneCountInString(w))), 0.7)
			list = append(list, word{w, share * math.Log(times) * length})
		}
	}
	slices.SortFunc(list, func(a, b word) int {
		return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.runes, b.runes))
	})
	var out []string
	for _, w := range list {
		if len(out) == most {
			break
		}
		if !slices.ContainsFunc(out, func(o string) bool { return overlap(o, w.runes) }) {
			out = append(out, w.runes)
		}
	}
	return out
}

// piecesOf finds the runs that hardly occur but inside a longer one.
func piecesOf(share map[string]float64) map[string]bool {
	out := map[string]bool{}
	for w, s := range share {
		if s < commonPart*closedPart {
			continue
		}
		_, first := utf8.DecodeRuneInString(w)
		_, last := utf8.DecodeLastRuneInString(w)
		for _, part := range []string{w[first:], w[:len(w)-last]} {
			if s >= share[part]*closedPart {
				out[part] = true
			}
		}
	}
	return out
}

// overlap tells whether two runs come from the same stretch of text: one holds
// the other, or the end of one is the beginning of the other.
func overlap(a, b string) bool {
	if strings.Contains(a, b) || strings.Contains(b, a) {
		return true
	}
	x, y := []rune(a), []rune(b)
	for n := 1; n < min(len(x), len(y)); n++ {
		if n*2 >= min(len(x), len(y)) &&
			(slices.Equal(x[len(x)-n:], y[:n]) || slices.Equal(y[len(y)-n:], x[:n])) {
			return true
		}
	}
	return false
}

// shares counts in which part of the texts each run occurs, and reads at most
// so many of them.
func shares(texts []Text, most int) map[string]float64 {
	every := max(1, (len(texts)+most-1)/most)
	out, n := map[string]float64{}, 0.0
	for i := 0; i < len(texts); i += every {
		n++
		seen := map[string]bool{}
		for _, field := range []string{texts[i].Title, texts[i].Body} {
			rs := text.FoldWithOffsets(field).Runes
			rs = rs[:min(len(rs), readBody)]
			for from := range rs {
				for to := from + 1; to <= len(rs) && to-from <= longestWord && rs[to-1] >= 0; to++ {
					if to-from >= shortestWord {
						seen[string(rs[from:to])] = true
					}
				}
			}
		}
		for w := range seen {
			out[w]++
		}
	}
	for w := range out {
		out[w] /= n
	}
	return out
}
