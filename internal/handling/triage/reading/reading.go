// Package reading (摘读) reads a message for who has to handle it: two or three
// of its own sentences as a summary, what it asks for as numbered points, and
// the places and organisations that it names. Nothing is written anew: all of
// it stands in the message. Callers hide numbers of phones and documents first.
package reading

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is read.
const (
	longest     = 20_000 // characters of a message
	mostPoints  = 8
	longPoint   = 78 // characters of a demand that is shown
	inSummary   = 3
	shortSense  = 6 // characters of a sentence that may stand in a summary
	longSummary = 220
)

// Sentences cuts a text at the ends of sentences and of lines.
func Sentences(text string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			out = append(out, s)
		}
		b.Reset()
	}
	n := 0
	for _, c := range text {
		if n++; n > longest {
			break
		}
		if c == '\n' || c == '\r' {
			flush()
			continue
		}
		b.WriteRune(c)
		if strings.ContainsRune("。！？!?；;", c) {
			flush()
		}
	}
	flush()
	return out
}

// greetings say nothing of the matter.
var greetings = []string{"尊敬的", "您好", "你好", "领导好", "此致", "敬礼", "谢谢", "感谢", "盼复", "望回复", "请回复"}

func greeting(s string) bool {
	if utf8.RuneCountInString(s) > 20 {
		return false
	}
	return slices.ContainsFunc(greetings, func(g string) bool { return strings.HasPrefix(s, g) })
}

// Summary gives up to three sentences of a text that have most in common with
// the others, in their order; a little more for those that come first and for
// those that tell how much and since when.
func Summary(text string) []string {
	type scored struct {
		at    int
		worth float64
	}
	sentences := slices.DeleteFunc(Sentences(text), func(s string) bool { return greeting(s) || utf8.RuneCountInString(s) < shortSense })
	if len(sentences) <= 1 {
		return shortened(sentences)
	}
	times := map[string]int{}
	for _, s := range sentences {
		for g := range pairs(s) {
			times[g]++
		}
	}
	list := make([]scored, len(sentences))
	for i, s := range sentences {
		grams, sum := pairs(s), 0.0
		for g := range grams {
			sum += float64(times[g] - 1)
		}
		list[i] = scored{i, sum/math.Sqrt(float64(len(grams)+8)) + 1.5/float64(i+1)}
		if strings.ContainsFunc(s, unicode.IsDigit) {
			list[i].worth += 0.3
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.worth, a.worth) })
	list = list[:min(inSummary, len(list))]
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(a.at, b.at) })
	var out []string
	for _, x := range list {
		out = append(out, sentences[x.at])
	}
	return shortened(out)
}

// shortened keeps a summary short.
func shortened(list []string) []string {
	left := longSummary
	var out []string
	for _, s := range list {
		if left <= shortSense {
			break
		}
		s = cut(s, left)
		left -= utf8.RuneCountInString(s)
		out = append(out, s)
	}
	return out
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// pairs are the pairs of characters of a sentence.
func pairs(s string) map[string]bool {
	out := map[string]bool{}
	rs := []rune(s)
	for i := 0; i+1 < len(rs); i++ {
		if unicode.IsLetter(rs[i]) && unicode.IsLetter(rs[i+1]) {
			out[string(rs[i:i+2])] = true
		}
	}
	return out
}

// wishing are words with which people ask for something.
var wishing = []string{
	"要求", "希望", "恳请", "恳求", "请求", "请贵", "请政府", "请有关", "请相关", "请领导", "请尽快", "请给", "请帮", "请协调", "请处理", "请解决", "请督促", "请予", "请问",
	"诉求", "能否", "可否", "能不能", "可不可以", "是否可以", "建议", "盼望", "期盼", "强烈呼吁", "呼吁", "望能", "望尽快", "望有关", "望政府", "申请", "何时", "什么时候能",
}

// Demands lists what a message asks for: its sentences of wish, each once. What
// was given as the wish is one as a whole.
func Demands(words, wish string) []string {
	var out []string
	add := func(s string) {
		s = strings.TrimLeft(strings.TrimSpace(s), "一二三四五六七八九十0123456789、.．)）(（ ")
		s = strings.TrimRight(s, "。！!；;，, ")
		s = cut(s, longPoint)
		if utf8.RuneCountInString(s) >= 4 && !slices.ContainsFunc(out, func(o string) bool { return strings.Contains(o, s) || strings.Contains(s, o) }) {
			out = append(out, s)
		}
	}
	for _, s := range Sentences(wish) {
		add(s)
	}
	for _, s := range Sentences(words) {
		if !greeting(s) && slices.ContainsFunc(wishing, func(w string) bool { return strings.Contains(s, w) }) {
			add(s)
		}
	}
	return out[:min(len(out), mostPoints)]
}
