package mailbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"xinqiao/internal/filing/door"
)

// label is a line such as "姓名：王小明", as people fill in who have been told
// what a petition holds.
var label = regexp.MustCompile(`^\s*(?:[一二三四五六七八九十\d]+[、.．]\s*)?(姓名|信访人|反映人|联系人|电话|手机|手机号|手机号码|联系电话|联系方式|住址|地址|家庭住址|联系地址|诉求|请求|要求|具体诉求|地点|事发地点|发生地点|name|phone|address|demand|place)\s*[:：]\s*(\S.*)$`)

// labelled reads such lines into the draft. They stay in the words too.
func labelled(text string, d *door.Draft) {
	set := func(into *string, v string, most int) {
		if *into == "" && utf8.RuneCountInString(v) <= most {
			*into = v
		}
	}
	for _, line := range strings.Split(text, "\n") {
		m := label.FindStringSubmatch(strings.ToLower(line))
		if m == nil {
			continue
		}
		v := strings.TrimSpace(line[strings.IndexAny(line, ":："):])
		v = strings.TrimSpace(strings.TrimLeft(v, ":："))
		switch m[1] {
		case "姓名", "信访人", "反映人", "联系人", "name":
			if isName(v) {
				d.Person.Name = v
			}
		case "电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "phone":
			set(&d.Person.Phone, number.FindString(v), 20)
		case "住址", "地址", "家庭住址", "联系地址", "address":
			set(&d.Person.Address, v, 200)
		case "诉求", "请求", "要求", "具体诉求", "demand":
			set(&d.Wish, v, 2000)
		default:
			set(&d.Place, v, 200)
		}
	}
}

var number = regexp.MustCompile(`\+?\d[\d\- ]{5,17}\d`)

// isName tells a person's name from an account.
func isName(s string) bool {
	s = strings.TrimSpace(s)
	letters := 0
	for _, r := range s {
		if unicode.IsDigit(r) || strings.ContainsRune("@<>/_", r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2 && utf8.RuneCountInString(s) <= 40
}
