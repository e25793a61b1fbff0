package evaluation

import (
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/learn"
)

// subjects tells under which of the seven labels of the labelled messages a
// category of the standard taxonomy falls; the longest code that fits decides.
// What has no label there (farming, police, courts, taxes …) is left out.
var subjects = map[string]string{
	"0201": "城乡建设", "0205": "城乡建设", "03": "城乡建设", "04": "城乡建设", "1606": "城乡建设",
	"05": "劳动和社会保障", "1604": "劳动和社会保障",
	"06": "卫生计生", "1502": "卫生计生", "1503": "卫生计生",
	"07": "教育文体", "08": "教育文体",
	"0803": "商贸旅游", "15": "商贸旅游",
	"13": "环境保护",
	"14": "交通运输",
}

// subject gives the label of a category, none when it has none.
func subject(code string) (string, bool) {
	for n := len(code); n >= 2; n -= 2 {
		if label, ok := subjects[code[:n]]; ok {
			return label, true
		}
	}
	return "", false
}

// keywords makes of the taxonomy what a model can begin with: each category by
// its name and keywords, and each keyword by itself.
func keywords(categories []casework.Category, weight float64) []learn.Example {
	var out []learn.Example
	for _, c := range categories {
		label, ok := subject(c.Code)
		if !ok || c.Parent == "" {
			continue
		}
		out = append(out, learn.Example{Title: c.NameZH, Text: strings.Join(c.Keywords, "，"), Label: label, Weight: weight})
		for _, w := range c.Keywords {
			out = append(out, learn.Example{Text: w, Label: label, Weight: weight})
		}
	}
	return out
}
