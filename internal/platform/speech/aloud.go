package speech

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Aloud writes a text as it is read out: numbers, dates, codes and letters in
// words, web addresses left out, since nobody can type what they hear.
func Aloud(text, lang string) string {
	text = address.ReplaceAllString(text, "")
	if lang == "en" {
		return strings.TrimSpace(code.ReplaceAllStringFunc(unmarked(text), spelled))
	}
	text = wide.Replace(unmarked(text))
	var b strings.Builder
	for text != "" {
		at := spoken.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		m := match{text: text, at: at}
		b.WriteString(text[:at[0]])
		b.WriteString(m.chinese())
		text = text[at[1]:]
	}
	return strings.TrimSpace(b.String() + text)
}

var (
	address = regexp.MustCompile(`https?://[!-~]+`)
	// code is a number that is no amount: with letters or hyphens inside, or
	// longer than amounts without a unit are.
	code = regexp.MustCompile(`\b(?:[A-Z0-9]{2,}(?:-[A-Z0-9]+)+|[A-Z]+[0-9][A-Z0-9]*|[0-9]+[A-Z][A-Z0-9]*|0[0-9]+|[0-9]{5,})\b`)

	spoken = regexp.MustCompile(`(?:` + strings.Join([]string{
		`(?P<year>\d{4})[-/年](?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?`,
		`(?P<yearonly>\d{4})年`,
		`(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：]\d{2})?`,
		`(?P<percent>\d+(?:\.\d+)?)\s*[%％]`,
		`(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit>万元|亿元|元|万|亿|平方米|公里|米|人|户|件|个|天|日|月|次|位|名|小时|分钟|周|岁)`,
		`(?P<mixed>[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+|[A-Za-z]+\d[A-Za-z0-9]*|\d+[A-Za-z][A-Za-z0-9]*)`,
		`(?P<decimal>\d+\.\d+)`,
		`(?P<digits>\d+)`,
		`(?P<latin>[A-Za-z]+)`,
	}, "|") + `)`)

	// marks would be read, or taken for phonemes by espeak-ng.
	marks = strings.NewReplacer("[", "，", "]", "，", "<", "，", ">", "，", "_", " ", "*", " ", "#", " ", "|", "，", "\\", " ", "\x00", "")
	wide  = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9", "．", ".", "－", "-")
)

func unmarked(s string) string { return marks.Replace(s) }

// spelled says a code letter by letter, with a pause at its hyphens.
func spelled(s string) string {
	groups := strings.Split(s, "-")
	for i, g := range groups {
		groups[i] = strings.Join(strings.Split(g, ""), " ")
	}
	return strings.Join(groups, ", ")
}

// match is one number, date or word in Latin letters within a Chinese text.
type match struct {
	text string
	at   []int
}

// get gives a named part, "" if it is not there.
func (m match) get(name string) string {
	i := 2 * spoken.SubexpIndex(name)
	if m.at[i] < 0 {
		return ""
	}
	return m.text[m.at[i]:m.at[i+1]]
}

// chinese says the match in characters.
func (m match) chinese() string {
	if y := m.get("year"); y != "" {
		return figures(y) + "年" + cardinal(m.get("month")) + "月" + cardinal(m.get("day")) + "日"
	}
	if y := m.get("yearonly"); y != "" {
		return figures(y) + "年"
	}
	if h := m.get("hour"); h != "" {
		return cardinal(h) + "点" + minutes(m.get("minute"))
	}
	if p := m.get("percent"); p != "" {
		return "百分之" + quantity(p)
	}
	if a := m.get("amount"); a != "" {
		return counted(strings.ReplaceAll(a, ",", ""), m.get("unit"))
	}
	if d := m.get("decimal"); d != "" {
		return quantity(d)
	}
	if d := m.get("digits"); d != "" && len(d) < 5 && (d[0] != '0' || d == "0") {
		return cardinal(d)
	}
	return characters(m.text[m.at[0]:m.at[1]])
}

// minutes after the hour.
func minutes(m string) string {
	switch {
	case m == "00":
		return "整"
	case m[0] == '0':
		return "零" + cardinal(m[1:]) + "分"
	}
	return cardinal(m) + "分"
}

// counted says an amount with its unit: two of anything counted are 两.
func counted(n, unit string) string {
	if n == "2" && !strings.Contains("日月元岁", unit) {
		return "两" + unit
	}
	if n[0] == '0' && len(n) > 1 && n[1] != '.' || len(n) > 12 {
		return characters(n) + unit
	}
	return quantity(n) + unit
}

// quantity says a number with or without a fraction.
func quantity(n string) string {
	whole, fraction, ok := strings.Cut(n, ".")
	if !ok {
		return cardinal(whole)
	}
	return cardinal(whole) + "点" + figures(fraction)
}

const zeroToNine = "零一二三四五六七八九"

// figure gives the character of a digit.
func figure(d byte) string {
	i := int(d-'0') * utf8.RuneLen('零')
	return zeroToNine[i : i+utf8.RuneLen('零')]
}

// figures says digits one by one, as in years and behind the point.
func figures(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(figure(s[i]))
	}
	return b.String()
}

// cardinal says a whole number of at most twelve digits as an amount.
func cardinal(s string) string {
	s = strings.TrimLeft(s, "0")
	if s == "" {
		return "零"
	}
	if len(s) > 12 {
		return characters(s)
	}
	var b strings.Builder
	owed := false // a zero is said once, and only if something follows
	for i := range len(s) {
		place := len(s) - 1 - i
		if s[i] == '0' {
			owed = true
		} else {
			if owed {
				b.WriteString("零")
			}
			owed = false
			if !(i == 0 && s[i] == '1' && place%4 == 1) { // 十二, not 一十二
				b.WriteString(figure(s[i]))
			}
			b.WriteString([]string{"", "十", "百", "千"}[place%4])
		}
		if place%4 == 0 && place > 0 && strings.Trim(s[max(0, i-3):i+1], "0") != "" {
			b.WriteString([]string{"", "万", "亿"}[place/4])
			owed = false
		}
	}
	return b.String()
}

// letters (字母读音) are the usual names of the Latin letters in characters.
var letters = strings.Fields("诶 比 西 弟 伊 艾付 吉 艾尺 艾 杰 开 艾勒 艾姆 恩 欧 批 酷 阿 艾斯 提 优 维 达不溜 艾克斯 歪 贼得")

// characters spells a code. On the telephone one is 幺, since yī and qī sound
// alike.
func characters(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '1':
			b.WriteString("幺")
		case c >= '0' && c <= '9':
			b.WriteString(figure(c))
		case c == '-':
			b.WriteString("，")
		case c >= 'A' && c <= 'Z':
			b.WriteString(letters[c-'A'])
		case c >= 'a' && c <= 'z':
			b.WriteString(letters[c-'a'])
		}
	}
	return b.String()
}
