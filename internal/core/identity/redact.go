package identity

import (
	"strings"
	"time"
	"unicode"
)

// Redact hides in free text what tells who somebody is: numbers of phones, ID
// cards, passports, bank cards and credit codes, mail addresses and accounts,
// and the names that are given. What is left serves titles and word indexes;
// the names of people whom nobody named here stay.
func Redact(text string, names ...string) string {
	for _, n := range names {
		if len([]rune(n)) > 1 {
			text = strings.ReplaceAll(text, n, hidden)
		}
	}
	r := []rune(text)
	p := page{in: r, plain: make([]rune, len(r)), hide: make([]bool, len(r))}
	for i, c := range r {
		p.plain[i] = unicode.ToUpper(narrow(c))
	}
	p.mails()
	p.words()
	p.numbers()
	return p.text()
}

// page is a text with what has to be hidden in it.
type page struct {
	in    []rune
	plain []rune // half width, capitals: as long as in
	hide  []bool
}

func narrow(c rune) rune {
	switch {
	case c >= '！' && c <= '～':
		return c - '！' + '!'
	case c == '　':
		return ' '
	case c == '—' || c == '–' || c == '‐' || c == '−':
		return '-'
	}
	return c
}

func (p *page) cover(from, to int) {
	for i := from; i < to; i++ {
		p.hide[i] = true
	}
}

func (p *page) text() string {
	var b strings.Builder
	for i, c := range p.in {
		switch {
		case !p.hide[i]:
			b.WriteRune(c)
		case i == 0 || !p.hide[i-1]:
			b.WriteString(hidden)
		}
	}
	return b.String()
}

func digit(c rune) bool { return c >= '0' && c <= '9' }
func latin(c rune) bool { return c >= 'A' && c <= 'Z' }

// mails hides addresses of mail.
func (p *page) mails() {
	part := func(c rune) bool { return digit(c) || latin(c) || strings.ContainsRune("._%+-", c) }
	for i, c := range p.plain {
		if c != '@' {
			continue
		}
		from, to := i, i+1
		for from > 0 && part(p.plain[from-1]) {
			from--
		}
		for to < len(p.plain) && part(p.plain[to]) {
			to++
		}
		if from < i && to > i+1 {
			p.cover(from, to)
		}
	}
}

// words hides what is made of letters and digits together, and accounts.
func (p *page) words() {
	for from := 0; from < len(p.plain); from++ {
		to := from
		for to < len(p.plain) && (digit(p.plain[to]) || latin(p.plain[to]) || to > from && strings.ContainsRune("_", p.plain[to])) {
			to++
		}
		if to == from {
			continue
		}
		if s := string(p.plain[from:to]); personalWord(s) || len(s) >= 5 && p.after(from, "微信", "微信号", "QQ", "QQ号", "WECHAT", "支付宝") {
			p.cover(from, to)
		}
		from = to
	}
}

// personalWord tells a credit code, a passport or a pass.
func personalWord(s string) bool {
	if len(s) == 18 && !allDigits(s) {
		_, err := ParseCredit(s)
		return err == nil || allDigits(s[:17])
	}
	for _, kind := range []DocumentKind{HKMacaoPass, ChinesePassport} {
		if documentForms[kind].MatchString(s) {
			return true
		}
	}
	return len(s) == 15 && latin(rune(s[0])) && documentForms[PermanentResident].MatchString(s)
}

// after tells whether one of some words stands just before a place, perhaps
// with a sign or 是 between.
func (p *page) after(at int, words ...string) bool {
	for gap := 0; gap < 3 && at > 0 && strings.ContainsRune(" :：是为-.", p.plain[at-1]); gap++ {
		at--
	}
	before := string(p.plain[max(0, at-8):at])
	for _, w := range words {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// group is an unbroken run of digits; a closing X belongs to it.
type group struct{ from, to int }

// most groups that one number is written in: 6222 0000 0000 0000 000.
const mostGroups = 6

// numbers hides numbers, also those that are written in groups.
func (p *page) numbers() {
	line := []group{}
	for i := 0; i < len(p.plain); i++ {
		if !digit(p.plain[i]) {
			continue
		}
		to := i
		for to < len(p.plain) && digit(p.plain[to]) {
			to++
		}
		if to < len(p.plain) && p.plain[to] == 'X' && (to+1 == len(p.plain) || !latin(p.plain[to+1]) && !digit(p.plain[to+1])) {
			to++
		}
		if n := len(line); n > 0 && !p.joined(line[n-1].to, i) {
			p.line(line)
			line = line[:0]
		}
		line = append(line, group{i, to})
		i = to - 1
	}
	p.line(line)
}

// joined tells whether one sign that numbers are written with lies between.
func (p *page) joined(from, to int) bool {
	for _, c := range p.plain[from:to] {
		if !strings.ContainsRune(" -.·()", c) {
			return false
		}
	}
	return to-from <= 2
}

// line hides in groups that stand together the longest that make a number.
func (p *page) line(line []group) {
	for i := 0; i < len(line); i++ {
		for n := min(mostGroups, len(line)-i); n > 0; n-- {
			var s strings.Builder
			for _, g := range line[i : i+n] {
				s.WriteString(string(p.plain[g.from:g.to]))
			}
			if p.personal(s.String(), line[i].from, n) {
				p.cover(line[i].from, line[i+n-1].to)
				i += n - 1
				break
			}
		}
	}
}

// personal tells a number that leads to somebody from an amount, a date or a
// short number. In one piece, 15 digits and more are no amount.
func (p *page) personal(s string, at, groups int) bool {
	n := len(s)
	switch {
	case !allDigits(s):
		return n == 18 && allDigits(s[:17])
	case groups == 1 && n >= 15:
		return true
	case n == 15 || n == 18:
		_, err := birthOf(s)
		return err == nil
	case n >= 16 && n <= 19:
		return luhn(s)
	}
	for _, prefix := range []string{"", "86", "0086", "0"} {
		if m, ok := strings.CutPrefix(s, prefix); ok && len(m) == 11 && m[0] == '1' && m[1] >= '3' {
			return true
		}
	}
	switch {
	case n >= 10 && n <= 12 && s[0] == '0' && s[1] != '0':
		return true // landline with its area
	case n >= 7 && n <= 8:
		return p.after(at, "电话", "座机", "联系方式", "传真", "TEL", "号码", "固话")
	}
	return false
}

// birthOf reads the birth date out of an ID number of either length.
func birthOf(s string) (string, error) {
	if len(s) == oldIDLength {
		s = Lengthen(s)
	}
	if !provinces[s[:2]] {
		return "", problem("id_region")
	}
	return birthDate(s[6:14], endOfTime)
}

// luhn checks the number of a bank card.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// endOfTime lets any birth date pass: a wrong one in a text is still a number.
var endOfTime = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
